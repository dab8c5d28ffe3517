import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone

# How a relation is marked that waited for its second person when the portal went back to a release without one.
WAITED = "Cổng trở về bản trước khi có người thứ hai xác nhận; quan hệ này chưa công bố."


def keep_what_is_public(apps, schema_editor):
    """Relations recorded before a second person was asked for are public and stay so; nobody is named for them.

    What had waited when the portal went back waits again, unless it was recorded anew meanwhile.
    """
    relations = apps.get_model("legalref", "DocumentRelation").objects
    waited = list(relations.filter(revoked_reason=WAITED).order_by("pk"))
    relations.filter(agreed_at=None).exclude(revoked_reason=WAITED).update(agreed_at=F("confirmed_at"))
    for row in waited:
        pair = {"source": row.source_id, "target": row.target_id, "code": row.code, "effective_on": row.effective_on}
        is_unique = None not in (row.source_id, row.effective_on)
        if not (is_unique and relations.filter(revoked_at=None, **pair).exists()):
            relations.filter(pk=row.pk).update(revoked_at=None, revoked_reason="")


def hide_what_waits(apps, schema_editor):
    """Take back what waits for a second person: the release before knows none and would show it to readers.

    Nobody is named for it; no column with a key changes, so PostgreSQL may alter the table in the same transaction.
    """
    waiting = apps.get_model("legalref", "DocumentRelation").objects.filter(agreed_at=None, revoked_at=None)
    waiting.update(revoked_at=timezone.now(), revoked_reason=WAITED)


class Migration(migrations.Migration):
    dependencies = [
        ("legalref", "0009_document_territory"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            "documentrelation",
            "confirmed_by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
                verbose_name="người ghi",
            ),
        ),
        migrations.AlterField("documentrelation", "confirmed_at", models.DateTimeField(verbose_name="ghi lúc")),
        migrations.AddField(
            "documentrelation",
            "agreed_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL, verbose_name="người thứ hai xác nhận",
            ),
        ),
        migrations.AddField(
            "documentrelation", "agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="xác nhận lúc")
        ),
        migrations.RunPython(keep_what_is_public, hide_what_waits),
        migrations.AddConstraint(
            "documentrelation",
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("confirmed_by")), name="relation_of_two_persons"
            ),
        ),
    ]
