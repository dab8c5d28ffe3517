"""Forms that people fill in: received once, encrypted, read by those they were written to, erased by their sender."""

import json
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from unittest import mock
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, PageLogEntry

from accounts.roles import ROLES
from base.models import AuditEntry, OrganisationUnit
from base.operations import idempotency, personal_records, proof
from base.operations.backup.ended import Ended
from faq.filling import answers, exporting, fields, receiving
from faq.handling import succession
from faq.models import FilledForm, FormVersion
from personaldata import after_restore, retention
from sections.models import FormPage
from sections.models.taking_part.open_days import Stage
from tests.city import CityTestCase, appointed, draft, person, publish
from tests.sections import pages
from workflows.models import TakeDown
from workflows.publishing import takedown

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2020, 6, 20, 9, tzinfo=VIETNAM)
NAME, MAIL, PHONE = "Người gửi mẫu", "bieu-mau@example.invalid", "0909 000 111"


def question(label, kind="short", options="", is_required=False) -> tuple:
    return "question", {"label": label, "kind": kind, "options": options, "help": "", "is_required": is_required}


QUESTIONS = (
    question("Họ và tên", is_required=True),
    question("Thư điện tử", "email"),
    question("Số điện thoại", "phone"),
    question("Lớp muốn học", "one", "Tin học\nTiếng Anh", is_required=True),
    question("Buổi rảnh", "several", "Sáng\nChiều\nTối"),
    question("Ngày sinh", "day"),
    question("Mong muốn", "long"),
)


def form_page(*questions, **changes) -> FormPage:
    return FormPage(
        **{
            "title": "Đăng ký lớp học cộng đồng",
            "questions": pages.stream(*(questions or QUESTIONS)),
            "opens_on": date(2020, 6, 16),
            "closes_on": date(2020, 6, 30),
            "purpose": "xếp lớp và báo lịch học",
            "retention_days": 30,
            **pages.responsibility(),
            **changes,
        }
    )


class FormTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(NOW - timedelta(days=2), tick=False):
            section = cls.city.section(cls.city.my_long, "gop-y")
            page = publish(draft(form_page(), section, by=cls.cast.contributor))
            cls.page = FormPage.objects.get(pk=page.pk)
        cls.address = urlsplit(f"{cls.page.full_url}dien/")

    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))

    def names(self) -> dict[str, str]:
        """The names of the fields by the labels of their questions."""
        return {asked.label: fields.name_of(asked) for asked in self.page.asked()}

    def typed(self, step="send", answers_given=None, **more):
        """What a person sends who drew the form a minute ago."""
        names, stamp = self.names(), proof.new_stamp(datetime.now(VIETNAM))
        given = {
            "Họ và tên": NAME,
            "Thư điện tử": MAIL,
            "Số điện thoại": PHONE,
            "Lớp muốn học": "Tin học",
            "Buổi rảnh": ["Sáng", "Tối"],
            "Ngày sinh": "30/4/1975",
            **(answers_given or {}),
        }
        return {
            **{names[label]: value for label, value in given.items()},
            "step": step,
            "consent": "on",
            "consent_version": answers.consent_version(self.page),
            "stamp": stamp,
            "proof": proof.solve(stamp),
            idempotency.FIELD: idempotency.new_key(),
            **more,
        }

    def send(self, data, end=""):
        return self.client.post(f"{self.address.path}{end}", data, headers={"host": self.address.netloc})

    def draw(self, end=""):
        return self.client.get(f"{self.address.path}{end}", headers={"host": self.address.netloc})

    def filled(self, **fields_given) -> FilledForm:
        """One that came in."""
        keys = {asked.label: asked.key for asked in self.page.asked()}
        given = {"Họ và tên": NAME, "Lớp muốn học": "Tin học", **fields_given}
        values = {keys[label]: value for label, value in given.items()}
        return receiving.receive(self.page, answers=values, consent_text="Tôi đồng ý.", on=NOW).filled


