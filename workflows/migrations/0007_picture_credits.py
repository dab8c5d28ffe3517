"""A proposal to change a picture names the parts of its credit; what was proposed as one is its source."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0006_work_claims'),
    ]

    # The former name was read again before it went: templates and exports read the property `credit`, written from the
    # parts; no search index, stored filter or job reads the column.
    operations = [
        migrations.RenameField(
            model_name='filechange',
            old_name='credit',
            new_name='source',
        ),
        migrations.AlterField(
            model_name='filechange',
            name='source',
            field=models.CharField(blank=True, max_length=200, verbose_name='nguồn ảnh'),
        ),
        migrations.RenameField(
            model_name='filechange',
            old_name='former_credit',
            new_name='former_source',
        ),
        migrations.AlterField(
            model_name='filechange',
            name='former_source',
            field=models.CharField(blank=True, max_length=200, verbose_name='nguồn ảnh cũ'),
        ),
        *[
            migrations.AddField(
                model_name='filechange',
                name=name,
                field=models.CharField(blank=True, default='', max_length=length, verbose_name=label),
                preserve_default=False,
            )
            for name, length, label in (
                ('photographer', 120, 'người chụp'),
                ('licence', 10, 'quyền sử dụng'),
                ('former_photographer', 120, 'người chụp cũ'),
                ('former_licence', 10, 'quyền sử dụng cũ'),
            )
        ],
    ]
