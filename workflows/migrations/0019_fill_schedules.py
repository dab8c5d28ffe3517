"""Give the schedules that wait already the place where they stand now, and the two persons on record."""

from django.db import connection, migrations

STEP = 4


def fill(apps, schema_editor):
    Revision = apps.get_model("wagtailcore", "Revision")
    waiting = Revision.objects.filter(approved_go_live_at__isnull=False).select_related("base_content_type")
    for revision in waiting.order_by("pk"):
        _keep_place(apps, revision)


def _keep_place(apps, revision):
    kind = revision.base_content_type
    site, parent = _place_of(apps, kind, revision.object_id)
    if site is None:
        return
    task = apps.get_model("wagtailcore", "TaskState").objects.filter(revision=revision, status="approved")
    task = task.order_by("pk").last()
    declared = apps.get_model("workflows", "Declaration").objects.filter(revision_id=revision.pk).order_by("pk").last()
    copies = apps.get_model("workflows", "ArchiveCopy").objects.filter(revision_id=revision.pk).order_by("pk")
    copy = copies.last()
    apps.get_model("workflows", "Schedule").objects.get_or_create(
        revision_id=revision.pk,
        defaults={
            "site_id": site, "parent_page_id": parent, "title": revision.object_str[:300],
            "submitted_by_id": declared.declared_by_id if declared else None,
            "approved_by_id": task.finished_by_id if task else _approver_by_name(apps, copy),
            "approved_at": copy.approved_at if copy else revision.created_at,
        },
    )


def _approver_by_name(apps, copy):
    """A dossier was approved as a whole; its sealed copies name the approver: "Cán bộ mẫu 01 (can-bo)"."""
    if copy is None or not copy.approved_by.endswith(")"):
        return None
    username = copy.approved_by.rpartition("(")[2][:-1]
    return apps.get_model("accounts", "User").objects.filter(username=username).values_list("pk", flat=True).first()


def _place_of(apps, kind, object_id):
    """(site, number of the page above) of a page or record; (None, None) when it is gone."""
    Page, PortalSite = apps.get_model("wagtailcore", "Page"), apps.get_model("base", "PortalSite")
    if (kind.app_label, kind.model) != ("wagtailcore", "page"):
        return _site_of_record(kind, object_id), None
    page = Page.objects.filter(pk=object_id).first()
    if page is None:
        return None, None
    above = [page.path[:end] for end in range(STEP, len(page.path) + 1, STEP)]
    homes = dict(Page.objects.filter(path__in=above).order_by("path").values_list("translation_key", "depth"))
    sites = {site.pk: homes[site.home_key] for site in PortalSite.objects.filter(home_key__in=homes)}
    parent = Page.objects.filter(path=page.path[:-STEP]).values_list("pk", flat=True).first()
    return (max(sites, key=sites.get) if sites else None), parent


def _site_of_record(kind, object_id):
    """Records belong to rooms above, whose models a migration here does not know."""
    table = f"{kind.app_label}_{kind.model}"
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return None
        if "owner_site_id" not in {found.name for found in connection.introspection.get_table_description(cursor, table)}:
            return None
        cursor.execute(f'SELECT owner_site_id FROM "{table}" WHERE id = %s', [object_id])  # noqa: S608
        row = cursor.fetchone()
    return row[0] if row else None


def forget(apps, schema_editor):
    """The table goes with the migration before."""


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0018_schedules"),
        ("wagtailcore", "0098_apitoken"),
        ("accounts", "0005_signin"),
        ("base", "0008_mail_forgotten_at_once"),
    ]

    operations = [migrations.RunPython(fill, forget)]
