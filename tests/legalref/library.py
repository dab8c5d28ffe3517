"""What the tests of the register share: documents made quickly, published on the approved road or at once."""

from datetime import date, datetime

import time_machine
from wagtail.models import Page

from accounts.models import User
from legalref import seeding
from legalref.life import agreeing, lifecycle
from legalref.models import DocumentRelation, DocumentType, LegalDocument, RegisterPage
from tests import snapshot
from tests.city import USERNAMES, publish_at_once


def draft_document(site, *, by, symbol="12/2021/QĐ-UBND", **values) -> LegalDocument:
    """Make a draft of a decision of the city with its first version."""
    bodies = seeding.seed_issuers()
    fields = {
        "document_type": DocumentType.objects.get(name="Quyết định"),
        "family": "legal",
        "subject": "Ban hành Quy định mẫu",
        "main_issuer": bodies["ubnd-thanh-pho-long-xuyen"],
        "issued_on": date(2021, 3, 1),
        "effective_from": date(2021, 3, 15),
        "not_classified": True,
        **values,
    }
    document = LegalDocument(live=False, owner_site=site, symbol_as_printed=symbol, **fields)
    document.full_clean()
    document.save()
    document.save_revision(user=by)
    return document


def public_document(site, *, by, symbol="12/2021/QĐ-UBND", **values) -> LegalDocument:
    """Make a document that is public, without its sealed copy."""
    return publish_at_once(draft_document(site, by=by, symbol=symbol, **values))


def register(site, language="vi") -> RegisterPage:
    """The live register page of a site; made when the site has none."""
    home = site.home_page()
    found = RegisterPage.objects.filter(path__startswith=home.path, depth=home.depth + 1).first()
    if found is None:
        taken = Page.objects.child_of(home).filter(slug="van-ban").first()
        if taken is not None:
            raise AssertionError(f"{taken} stands where the register should")
        found = home.add_child(instance=RegisterPage(title="Văn bản", slug="van-ban", live=False, locale=home.locale))
    if not found.live:
        found.save_revision()
        found = publish_at_once(found)
    return found


def shipped_register(city) -> tuple[RegisterPage, dict[str, LegalDocument]]:
    """The city's register and the documents that come with the portal, public since a morning; built once a process."""

    @time_machine.travel("2026-11-25 09:00 +07:00")
    def build():
        register(city.site)
        seed_public(city.cast.standing_office)

    # What is there before differs: the small city may have an English front page.
    languages = city.site.home_page().get_translations(inclusive=True).count()
    snapshot.built(f"shipped register, {languages} languages", build)
    return register(city.site), seeding.documents_by_key()


def on_city_host(city, page) -> str:
    """The address of a page under the city's own host."""
    return "/" + page.url_path.removeprefix(city.home.url_path)


def agreed(relation: DocumentRelation, *, by=None) -> DocumentRelation:
    """Let a second person agree to a relation that waits; without one, whoever may."""
    return agreeing.agree(relation, by=by or second_person(relation.confirmed_by))


def related(*args, **values) -> DocumentRelation:
    """A relation that one person noted and another agreed to."""
    return lifecycle.relate(*args, agreed_by=second_person(values["by"]), **values)


def repealed(*args, **values) -> DocumentRelation:
    """A repeal that one person noted and another agreed to."""
    relation, on = lifecycle.repeal(*args, **values), values.get("on")
    return agreeing.agree(relation, by=second_person(values["by"]), on=on if isinstance(on, datetime) else None)


def second_person(first: User) -> User:
    """The head, or his deputy where the head was the first."""
    others = User.objects.filter(username__in=(USERNAMES["head"], USERNAMES["deputy"])).exclude(pk=first.pk)
    return others.order_by("username").last()


def seed_public(by) -> dict[str, LegalDocument]:
    """Load the register and make all of it public at once; return the documents by key."""
    for document in seeding.load_register(by=by, second=second_person(by)):
        publish_at_once(document)
    return seeding.documents_by_key()
