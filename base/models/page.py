"""The base of every page: who answers for it, where it comes from, what describes it."""

from collections.abc import Callable, Iterable
from copy import copy
from datetime import datetime
from functools import cache
from http import HTTPMethod

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, PagePermissionTester, PageViewRestriction
from wagtail.search import index

from vietnam import text

from ..admin.guarded_forms import GuardedPageForm
from ..authority import belongs_to
from ..preflight import Finding, preflight_content
from ..public.frame import build_frame
from ..public.page_cache import mark_public
from ..public.site_cache import known_before
from ..public.translated.same import take_from_source
from ..queries.prepared import Prepared, given
from ..queries.read_with import ReadWith
from ..sites import site_of, successor_address
from .file_text import FileText
from .hours import ClearsMetHours
from .listed import Listed
from .unit import OrganisationUnit

_AT = Prepared(lambda: Page.objects.filter(url_path=given("url_path")).values_list("pk", "path", "content_type_id"))
# To make one anew costs a tenth of a feed.
_NO_RESTRICTIONS = cache(lambda: PageViewRestriction.objects.none())
_pages = cache(lambda model: Prepared(lambda: model.objects.filter(pk=given("key")).select_related(*model.shown_with)))


class PortalPagePermissionTester(PagePermissionTester):
    """What the admin offers on a page: nothing that would publish, remove or hide it.

    Those go through the actions of `workflows`; the gate refuses them anyway, this hides the buttons,
    from superusers too.
    """

    def can_publish(self):
        return False

    def can_publish_subpage(self):
        return False

    def can_unpublish(self):
        return False

    def can_set_view_restrictions(self):
        return False

    def can_unschedule(self):
        return False

    def can_reorder_children(self):
        return False

    def can_move(self):
        return False

    def can_move_to(self, destination):
        return False

    def can_submit_for_moderation(self):
        return False

    def can_delete(self, ignore_bulk=False):
        page = self.page
        if page.live or page.first_published_at is not None:
            return False
        if page.is_leaf():
            # Nothing public is below: asked as of one who may publish, Wagtail need not look for it in the database.
            asked = copy(self)
            asked.permissions = {*getattr(self, "permissions", ()), "publish"}
            return super(PortalPagePermissionTester, asked).can_delete(ignore_bulk=ignore_bulk)
        if page.get_descendants().filter(first_published_at__isnull=False).exists():
            return False
        return super().can_delete(ignore_bulk=ignore_bulk)