class TheForm(FormTestCase):
    def test_is_offered_on_the_page_on_its_days_only_with_purpose_and_term(self):
        for moment, is_offered in ((NOW, True), (NOW + timedelta(days=20), False)):
            with time_machine.travel(moment, tick=False):
                answer = pages.visit(self.client, self.page)
                self.assertEqual(f'href="{self.address.path}"' in answer.content.decode(), is_offered)
                self.assertContains(answer, "xếp lớp và báo lịch học")
                self.assertContains(answer, "30 ngày kể từ ngày đóng")

    def test_asks_for_an_unticked_consent_that_names_purpose_and_term(self):
        answer = self.draw()

        page = answer.content.decode()
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("checked", page.split('name="consent"')[1].split(">")[0])
        self.assertIn("để xếp lớp và báo lịch học.", page)
        self.assertIn("xóa sau 30 ngày kể từ ngày đóng biểu mẫu, tức từ ngày 31/07/2020", page)

    def test_goes_by_a_preview_to_a_receipt_with_number_and_secret(self):
        preview, receipt = self.send(self.typed("preview")), self.send(self.typed())

        self.assertContains(preview, "Biểu mẫu chưa được gửi")
        self.assertContains(preview, "Sáng; Tối")
        filled = FilledForm.objects.get()
        self.assertContains(receipt, filled.number)
        self.assertContains(receipt, filled.secret)
        self.assertFalse(filled.is_suspect)
        self.assertIn("xếp lớp và báo lịch học", filled.consent_text)
        rows = dict(filled.rows())
        self.assertEqual((rows["Họ và tên"], rows["Buổi rảnh"], rows["Ngày sinh"]), (NAME, "Sáng; Tối", "30/04/1975"))
        self.assertEqual(filled.purge_on, date(2020, 7, 31))

    def test_sent_twice_has_one_effect_and_one_receipt(self):
        data = self.typed()

        first, second = self.send(data), self.send(data)

        number = FilledForm.objects.get().number
        self.assertContains(first, number)
        self.assertContains(second, number)
        self.assertContains(second, "đã được gửi trước đó")

    def test_names_what_is_wrong_and_loses_nothing_that_was_typed(self):
        for wrong, message in (
            ({"Họ và tên": ""}, "Hãy trả lời «Họ và tên»."),
            ({"Lớp muốn học": "Nấu ăn"}, "«Lớp muốn học»: lựa chọn này không còn"),
            ({"Ngày sinh": "hôm qua"}, "hãy ghi ngày/tháng/năm"),
            ({"Thư điện tử": "khong-phai-thu"}, "Địa chỉ thư điện tử chưa đúng"),
            ({"Số điện thoại": "12"}, "Số điện thoại chưa đúng"),
            ({"Mong muốn": "a" * 5001}, "dài quá 5000 ký tự"),
        ):
            with self.subTest(wrong=wrong):
                answer = self.send(self.typed("preview", {"Mong muốn": "Học buổi tối.", **wrong}))
                self.assertContains(answer, message)
                if "Mong muốn" not in wrong:
                    self.assertContains(answer, "Học buổi tối.")
        answer = self.send(self.typed("send", consent=""))
        self.assertContains(answer, "Cần ông/bà đánh dấu đồng ý")
        self.assertEqual(FilledForm.objects.count(), 0)

    def test_after_the_last_day_gives_back_what_was_typed(self):
        data = self.typed()
        with time_machine.travel(datetime(2020, 7, 1, 8, tzinfo=VIETNAM), tick=False):
            answer = self.send(data)

        self.assertContains(answer, "Biểu mẫu này đã đóng")
        self.assertContains(answer, NAME)
        self.assertEqual(FilledForm.objects.count(), 0)

    def test_a_site_that_stands_still_takes_none_and_does_not_offer_it(self):
        opened = self.typed()
        site = self.city.my_long
        type(site).objects.filter(pk=site.pk).update(state=type(site).State.FROZEN)

        self.assertContains(self.send(opened), "không nhận biểu mẫu")
        self.assertEqual(FilledForm.objects.count(), 0)
        page = FormPage.objects.get(pk=self.page.pk)
        self.assertEqual((page.is_open, page.stage(NOW.date())), (False, Stage.CLOSED))
        self.assertNotContains(pages.visit(self.client, page), f'href="{self.address.path}"')

    def test_opened_before_midnight_of_the_last_day_may_be_sent_a_little_later(self):
        with time_machine.travel(datetime(2020, 6, 30, 23, 55, tzinfo=VIETNAM), tick=False):
            data = self.typed()
        with time_machine.travel(datetime(2020, 7, 1, 0, 10, tzinfo=VIETNAM), tick=False):
            self.send(data)

        self.assertEqual(FilledForm.objects.count(), 1)

    def test_filled_by_a_program_is_received_and_marked(self):
        self.send(self.typed(website="https://example.invalid/"))

        self.assertTrue(FilledForm.objects.get().is_suspect)

    def test_a_consent_to_another_text_does_not_count(self):
        answer = self.send(self.typed(consent_version="0" * 16))

        self.assertContains(answer, "Nội dung đồng ý vừa thay đổi")
        self.assertEqual(FilledForm.objects.count(), 0)


