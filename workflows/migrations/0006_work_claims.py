import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wagtailcore", "0098_apitoken"),
        ("workflows", "0005_dossiers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="ghi chú")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người giao",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_claims",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người xử lý",
                    ),
                ),
                (
                    "takedown",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim",
                        to="workflows.takedown",
                        verbose_name="đề nghị gỡ bỏ",
                    ),
                ),
                (
                    "workflow_state",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim",
                        to="wagtailcore.workflowstate",
                        verbose_name="việc duyệt",
                    ),
                ),
            ],
            options={
                "verbose_name": "việc đã nhận",
                "verbose_name_plural": "việc đã nhận",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("takedown__isnull", False), ("workflow_state__isnull", True)),
                            models.Q(("takedown__isnull", True), ("workflow_state__isnull", False)),
                            _connector="OR",
                        ),
                        name="claim_of_a_review_or_a_takedown",
                    )
                ],
            },
        ),
    ]
