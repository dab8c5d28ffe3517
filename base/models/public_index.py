"""The public index: one row for each thing that readers can find, in each of its languages (`base/public/index/`)."""

from django.db import models
from django.db.models import Q
from wagtail.models import Page

from ..files.kinds import LONGEST
from .site import PortalSite
from .tokens import TokensField

# Joined when read; a row goes with its thing by `readers_see_changed`, never by the database.
BY_KEY = {"on_delete": models.DO_NOTHING, "null": True, "db_constraint": False, "db_index": False, "related_name": "+"}


class PublicItem(models.Model):
    """What lists, feeds, the sitemap and the search know of one public thing in one language.

    Written by `base.public.index.readers_see_changed` only, from the thing as it is stored. It holds the thing's own
    facts; what changes without it (address, order in the tree, names, pictures, states of sites) is joined when read.
    `key`: "page:12". `kind`: the type, "sections.ArticlePage"; `sub_kind`: its kind of news, its stage. `year`: of the
    local day of publication. `starts_on`, `ends_on`: the days between which it counts; while it does, an item that
    `stands_first` stands before newer ones. `facts`: JSON of what only its type shows. `file_kinds`: of the files that
    it shows, "pdf word" (`files/kinds.py`). `title_words`: tokens of its title, `words`: of everything that it says.
    """

    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    kind = models.CharField(max_length=80)
    sub_kind = models.CharField(max_length=60, blank=True)
    translation_key = models.CharField(max_length=36, blank=True)
    page = models.ForeignKey("wagtailcore.Page", **BY_KEY)
    site = models.ForeignKey("base.PortalSite", **BY_KEY)
    unit = models.ForeignKey("base.OrganisationUnit", **BY_KEY)
    section = models.ForeignKey("wagtailcore.Page", **BY_KEY)
    image = models.ForeignKey("base.PortalImage", **BY_KEY)
    title = models.TextField()
    summary = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    stands_first = models.BooleanField(default=False)
    in_feed = models.BooleanField(default=False)
    facts = models.TextField(blank=True)
    file_kinds = models.CharField(max_length=LONGEST, blank=True)
    title_words = TokensField(null=True)
    words = TokensField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "mục của chỉ mục công khai"
        verbose_name_plural = "chỉ mục công khai"
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="one_item_a_language")]
        indexes = [
            # The newest of a section; the counts of its filters, which read nothing but this index.
            models.Index(fields=["section", "-published_at", "-page"], name="item_newest_of_section"),
            models.Index(fields=["section", "kind", "year", "unit", "sub_kind"], name="item_facets"),
            models.Index(fields=["section"], name="item_first", condition=Q(stands_first=True)),
            models.Index(fields=["site", "language", "-published_at"], name="item_feed", condition=Q(in_feed=True)),
            models.Index(fields=["kind", "language", "-published_at"], name="item_newest_of_kind"),
            models.Index(fields=["site", "language", "kind", "-published_at"], name="item_of_site"),
            models.Index(fields=["page"], name="item_of_page"),
            # What changed last: for feeds, and for programs that fetch what is new since they asked last.
            models.Index(fields=["section", "-updated_at"], name="item_changed_of_section"),
            models.Index(
                fields=["site", "language", "-updated_at"], name="item_changed_of_site", condition=Q(in_feed=True)
            ),
            models.Index(fields=["updated_at", "id"], name="item_changed"),
        ]

    def __str__(self):
        return f"{self.key} {self.language}"


class PublicPlace(models.Model):
    """A site besides its own whose lists show one public thing: news of the city on the sites of wards.

    Written with its item, from its approved version, by `base.public.index.places`. `site_key`: of a PortalSite, 0 for
    every ward. `ended_at`: since when that site shows it no longer; the row stays for its feed. `in_feed`: it is news.
    `is_left_off`: it ended because the ward refused it, while it is meant for the ward or for every one.
    """

    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    page = models.ForeignKey("wagtailcore.Page", **BY_KEY)
    translation_key = models.CharField(max_length=36, blank=True)
    site_key = models.PositiveIntegerField()
    in_feed = models.BooleanField(default=False)
    is_left_off = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "nơi hiện của mục công khai"
        verbose_name_plural = "nơi hiện của mục công khai"
        constraints = [models.UniqueConstraint(fields=["key", "language", "site_key"], name="one_place_a_site")]
        indexes = [models.Index(fields=["site_key", "ended_at", "page"], name="place_of_site")]

    def __str__(self):
        return f"{self.key} {self.language} {self.site_key}"


class PlaceRefusal(models.Model):
    """A public page of the city that a ward leaves off its site, in all languages; two persons decide it.

    `page`: the one in the first language. `reason`: the city reads it, readers do not. `is_in_force`: False since the
    ward shows the page again; the row stays.
    """

    never_deleted = True
    # A proposal is called what it does.
    names_what_is_done = True

    page = models.ForeignKey(Page, verbose_name="bài của thành phố", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("lý do", max_length=1000)
    is_in_force = models.BooleanField("không hiện ở trang này", default=True)

    class Meta:
        verbose_name = "tin thành phố mà phường, xã không hiện"
        verbose_name_plural = "tin thành phố mà phường, xã không hiện"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["page", "site"], name="one_refusal_a_page_and_site")]

    def __str__(self):
        return f"{'Không hiện' if self.is_in_force else 'Hiện lại'} ở {self.site}: {self.page.title}"

    @property
    def owner_site(self) -> PortalSite:
        return self.site


class PublicRemoval(models.Model):
    """One public thing that readers can find no longer: which it was and since when, never what it was called.

    Written with the end of its row by `base.public.index.removals`. It counts as long as the thing is not public again.
    `key`: "page:12", "document:5". `in_feed`: it was among the news of its site.
    """

    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    kind = models.CharField(max_length=80)
    translation_key = models.CharField(max_length=36, blank=True)
    site = models.ForeignKey("base.PortalSite", **BY_KEY)
    section = models.ForeignKey("wagtailcore.Page", **BY_KEY)
    in_feed = models.BooleanField(default=False)
    removed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "mục công khai đã gỡ"
        verbose_name_plural = "mục công khai đã gỡ"
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="one_removal_a_language")]
        indexes = [
            models.Index(fields=["section", "-removed_at"], name="removal_of_section"),
            models.Index(fields=["site", "-removed_at"], name="removal_of_site"),
            models.Index(fields=["removed_at", "key"], name="removal_newest"),
        ]

    def __str__(self):
        return f"{self.key} {self.language}"
