"""Take away what Wagtail's own migrations put into an empty database: welcome page, site, groups, workflow."""

from django.db import migrations


def remove_samples(apps, schema_editor):
    """Remove the samples as long as they are untouched; safe to run again."""
    page = apps.get_model("wagtailcore", "Page")
    sample = page.objects.filter(depth=2, url_path="/home/", content_type__model="page").first()
    if sample is not None:
        apps.get_model("wagtailcore", "Site").objects.filter(root_page=sample).delete()
        page.objects.filter(pk=sample.pk).delete()
        page.objects.filter(depth=1).update(numchild=page.objects.filter(depth=2).count())
    workflow = apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval")
    apps.get_model("wagtailcore", "WorkflowTask").objects.filter(workflow__in=workflow).delete()
    apps.get_model("wagtailcore", "WorkflowPage").objects.filter(workflow__in=workflow).delete()
    workflow.delete()
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(name="Moderators approval").delete()
    apps.get_model("wagtailcore", "Task").objects.filter(name="Moderators approval").delete()
    apps.get_model("auth", "Group").objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(remove_samples, migrations.RunPython.noop)]