class Answers(FormTestCase):
    def test_are_held_to_their_question_whoever_hands_them_in(self):
        for label, wrong, message in (
            ("Họ và tên", "", "Hãy trả lời «Họ và tên»."),
            ("Họ và tên", "a" * 301, "300"),
            ("Họ và tên", [NAME], "Hãy trả lời «Họ và tên»."),
            ("Lớp muốn học", "Nấu ăn", "«Lớp muốn học»: lựa chọn này không còn"),
            ("Buổi rảnh", ["Sáng", "Đêm"], "«Buổi rảnh»: lựa chọn này không còn"),
            ("Buổi rảnh", "Sáng", "«Buổi rảnh»: lựa chọn này không còn"),
            ("Ngày sinh", "hôm qua", "hãy ghi ngày/tháng/năm"),
            ("Thư điện tử", "khong-phai-thu", "Địa chỉ thư điện tử chưa đúng"),
            ("Số điện thoại", "12", "Số điện thoại chưa đúng"),
            ("Mong muốn", "a" * 5001, "dài quá 5000 ký tự"),
        ):
            with self.subTest(label=label, wrong=wrong[:20]), self.assertRaises(ValidationError) as raised:
                self.filled(**{label: wrong})
            self.assertIn(message, " ".join(raised.exception.messages))
        self.assertEqual(FilledForm.objects.count(), 0)

    def test_that_are_right_are_taken_in_all_kinds_and_may_be_left_out(self):
        given = {
            "Buổi rảnh": ["Sáng", "Tối"],
            "Ngày sinh": "30/04/1975",
            "Thư điện tử": MAIL,
            "Số điện thoại": PHONE,
            "Mong muốn": "a" * 5000,
        }
        whole, sparse = self.filled(**given), self.filled()

        self.assertEqual(len(whole.rows()), 7)
        self.assertEqual(len(sparse.rows()), 2)


