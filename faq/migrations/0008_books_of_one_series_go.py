"""One book for all series; nothing reads the two others since `0007_numbers_in_one_book`."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0007_numbers_in_one_book"),
    ]

    operations = [
        migrations.DeleteModel(name="QuestionBook"),
        migrations.DeleteModel(name="CommentBook"),
        migrations.AlterModelOptions(
            name="registerbook",
            options={"verbose_name": "sổ tiếp nhận", "verbose_name_plural": "sổ tiếp nhận"},
        ),
        migrations.AlterField(
            model_name="registerbook",
            name="series",
            field=models.CharField(
                choices=[
                    ("HD", "hỏi – đáp"),
                    ("GY", "góp ý"),
                    ("YC", "yêu cầu về dữ liệu cá nhân"),
                    ("DC", "phản ánh cần đính chính"),
                ],
                max_length=4,
                verbose_name="loại",
            ),
        ),
    ]
