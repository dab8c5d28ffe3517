"""The screens of the audit trail: who sees what, the filters, the sheet."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from base.audit import actions, reading, screens, sealing
from base.audit import trail as audit
from base.models import AuditEntry, AuditSeal
from base.operations import append_only
from tests.city import CityTestCase

LIST = "/quan-tri/nhat-ky-kiem-tra/"
LONG_AGO = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


class TrailTestCase(CityTestCase):
    """One entry a ward, known by its label."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.mine = audit.record(
            "draft.seen", by=cls.cast.contributor, obj=cls.city.my_long.home_page(), object_label="Bài của Mỹ Long"
        )
        cls.other = audit.record(
            "draft.seen",
            by=cls.cast.contributor_my_xuyen,
            obj=cls.city.my_xuyen.home_page(),
            object_label="Bài của Mỹ Xuyên",
        )

    def page(self, **query):
        return self.client.get(LIST, query)

    def labels(self, **query) -> list[str]:
        return [row.object for row in self.page(**query).context["rows"]]


class Readers(TrailTestCase):
    def test_the_city_reads_all_a_ward_its_own_and_others_nothing(self):
        everything, own, nothing = {self.mine.pk, self.other.pk}, {self.mine.pk}, None
        for name, expected in (
            ("technical_admin", everything),
            ("head", everything),
            ("standing_office", everything),
            ("superuser", everything),
            ("unit_head", own),
            ("ward_approver", own),
            ("contributor", nothing),
            ("editor", nothing),
            ("accountant", nothing),
        ):
            with self.subTest(name):
                self.client.force_login(getattr(self.cast, name))
                answer = self.page()
                if expected is None:
                    self.assertEqual(answer.status_code, 302)
                    continue
                found = {row.entry.pk for row in answer.context["rows"]} & everything
                self.assertEqual(found, expected)
                statuses = {pk: self.client.get(f"{LIST}{pk}/").status_code for pk in everything}
                self.assertEqual(statuses, {pk: 200 if pk in expected else 404 for pk in everything})

    def test_a_ward_is_offered_its_own_site_only(self):
        self.client.force_login(self.cast.ward_approver)

        choices = [slug for slug, _ in self.page().context["form"].fields["site"].choices]

        self.assertEqual(choices, ["", "my-long"])
        self.assertEqual(self.labels(site="my-xuyen"), [])


class Filters(TrailTestCase):
    def setUp(self):
        self.client.force_login(self.cast.head)

    def test_narrow_by_person_site_action_result_object_and_words(self):
        for query in (
            {"person": "cong-tac-vien.my-long"},
            {"person": "Cán bộ mẫu 01"},
            {"site": "my-long", "action": "draft.seen"},
            {"object_type": self.mine.object_type, "object_id": self.mine.object_id, "action": "draft.seen"},
            {"words": "bài của mỹ LONG", "since": "2026-01-01"},
        ):
            with self.subTest(query):
                found = self.labels(**query)
                self.assertIn("Bài của Mỹ Long", found)
                self.assertNotIn("Bài của Mỹ Xuyên", found)
        self.assertNotIn("Bài của Mỹ Long", self.labels(result="refused"))

    def test_a_span_of_time_counts_local_days(self):
        append_only.remove()
        AuditEntry.objects.filter(pk=self.mine.pk).update(at=datetime(2026, 1, 5, 17, 30, tzinfo=UTC))
        append_only.install()

        self.assertIn("Bài của Mỹ Long", self.labels(since="2026-01-06", until="2026-01-06"))
        self.assertNotIn("Bài của Mỹ Long", self.labels(since="2026-01-05", until="2026-01-05"))

    def test_actions_stand_under_headings_and_no_two_under_one_read_the_same(self):
        offered = actions.choices()
        labels = {heading: [label for _value, label in found] for heading, found in offered}
        values = [action for _heading, found in offered for value, _label in found for action in value.split(",")]

        for heading, found in labels.items():
            self.assertEqual(len(found), len(set(found)), heading)
        self.assertCountEqual(values, actions.every_action())
        self.assertLess(len(labels[actions.OTHER]), 15, labels[actions.OTHER])

    def test_one_choice_finds_every_action_of_its_name_and_stays_chosen(self):
        kinds = ("question", "comment", "complaint")
        AuditEntry.objects.bulk_create(
            AuditEntry(action=f"portal.{kind}.withdrawn", object_label=f"Của {kind}") for kind in kinds
        )
        offered = dict(actions.choices())["Câu hỏi, góp ý, phản ánh"]
        value = next(value for value, label in offered if label == "Rút lại đồng ý")

        self.assertCountEqual(self.labels(action=value), [f"Của {kind}" for kind in kinds])
        # An address of old names one of them.
        self.assertEqual(self.labels(action="portal.comment.withdrawn"), ["Của comment"])
        self.assertContains(
            self.page(action="portal.comment.withdrawn"),
            f'<option value="{value}" selected>Rút lại đồng ý</option>',
            html=True,
        )
        self.assertIn("action", self.page(action="khong-co").context["form"].errors)

    def test_days_are_typed_as_in_vietnam_and_as_addresses_of_old_have_them(self):
        day = timezone.localdate()
        for typed in (f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}"):
            self.assertIn("Bài của Mỹ Long", self.labels(since=typed, until=typed))
        shown = (day - timedelta(days=screens.USUAL_DAYS)).strftime("%d/%m/%Y")
        self.assertContains(self.page(), f'value="{shown}"')

    def test_words_need_a_span_of_time_and_the_mistake_is_named(self):
        answer = self.page(words="bài", since="")

        self.assertContains(answer, "khoảng thời gian không quá 366 ngày")
        self.assertContains(answer, 'value="bài"')

    def test_the_name_of_a_deleted_account_is_still_found(self):
        entry = audit.record("draft.seen", actor_name="Cán bộ mẫu 77 (da-nghi)", object_label="Bài cũ")

        self.assertEqual(self.labels(person="da-nghi"), [entry.object_label])


