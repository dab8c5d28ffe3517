"""4. Where a unit and its people are shown, and what is still theirs: asked before a unit is renamed or ends."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from wagtail.models import Page, ReferenceIndex

from base.authority import may_see
from base.models import OrganisationUnit, PostHolder, PublicItem
from faq.models import Question, QuestionTopic
from legalref.models import IssuingBody
from sections.models import OrganisationPage
from servicecatalog.models import ProcedureAgency

from .rights import keeps

# Pages that are named one by one; of more their number is said.
MOST_PAGES = 20


@dataclass(frozen=True)
class Use:
    """One place that shows a unit or depends on it: what it is, where it is kept ("" for a number alone)."""

    label: str
    address: str = ""
    count: int = 0


def uses_of(unit: OrganisationUnit, user) -> list[Use]:
    """Return where a unit is shown, pages by name as far as the user may see them, and for who keeps it its work."""
    rows = OrganisationUnit.objects.filter(pk=unit.pk).values_list(
        _number(PublicItem.objects.all()),
        _number(Question.objects.open()),
        _number(QuestionTopic.objects.all()),
        _number(ProcedureAgency.objects.all(), "procedure"),
        _number(IssuingBody.objects.all()),
    )
    shown, asked, topics, procedures, bodies = rows.get()
    counted = [
        ("Trang công khai do đơn vị chịu trách nhiệm", shown, ""),
        ("Câu hỏi đang xử lý", asked if keeps(user, unit) else 0, reverse("faq_inbox")),
        ("Lĩnh vực câu hỏi giao cho đơn vị", topics, ""),
        ("Thủ tục đơn vị giải quyết", procedures, ""),
        ("Cơ quan ban hành văn bản", bodies, ""),
    ]
    found = [Use(label, address, count) for label, count, address in counted if count]
    if site := getattr(unit, "portal_site", None):
        found.append(Use(f"Chân trang và trang liên hệ của {site}"))
    return found + _page_uses(_referring(unit), user)


def _number(rows: QuerySet, of: str = "pk") -> Coalesce:
    """How many of some rows name the unit that is asked about; all of it is one query."""
    own = rows.filter(unit=OuterRef("pk")).order_by().values("unit")
    return Coalesce(Subquery(own.annotate(number=Count(of, distinct=True)).values("number")), 0)


def uses_of_holder(holder: PostHolder, user) -> list[Use]:
    """Return where a person in a post is shown: wherever the unit is, and in the footer if they answer for it."""
    pages = _page_uses(pages_showing(holder.unit), user)
    return [Use("Chân trang: người chịu trách nhiệm nội dung"), *pages] if holder.answers_for_content else pages


def pages_showing(unit: OrganisationUnit) -> list[Page]:
    """Return the pages that show a unit or its people and are found by their names; those that list all units too."""
    listing = list(OrganisationPage.objects.live())
    return [*listing, *(page.specific for page in _referring(unit) if page.live)]


def _page_uses(pages: list[Page], user) -> list[Use]:
    seen = [page for page in pages if may_see(user, page)]
    named = [
        Use(page.get_admin_display_title(), reverse("wagtailadmin_pages:edit", args=[page.pk]))
        for page in seen[:MOST_PAGES]
    ]
    return [*named, Use("Trang khác", count=len(seen) - MOST_PAGES)] if len(seen) > MOST_PAGES else named


def _referring(record) -> list[Page]:
    """Pages that refer to a record otherwise than by who answers for them."""
    rows = ReferenceIndex.get_references_to(record).exclude(model_path="responsible_unit")
    of_pages = rows.filter(base_content_type__app_label="wagtailcore")
    keys = of_pages.annotate(key=Cast("object_id", BigIntegerField())).values("key")
    return list(Page.objects.filter(pk__in=keys).order_by("path"))
