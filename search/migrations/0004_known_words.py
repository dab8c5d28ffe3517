from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_equivalents'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=80, unique=True)),
                ('spellings', models.CharField(max_length=200)),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'từ đã biết của tìm kiếm',
                'verbose_name_plural': 'các từ đã biết của tìm kiếm',
            },
        ),
    ]
