"""The page of a service: fixed headings, papers by case, days of return, machines, English, what is no longer so."""

import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine

from base.models import PortalSite, SiteGeneration
from faq.models import FaqPage, QuestionTopic
from servicecatalog.models import DossierComponent, OfferingLevel, ProcedureBasis, ProcedureChannel, ServiceLevel
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.factories import file
from tests.legalref.library import public_document, register
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.archive import copies
from workflows.models import TakeDown
from workflows.publishing import takedown

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=HANOI)
HEADINGS = [
    "Ai được làm",
    "Hồ sơ",
    "Trình tự",
    "Cách nộp",
    "Thời hạn",
    "Phí, lệ phí",
    "Kết quả",
    "Nơi tiếp nhận",
    "Căn cứ pháp lý",
]


def headings(html: str) -> list[str]:
    """The level-two headings inside the parts of a service, in order."""
    return re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', html)


def an_answer(parent, title: str) -> FaqPage:
    """A published answer under a questions page."""
    page = FaqPage(
        title=title,
        question_text=f"Xin hỏi: {title}",
        answer="<p>Hỏi bộ phận một cửa.</p>",
        topic=QuestionTopic.objects.get(slug="ho-tich-chung-thuc"),
        responsible_unit=parent.portal_site.unit,
        answered_on=date(2026, 3, 2),
        asked_on=date(2026, 3, 1),
        author_name="Cán bộ mẫu 90",
        source_name="Ban Biên tập",
    )
    return publish_at_once(draft(page, parent))


