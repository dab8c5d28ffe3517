"""The signers of documents that are public already; what the release before publishes yet, `rebuild_register` fills."""

from django.db import migrations

ROWS_AT_ONCE = 1_000


def fill(apps, schema_editor):
    entries = apps.get_model("legalref", "RegisterEntry")
    signed = entries.objects.exclude(document__signer_name="").order_by("pk")
    rows = []
    for key, *words in signed.values_list("pk", "document__signer_name", "document__signer_title").iterator():
        name, position = (" ".join(text.split()) for text in words)
        if name:
            rows.append(entries(pk=key, signer=f"{name}\n{position}".strip()))
    entries.objects.bulk_update(rows, ["signer"], batch_size=ROWS_AT_ONCE)
    version = apps.get_model("legalref", "RegisterVersion").objects.first()
    if version is not None and rows:
        version.value += 1
        version.save()


class Migration(migrations.Migration):

    dependencies = [
        ('legalref', '0007_signers_of_entries'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
