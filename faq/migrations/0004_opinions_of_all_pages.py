"""What readers said of answers goes where it is counted of every page (`base.PageOpinion`)."""

from django.db import migrations


def move(apps, schema_editor):
    Feedback, Opinion = apps.get_model("faq", "AnswerFeedback"), apps.get_model("base", "PageOpinion")
    Site, Page = apps.get_model("base", "PortalSite"), apps.get_model("wagtailcore", "Page")
    homes = {}
    for site, key in Site.objects.values_list("pk", "home_key"):
        homes |= dict.fromkeys(Page.objects.filter(translation_key=key).values_list("path", flat=True), site)
    rows = []
    for row in Feedback.objects.select_related("page").iterator():
        above = [home for home in homes if row.page.path.startswith(home)]
        if above:
            site = homes[max(above, key=len)]
            rows.append(
                Opinion(
                    page_id=row.page_id,
                    site_id=site,
                    day=row.day,
                    useful=row.useful,
                    not_useful=row.not_useful,
                )
            )
    Opinion.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0010_opinions"),
        ("faq", "0003_questions_given_back"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="AnswerFeedback"),
    ]
