"""The screens of translations: which are behind their source, one translation beside its source, a new one."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.models import Revision

from accounts.screen_access import ROLE_HOLDERS
from base.models import TranslationMark

from .. import deadlines
from ..models import Deadline
from ..screens.forms import StartTranslationForm
from ..screens.subjects import PageMixin, QueueActionView
from ..upkeep.live_checks import sites_to_report
from . import marks, places, sources, starting

ROWS_A_PAGE = 50


class TranslationsView(TemplateView):
    """The translations of a person's sites: those behind their source, or all of them."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/translations.html"

    def get_context_data(self, **kwargs):
        slug, only_changed = self.request.GET.get("trang", ""), self.request.GET.get("xem", "") != "tat-ca"
        sites = sites_to_report(self.request.user)
        wanted = [site.pk for site in sites if slug in ("", site.slug)]
        listed = Paginator(marks.rows_of(wanted, only_changed=only_changed), ROWS_A_PAGE)
        shown = listed.get_page(self.request.GET.get("p"))
        originals = marks.sources_of(shown.object_list)
        with deadlines.calendar_held():
            running = marks.deadlines_of(shown.object_list)
            rows = [
                {
                    "row": row,
                    "source": originals.get(row.page.translation_key),
                    **_described(running.get(row.pk)),
                }
                for row in shown
            ]
        return super().get_context_data(
            title="Bản dịch",
            header_icon="globe",
            listed=shown,
            rows=rows,
            sites=sites,
            slug=slug,
            only_changed=only_changed,
            help_rule="translation",
            today=deadlines.today(),
            **kwargs,
        )


def _described(deadline: Deadline | None) -> dict:
    if deadline is None:
        return {"left": "", "standing": "", "deadline": None}
    return {"left": deadlines.time_left(deadline), "standing": deadlines.standing(deadline), "deadline": deadline}


class TranslationView(PageMixin, TemplateView):
    """One translation: from which version of its source it was made, and what the source says since."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/translation.html"

    def get_context_data(self, **kwargs):
        source = sources.source_of(self.page)
        if source is None:
            raise Http404
        row = TranslationMark.objects.filter(page_id=self.page.pk).first() or TranslationMark()
        followed = Revision.objects.filter(pk=row.source_version).first() if row.source_version else None
        deadline = marks.deadlines_of([row]).get(row.pk) if row.pk else None
        missed = places.place_missed(self.page)
        return super().get_context_data(
            title="Bản dịch",
            header_icon="globe",
            source=source,
            row=row,
            followed=followed,
            differing=marks.differing(row, source),
            compare_url=_compare_url(source, row),
            explanation=deadlines.explain(deadline) if deadline else "",
            missed=missed,
            missed_place=missed.get_translation_or_none(self.page.locale) if missed else None,
            help_rule="translation",
            **_described(deadline),
            **kwargs,
        )


def _compare_url(source, row: TranslationMark) -> str:
    """Return the screen that shows what the source says otherwise; "" where it says the same, or nothing is known."""
    older, newer = row.source_version, source.live_revision_id
    if not older or not newer or older == newer:
        return ""
    return reverse("wagtailadmin_pages:revisions_compare", args=[source.pk, older, newer])


class StartTranslationView(PageMixin, QueueActionView):
    """Ask for the title in English, then make the draft and open it."""

    form_class = StartTranslationForm
    title = "Dịch sang tiếng Anh"
    header_icon = "globe"
    submit_label = "Tạo bản dịch nháp"
    success_message = "Đã tạo bản dịch nháp từ trang tiếng Việt đang đăng; hãy dịch từng phần rồi gửi duyệt."

    def seen(self):
        """What is public now."""
        return [self.page.live_revision_id]

    def closed(self):
        return "" if starting.translation_of(self.page) is None else "Trang này đã có bản tiếng Anh."

    def way_on(self):
        made = starting.translation_of(self.page)
        return {"url": reverse("workflows_translation", args=[made.pk]), "words": "Mở bản tiếng Anh"} if made else None

    def call(self, form):
        self.made = starting.start(self.page, by=self.request.user, title=form.cleaned_data["title"])

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.made.pk])
