"""English in the demo city: translations begun from their Vietnamese pages, one that is behind, an alert in two languages."""

from datetime import timedelta

from alerts import proposing
from alerts.contents import Content
from alerts.models import Alert
from sections.models import StandardPage
from workflows.publishing import approval, record_changes
from workflows.translations import starting

from . import english_content
from .markup import body
from .people import CITY

ALERT_OF = "my-long"


def translate_all(city) -> None:
    """Make the English pages under "About" as the city's contributor and the head do; what is there already stays."""
    site = city.sites[CITY]
    parent, text = city._section(site, "gioi-thieu", "en"), english_content.ABOUT
    if parent is None:
        return
    if not city._exists(parent, text.slug):
        page = city._page(StandardPage, site, parent, text.slug, text.title, text.summary, text.unit, english=True)
        page.body = body(text.body, note="Illustrative data.")
        city._publish(page, parent, site, text.days_ago)
    for text in english_content.TRANSLATED:
        _translate(city, site, text)
    _change(city, site)


def _translate(city, site, text) -> None:
    source = city._section(site, text.section).get_children().filter(slug=text.slug, live=True).first()
    if source is None or starting.translation_of(source) is not None:
        return
    writer = city._writer(site)
    page = starting.start(source, by=writer, title=text.title)
    page.summary, page.source_name = text.summary, "Editorial Board (illustrative data)"
    if text.body:
        page.body = body(text.body, note="Illustrative data.")
    page.save_revision(user=writer)
    _publish(city, page, text.days_ago)


def _change(city, site) -> None:
    """Let a source say more than its translation, long enough ago for readers to be told."""
    slug, words, days_ago = english_content.CHANGED
    found = city._section(site, "gioi-thieu").get_children().filter(slug=slug, live=True).first()
    page = found.specific if found is not None else None
    if page is None or words in str(page.body):
        return
    page.body = [*((block.block_type, block.value) for block in page.body), *body(words)]
    page.save_revision(user=city._writer(site))
    _publish(city, page, days_ago)


def _publish(city, page, days_ago: int) -> None:
    people = {"submitted_by": city._writer(city.sites[CITY]), "by": city.people["truong-ban"]}
    approval.publish_bundle([page], **people, on=city._ago(days_ago), reason="Duyệt bài của bản trình diễn")


def alert_all(city) -> None:
    """Put up the alert of a ward in both languages, as one person proposes and another confirms it."""
    site = city.sites[ALERT_OF]
    title, text, title_en, text_en = english_content.ALERT
    if Alert.objects.filter(title=title).exists():
        return
    content = Content(
        "info", title, city.now + timedelta(days=30), text=text, title_en=title_en, text_en=text_en, sites=(site.pk,)
    )
    change = proposing.propose(content, by=city._writer(site), on=city.now, reason="Minh họa")
    record_changes.confirm(change, by=city.people["truong-ban"], digest=change.digest)
