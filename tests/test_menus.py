"""The menus of the administration: whatever a role is shown opens."""

import re

from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.admin.menu import MenuItem, SubmenuMenuItem, admin_menu

from home import menus
from home.menus import MOST_ENTRIES
from tests import factories
from tests.city import CityTestCase
from workflows.publishing import approval

HOME = "/quan-tri/"
MOST_QUERIES = 25
ROLES = (
    "contributor",
    "ward_approver",
    "unit_head",
    "standing_office",
    "editor",
    "head",
    "deputy",
    "technical_admin",
    "accountant",
    "superuser",
)


class Menus(CityTestCase):
    english = True

    def links(self, menu, request, above=()):
        """Yield (labels from the top, address) of every link of a menu and of those below it."""
        for item in menu.menu_items_for_request(request):
            if isinstance(item, SubmenuMenuItem):
                below = list(self.links(item.menu, request, (*above, str(item.label))))
                assert below, f"{item.label}: an empty group"
                yield from below
            else:
                yield (*above, str(item.label)), item.url

    def request_of(self, role):
        request = RequestFactory().get("/quan-tri/")
        request.user, request.session = getattr(self.cast, role), self.client.session
        return request

    def entries(self, role):
        return sorted(admin_menu.menu_items_for_request(self.request_of(role)), key=lambda item: item.order)

    def shown_to(self, role):
        return list(self.links(admin_menu, self.request_of(role)))

    def test_the_menu_of_every_screen_reads_the_sites_once_for_all_its_entries(self):
        for role in ROLES:
            with self.subTest(role), CaptureQueriesContext(connection) as asked:
                admin_menu.render_component(self.request_of(role))
            queries = [query["sql"] for query in asked.captured_queries]
            self.assertLess(len(queries), MOST_QUERIES)
            # One room names them in a part of a query of its own.
            self.assertLessEqual(sum('FROM "base_portalsite"' in query for query in queries), 2, queries)

    def test_every_link_that_a_role_is_shown_opens(self):
        for role in ROLES:
            self.client.force_login(getattr(self.cast, role))
            for labels, address in self.shown_to(role):
                with self.subTest(role=role, link=" ▸ ".join(labels)):
                    answer = self.client.get(address, follow=True)
                    assert answer.status_code == 200
                    # A screen that is not for the user leads back to the first one.
                    ends = answer.redirect_chain[-1][0] if answer.redirect_chain else address
                    assert ends != HOME or address == HOME
                    # Forms have their heading elsewhere.
                    assert re.search("<h1|data-edit-form", answer.content.decode())

    def test_nobody_has_more_than_eight_entries_his_work_first_and_help_last(self):
        for role in ROLES:
            with self.subTest(role):
                entries = [str(item.label) for item in self.entries(role)]
                assert len(entries) <= MOST_ENTRIES, entries
                assert (entries[0], entries[-1]) == ("Việc của tôi", "Trợ giúp")

    def test_no_two_links_of_a_person_bear_one_name_and_none_stands_twice(self):
        for role in ROLES:
            with self.subTest(role):
                labels, addresses = zip(*[(found[-1], address) for found, address in self.shown_to(role)], strict=True)
                assert len(set(labels)) == len(labels), sorted(labels)
                assert len(set(addresses)) == len(addresses)

    def test_a_heading_with_one_screen_is_that_screen(self):
        links = dict(self.shown_to("contributor"))
        assert links[("Bài của đơn vị",)] == "/quan-tri/pages/"

    def test_the_panel_of_ones_own_pages_begins_at_ones_own_home_also_where_there_are_english_pages(self):
        home = self.city.my_long.home_page()
        for role in ("contributor", "ward_approver", "unit_head"):
            request = self.request_of(role)
            leaves = menus.leaves(request, admin_menu.menu_items_for_request(request))
            with self.subTest(role):
                assert leaves["explorer"].render_component(request).start_page_id == home.pk

    def test_the_last_heading_of_a_ward_stays_short(self):
        for role in ("contributor", "ward_approver", "unit_head"):
            with self.subTest(role):
                rest = [labels[-1] for labels, _address in self.shown_to(role) if labels[0] == "Khác"]
                assert len(rest) <= 13, rest

    def test_a_word_file_has_an_entry_where_one_writes(self):
        links = dict(self.shown_to("contributor"))
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(links[("Viết bài", "Tin bài từ tệp Word")], follow=True)
        self.assertContains(answer, "Tải lên và xem trước")
        assert str(self.city.section(self.city.my_long).pk) in answer.redirect_chain[-1][0]

    def test_the_pages_of_one_ward_begin_at_its_home_and_those_of_the_city_at_the_top(self):
        home = f"{HOME}pages/{self.city.my_long.home_page().pk}/"
        for role in ("contributor", "unit_head", "ward_approver"):
            with self.subTest(role):
                self.client.force_login(getattr(self.cast, role))
                self.assertRedirects(self.client.get(f"{HOME}pages/"), home)
                assert self.client.get(f"{HOME}pages/", {"q": "tin"}).status_code == 200
        for role in ("editor", "head", "superuser"):
            with self.subTest(role):
                self.client.force_login(getattr(self.cast, role))
                assert self.client.get(f"{HOME}pages/").status_code == 200

    def test_the_link_to_batches_is_called_as_the_screen_that_shows_decided_ones_too(self):
        label, address = next(found for found in self.shown_to("head") if found[1].endswith("/dich-vu-cong/lo/"))
        self.client.force_login(self.cast.head)

        self.assertContains(self.client.get(address), f"<title>{label[-1]}")

    def test_what_cannot_wait_is_the_third_entry_of_who_may_act_alone(self):
        third = {role: str(self.entries(role)[2].label) for role in ROLES}
        assert {role for role, label in third.items() if label == "Khẩn cấp"} == {"head"}
        below = [labels[-1] for labels, _address in self.shown_to("head") if labels[0] == "Khẩn cấp"]
        assert below == ["Đăng một trang", "Gỡ một trang"]

    def test_each_role_finds_its_work_under_its_heading(self):
        for role, labels in {
            "contributor": ("Viết bài", "Tin bài mới"),
            "ward_approver": ("Duyệt", "Chờ duyệt"),
            "unit_head": ("Người dân", "Câu hỏi"),
            "standing_office": ("Văn bản", "Lấy số, sổ văn bản"),
            "head": ("Văn bản, dịch vụ công", "Lấy số, sổ văn bản"),
            "deputy": ("Điều hành", "Trang thành phần"),
            "technical_admin": ("Phân công", "Phân công"),
            "accountant": ("Khác", "Việc có thời hạn"),
        }.items():
            with self.subTest(role):
                assert labels in dict(self.shown_to(role))

    def test_many_entries_of_a_heading_stand_under_plain_headings(self):
        wanted = ["Báo cáo, chấm điểm", "Ban Biên tập, chuyên mục", "Lưu trữ, nhật ký, luồng duyệt"]
        for role in ("standing_office", "editor", "head", "deputy", "unit_head"):
            with self.subTest(role):
                below = [labels[1:] for labels, _address in self.shown_to(role) if labels[0] == "Điều hành"]
                headings = list(dict.fromkeys(labels[0] for labels in below if len(labels) > 1))
                assert set(headings) <= set(wanted)
                assert len({labels[0] for labels in below}) <= 13, below
                if role in ("standing_office", "head"):
                    assert headings == wanted

    def test_few_entries_of_a_heading_stand_there_without_headings(self):
        inner = menus.Group("Trong", "time", ("hai", "ba"))
        for more, headings in ((0, 0), (menus.MOST_WITHOUT_HEADINGS, 1)):
            names = ("mot", *(f"them-{number}" for number in range(more)))
            left = {name: MenuItem(name, "/", name=name) for name in (*names, "hai", "ba")}
            found = menus._below(menus.Group("Ngoài", "time", (*names, inner)), left)
            with self.subTest(more=more):
                assert sum(isinstance(item, SubmenuMenuItem) for item in found) == headings
                assert len(found) == len(names) + (1 if headings else 2)

    def test_what_the_board_keeps_is_found_where_it_is_used(self):
        for role, found in (
            ("head", ("Văn bản, dịch vụ công", "Quy tắc đăng văn bản")),
            ("contributor", ("Văn bản", "Quy tắc đăng văn bản")),
            ("standing_office", ("Điều hành", "Báo cáo, chấm điểm", "Mức cập nhật chuyên mục")),
            ("editor", ("Điều hành", "Báo cáo, chấm điểm", "Mức cập nhật chuyên mục")),
            ("head", ("Người dân", "Cơ quan có thẩm quyền")),
            ("unit_head", ("Người dân", "Cơ quan có thẩm quyền")),
        ):
            with self.subTest(role):
                assert found in dict(self.shown_to(role))

    def test_the_first_entry_says_how_much_waits_for_this_person(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        approval.submit(page, by=self.cast.contributor, declaration=True)
        cache.clear()

        people = ("deputy", "accountant")
        said = {role: self.entries(role)[0].render_component(self.request_of(role)).label for role in people}

        assert re.fullmatch(r"Việc của tôi \([1-9]\d*\)", said["deputy"]), said
        assert said["accountant"] == "Việc của tôi"

    def test_what_a_role_may_open_is_still_shown(self):
        reports = {"Luồng duyệt", "Trang lâu chưa cập nhật"}
        for role, may in (("standing_office", True), ("head", True), ("contributor", False), ("accountant", False)):
            shown = {labels[-1] for labels, _address in self.shown_to(role)}
            assert (reports <= shown) == may, role
            assert may or not reports & shown, role
