from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0010_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100, verbose_name='loại')),
                ('file_id', models.BigIntegerField(verbose_name='số tệp')),
                ('by_id', models.BigIntegerField(null=True, verbose_name='số tài khoản người sửa')),
                ('by_name', models.CharField(max_length=200, verbose_name='người sửa')),
                ('before', models.CharField(max_length=64, verbose_name='mã băm trước khi sửa')),
                ('after', models.CharField(max_length=64, verbose_name='mã băm sau khi sửa')),
                ('edited_at', models.DateTimeField(verbose_name='sửa lúc')),
            ],
            options={
                'verbose_name': 'lần sửa tệp',
                'verbose_name_plural': 'các lần sửa tệp',
                'ordering': ['file_type', 'file_id', 'pk'],
                'indexes': [models.Index(fields=['file_type', 'file_id'], name='edits_of_a_file')],
            },
        ),
    ]
