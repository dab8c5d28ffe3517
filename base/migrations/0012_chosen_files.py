import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.models.files


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0011_file_edits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChosenFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=200, upload_to=base.models.files.random_name, verbose_name='tệp')),
                ('name', models.CharField(max_length=200, verbose_name='tên tệp')),
                ('size', models.PositiveIntegerField(verbose_name='kích thước (byte)')),
                ('kept_at', models.DateTimeField(db_index=True, verbose_name='giữ từ lúc')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='gửi lúc')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người chọn')),
            ],
            options={
                'verbose_name': 'tệp giữ cho biểu mẫu',
                'verbose_name_plural': 'các tệp giữ cho biểu mẫu',
                'ordering': ['pk'],
            },
        ),
    ]
