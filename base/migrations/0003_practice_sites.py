from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_public_index"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.AlterField(
            model_name="portalsite",
            name="kind",
            field=models.CharField(
                choices=[("city", "Trang thành phố"), ("ward", "Trang phường, xã"), ("practice", "Trang thực hành")],
                max_length=10,
                verbose_name="loại",
            ),
        ),
        migrations.AddConstraint(
            model_name="portalsite",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "practice")), fields=("kind",), name="one_practice_site"
            ),
        ),
        migrations.AddConstraint(
            model_name="portalsite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "practice"), _negated=True),
                    models.Q(("state", "prepared"), ("wagtail_site__isnull", True)),
                    _connector="OR",
                ),
                name="practice_site_never_opens",
            ),
        ),
    ]
