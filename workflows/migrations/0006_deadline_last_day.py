"""Store the last day of each clock, which was computed when asked; give the answer of a question its pauses."""

from django.db import migrations
from django.db.models import F, Q
from django.db.models.functions import Coalesce

# Working days a question may wait for the one who asked; the seed gives new portals the same.
QUESTION_PAUSE_LIMIT = 10


def store(apps, schema_editor):
    deadlines = apps.get_model("workflows", "Deadline").objects
    deadlines.filter(last_day=None).update(last_day=Coalesce(F("extended_to"), F("due_on")))
    deadlines.filter(~Q(extended_to=None), extensions=0).update(extensions=1)
    rules = apps.get_model("workflows", "DeadlineRule").objects
    rules.filter(code="DL-QA-ANSWER", pause_limit=None).update(pause_limit=QUESTION_PAUSE_LIMIT)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0005_deadline_pauses")]

    operations = [migrations.RunPython(store, migrations.RunPython.noop)]
