from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0017_kinds_of_files'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='filetext',
            name='file_text_waiting',
        ),
        migrations.AlterField(
            model_name='filetext',
            name='recognition',
            field=models.CharField(blank=True, choices=[('', 'không cần nhận dạng'), ('waiting', 'chờ nhận dạng'), ('again', 'chờ nhận dạng lại'), ('done', 'nhận dạng tự động'), ('empty', 'không nhận ra chữ nào'), ('refused', 'không nhận dạng được')], max_length=10, verbose_name='nhận dạng chữ'),
        ),
        migrations.AddIndex(
            model_name='filetext',
            index=models.Index(condition=models.Q(('recognition__in', ('waiting', 'again'))), fields=['read_at'], name='file_text_unread'),
        ),
    ]
