"""Columns that are put into SQL once are those that Django would put there, for every model."""

from unittest import mock

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef
from django.db.models.sql.compiler import SQLCompiler
from wagtail.models import Page, Revision

from base.models import PortalSite
from base.queries import known_columns
from sections.models import ArticlePage, SectionIndexPage
from tests.city import CityTestCase
from tests.workflows.drafts import article


class KnownColumns(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)

    def as_django_does(self, build):
        """The statement that Django makes of a query set, and what it reads."""
        with (
            mock.patch.object(SQLCompiler, "get_select", known_columns._get_select),
            mock.patch.object(SQLCompiler, "get_converters", known_columns._get_converters),
            mock.patch.object(SQLCompiler, "_order_by_pairs", known_columns._order_by_pairs),
        ):
            return self.result(build)

    def result(self, build):
        rows = build()
        return str(rows.query), [one if isinstance(one, dict | tuple) else vars_of(one) for one in rows[:5]]

    def assert_same(self, build):
        for _time in ("as it is put together", "as it is known"):
            self.assertEqual(self.result(build), self.as_django_does(build))

    def test_of_every_model_are_the_same_twice(self):
        for model in apps.get_models(include_auto_created=True):
            with self.subTest(model._meta.label):
                self.assert_same(lambda model=model: model._base_manager.order_by("pk"))

    def test_of_a_page_with_conditions_on_its_parents_are_the_same(self):
        for build in (
            lambda: ArticlePage.objects.filter(title__startswith="B", locale__language_code="vi"),
            lambda: ArticlePage.objects.filter(owner__username__gt="").order_by("-first_published_at"),
            lambda: Page.objects.filter(takedowns__ground="error"),
            lambda: Page.objects.descendant_of(self.page.get_parent()).live(),
            lambda: SectionIndexPage.objects.exclude(title="x").distinct(),
            lambda: Revision.objects.filter(pk__in=Page.objects.values("latest_revision")),
            lambda: PortalSite.objects.filter(unit__name__gt="").order_by("unit__name"),
            lambda: Page.objects.filter(Exists(Revision.objects.filter(pk=OuterRef("latest_revision")))),
            lambda: Page.objects.filter(pk=1) | Page.objects.filter(title="x"),
            lambda: Page.objects.order_by().filter(pk=1).union(Page.objects.order_by().filter(pk=2)).order_by("pk"),
        ):
            self.assert_same(build)

    def test_of_what_is_not_plain_are_djangos(self):
        for build in (
            lambda: Page.objects.annotate(number=Count("takedowns")).order_by("pk"),
            lambda: Page.objects.only("title").order_by("pk"),
            lambda: Page.objects.defer("title").order_by("pk"),
            lambda: Page.objects.select_related("locale", "owner").order_by("pk"),
            lambda: Page.objects.order_by("pk").values("title", "locale__language_code"),
            lambda: Page.objects.order_by("pk").values_list("pk", "title"),
            lambda: Page.objects.alias(name=F("title")).order_by("name"),
            lambda: Page.objects.extra(select={"one": "1"}).order_by("pk"),
        ):
            self.assert_same(build)

    def test_are_ordered_as_django_orders_them(self):
        for build in (
            lambda: Page.objects.order_by("-title", "pk"),
            lambda: Page.objects.order_by(F("title").desc(nulls_last=True), "pk"),
            lambda: Page.objects.order_by("owner__username", "locale", "pk").reverse(),
            lambda: Page.objects.select_related("locale").order_by("locale", "pk"),
            lambda: Page.objects.annotate(number=Count("takedowns")).order_by("-number", "pk"),
            lambda: Page.objects.order_by("title", "pk").values("title", "pk"),
            lambda: Page.objects.values("title", name=F("slug")).order_by("name", "pk"),
            lambda: Page.objects.extra(select={"one": "depth"}, order_by=["-one", "id"]),
            lambda: Page.objects.extra(select={"one": "depth"}).order_by("-one", "pk"),
            lambda: SectionIndexPage.objects.order_by("path").distinct(),
            lambda: Page.objects.order_by().filter(pk=1).union(Page.objects.order_by().filter(pk=2)).order_by("title"),
            # By what their model says.
            lambda: PortalSite.objects.filter(unit__name__gt=""),
        ):
            self.assert_same(build)

    def test_let_no_query_change_those_of_the_next(self):
        wanted = self.result(lambda: ContentType.objects.order_by("pk"))

        compiler = ContentType.objects.order_by("pk").query.get_compiler(connection=connection)
        select, information, annotations = compiler.get_select()
        select.clear()
        information["select_fields"].clear()
        annotations["x"] = 1

        self.assertEqual(self.result(lambda: ContentType.objects.order_by("pk")), wanted)


def vars_of(row) -> dict:
    return {name: value for name, value in vars(row).items() if name != "_state"}