class OnePage(CityTestCase):
    """Birth registration in Mỹ Long, handed in online on the national portal."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city, name="Đăng ký khai sinh", keywords="giấy khai sinh\nlàm khai sinh")
        cls.page = an_offering(
            cls.city.my_long,
            cls.procedure,
            delivery="linked",
            apply_url="https://dichvucong.example.invalid/nop",
            apply_to="Cổng Dịch vụ công quốc gia",
            office_hours="Thứ Hai – thứ Sáu: 7 giờ – 11 giờ",
            reception_hours="Thứ Ba hằng tuần",
            local_note="<p>Gửi xe ở cổng sau.</p>",
        )

    def shown(self, path: str = "", **headers) -> str:
        response = self.client.get(f"/my-long/dich-vu-cong/dang-ky-khai-sinh/{path}", **headers)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()


class ThePage(OnePage):
    def test_has_its_headings_in_the_fixed_order(self):
        found = [heading for heading in headings(self.shown()) if heading in HEADINGS]

        self.assertEqual(found, HEADINGS)

    def test_the_one_main_button_says_where_it_leads(self):
        html = self.shown()

        self.assertEqual(html.count("Nộp hồ sơ trực tuyến"), 1)
        self.assertIn("https://dichvucong.example.invalid/nop", html)
        self.assertIn("dẫn ra ngoài trang, đến Cổng Dịch vụ công quốc gia", html)

    def test_a_service_of_information_only_has_no_button(self):
        other = an_offering(self.city.my_xuyen, self.procedure, apply_url="https://dichvucong.example.invalid/nop")

        html = self.client.get(other.get_url()).content.decode()

        self.assertNotIn("Nộp hồ sơ trực tuyến", html)

    def test_says_a_limit_once_for_the_ways_that_share_it(self):
        self.procedure.channels = [
            ProcedureChannel(way="in_person", amount=3),
            ProcedureChannel(way="online", amount=3),
            ProcedureChannel(way="post", amount=5),
        ]
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        part = self.shown().split('id="thoi-han"')[1].split("</section>")[0]

        said = [" ".join(line.split()) for line in re.findall(r"<dt>([^<]+)</dt>", part)]
        self.assertEqual(said, ["Trực tiếp, Trực tuyến", "Dịch vụ bưu chính"])
        self.assertEqual(part.count("3 ngày làm việc"), 1)
        self.assertEqual(part.count("5 ngày làm việc"), 1)

    def test_says_where_to_hand_in_with_a_map_hours_reception_and_contact(self):
        html = self.shown()

        for words in (
            "Trụ sở UBND phường Mỹ Long",
            "openstreetmap.org",
            "7 giờ – 11 giờ",
            "Thứ Ba hằng tuần",
            "0296 000 0000",
            "my-long@example.invalid",
            "Gửi xe ở cổng sau.",
        ):
            with self.subTest(words=words):
                self.assertIn(words, html)

    def test_says_the_level_its_meaning_and_its_scheme(self):
        html = self.shown()

        self.assertIn("Một phần", html)
        self.assertIn("Nghị định 224/2026/NĐ-CP", html)
        self.assertIn("quy đổi từ mức độ trước đây", html)

    def test_the_level_of_the_site_wins_over_that_of_the_procedure(self):
        full = ServiceLevel.objects.get(scheme__code="nd224", code="toan-trinh")
        self.page.levels = [OfferingLevel(level=full, reason="Quyết định thử")]
        self.page.save_revision()
        publish_at_once(self.page)

        html = self.shown()

        self.assertIn('<span class="badge badge--plain">Toàn trình</span>', html)
        self.assertIn("Quyết định thử", html)

    def test_always_shows_the_present_name_of_the_procedure(self):
        self.procedure.name = "Đăng ký khai sinh cho trẻ em"
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        self.assertIn("<h1><span>Đăng ký khai sinh cho trẻ em</span></h1>", self.shown())

    def test_marks_data_that_only_illustrate(self):
        self.procedure.is_illustrative = True
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        self.assertIn("Lệ phí và thời hạn trên trang này chỉ để minh họa", self.shown())

    def test_flags_a_legal_basis_that_has_lapsed_and_links_every_basis(self):
        register(self.city.site)
        law = public_document(self.city.site, by=self.cast.standing_office, symbol="12/2021/QĐ-UBND")
        lapsed = public_document(
            self.city.site, by=self.cast.standing_office, symbol="13/2021/QĐ-UBND", effective_to=date(2022, 1, 1)
        )
        self.procedure.legal_bases = [ProcedureBasis(document=law, provision="Điều 3"), ProcedureBasis(document=lapsed)]
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        html = self.shown()

        self.assertIn(f"/van-ban/{law.slug}/", html)
        self.assertIn("Hết hiệu lực toàn bộ", html)
        self.assertRegex(html, r"Một căn cứ pháp lý của thủ tục không còn hiệu lực: [^.]*13/2021/QĐ-UBND")

    def test_offers_the_form_with_its_kind_size_and_the_day_of_its_version_to_everybody(self):
        form = file(self.city.site, title="Tờ khai đăng ký khai sinh", content=b"%PDF-1.4\n%%EOF\n", name="to-khai.pdf")
        form.get_file_size()
        self.procedure.components = [
            DossierComponent(name="Tờ khai", originals=1, form_file=form, form_version_on=date(2020, 7, 16))
        ]
        self.procedure.save_revision()
        self.assertNotIn('href="#bieu-mau"', self.shown())
        publish_at_once(self.procedure)

        html = self.shown()

        self.assertIn('href="#bieu-mau"', html)
        self.assertIn("mẫu ngày 16/07/2020", html)
        self.assertRegex(html, r"PDF · 15\s")
        headings = re.findall(r'<h2 id="([\w-]+)">', html)
        self.assertEqual(headings[headings.index("ho-so") :][:3], ["ho-so", "bieu-mau", "trinh-tu"])
        self.assertEqual(self.client.get(form.url).status_code, 200)

    def test_stands_with_a_banner_when_the_site_no_longer_offers_the_service(self):
        self.page.offered_to = date(2026, 11, 26)
        self.page.save_revision()
        publish_at_once(self.page)

        with time_machine.travel(FRIDAY, tick=False):
            html = self.shown()

        self.assertIn("Nơi này chỉ cung cấp dịch vụ đến hết ngày 26/11/2026.", html)
        self.assertNotIn("https://dichvucong.example.invalid/nop", html)

    def test_is_not_there_while_its_procedure_is_not_public(self):
        hidden = an_offering(self.city.my_long, a_procedure(self.city, name="Thủ tục ẩn", public=False))

        self.assertEqual(self.client.get(hidden.get_url()).status_code, 404)

    def test_goes_the_approved_road_and_is_sealed_as_readers_see_it(self):
        page = publish(
            an_offering(
                self.city.my_long,
                a_procedure(self.city, name="Đăng ký việc mới"),
                by=self.cast.contributor,
                public=False,
            ),
            by=self.cast.contributor,
        )

        copy = copies.last_copy_of(page.live_revision)
        self.assertTrue(page.live)
        self.assertIn("Ai được làm", copies.read(copy.html_digest).decode())


class ThePapers(OnePage):
    BIRTH_AT_A_CLINIC, BIRTH_ELSEWHERE = "sinh-tai-co-so-y-te", "sinh-ngoai-co-so-y-te"

    def test_of_all_cases_are_shown_while_none_is_chosen(self):
        html = self.shown()

        for name in ("Tờ khai theo mẫu", "Giấy xác nhận của cơ sở y tế", "Văn bản của người làm chứng"):
            with self.subTest(name=name):
                self.assertIn(name, html)

    def test_are_narrowed_to_the_case_chosen_and_what_everybody_needs(self):
        html = self.shown(f"?truong-hop={self.BIRTH_AT_A_CLINIC}")

        self.assertIn("Tờ khai theo mẫu", html)
        self.assertIn("Giấy xác nhận của cơ sở y tế", html)
        self.assertNotIn("Văn bản của người làm chứng", html)

    def test_of_two_cases_are_shown_together(self):
        html = self.shown(f"?truong-hop={self.BIRTH_AT_A_CLINIC}&truong-hop={self.BIRTH_ELSEWHERE}")

        self.assertIn("Giấy xác nhận của cơ sở y tế", html)
        self.assertIn("Văn bản của người làm chứng", html)

    def test_of_a_case_that_there_is_not_are_those_of_all(self):
        self.assertIn("Văn bản của người làm chứng", self.shown("?truong-hop=khong-co"))

    def test_are_a_sheet_to_print_with_the_day_of_return(self):
        with time_machine.travel(FRIDAY, tick=False):
            html = self.shown(f"?truong-hop={self.BIRTH_AT_A_CLINIC}&in=1")

        self.assertIn("Danh mục giấy tờ", html)
        self.assertIn("Giấy xác nhận của cơ sở y tế", html)
        self.assertNotIn("Văn bản của người làm chứng", html)
        self.assertIn("thứ Sáu 27/11/2026", html)
        # Three working days after a Friday.
        self.assertIn("<strong>02/12/2026</strong>", html)
        self.assertIn('<meta name="robots" content="noindex">', html)


class TheClock(OnePage):
    def test_names_the_day_of_return_by_the_hour_of_handing_in(self):
        self.procedure.channels = [ProcedureChannel(way="in_person", same_day=True, cutoff_hour=15)]
        self.procedure.save_revision()
        publish_at_once(self.procedure)

        for hour, day in ((10, "27/11/2026"), (15, "30/11/2026")):
            with self.subTest(hour=hour), time_machine.travel(FRIDAY.replace(hour=hour), tick=False):
                self.assertIn(f">{day}</time></strong>", self.shown())

    def test_ends_what_may_be_kept_at_the_hour_and_at_midnight(self):
        address = "/my-long/dich-vu-cong/dang-ky-khai-sinh/"
        with time_machine.travel(FRIDAY.replace(hour=23, minute=55), tick=False):
            self.assertEqual(self.client.get(address)["X-Portal-Max-Age"], "300")
        self.procedure.channels = [ProcedureChannel(way="in_person", same_day=True, cutoff_hour=15)]
        self.procedure.save_revision()
        publish_at_once(self.procedure)
        with time_machine.travel(FRIDAY.replace(hour=14, minute=56), tick=False):
            self.assertEqual(self.client.get(address)["X-Portal-Max-Age"], "240")


class ForMachines(OnePage):
    def data(self) -> dict:
        html = self.shown()
        return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL).group(1))

    def test_is_a_government_service_with_provider_channels_and_price(self):
        data = self.data()

        self.assertEqual((data["@type"], data["name"]), ("GovernmentService", "Đăng ký khai sinh"))
        self.assertEqual(data["identifier"], self.procedure.code)
        self.assertEqual(data["provider"]["name"], "Ủy ban nhân dân phường Mỹ Long")
        self.assertEqual(data["areaServed"]["name"], "Phường Mỹ Long")
        self.assertIn(
            "https://dichvucong.example.invalid/nop", [row.get("serviceUrl") for row in data["availableChannel"]]
        )
        self.assertEqual((data["offers"][0]["price"], data["offers"][0]["priceCurrency"]), ("8000", "VND"))

    def test_names_its_canonical_address(self):
        self.assertIn(f'<link rel="canonical" href="{self.page.full_url}">', self.shown())


class Questions(OnePage):
    def test_that_people_asked_about_the_service_are_linked_those_of_its_site_first(self):
        ward, city = self.city.section(self.city.my_long, "hoi-dap"), self.city.section(self.city.site, "hoi-dap")
        there = an_answer(city, "Làm giấy khai sinh trễ hạn có bị phạt không?")
        here = an_answer(ward, "Khai sinh cho con ở Mỹ Long cần gì?")
        other = an_answer(ward, "Đăng ký khai tử ở đâu?")

        html = self.shown()

        self.assertLess(html.index(here.title), html.index(there.title))
        self.assertNotIn(other.title, html)
        self.assertIn("/hoi-dap/gui-cau-hoi/", html)


class Caching(OnePage):
    def generations(self):
        return dict(SiteGeneration.objects.values_list("site_id", "value"))

    def test_a_change_of_the_procedure_is_told_to_all_sites(self):
        before = self.generations()

        self.procedure.save_revision()
        publish(self.procedure, by=self.cast.standing_office)

        after = self.generations()
        for site in PortalSite.objects.all():
            with self.subTest(site=str(site)):
                self.assertGreater(after[site.pk], before.get(site.pk, 0))

    def test_the_page_is_kept_for_its_site_and_the_city_and_holds_no_cookie(self):
        response = self.client.get("/my-long/dich-vu-cong/dang-ky-khai-sinh/")

        self.assertEqual(
            set(response["X-Portal-Sites"].split(",")), {str(self.city.my_long.pk), str(self.city.site.pk)}
        )
        self.assertIn("truong-hop", response["X-Portal-Vary-Params"])
        self.assertFalse(response.cookies)

    def test_a_service_of_a_closed_site_leads_to_the_site_that_followed(self):
        ward = self.city.my_long
        ward.state, ward.successor = PortalSite.State.CLOSED, self.city.my_xuyen
        ward.save()

        response = self.client.get("/my-long/dich-vu-cong/dang-ky-khai-sinh/")

        self.assertEqual(response.status_code, 301)
        self.assertIn("my-xuyen", response["Location"])

    def test_a_service_taken_down_answers_410(self):
        row = takedown.propose(self.page, TakeDown.Ground.NO_LONGER_SUITABLE, by=self.cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

        response = self.client.get("/my-long/dich-vu-cong/dang-ky-khai-sinh/")

        self.assertEqual(response.status_code, 410)
        self.assertNotIn(self.procedure.name, self.client.get("/my-long/dich-vu-cong/").content.decode())
