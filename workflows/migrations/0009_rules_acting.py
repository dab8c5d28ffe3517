"""Say who acts under the rules that a portal has already; the seed gives new portals the same."""

from django.db import migrations

ACTING = {
    "dispatch": ["DL-DOC-OWN", "DL-QA-ANSWER", "DL-QA-REJECT", "DL-ERR", "DL-REPORT"],
    "decide_takedown": ["DL-TAKEDOWN"],
    "administer": ["DL-DOWNTIME", "DL-DOWNTIME-SVC"],
}


def name_acting(apps, schema_editor):
    rules = apps.get_model("workflows", "DeadlineRule").objects
    for acting, codes in ACTING.items():
        rules.filter(code__in=codes, acting="write").update(acting=acting)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_deadline_reminders")]

    operations = [migrations.RunPython(name_acting, migrations.RunPython.noop)]
