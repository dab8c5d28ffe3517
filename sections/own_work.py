"""What this room adds to the work queue (`workflows/dashboard/work_queue.py`): clarifications, articles of units.

Clarifications that wards offer to the city, and those that wait for the signature of a unit's head or came back from
there (Điều 11); articles that units sent, and their writers' own.
"""

from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from accounts.roles import SIGN_ANSWERS, SUPPLY, WRITE, may
from accounts.unit_roles import units_for
from base.sites import city_site
from workflows.dashboard import submissions, work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows

from . import signing
from .clarification import offers_waiting
from .models import ClarificationSignature, UnitArticle
from .unit_articles import seeing

SCREEN, MORE = "sections_unit_article", "sections_unit_articles"


@work_queue.out_of(lambda: offers_waiting())
def offers(scope: Scope) -> Rows | None:
    city = city_site()
    if city is None or city.pk not in scope.own_sites(WRITE):
        return None
    note = Concat(Value("gửi từ: "), "offered_from__draft_title", output_field=CharField())
    return rows(offers_waiting(), title="draft_title", note=note, at="latest_revision_created_at")


def to_sign(scope: Scope) -> Rows | None:
    units = units_for(scope.user, SIGN_ANSWERS)
    if not units:
        return None
    found = signing.waiting_for(scope.user, units)
    return rows(found, title="title", note=Value("bài giải thích, làm rõ"), at="proposed_at")


@work_queue.out_of(lambda: ClarificationSignature.objects.filter(accepted=False))
def given_back(scope: Scope) -> Rows | None:
    """Clarifications that a unit's head gave back and that were not changed since."""
    if not scope.sites:
        return None
    found = ClarificationSignature.objects.filter(
        proposed_by=scope.user, accepted=False, page__latest_revision=F("revision_id")
    )
    return rows(found, key="page_id", title="title", note="note", at="decided_at")


@work_queue.out_of(lambda: UnitArticle.objects.filter(state=UnitArticle.State.SENT))
def unit_articles_sent(scope: Scope) -> Rows | None:
    """What units sent to the standing office, without what the person wrote for one of them."""
    if not seeing.may_handle(scope.user):
        return None
    found = UnitArticle.objects.filter(state=UnitArticle.State.SENT).exclude(written_by=scope.user)
    note = Concat(Value("bài của "), "unit__name", output_field=CharField())
    return rows(found, title="title", note=note, at="sent_at")


def unit_articles_of_own(state: str, note, at: str):
    """Return the source of the person's own articles of a unit in one state."""

    @work_queue.out_of(lambda: UnitArticle.objects.filter(state=state))
    def find(scope: Scope) -> Rows | None:
        units = units_for(scope.user, SUPPLY)
        if not units:
            return None
        found = UnitArticle.objects.filter(written_by=scope.user, unit__in=units, state=state)
        return rows(found, title="title", note=note, at=at)

    return find


def register_own_work() -> None:
    """Add it to the work queue; called once, from `SectionsConfig.ready`."""
    work_queue.register_shortcut(
        "Viết tin bài", "sections_write_news", lambda scope: bool(scope.sites) and may(scope.user, WRITE)
    )
    work_queue.register_source("giai-thich", "gui-len", offers, "wagtailadmin_pages:edit")
    work_queue.register_source("ky-giai-thich", "ky", to_sign, "sections_sign_clarification")
    work_queue.register_source("giai-thich-bi-tra", work_queue.RETURNED, given_back, "wagtailadmin_pages:edit")
    State = UnitArticle.State
    work_queue.register_source("bai-don-vi", "gui-len", unit_articles_sent, SCREEN, MORE)
    for key, kind, state, note, at in (
        ("bai-don-vi-tra-lai", work_queue.RETURNED, State.RETURNED, "reply", "handled_at"),
        ("bai-don-vi-dang-viet", "ban-nhap", State.WRITTEN, Value("bài của đơn vị"), "saved_at"),
        ("bai-don-vi-da-gui", "da-gui", State.SENT, Value("bài của đơn vị"), "sent_at"),
    ):
        work_queue.register_source(key, kind, unit_articles_of_own(state, note, at), SCREEN, MORE)
    work_queue.register_shortcut(
        "Viết bài của đơn vị", "sections_unit_article_new", lambda scope: bool(units_for(scope.user, SUPPLY))
    )
    done = ("make_draft", "Bài của đơn vị thành bản nháp"), ("give_back", "Bài của đơn vị bị trả lại")
    done = {f"portal.unit_article.{name}": words for name, words in (*done, ("decline", "Bài của đơn vị không dùng"))}
    submissions.register_decisions(
        "portal.unit_article.send", done, returned="portal.unit_article.give_back", screen=SCREEN
    )