class TheAgreedDay(FormTestCase):
    def move(self, closes_on, retention_days):
        page = FormPage.objects.get(pk=self.page.pk)
        page.closes_on, page.retention_days = closes_on, retention_days
        page.save_revision(user=self.cast.contributor)
        publish(page, by=self.cast.contributor)
        self.page = FormPage.objects.get(pk=page.pk)

    def test_stays_with_what_was_written_whatever_day_the_form_closes_on_since(self):
        self.send(self.typed())
        filled = FilledForm.objects.get()
        self.assertIn("tức từ ngày 31/07/2020", filled.consent_text)

        self.move(date(2020, 12, 31), 300)

        receiving.purge_due(on=date(2020, 7, 30))
        self.assertIsNone(FilledForm.objects.get(pk=filled.pk).purged_at)
        receiving.purge_due(on=date(2020, 7, 31))
        self.assertIsNotNone(FilledForm.objects.get(pk=filled.pk).purged_at)

    def test_is_asked_for_anew_when_it_moves_while_the_form_is_filled_in(self):
        opened = self.typed()

        self.move(date(2020, 12, 31), 30)

        self.assertContains(self.send(opened), "Nội dung đồng ý vừa thay đổi")
        self.assertEqual(FilledForm.objects.count(), 0)
        self.send(self.typed())
        self.assertEqual(FilledForm.objects.get().purge_on, date(2021, 1, 31))


class Versions(FormTestCase):
    def test_answers_stay_with_the_version_they_were_given_to(self):
        old = self.filled()
        page = FormPage.objects.get(pk=self.page.pk)
        data = page.questions.raw_data
        stream = [dict(block) for block in data]
        stream[0] = {**stream[0], "value": {**stream[0]["value"], "label": "Họ tên người học"}}
        page.questions = json.dumps(stream)
        page.save_revision(user=self.cast.contributor)
        with self.assertRaises(ValidationError):
            receiving.receive(self.page, answers={"la": "x"}, consent_text="Tôi đồng ý.", on=NOW)
        publish(page, by=self.cast.contributor)
        self.page = FormPage.objects.get(pk=page.pk)
        keys = [asked.key for asked in self.page.asked()]

        given = {keys[0]: "Người mới", keys[3]: "Tin học"}
        new = receiving.receive(self.page, answers=given, consent_text="Tôi đồng ý.", on=NOW).filled

        self.assertEqual(FormVersion.objects.count(), 2)
        self.assertEqual(dict(FilledForm.objects.get(pk=old.pk).rows())["Họ và tên"], NAME)
        self.assertEqual(dict(new.rows())["Họ tên người học"], "Người mới")

    def test_a_form_says_what_it_lacks(self):
        for changes, wanted in (
            ({"purpose": ""}, ["purpose"]),
            ({"closes_on": None}, ["closes_on"]),
            ({"questions": "[]"}, ["questions"]),
            ({"questions": pages.stream(question("Lớp", "one", "Tin học"))}, ["questions"]),
        ):
            with self.subTest(changes=changes):
                page = draft(form_page(**changes), self.page.get_parent(), by=self.cast.contributor)
                found = [finding.field for finding in page.preflight() if finding.is_blocker]
                self.assertEqual(found, wanted)


