"""An empty portal becomes ready: languages, tables of law and calendar, the city's site as a dossier.

1. `ensure_locales`: Vietnamese and English.
2. `set_up`: the tables the rooms need (deadline rules, calendar, by which rules documents issued from today on are
   posted, topics of questions and what askers agree to, the lists of the service catalogue, the criteria of score
   sheets, base salary and tax by law, words that mean the same), the city's unit and its site, prepared as drafts with
   the statements that the law wants. Safe to run again: what is there stays as people changed it.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale

from base.models import OrganisationUnit
from faq import seeding as questions
from legalref import seeding as register
from reporting import seeding as criteria
from royalties import seeding as royalties
from search import seeding as search
from servicecatalog import seeding as services
from workflows import seeding

from . import opening
from .data import statements
from .data.units import CITY, DIVISIONS, MADE_UP
from .models import Opening


def ensure_locales() -> dict[str, Locale]:
    """Make the rows of the two languages; return them by language code, the main one first."""
    return {
        code: Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES
    }


@transaction.atomic
def set_up(*, english: bool = True, with_examples: bool = False) -> Opening:
    """Make an empty portal ready for its first people; return the dossier of the city's site.

    The city's pages are drafts until two people of the board submit and approve the dossier, the statements on
    accessibility and privacy among them. `with_examples`: made-up telephone numbers and names too; the demo then has
    statements of its own.
    """
    ensure_locales()
    seeding.load_rules()
    seeding.load_calendar()
    facts = {name: value for name, value in CITY.items() if with_examples or name not in MADE_UP}
    unit, _ = OrganisationUnit.objects.get_or_create(slug=CITY["slug"], defaults=facts)
    for place, division in enumerate(DIVISIONS, 1):
        OrganisationUnit.objects.get_or_create(
            slug=division["slug"], defaults={**division, "parent": unit, "sort_order": place}
        )
    register.seed_posting_rules(issued_from=timezone.localdate())
    questions.load_topics()
    questions.load_consents()
    services.load_lists()
    criteria.load_criteria()
    royalties.load_law()
    search.load_equivalents()
    dossier = opening.prepare_city(
        unit=unit,
        name=settings.WAGTAIL_SITE_NAME,
        name_en="Long Xuyen City Portal",
        legal_act="Quyết định 01/2020/QĐ-UBND",
        english=english,
    )
    if not with_examples:
        statements.draft_statements(dossier.site)
    return dossier
