"""The short matrix, and whether it would see what it is there to see."""

import io
import zipfile
from unittest import mock

from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.test.utils import isolate_apps
from wagtail.models import Page

from base.admin import place_views, viewsets
from base.admin.screen_access import SIGNED_IN
from base.authority import has_owner
from base.middleware import admin_gate
from base.models import PortalSite
from base.tables import pdf
from tests import rotation
from tests.isolation import leaky_urls, ward
from tests.isolation.addresses import addresses, model_of
from tests.isolation.filling import MARKER, SECRET, Filling
from tests.isolation.matrix import every
from tests.isolation.oracle import markers_in, markers_in_bytes, signature
from tests.isolation.stand import Stand

# One request of each pattern is sent here, by one role and one method after the other, of a third of the patterns in
# each build; `make matrix` sends them all.
WALKERS = ("contributor", "ward_approver", "entry_only")
# Of how many public addresses one is asked for.
STEP = 60
MARK = f"{SECRET}00007"


class TheMatrix(Stand):
    def test_people_of_other_wards_meet_nothing_of_the_foreign_ward(self):
        asked = rotation.in_turn(addresses(), lambda address: address.pattern)
        requests = [request for address in asked for request in self.filler.requests(address)]
        one_each = every(requests, step=1000, start=3)
        for place, role in enumerate(WALKERS):
            for number, method in enumerate(("GET", "POST")):
                part = one_each[place + 3 * number :: 6]
                self.matrix.walk(role, self.roles[role], part, (method,))
        self.matrix.walk("anonymous", None, self.filler.public()[::STEP], ("GET",))

        report = self.matrix.report
        assert report.leaks == [], "\n".join(map(str, report.leaks[:20]))
        assert len(report.patterns) > rotation.at_least(300), report
        assert report.requests > rotation.at_least(500), report

    def test_the_ward_s_own_people_do_meet_the_markers(self):
        names = (
            "wagtailadmin_pages:edit",
            "wagtailadmin_pages:history",
            "wagtailadmin_explore",
            "wagtailsnippets_legalref_legaldocument:list",
            "workflows_takedown",
            "wagtaildocs:index",
        )
        found = self.seen_by(self.ward.people["contributor"], names)
        assert found == set(names)

    def test_a_superuser_meets_them_too(self):
        names = ("wagtailadmin_pages:edit", "wagtailadmin_pages:history", "wagtailimages:edit")
        assert self.seen_by(self.cast.superuser, names) == set(names)

    def test_without_the_guard_another_ward_would_meet_them(self):
        names = ("wagtailadmin_explore", "wagtailsnippets_legalref_legaldocument:history", "wagtaildocs:edit")
        assert self.seen_by(self.cast.contributor, names) == set()

        with (
            mock.patch.object(admin_gate, "may_open", return_value=True),
            mock.patch.object(viewsets, "demand_own"),
        ):
            found = self.seen_by(self.cast.contributor, names)

        assert "wagtailadmin_explore" in found
        assert "wagtailsnippets_legalref_legaldocument:history" in found

    def seen_by(self, user, names) -> set[str]:
        """The names of the addresses that show the person a marker."""
        self.matrix.report.leaks.clear()
        by_name = {name: [r for r in self.requests((name,)) if "?" not in r.path][:8] for name in names}
        for requests in by_name.values():
            self.matrix.walk("kiểm chứng", user, requests, ("GET",))
        shown = {leak.pattern for leak in self.matrix.report.leaks if "dấu:" in leak.what}
        return {name for name, requests in by_name.items() if shown & {r.address.pattern for r in requests}}

    def test_places_that_a_form_asks_for_tell_nothing_of_another_ward(self):
        names = ("wagtailadmin_pages:choose_parent", "wagtailadmin_pages:copy")
        requests = [request for name in names for request in self.own_requests((name,))[:4]]
        self.matrix.walk_forms("contributor", self.cast.contributor, requests)
        report = self.matrix.report
        assert report.leaks == [], "\n".join(map(str, report.leaks[:8]))
        assert report.forms >= 2, report
        assert {mark.split()[-1] for mark in report.fields} >= {"parent_page", "new_parent_page"}

    def test_without_the_guard_of_places_the_walk_of_forms_would_see_it(self):
        with mock.patch.object(place_views, "own_pages", lambda user: Page.objects.all()):
            requests = self.own_requests(("wagtailadmin_pages:copy",))[:4]
            self.matrix.walk_forms("contributor", self.cast.contributor, requests)
        assert any("new_parent_page" in leak.what or "dấu:" in leak.what for leak in self.matrix.report.leaks)

    def test_every_model_has_marked_rows_of_the_foreign_ward(self):
        missing = {
            model._meta.label
            for model in ward.owned_models()
            if model._meta.label in self.ward.rows
            and not self.ward.rows[model._meta.label]
            and model._meta.label not in ward.ONCE_A_SITE
        }
        assert missing == set(), "models of which the foreign ward has no row"

    def test_money_and_scores_of_the_foreign_ward_are_asked_for_by_their_own_numbers(self):
        shared = {"royalties_tariff", "royalties_tariff_add"}
        for address in addresses():
            if not address.name.startswith(("royalties_", "reporting_")) or "pk" not in address.arguments:
                continue
            label = model_of(address, "pk")
            with self.subTest(address.name, model=label):
                assert label.split(".")[0] == address.name.split("_")[0]
                if address.name not in shared:
                    asked = " ".join(request.path for request in self.requests((address.name,)))
                    assert any(f"/{pk}/" in asked for pk in self.ward.rows[label])

    def test_the_three_wards_share_no_number_with_the_foreign_one(self):
        for model in ward.owned_models():
            first = self.ward.bases.get(model._meta.db_table)
            if first is not None and self.ward.rows.get(model._meta.label):
                others = model._base_manager.filter(pk__lt=first)
                assert not set(self.ward.rows[model._meta.label]) & set(others.values_list("pk", flat=True))
        assert min(pk for pks in self.ward.rows.values() for pk in pks if isinstance(pk, int)) >= ward.FIRST
        assert PortalSite.objects.filter(kind=PortalSite.Kind.WARD).count() >= 3

    def test_what_is_called_shared_belongs_to_no_site(self):
        labels = {model._meta.label for model in apps.get_models()}
        for label in ward.SHARED & labels:
            assert not has_owner(apps.get_model(label)), label

    @isolate_apps("base")
    def test_a_model_of_tomorrow_joins_by_itself(self):
        class Complaint(models.Model):
            site = models.ForeignKey(PortalSite, models.CASCADE)
            asker = models.CharField(max_length=200)
            text = models.TextField()
            mail = models.EmailField()

            class Meta:
                app_label = "base"

            def __str__(self):
                return self.asker

        ward.owned_models.cache_clear()
        self.addCleanup(ward.owned_models.cache_clear)
        with mock.patch.object(ward.apps, "get_models", return_value=[*apps.get_models(), Complaint]):
            assert Complaint in ward.owned_models()
        made = Filling(SECRET, {"base.PortalSite": self.ward.site}.get).instance(Complaint)
        assert made.site == self.ward.site
        for value in (made.asker, made.text, made.mail):
            assert MARKER.search(value.encode()), value

    def test_a_screen_of_tomorrow_is_closed_then_walked_and_caught(self):
        with override_settings(ROOT_URLCONF="tests.isolation.leaky_urls"):
            unreviewed = {a.name for a in addresses() if a.is_admin and not a.is_reviewed}
            assert "leaky_page" in unreviewed

            requests = self.requests(("leaky_page",))
            assert len(requests) > 20
            self.matrix.walk("contributor", self.cast.contributor, requests[:6])
            assert self.matrix.report.leaks == []

            with mock.patch.object(leaky_urls.leaky, "screen_access", SIGNED_IN, create=True):
                self.matrix.walk("contributor", self.cast.contributor, requests[:6])
        whats = " ".join(leak.what for leak in self.matrix.report.leaks)
        assert "dấu:" in whats
        assert "đã đổi bảng wagtailcore_page" in whats


