"""Say of the relations whose day has passed that their pages were looked for: by the job of midnight, or at the record."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def fill(apps, schema_editor):
    relations = apps.get_model("legalref", "DocumentRelation").objects.filter(tasks_opened_on=None)
    with_tasks = relations.exclude(effects=None).values_list("pk", flat=True)
    relations.filter(pk__in=list(with_tasks)).update(tasks_opened_on=F("effective_on"))
    # A day on which the job did not run any more is still to be looked at.
    beat = apps.get_model("base", "JobHeartbeat").objects.filter(name="refresh_status", last_result="ok").first()
    if beat is not None and beat.last_started is not None:
        looked_at = timezone.localtime(beat.last_started).date()
        relations.filter(effective_on__lte=looked_at).update(tasks_opened_on=F("effective_on"))


def forget(apps, schema_editor):
    """The column goes with the migration before."""


class Migration(migrations.Migration):
    dependencies = [("legalref", "0012_relation_tasks_opened_on"), ("base", "0008_mail_forgotten_at_once")]

    operations = [migrations.RunPython(fill, forget)]