class BasePage(ClearsMetHours, Listed, ReadWith, Page):
    """What every page of the portal carries (Quy chế Điều 5, 20; NĐ 43/2011 Điều 5.3, 14).

    `author_name` and `source_name` are shown on the page; `responsible_unit` answers for it and is the publisher
    in its metadata. `retained_note` is set by a take-down review that ended with "keep": the frame shows it above
    the text.
    """

    base_form_class = GuardedPageForm

    summary = models.TextField(
        "tóm tắt",
        max_length=400,
        blank=True,
        help_text="Một đến ba câu; hiện trong danh sách, kết quả tìm kiếm và dữ liệu mô tả.",
    )
    author_name = models.CharField("tác giả", max_length=120, blank=True)
    source_name = models.CharField(
        "nguồn", max_length=200, blank=True, help_text="Điều 5: nội dung phải ghi rõ tác giả, nguồn."
    )
    source_url = models.URLField("địa chỉ nguồn", blank=True)
    responsible_unit = models.ForeignKey(
        OrganisationUnit,
        verbose_name="đơn vị chịu trách nhiệm",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    retained_note = models.TextField("ghi chú khi giữ lại", blank=True, editable=False)
    retained_note_on = models.DateField("ngày ghi chú", null=True, editable=False)

    responsibility_panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("author_name"), FieldPanel("responsible_unit")]),
                FieldRowPanel([FieldPanel("source_name"), FieldPanel("source_url")]),
            ],
            heading="Tác giả, nguồn, trách nhiệm",
        )
    ]
    promote_panels = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("show_in_menus")], heading="Địa chỉ và trình đơn"),
    ]
    settings_panels = Page.settings_panels

    search_fields = [
        *Page.search_fields,
        # Every field has a boost: PostgreSQL gives what has none no weight at all. It knows four: 10 (titles of
        # pictures and files), 2 (titles of pages), 1 and 0.2; with a fifth all those of pages would fall into one.
        index.SearchField("summary", boost=1),
        index.SearchField("attached_text", boost=0.2),
        index.FilterField("responsible_unit"),
    ]

    # A page is read; one with a form says itself that it takes POST.
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    # Query parameters the page answers to; any other makes the answer pass by the page cache.
    cache_params: tuple[str, ...] = ()
    # The age in seconds at which what the page shows is too old.
    cache_max_age_seconds: int | None = None
    # Moments besides midnight at which the page changes by itself; a type that has some fills them in `get_context`.
    turns: Iterable[datetime | None] = ()
    # Page types that need no source, author and summary of their own.
    needs_source = True
    needs_summary = True
    # What a translation takes from its source besides dates, numbers, choices and files (`public/translated/same.py`).
    same_in_each_language: frozenset[str] = frozenset()
    # Page types whose pages the portal makes itself, as when a site is opened: no person's work.
    is_made_by_portal = False
    dublin_core_type = "Text"
    # The deadline rule by which a person reads the page again (`workflows/upkeep/review_dates.py`); "" for what tells
    # of its day only, as news does, and for lists that make themselves.
    review_rule = "DL-CHECK-YEAR"
    # Picture of its type where pages are added, a name of Wagtail's icons.
    icon_name = "doc-empty-inverse"
    # What rooms above ask before a page is copied; each gets the page and raises Refused.
    demands_of_copies: list[Callable[[Page], None]] = []
    # Fields that approval does not seal, because publishing or a later action sets them.
    not_sealed = frozenset({"retained_note", "retained_note_on"})

    class Meta:
        abstract = True

    # --- Starting ---------------------------------------------------------------------------------

    @classmethod
    def defaults_for(cls, site, user) -> dict:
        """Return what the form of a new page begins with, by field: who writes it, for which unit, from which source.

        `site`: the PortalSite it will belong to, or None. A page type adds what the site or the day tells it.
        """
        unit = site.unit if site is not None else None
        if unit is None or not cls.needs_source:
            return {"responsible_unit": unit} if unit is not None else {}
        name = user.get_full_name() if user is not None else ""
        return {"author_name": name, "source_name": unit.full_name, "responsible_unit": unit}

    # --- Saving -----------------------------------------------------------------------------------

    def _set_core_field_defaults(self):
        """Vietnamese titles give readable slugs ("Đường" → "duong"), typed NFC or NFD."""
        self.title = text.nfc(self.title)
        parent_is_known = bool(self.path or getattr(self, "_cached_parent_obj", None))
        if not self.slug and parent_is_known:
            base_slug = text.slug(self.title)[:240]
            if base_slug:
                self.slug = self._get_autogenerated_slug(base_slug)
        super()._set_core_field_defaults()

    def with_content_json(self, content):
        page = super().with_content_json(content)
        # Cleaning the version asks for it again.
        page._cached_parent_obj = self.get_parent()
        page.retained_note, page.retained_note_on = self.retained_note, self.retained_note_on
        return page

    def copy(self, *args, **kwargs):
        """Copies are drafts without dates. A translation stays bound to its page; any other copy may be refused."""
        for demand in self.demands_of_copies if kwargs.get("reset_translation_key", True) else ():
            demand(self)
        kwargs["keep_live"] = False
        kwargs["update_attrs"] = {"go_live_at": None, "expire_at": None, **(kwargs.get("update_attrs") or {})}
        return super().copy(*args, **kwargs)

    def permissions_for_user(self, user):
        return PortalPagePermissionTester(user, self)

    # --- Showing ----------------------------------------------------------------------------------

    @property
    def portal_site(self):
        return site_of(self)

    def route(self, request, path_components):
        """Find the page and what it shows by two queries, where Wagtail asks twice for each step of the path."""
        if path_components:
            url_path = f"{self.url_path}{'/'.join(path_components)}/"
            for key, path, content_type in _AT.rows(url_path=url_path):
                model = ContentType.objects.get_for_id(content_type).model_class()
                if path.startswith(self.path) and model is not None and issubclass(model, BasePage):
                    return _pages(model).first(key=key).route(request, [])
        return super().route(request, path_components)

    def attached_text(self) -> str:
        """What the Word, PDF and text files on the page say, for the search."""
        return FileText.shown_by(self)

    def get_view_restrictions(self):
        """Return none: the portal knows no private pages (the gate refuses to make one), so it need not look."""
        return _NO_RESTRICTIONS()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        take_from_source(self)
        context["frame"] = build_frame(self, request)
        return context

    def cache_sites(self) -> list[int]:
        """Ids of the sites whose changes can show on this page: its own and, for its frame, the city."""
        site = site_of(self)
        return [pk for pk in (site.pk, site.parent_id) if pk] if site else []

    def serve(self, request, *args, **kwargs):
        return self.redirect_to_successor(request) or self.marked(super().serve(request, *args, **kwargs))

    def redirect_to_successor(self, request):
        """The redirect from a page of a closed site to the site that followed it; None for every other page."""
        site = site_of(self)
        if site is None or site.state != site.State.CLOSED:
            return None
        address = successor_address(site, self.locale, request)
        return redirect(address, permanent=True) if address else None

    def marked(self, response):
        """Return what `serve` answers, marked for the page cache where it is the page itself."""
        return self.mark_public(response) if isinstance(response, TemplateResponse) else response

    def mark_public(self, response: TemplateResponse) -> TemplateResponse:
        """Let the page cache keep the page until it, or what stands around it, changes by itself."""
        turns = [*response.context_data["frame"].turns, *self.turns]
        return mark_public(
            response, self.cache_sites(), params=self.cache_params, max_age=self.cache_max_age_seconds, turns=turns
        )

    def archive_html(self) -> str:
        """Return the page as an anonymous visitor would read it now; kept in the archive with every approval."""
        request = HttpRequest()
        request.method, request.path = "GET", self.get_url() or "/"
        request.path_info = request.path
        request.META = {"SERVER_NAME": settings.PORTAL_HOST, "SERVER_PORT": str(settings.PORTAL_PORT)}
        request.META["HTTP_HOST"] = settings.PORTAL_HOST
        request.user, request.is_preview = AnonymousUser(), False
        site = site_of(self)
        if site is not None and self.depth >= site.depth_of_items:
            # No menu names it: what stands around it is as it was.
            request._portal_memory = known_before()
            # The host above is the city's: to find it by its name costs as much as drawing the page.
            if (host := getattr(site if site.is_city else site.parent, "wagtail_site", None)) is not None:
                request._wagtail_site = host
        return render_to_string(self.get_template(request), copy(self).get_context(request), request)

    # --- Seeing it before it is public ------------------------------------------------------------

    @property
    def preview_modes(self):
        from ..admin import preview_modes

        return preview_modes.modes_of(self)

    def is_previewable(self):
        # Every page can be seen as itself; lists ask this for each row.
        return True

    def serve_preview(self, request, mode_name):
        from ..admin import preview_modes

        return preview_modes.serve(self, request, mode_name, super().serve_preview)

    def stands_in_list(self) -> bool:
        """Tell whether readers meet the page in a list; a type that says yes fills `list_places`."""
        return False

    def list_places(self, request) -> list:
        """Return its places (`preview_modes.Place`) in the lists of its section, for a preview."""
        return []

    def stands_on_wards(self) -> bool:
        """Tell whether the page shows on the sites of wards; a type that says yes fills `on_ward`."""
        return False

    def on_ward(self, home, request):
        """Return the answer that shows the page on a ward's site, for a preview; `home`: its public front page."""
        return None

    def english_version(self, user):
        """Return the translation as a user may see it: its newest version on an own site, else what is public, or None.

        A mirrored page, which has no text of its own, is no translation.
        """
        from ..admin import preview_modes

        found = self.get_translations().filter(locale__language_code=preview_modes.ENGLISH_CODE, alias_of=None).first()
        if found is None:
            return None
        if belongs_to(user, found):
            return found.get_latest_revision_as_object()
        return found if found.live else None

    def in_english(self, request):
        """Return the answer that English readers get of a page that needs no translation, or None."""
        return None

    # --- Described --------------------------------------------------------------------------------

    @property
    def published_on(self):
        """When the page first became public, or None."""
        return self.first_published_at

    @property
    def updated_on(self):
        """When its text last changed after that, or None."""
        if not self.last_published_at or not self.first_published_at:
            return None
        if (self.last_published_at - self.first_published_at).total_seconds() < 60:
            return None
        return self.last_published_at

    def description(self) -> str:
        """A description that is never empty: the summary, else the search description, else the title."""
        return self.summary or self.search_description or self.title

    def dublin_core(self) -> dict[str, str]:
        """Return the Dublin Core elements of the page (Thông tư 24/2011/TT-BTTTT), none of them empty.

        The six mandatory ones are always there: title, creator, date, description, publisher, identifier.
        Several values are separated by ";".
        """
        site = site_of(self)
        unit = self.responsible_unit or (site.unit if site else None)
        publisher = unit.full_name if unit else settings.WAGTAIL_SITE_NAME
        moment = self.first_published_at or self.latest_revision_created_at or timezone.now()
        elements = {
            "title": self.title,
            "creator": self.author_name or publisher,
            "date": timezone.localtime(moment).date().isoformat(),
            "description": strip_tags(self.description()),
            "publisher": publisher,
            "identifier": self.full_url or f"urn:uuid:{self.translation_key}",
            "language": self.locale.language_code,
            "source": self.source_name,
            "type": self.dublin_core_type,
            "subject": "; ".join(self.subjects()),
        }
        return {name: value for name, value in elements.items() if value}

    def subjects(self) -> list[str]:
        """Subject words for the metadata; a page type with topics overrides it."""
        return []

    def files(self) -> list:
        """Attachments shown in the page's file list; a page type with attachments overrides it."""
        return []

    # --- Preflight --------------------------------------------------------------------------------

    def preflight(self) -> list[Finding]:
        """Return what stops or should slow down submission and approval, each bound to its field."""
        findings = []
        if not text.has_diacritics(self.title) and self.locale.language_code == "vi":
            findings.append(
                Finding("warning", "title", "Tiêu đề không có dấu tiếng Việt (Điều 7.3); hãy kiểm tra lại.")
            )
        if self.needs_summary and not self.summary.strip():
            findings.append(Finding("blocker", "summary", "Thiếu tóm tắt; hãy viết một đến ba câu."))
        if self.needs_source and not self.source_name.strip():
            findings.append(
                Finding("blocker", "source_name", "Thiếu nguồn; Điều 5 yêu cầu ghi rõ tác giả, nguồn của thông tin.")
            )
        if self.needs_source and not self.author_name.strip():
            findings.append(
                Finding("blocker", "author_name", "Thiếu tác giả; hãy ghi tên người hoặc đơn vị biên soạn.")
            )
        if self.responsible_unit_id is None:
            findings.append(
                Finding("blocker", "responsible_unit", "Chưa chọn đơn vị chịu trách nhiệm; hãy chọn một đơn vị.")
            )
        elif self.responsible_unit.has_ended(timezone.localdate()):
            message = f"{self.responsible_unit} đã chấm dứt hoạt động; hãy chọn đơn vị kế thừa."
            findings.append(Finding("warning", "responsible_unit", message))
        return findings + preflight_content(self)


class RoutedPage(RoutablePageMixin, BasePage):
    """A page with addresses of its own below it; Wagtail's mixin would know one preview only."""

    is_made_by_portal = row_is_cached = True

    def serve_preview(self, request, mode_name):
        from ..admin import preview_modes

        return preview_modes.serve(self, request, mode_name, super().serve_preview)

    def shows(self, route: str) -> bool:
        """Tell whether readers find something at a path below the page, "/a/b/"; pages that show records ask those."""
        try:
            self.resolve_subpage(route)
        except Http404:
            return False
        return True

    class Meta:
        abstract = True