class PersonalData(FormTestCase):
    def test_what_was_written_is_encrypted_and_counted(self):
        before = dict(personal_records.held())["biểu mẫu đã điền"]
        filled = self.filled()
        with connection.cursor() as cursor:
            cursor.execute("SELECT answers, secret FROM faq_filledform WHERE id = %s", [filled.pk])
            stored = " ".join(cursor.fetchone())

        self.assertNotIn(NAME, stored)
        self.assertNotIn(filled.secret, stored)
        self.assertEqual(dict(personal_records.held())["biểu mẫu đã điền"], before + 1)

    def test_its_sender_sees_it_and_erases_it_at_once(self):
        filled = self.filled()
        typed = {"number": filled.number, "secret": filled.secret}

        shown = self.send(typed, "tra-cuu/")
        erased = self.send({**typed, "step": "erase"}, "tra-cuu/")

        self.assertContains(shown, NAME)
        self.assertContains(erased, "Đã xóa những gì ông/bà ghi")
        self.assertNotContains(erased, NAME)
        filled = FilledForm.objects.get(pk=filled.pk)
        self.assertEqual((filled.answers, filled.purged_at, filled.rows()), ("", NOW, []))

    def test_its_receipt_leads_to_where_it_is_erased_also_once_the_form_is_taken_down(self):
        receipt = self.send(self.typed()).content.decode()
        address = re.search(r'href="([^"]*/bieu-mau/tra-cuu/)"', receipt)[1]
        filled = FilledForm.objects.get()
        (row,) = takedown.propose(
            self.page, TakeDown.Ground.ERROR, by=self.cast.contributor, explanation="Nội dung sai."
        )
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý gỡ.")
        typed, host = {"number": filled.number, "secret": filled.secret}, {"host": self.address.netloc}

        self.assertEqual(self.draw("tra-cuu/").status_code, 404)
        asked = self.client.get(address, headers=host)
        shown = self.client.post(address, typed, headers=host)
        erased = self.client.post(address, {**typed, "step": "erase"}, headers=host)

        self.assertContains(asked, "Số biểu mẫu đã gửi")
        self.assertContains(shown, NAME)
        self.assertContains(erased, "Đã xóa những gì ông/bà ghi")
        self.assertEqual(FilledForm.objects.get().answers, "")
        for answer in (asked, shown, erased):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertNotContains(answer, self.page.title)
            self.assertNotContains(answer, "Về trang của biểu mẫu")

    def test_a_wrong_number_and_a_wrong_secret_are_answered_alike(self):
        filled = self.filled()

        for number, secret in ((filled.number, "SAISAISAISAI"), ("BM-2020-000099", filled.secret)):
            answer = self.send({"number": number, "secret": secret}, "tra-cuu/")
            self.assertContains(answer, "Số hoặc mã tra cứu không đúng")
            self.assertNotContains(answer, NAME)

    def test_goes_by_itself_when_the_term_is_over_and_not_before(self):
        filled = self.filled()
        retention.purge_contacts(on=datetime(2020, 7, 30, 3, tzinfo=VIETNAM))
        self.assertTrue(FilledForm.objects.get(pk=filled.pk).answers)

        retention.purge_contacts(on=datetime(2020, 7, 31, 3, tzinfo=VIETNAM))

        self.assertEqual(FilledForm.objects.get(pk=filled.pk).answers, "")
        self.assertEqual(receiving.purge_due(on=datetime(2020, 8, 31, 3, tzinfo=VIETNAM)), 0)

    def test_what_was_erased_stays_erased_when_an_older_copy_is_put_back(self):
        filled = self.filled()
        entry = Ended("1", 0, receiving.ERASED, FilledForm._meta.label, filled.pk)
        self.assertTrue(after_restore._is_form_held(entry))

        after_restore._erase_form_again(entry, NOW)

        self.assertFalse(after_restore._is_form_held(entry))
        self.assertEqual(FilledForm.objects.get(pk=filled.pk).answers, "")


class UnitsThatEnd(FormTestCase):
    def unit(self, name, slug) -> OrganisationUnit:
        kind, city = OrganisationUnit.Kind.OFFICE, self.city.site.unit
        return OrganisationUnit.objects.create(name=name, slug=slug, kind=kind, parent=city, valid_from=NOW.date())

    def test_what_was_written_to_a_unit_is_read_by_the_people_of_the_one_that_follows(self):
        old, new = self.unit("Phòng Văn hóa", "van-hoa-thu"), self.unit("Phòng Văn hóa, Xã hội", "van-hoa-xa-hoi-thu")
        reader = person("ld.van-hoa-xa-hoi", "Cán bộ mẫu 41")
        appointed(reader, "unit_leader", self.city.site, unit=new)
        FormPage.objects.filter(pk=self.page.pk).update(responsible_unit=old)
        filled, erased, other = self.filled(), self.filled(), self.filled()
        receiving.erase(erased, on=NOW)
        FilledForm.objects.filter(pk=other.pk).update(unit=self.city.my_long.unit)

        succession.hand_over_unit(old, new, legal_act="Quyết định 9/QĐ-UBND", by=self.cast.head, on=NOW)

        self.assertEqual(list(receiving.visible_to(reader)), [filled])
        self.assertEqual(FilledForm.objects.get(pk=filled.pk).owner_site, self.city.my_long)
        self.assertEqual(FilledForm.objects.get(pk=erased.pk).unit, old)

    def test_a_form_of_another_ward_stays_with_it_when_the_ward_named_in_it_is_merged(self):
        FormPage.objects.filter(pk=self.page.pk).update(responsible_unit=self.city.dong_xuyen.unit)
        filled = self.filled()

        succession.hand_over(
            self.city.dong_xuyen, self.city.my_xuyen, legal_act="Nghị quyết 1", by=self.cast.head, on=NOW
        )

        filled.refresh_from_db()
        self.assertEqual((filled.owner_site, filled.unit), (self.city.my_long, self.city.my_xuyen.unit))

    def test_what_was_written_to_a_site_that_stops_lies_with_the_unit_of_its_successor(self):
        FormPage.objects.filter(pk=self.page.pk).update(responsible_unit=self.city.my_long.unit)
        filled = self.filled()

        succession.hand_over(self.city.my_long, self.city.my_xuyen, legal_act="Nghị quyết 1", by=self.cast.head, on=NOW)

        filled.refresh_from_db()
        self.assertEqual((filled.owner_site, filled.unit), (self.city.my_xuyen, self.city.my_xuyen.unit))


