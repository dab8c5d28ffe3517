import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0019_shared_by_machines"),
    ]

    operations = [
        migrations.AddField(
            model_name="publicplace",
            name="is_left_off",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="PlaceRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=1000, verbose_name="lý do")),
                ("is_in_force", models.BooleanField(default=True, verbose_name="không hiện ở trang này")),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.page",
                        verbose_name="bài của thành phố",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.portalsite",
                        verbose_name="trang",
                    ),
                ),
            ],
            options={
                "verbose_name": "tin thành phố mà phường, xã không hiện",
                "verbose_name_plural": "tin thành phố mà phường, xã không hiện",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("page", "site"), name="one_refusal_a_page_and_site")],
            },
        ),
    ]
