import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wagtailredirects", "0008_add_verbose_name_plural"),
        ("workflows", "0012_sources_of_translations"),
    ]

    operations = [
        migrations.CreateModel(
            name="RedirectUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="ngày")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="số lượt")),
                ("redirect", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailredirects.redirect", verbose_name="chuyển hướng")),
            ],
            options={
                "verbose_name": "lượt chuyển hướng",
                "verbose_name_plural": "lượt chuyển hướng",
            },
        ),
        migrations.AddIndex(
            model_name="redirectuse",
            index=models.Index(fields=["day"], name="redirect_use_by_day"),
        ),
        migrations.AddConstraint(
            model_name="redirectuse",
            constraint=models.UniqueConstraint(fields=("redirect", "day"), name="one_redirect_row_a_day"),
        ),
    ]