class Reading(FormTestCase):
    def stranger(self):
        """Who handles the matters of another ward."""
        return person("chu-tich.my-xuyen", "Cán bộ mẫu 40", "unit_head", self.city.my_xuyen)

    def sheet(self):
        """The spreadsheet that the head of the form's ward exports."""
        page = FormPage.objects.get(pk=self.page.pk)
        return load_workbook(BytesIO(exporting.as_xlsx(page, by=self.cast.unit_head))).active

    def queries(self, address: str) -> int:
        """How many queries a screen takes, asked the second time."""
        self.client.get(address)
        with CaptureQueriesContext(connection) as made:
            self.client.get(address)
        return len(made)

    def test_those_of_its_site_read_it_each_time_written_down_and_no_other_ward_does(self):
        filled = self.filled()
        address = reverse("faq_filled_form", args=[filled.pk])
        self.client.force_login(self.cast.unit_head)
        self.assertRedirects(
            self.client.get(address), reverse("faq_filled_forms", args=[self.page.pk]), fetch_redirect_response=False
        )
        before = AuditEntry.objects.filter(action="personal_data.read").count()

        self.assertContains(self.client.post(address), NAME)

        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read").count(), before + 1)
        self.client.force_login(self.stranger())
        self.assertEqual(self.client.post(address).status_code, 404)
        self.assertEqual(self.client.get(reverse("faq_filled_forms", args=[self.page.pk])).status_code, 404)
        self.assertNotContains(self.client.get(reverse("faq_forms")), self.page.title)

    def test_who_may_not_read_them_is_sent_away_without_their_own_role_among_those_that_may(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(reverse("faq_forms"), follow=True)

        self.assertContains(answer, "Màn hình này dành cho vai trò:")
        self.assertNotContains(answer, f"vai trò: {ROLES['contributor'].label},")

    def test_lists_name_numbers_and_days_and_nothing_that_was_written(self):
        filled = self.filled()
        self.client.force_login(self.cast.unit_head)

        forms = self.client.get(reverse("faq_forms"))
        one = self.client.get(reverse("faq_filled_forms", args=[self.page.pk]))

        self.assertContains(forms, self.page.title)
        self.assertContains(one, filled.number)
        self.assertNotContains(one, NAME)

    def test_all_of_a_form_as_a_spreadsheet_without_what_was_erased(self):
        self.filled(**{"Mong muốn": "=1+1"})
        erased = self.filled(**{"Họ và tên": "Người đã xóa"})
        receiving.erase(erased, on=NOW)
        self.client.force_login(self.cast.unit_head)
        address = reverse("faq_form_sheet", args=[self.page.pk])
        self.assertEqual(self.client.get(address).status_code, 405)

        answer = self.client.post(address)

        sheet = load_workbook(BytesIO(answer.content)).active
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        self.assertIn(NAME, cells)
        self.assertNotIn("Người đã xóa", cells)
        self.assertEqual(next(cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"), "s")
        self.client.force_login(self.stranger())
        self.assertEqual(self.client.post(address).status_code, 404)

    def test_what_looks_like_a_programs_is_marked_wherever_it_is_read(self):
        plain, suspect = self.filled(), self.filled()
        FilledForm.objects.filter(pk=suspect.pk).update(is_suspect=True)
        self.client.force_login(self.cast.unit_head)

        marked = {}
        for row in self.sheet().iter_rows(values_only=True):
            marked[row[0]] = exporting.SUSPECT in row

        self.assertEqual((marked[plain.number], marked[suspect.number]), (False, True))
        for filled, is_marked in ((plain, False), (suspect, True)):
            shown = self.client.post(reverse("faq_filled_form", args=[filled.pk])).content.decode()
            self.assertEqual("bị nghi do chương trình tự động gửi" in shown, is_marked)

    def test_a_spreadsheet_reads_each_answer_once_and_each_version_once(self):
        for _number in range(3):
            self.filled()

        with (
            mock.patch.object(FormVersion, "asked", autospec=True, side_effect=FormVersion.asked) as asked,
            mock.patch.object(FilledForm, "given", autospec=True, side_effect=FilledForm.given) as given,
        ):
            self.sheet()

        self.assertEqual((asked.call_count, given.call_count), (1, 3))

    def test_lists_ask_no_more_of_many_forms_than_of_one(self):
        self.filled()
        self.client.force_login(self.cast.unit_head)
        addresses = [reverse("faq_forms"), reverse("faq_filled_forms", args=[self.page.pk])]
        before = [self.queries(address) for address in addresses]
        for number in range(3):
            page = draft(form_page(title=f"Biểu mẫu {number}"), self.page.get_parent(), by=self.cast.contributor)
            FormPage.objects.filter(pk=page.pk).update(first_published_at=NOW)

        self.assertContains(self.client.get(addresses[0]), "Biểu mẫu 2")
        self.assertEqual([self.queries(address) for address in addresses], before)

    def test_answers_to_a_form_that_was_never_public_are_not_there(self):
        page = draft(form_page(title="Bản nháp"), self.page.get_parent(), by=self.cast.contributor)
        self.client.force_login(self.cast.unit_head)

        self.assertEqual(self.client.get(reverse("faq_filled_forms", args=[page.pk])).status_code, 404)

    def test_a_spreadsheet_says_what_the_senders_agreed_to_whatever_the_form_says_since(self):
        self.filled()
        FormPage.objects.filter(pk=self.page.pk).update(purpose="gửi quảng cáo")

        cells = [str(cell.value) for row in self.sheet().iter_rows() for cell in row if cell.value is not None]
        self.assertIn("Mục đích: xếp lớp và báo lịch học", cells)
        self.assertNotIn("Mục đích: gửi quảng cáo", cells)

    def test_nothing_of_it_is_in_logs(self):
        self.send(self.typed())
        filled = FilledForm.objects.get()
        self.send({"number": filled.number, "secret": filled.secret}, "tra-cuu/")
        self.client.force_login(self.cast.unit_head)
        self.client.post(reverse("faq_filled_form", args=[filled.pk]))
        self.sheet()
        receiving.erase(filled, on=NOW)

        rows = [row for log in (ModelLogEntry, PageLogEntry, AuditEntry) for row in log.objects.values()]
        actions = {row["action"] for row in rows}
        done = {"portal.form.received", "portal.form.exported", "portal.form.erased", "personal_data.read"}
        self.assertLessEqual(done, actions)
        for written in (NAME, MAIL, PHONE, "30/04/1975", filled.secret):
            self.assertNotIn(written, str(rows))