class TheOracle(SimpleTestCase):
    """Each way by which a marker may leave is seen."""

    def answer(self, body=b"", **headers):
        response = HttpResponse(body, headers=headers)
        response.wsgi_request = RequestFactory().get("/")
        return response

    def test_markers_are_seen_in_body_headers_status_and_cookies(self):
        for response in (self.answer(MARK.encode()), self.answer(**{"X-Title": MARK})):
            assert markers_in(response, response.content) == {MARK}
        response = self.answer()
        response.reason_phrase = MARK
        assert markers_in(response, b"") == {MARK}
        response = self.answer()
        response.set_cookie("last", MARK)
        assert markers_in(response, b"") == {MARK}

    def test_markers_are_seen_behind_escapes(self):
        for text in ("".join(f"\\u{ord(c):04x}" for c in MARK), "".join(f"&#{ord(c)};" for c in MARK), MARK.upper()):
            assert markers_in_bytes(text.encode()) == {MARK}, text

    def test_markers_are_seen_in_packed_files_and_in_pdf(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/sharedStrings.xml", f"<si><t>{MARK}</t></si>")
        assert markers_in_bytes(packed.getvalue()) == {MARK}
        table = pdf.Table(caption="Danh sách", columns=("Tên",), widths=(1,), rows=((MARK,),))
        printed = pdf.write(pdf.Report(issuer="Ủy ban nhân dân", title="Danh sách", tables=(table,)))
        assert markers_in_bytes(printed) == {MARK}

    def test_a_text_without_a_marker_is_no_leak(self):
        assert markers_in_bytes(b"zq7n12 zq7p00001 khomat") == set()

    def test_two_answers_that_differ_in_their_own_number_only_are_alike(self):
        one, other = self.answer(b"<p>/trang/100123/</p>"), self.answer(b"<p>/trang/987654321/</p>")
        assert signature(one, one.content, "/trang/100123/") == signature(other, other.content, "/trang/987654321/")
        other = self.answer(b"<p>no</p>")
        assert signature(one, one.content, "/trang/100123/") != signature(other, other.content, "/trang/987654321/")
