from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faq", "0002_asking_limits_and_kept_files")]

    operations = [
        migrations.CreateModel(
            name="AnswerFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="ngày")),
                ("useful", models.PositiveIntegerField(default=0, verbose_name="hữu ích")),
                ("not_useful", models.PositiveIntegerField(default=0, verbose_name="chưa hữu ích")),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="feedback", to="faq.faqpage",
                        verbose_name="trang",
                    ),
                ),
            ],
            options={
                "verbose_name": "ý kiến về câu trả lời",
                "verbose_name_plural": "ý kiến về câu trả lời",
                "constraints": [
                    models.UniqueConstraint(fields=("page", "day"), name="one_feedback_row_a_day"),
                ],
            },
        ),
    ]
