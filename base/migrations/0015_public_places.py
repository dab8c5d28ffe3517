import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0014_translations'),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('language', models.CharField(max_length=10)),
                ('translation_key', models.CharField(blank=True, max_length=36)),
                ('site_key', models.PositiveIntegerField()),
                ('in_feed', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('page', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.WAGTAIL_PAGE_MODEL)),
            ],
            options={
                'verbose_name': 'nơi hiện của mục công khai',
                'verbose_name_plural': 'nơi hiện của mục công khai',
                'indexes': [models.Index(fields=['site_key', 'ended_at', 'page'], name='place_of_site')],
                'constraints': [models.UniqueConstraint(fields=('key', 'language', 'site_key'), name='one_place_a_site')],
            },
        ),
    ]
