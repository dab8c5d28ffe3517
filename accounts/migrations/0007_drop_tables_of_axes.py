"""The tables of django-axes go, which counted wrong passwords before `AttemptCount` did.

They held attempts of the last half hour, with addresses and typed names: nobody reads them any more, and nothing of them
is carried over. Their rows in `django_migrations` go as well, so that an older version of the portal, should one come
back, makes its tables anew.
"""

from django.db import migrations

# Those of django-axes up to 8.3; the one that points to another first.
TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog")


def drop_tables(apps, schema_editor):
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE IF EXISTS {table}")
    schema_editor.execute("DELETE FROM django_migrations WHERE app = 'axes'")
    # Their permissions go with them.
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="axes").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_attemptcount_network"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(drop_tables, migrations.RunPython.noop, elidable=True)]
