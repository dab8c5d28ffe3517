from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0005_best_bets'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=80)),
                ('day', models.DateField()),
                ('kind', models.CharField(max_length=10)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'lượt tìm kiếm',
                'verbose_name_plural': 'lượt tìm kiếm',
                'indexes': [models.Index(fields=['day', 'words'], name='searches_of_day')],
                'constraints': [models.UniqueConstraint(fields=('words', 'day', 'kind'), name='one_count_a_search')],
            },
        ),
    ]
