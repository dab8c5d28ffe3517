import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def keep_what_is_public(apps, schema_editor):
    """Relations recorded before a second person was asked for are public and stay so; nobody is named for them."""
    relations = apps.get_model("legalref", "DocumentRelation").objects.filter(agreed_at=None)
    relations.update(agreed_at=F("confirmed_at"))


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
        migrations.RunPython(keep_what_is_public, migrations.RunPython.noop),
        migrations.AddConstraint(
            "documentrelation",
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("confirmed_by")), name="relation_of_two_persons"
            ),
        ),
    ]  # fmt: skip
