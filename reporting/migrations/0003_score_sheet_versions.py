import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0002_yearly_report"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="scoresheet",
            name="one_score_sheet_a_month",
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="bản"),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor",
                to="reporting.scoresheet",
                verbose_name="thay phiếu",
            ),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="version_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="lý do lập bản mới"),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.UniqueConstraint(
                fields=("site", "month", "version"), name="one_score_sheet_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces", None), ("version", 1)),
                    models.Q(
                        ("version__gt", 1),
                        models.Q(("replaces", None), _negated=True),
                        models.Q(("version_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="score_sheet_version_says_why",
            ),
        ),
    ]