class List(TrailTestCase):
    def setUp(self):
        self.client.force_login(self.cast.head)

    def test_pages_follow_by_the_last_entry_and_lose_none(self):
        AuditEntry.objects.bulk_create(
            AuditEntry(
                action="draft.seen", object_label=f"Bài {number:03}", at=LONG_AGO + timedelta(seconds=number // 3)
            )
            for number in range(120)
        )
        address, seen = f"{LIST}?since=2026-01-01&until=2026-01-31", []
        while address:
            context = self.client.get(address).context
            seen += [row.object for row in context["rows"]]
            address = LIST + context["older"] if context["older"] else ""

        self.assertEqual(seen, [f"Bài {number:03}" for number in range(119, -1, -1)])

    def test_counts_nothing_and_asks_as_much_for_many_entries_as_for_few(self):
        # Only those that have waited too long for their seal are counted.
        sealing.seal(everything=True)
        with CaptureQueriesContext(connection) as few:
            self.page()
        AuditEntry.objects.bulk_create(AuditEntry(action="draft.seen") for _ in range(200))

        with CaptureQueriesContext(connection) as many:
            self.page()

        self.assertLessEqual(len(many), len(few))
        # The menu tells how many questions and comments wait: those tables are short.
        counted = [query["sql"] for query in many.captured_queries if "COUNT(" in query["sql"]]
        self.assertEqual([sql for sql in counted if "base_audit" in sql], [])

    def test_says_how_far_the_chain_is_whole(self):
        sealing.seal()
        self.assertContains(self.page(), "Chuỗi niêm phong nguyên vẹn đến")

        append_only.remove()
        AuditEntry.objects.filter(pk=self.other.pk).update(object_label="Bài khác")
        append_only.install()

        self.assertContains(self.page(), "Chuỗi niêm phong có lỗi: mắt xích")
        self.assertContains(self.client.get(f"{LIST}{self.other.pk}/"), "Dòng này đã bị sửa sau khi niêm phong")

    def test_a_nonsense_cursor_shows_the_first_page(self):
        for cursor in (
            "x",
            "2026-01-01_1",
            "2026-99-01T00:00:00+00:00_1",
            "_",
            "2026-01-01T00:00:00+00:00_" + "9" * 30,
        ):
            with self.subTest(cursor):
                self.assertEqual(self.page(sau=cursor).status_code, 200)


class OldLabels(TrailTestCase):
    """Entries are chained: what stood in them before such pages were called by their number stays, but is not shown."""

    def setUp(self):
        self.client.force_login(self.cast.head)
        said = {"title": {"old": "Khai sinh", "new": "Con bà Lê Thị Cũ"}, "revision": 3}
        self.old = AuditEntry(
            action="wagtail.rename",
            object_type="faq.FaqPage",
            object_id="98765432",
            object_label="Con bà Lê Thị Cũ",
            site_slug="long-xuyen",
            actor_name="a",
            detail=said,
        )
        audit._write(self.old)

    def test_of_a_question_s_page_are_shown_by_its_number_in_list_detail_and_sheet(self):
        day = timezone.localdate().isoformat()
        pages = [self.page(), self.client.get(f"{LIST}{self.old.pk}/")]
        sheet = self.page(export="xlsx", since=day, until=day)
        said = [page.content.decode() for page in pages]
        said.append(str([[cell.value for cell in row] for row in load_workbook(BytesIO(sheet.getvalue())).active]))

        for text in said:
            self.assertIn("Trang hỏi đáp số 98765432", text)
            self.assertNotIn("Lê Thị Cũ", text)

    def test_are_not_found_by_what_they_hold_while_other_entries_are(self):
        day = timezone.localdate().isoformat()

        self.assertEqual(self.labels(words="Lê Thị Cũ", since=day, until=day), [])
        self.assertEqual(self.labels(words="Bài của Mỹ Long", since=day, until=day), ["Bài của Mỹ Long"])
        self.assertEqual(self.labels(words="98765432", since=day, until=day), ["Trang hỏi đáp số 98765432"])


class Detail(TrailTestCase):
    def test_shows_the_other_entries_of_the_request(self):
        rows = [
            AuditEntry.objects.create(action=action, request_id="0123456789abcdef", object_label=action)
            for action in ("draft.seen", "export.made", "refused")
        ]
        self.client.force_login(self.cast.head)

        context = self.client.get(f"{LIST}{rows[1].pk}/").context

        self.assertEqual([row.object for row in context["neighbours"]], ["draft.seen", "refused"])

    def test_names_the_details_in_vietnamese(self):
        detail = {"kind": "hidden", "workflow": {"next": {"title": "Kiểm duyệt"}}, "groups": ["Biên tập"], "la": 1}
        row = AuditEntry.objects.create(action="refused", detail=detail)
        self.client.force_login(self.cast.head)

        answer = self.client.get(f"{LIST}{row.pk}/")

        for name, value in (
            ("Loại", "không thuộc phạm vi của người xem"),
            ("Quy trình, bước tiếp, tên", "Kiểm duyệt"),
            ("Nhóm quyền, 1", "Biên tập"),
            ("La", "1"),
        ):
            with self.subTest(name):
                self.assertContains(answer, f"<dt>{name}</dt><dd>{value}</dd>")


class Sheet(TrailTestCase):
    def setUp(self):
        self.client.force_login(self.cast.ward_approver)

    def test_holds_text_in_local_time_of_the_own_site_and_is_itself_an_entry(self):
        audit.record("draft.seen", obj=self.city.my_long.home_page(), object_label='=HYPERLINK("x")')
        sealing.seal(everything=True)
        audit.record("draft.seen", obj=self.city.my_long.home_page(), object_label="Chưa niêm phong")

        answer = self.page(export="xlsx", site="my-long")

        cells = list(load_workbook(BytesIO(answer.getvalue())).active.iter_rows())
        self.assertEqual([cell.value for cell in cells[0]][:3], ["Mắt xích", "Lúc", "Người thực hiện"])
        # An empty cell counts as a number.
        self.assertLessEqual({cell.data_type for row in cells for cell in row}, {"s", "inlineStr", "n"})
        self.assertIn('=HYPERLINK("x")', {cell.value for row in cells for cell in row})
        sites = {row[4].value for row in cells[1:]}
        self.assertEqual(len(sites), 1)
        places = dict(AuditSeal.objects.values_list("entry_id", "sequence"))
        found = reading.readable(self.cast.ward_approver).order_by("-at", "-id")
        self.assertEqual([row[0].value for row in cells[1:]], [places.get(entry.pk) for entry in found])
        self.assertIsNone(cells[1][0].value)
        self.assertRegex(cells[1][1].value, r"^\d\d:\d\d:\d\d \d\d/\d\d/\d{4}$")
        entry = AuditEntry.objects.get(action="export.made")
        self.assertEqual(entry.actor_id, self.cast.ward_approver.pk)
        self.assertEqual(entry.detail["site"], "my-long")

    @mock.patch.object(screens, "MOST_EXPORTED", 0)
    def test_is_not_made_of_too_many_rows(self):
        answer = self.client.get(LIST, {"export": "xlsx", "site": "my-long"}, follow=True)

        self.assertContains(answer, "hãy thu hẹp khoảng thời gian")
