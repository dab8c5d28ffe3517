import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What readers see is taken back by two persons as well."""

    dependencies = [
        ("legalref", "0014_document_number_by_site"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="documentrelation",
            name="undo_asked_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL, verbose_name="người đề nghị thu hồi",
            ),
        ),
        migrations.AddField(
            model_name="documentrelation",
            name="undo_asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="đề nghị thu hồi lúc"),
        ),
        migrations.AddField(
            model_name="documentrelation",
            name="undo_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="lý do đề nghị thu hồi"),
        ),
    ]
