"""The article that a document to be disseminated owes (Quy chế Điều 10.1.b), drafted as soon as the document is in the
register.

`propose` makes a draft in the section «Tuyên truyền» of the document's site that cites it as what it is about, which
starts the deadline of 15 working days from the day of issue. A person writes it on and submits it like every article;
one who throws it away is not asked again. Registered with `lifecycle.register_dissemination`.
"""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from wagtail.log_actions import log

from base.models import PortalSite
from legalref.citations.citing_pages import ABOUT
from legalref.models import LegalDocument
from vietnam.dates import format_short
from workflows.deadlines import duties
from workflows.versions import newest_of

from .models import ArticlePage, DisseminationDraft, SectionIndexPage

SECTION_KEY = "tuyen-truyen"
LONGEST_TITLE, LONGEST_SUMMARY = 200, 300


@transaction.atomic
def propose(document: LegalDocument, by, on: date | datetime | None = None) -> ArticlePage | None:
    """Draft the article about a document once; return it.

    None when one was drafted before, or when the document's site has no section for it. `by` becomes its author, so
    another person approves.
    """
    section = section_of(document.owner_site)
    if section is None or DisseminationDraft.objects.filter(document=document).exists():
        return None
    version = document if document.live else newest_of(document)
    page = _draft(version, section, by)
    section.add_child(instance=page)
    page.save_revision(user=by, log_action=False)
    DisseminationDraft.objects.create(document=document, page=page)
    log(instance=page, action="portal.dissemination.propose", user=by, data={"document": version.name})
    duties.note_duties(page, by=by, on=on)
    return page


def drafted(document: LegalDocument) -> ArticlePage | None:
    """Return the article that was drafted about a document; None where none was, or it was thrown away."""
    found = DisseminationDraft.objects.select_related("page").filter(document=document).first()
    return found.page if found else None


def section_of(site: PortalSite) -> SectionIndexPage | None:
    """Return the section of dissemination of a site, or None."""
    home = site.home_page()
    return SectionIndexPage.objects.child_of(home).filter(section_key=SECTION_KEY).first() if home else None


def _draft(version: LegalDocument, section: SectionIndexPage, by) -> ArticlePage:
    site = version.owner_site
    issued = f"{version.name} ngày {format_short(version.issued_on)} của {version.main_issuer}"
    page = ArticlePage(
        **{
            **ArticlePage.defaults_for(site, by),
            "title": f"Giới thiệu {version.name}: {version.subject}"[:LONGEST_TITLE],
            "kind": ArticlePage.Kind.DISSEMINATION,
            "summary": f"{issued}: {version.subject}"[:LONGEST_SUMMARY],
            "live": False,
            "owner": by,
            "locale": section.locale,
        }
    )
    cited = {"document": version.pk, "provision": "", "role": ABOUT}
    page.legal_basis = ArticlePage._meta.get_field("legal_basis").to_python(
        [{"type": "document", "value": cited, "id": str(uuid4())}]
    )
    return page
