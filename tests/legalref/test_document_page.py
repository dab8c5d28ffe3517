"""The page of a document: six parts, as of a day, what stands beside the law's own words, and for machines."""

import json
import re
from datetime import date
from xml.etree import ElementTree

import time_machine
from django.test import SimpleTestCase

from legalref.life.effect import BASED_ON, DETAILS, REPEALS, REPLACES, SUSPENDS, StatusCode, timeline
from legalref.models import DocumentType, LegalDocument
from legalref.register import diagram, document_page
from legalref.register.addresses import short_url
from legalref.register.as_of import read_day
from tests.city import publish_at_once
from tests.factories import article
from tests.factories import file as stored_file
from tests.legalref.library import related, repealed
from workflows.publishing import takedown

from .library import draft_document, public_document
from .test_effect import Relation, document
from .test_library import Registers

TABS = ("tom-tat", "toan-van", "ban-goc", "hieu-luc", "van-ban-lien-quan", "luoc-do")


class Page(Registers):
    def page_of(self, key, **parameters):
        return self.get(f"{self.documents[key].slug}/", **parameters)

    def html(self, key, **parameters):
        return self.page_of(key, **parameters).content.decode()

    def structured(self, key, **parameters):
        found = re.search(r'<script type="application/ld\+json">(.+?)</script>', self.html(key, **parameters))
        return json.loads(found[1])


class Parts(Page):
    def test_six_parts_in_the_order_of_their_tabs_with_or_without_text(self):
        for key in ("qd-01-2020", "nd-43-2011"):
            html = self.html(key)
            with self.subTest(key):
                self.assertEqual(re.findall(r'<li><a href="#([\w-]+)">', html)[: len(TABS)], list(TABS))
                self.assertEqual(re.findall(r'<h2 id="([\w-]+)">', html), list(TABS))

    def test_every_link_within_the_page_leads_somewhere(self):
        html = self.html("qd-01-2020")

        wanted = set(re.findall(r'href="#([\w-]+)"', html))
        self.assertGreater(len(wanted), 40)
        self.assertEqual(wanted - set(re.findall(r'id="([\w-]+)"', html)), set())

    def test_no_id_stands_twice(self):
        for key in ("qd-01-2020", "nd-43-2011"):
            ids = re.findall(r' id="([\w-]+)"', self.html(key))
            self.assertEqual(sorted(ids), sorted(set(ids)))

    def test_successor_of_the_successor_is_named_with_the_document_in_force_now(self):
        html = self.html("nd-43-2011")

        self.assertIn("Văn bản mới nhất về việc này:", html)
        self.assertIn(f'href="/van-ban/{self.documents["nd-224-2026"].slug}/">Nghị định 224/2026/NĐ-CP', html)

    def test_signed_file_is_offered_with_its_digest(self):
        decision = LegalDocument.objects.get(pk=self.documents["qd-01-2020"].pk)
        decision.signed_file = stored_file(self.city.site, title="Bản ký thử", content=b"%PDF-1.4", name="ky.pdf")
        decision.save_revision()
        publish_at_once(decision)

        response = self.page_of("qd-01-2020")

        self.assertContains(response, f'href="{decision.signed_file.url}">Bản ký</a>')
        self.assertContains(response, decision.signed_file.digest)
        self.assertEqual(self.client.get(decision.signed_file.url).status_code, 200)

    def test_pages_that_cite_it_are_named(self):
        page = publish_at_once(
            article(self.city.section(self.city.my_long), cites=[self.documents["nd-43-2011"]], title="Bài nói về nó")
        )

        self.assertContains(self.page_of("nd-43-2011"), page.title)


class AsOf(Page):
    def test_shows_status_and_relations_of_the_day_under_a_banner_and_is_not_indexed(self):
        response = self.page_of("nd-43-2011", ngay="2021-01-01")

        self.assertContains(response, "Đang xem văn bản này như vào ngày 01/01/2021, không phải hôm nay.")
        self.assertContains(response, '<meta name="robots" content="noindex">')
        self.assertContains(response, f'<link rel="canonical" href="{self.documents["nd-43-2011"].full_url}">')
        self.assertEqual(response.context["status"].code, StatusCode.IN_FORCE)
        self.assertNotContains(response, "Văn bản thay thế, bãi bỏ:")
        self.assertEqual(
            {group.label for group in response.context["relations"]}, {"Là căn cứ ban hành của", "Được dẫn chiếu bởi"}
        )

    def test_other_documents_have_their_status_of_that_day_too(self):
        (related,) = [
            item
            for group in self.page_of("qd-01-2020", ngay="2020-06-05").context["relations"]
            for item in group.items
            if group.label == "Căn cứ vào" and item.name == "Nghị định 43/2011/NĐ-CP"
        ]

        self.assertEqual(related.status.code, StatusCode.IN_FORCE)

    def test_day_before_the_issue_says_so(self):
        self.assertContains(self.page_of("nd-43-2011", ngay="01/01/2010"), "Vào ngày đó văn bản chưa được ban hành.")

    def test_day_to_come_knows_what_is_recorded_ahead(self):
        related(
            self.documents["l-148-2025"],
            REPLACES,
            self.documents["nd-224-2026"],
            by=self.cast.standing_office,
            effective_on=date(2027, 1, 1),
        )

        self.assertEqual(self.page_of("nd-224-2026").context["status"].code, StatusCode.IN_FORCE)
        self.assertEqual(self.page_of("nd-224-2026", ngay="2027-01-01").context["status"].code, StatusCode.LAPSED)

    def test_wrong_day_is_told_kept_in_its_field_and_today_shown(self):
        for written in ("2021-02-30", "31/02/2021", "hôm qua", "2021-1-1x", "' OR 1=1", "99999999999", "20210101"):
            with self.subTest(written):
                response = self.page_of("nd-43-2011", ngay=written)

                self.assertEqual(response.status_code, 200)
                self.assertContains(response, f"Không đọc được ngày «{written}»".replace("'", "&#x27;"))
                self.assertContains(response, f'value="{written}"'.replace("'", "&#x27;"))
                self.assertContains(response, "hãy ghi ngày/tháng/năm, ví dụ 01/01/2021")
                self.assertEqual(response.context["status"].code, StatusCode.LAPSED)

    def test_plain_page_is_indexed(self):
        self.assertNotContains(self.page_of("nd-43-2011"), "noindex")


class ReadDay(SimpleTestCase):
    def test_ways_to_write_a_day(self):
        for written in ("2021-01-05", "05/01/2021", "5.1.2021", "ngày 05 tháng 01 năm 2021", " 05/01/2021 "):
            with self.subTest(written):
                self.assertEqual(read_day(written), date(2021, 1, 5))


class Timeline(SimpleTestCase):
    def turns(self, relations=(), **values):
        return [(turn.on.isoformat(), str(turn.status.code)) for turn in timeline(document(**values), relations)]

    def test_each_turn_from_the_issue_on(self):
        self.assertEqual(
            self.turns(
                [Relation(SUSPENDS, date(2021, 3, 1), until=date(2021, 4, 1)), Relation(REPEALS, date(2022, 1, 1))]
            ),
            [
                ("2021-01-01", "not_yet"),
                ("2021-01-15", "in_force"),
                ("2021-03-01", "suspended"),
                ("2021-04-01", "in_force"),
                ("2022-01-01", "lapsed"),
            ],
        )

    def test_nothing_after_the_last_day_for_which_it_was_checked(self):
        self.assertEqual(self.turns(checked_until=date(2021, 6, 30))[-1], ("2021-07-01", "unknown"))

    def test_term_set_by_the_document_itself(self):
        self.assertEqual(self.turns(effective_to=date(2021, 12, 31))[-1], ("2021-12-31", "lapsed"))

    def test_end_of_the_issuer_is_a_turn_of_the_reason_only(self):
        self.assertEqual(
            self.turns(issuer_closed_on=date(2025, 6, 30))[-2:],
            [("2021-01-15", "in_force"), ("2025-07-01", "in_force")],
        )

    def test_relation_that_says_nothing_of_effect_makes_no_turn(self):
        self.assertEqual(self.turns([Relation(BASED_ON)]), self.turns())


class Diagram(SimpleTestCase):
    middle = diagram.Box("Quyết định 1/2021/QĐ-UBND", "in-force", "Còn hiệu lực")

    def drawn(self, *bundles):
        return diagram.draw(self.middle, bundles)

    def bundle(self, count, acts=True, label="Căn cứ vào", more=0):
        boxes = [diagram.Box(f"Luật {number}/2015/QH13", "lapsed", "Hết hiệu lực toàn bộ") for number in range(count)]
        return diagram.Bundle(label, boxes, acts, more)

    def test_is_two_pictures_each_with_a_title_and_the_relations_in_words(self):
        pictures = self.parsed(self.drawn(self.bundle(2), self.bundle(1, acts=False, label="Được thay thế bởi")))

        self.assertEqual(len(pictures), 2)
        for picture in pictures:
            title, words = picture[0], picture[1]
            self.assertEqual(picture.get("aria-labelledby"), f"{title.get('id')} {words.get('id')}")
            self.assertEqual(picture.get("role"), "img")
            self.assertIn("Quyết định 1/2021/QĐ-UBND", title.text)
            self.assertEqual(
                words.text,
                "Căn cứ vào: Luật 0/2015/QH13 (Hết hiệu lực toàn bộ); Luật 1/2015/QH13 (Hết hiệu lực toàn bộ). "
                "Được thay thế bởi: Luật 0/2015/QH13 (Hết hiệu lực toàn bộ).",
            )

    def test_everything_lies_within_the_picture_and_no_boxes_overlap(self):
        for bundles in (
            [self.bundle(1)],
            [self.bundle(9, acts=False)],
            [
                self.bundle(3),
                self.bundle(5, label="Dẫn chiếu đến"),
                self.bundle(2, acts=False),
                self.bundle(40, acts=False),
            ],
        ):
            for picture in self.parsed(self.drawn(*bundles)):
                _x, _y, width, height = map(float, picture.get("viewBox").split())
                places = [
                    tuple(float(box.get(name)) for name in ("x", "y", "width", "height"))
                    for box in picture.iter("rect")
                ]
                for x, y, w, h in places:
                    self.assertTrue(
                        0 <= x and x + w <= width and 0 <= y and y + h <= height, (x, y, w, h, width, height)
                    )
                for one, first in enumerate(places):
                    for second in places[one + 1 :]:
                        self.assertFalse(overlap(first, second), (first, second))

    def test_of_many_the_first_are_drawn_and_the_others_counted(self):
        words = self.drawn(self.bundle(9, more=21))

        self.assertEqual(words.count("và 25 văn bản khác"), 4)

    def test_long_names_are_broken_and_nothing_of_them_is_markup(self):
        words = self.drawn(
            diagram.Bundle("Căn cứ vào", [diagram.Box("<script>alert(1)</script> & rất dài " * 5)], True)
        )

        self.assertNotIn("<script", words)
        self.parsed(words)

    def test_nothing_to_draw_draws_nothing(self):
        self.assertEqual(self.drawn(), "")

    @staticmethod
    def parsed(drawing):
        return list(ElementTree.fromstring(f"<div>{drawing}</div>"))


def overlap(one, other):
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


class Relations(Page):
    def test_consequence_of_a_repeal_names_the_document_it_lapsed_with(self):
        parent = public_document(self.city.site, by=self.cast.editor, symbol="40/2021/QĐ-UBND")
        child = public_document(self.city.site, by=self.cast.editor, symbol="41/2021/QĐ-UBND")
        related(child, DETAILS, parent, by=self.cast.standing_office)
        repealed(
            parent,
            by=self.cast.standing_office,
            reason="Nghị quyết mẫu",
            effective_on=date(2025, 3, 1),
            lapsing=[child],
        )

        response = self.get(f"{child.slug}/")

        groups = {group.label: [item.name for item in group.items] for group in response.context["relations"]}
        self.assertEqual(groups["Hết hiệu lực cùng"], ["Quyết định 40/2021/QĐ-UBND"])
        self.assertContains(
            response, "Hết hiệu lực cùng Quyết định 40/2021/QĐ-UBND (khoản 4 Điều 154 Luật 80/2015/QH13)"
        )

    def test_draft_on_the_other_end_is_neither_linked_nor_described(self):
        hidden = draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND", subject="Việc kín")
        related(hidden, DETAILS, self.documents["nd-43-2011"], by=self.cast.standing_office)

        html = self.html("nd-43-2011")

        self.assertNotIn("Việc kín", html)
        self.assertNotIn(hidden.slug, html)
        self.assertNotIn(
            "77/2021", self.client.get(f"/api/v1/van-ban/{self.documents['nd-43-2011'].slug}/").content.decode()
        )

    def test_of_the_documents_that_rest_on_it_the_newest_are_shown_and_all_counted(self):
        law = self.documents["l-80-2015"]
        most, document_page.MOST_RESTING = document_page.MOST_RESTING, 2
        self.addCleanup(setattr, document_page, "MOST_RESTING", most)
        for number in range(4):
            other = public_document(self.city.site, by=self.cast.editor, symbol=f"{60 + number}/2021/QĐ-UBND")
            related(other, BASED_ON, law, by=self.cast.standing_office)

        response = self.get(f"{law.slug}/")

        (group,) = [group for group in response.context["relations"] if group.label == "Là căn cứ ban hành của"]
        self.assertEqual((len(group.items), group.more), (2, 3))
        self.assertContains(response, "và 3 văn bản khác")


class ForMachines(Page):
    def test_legislation_with_eli_properties(self):
        data = self.structured("nd-43-2011")

        expected = {
            "@id": short_url(self.documents["nd-43-2011"]),
            "legislationIdentifier": "43/2011/NĐ-CP",
            "legislationType": "Nghị định",
            "legislationDate": "2011-06-13",
            "legislationLegalForce": "https://schema.org/NotInForce",
            "temporalCoverage": "2011-08-01/2022-08-15",
            "eli:in_force": {"@id": "eli:InForce-notInForce"},
            "eli:first_date_entry_in_force": "2011-08-01",
            "eli:date_no_longer_in_force": "2022-08-15",
        }
        self.assertEqual({name: data[name] for name in expected}, expected)
        self.assertEqual([item["name"] for item in data["eli:repealed_by"]], ["Nghị định 42/2022/NĐ-CP"])
        self.assertEqual([item["name"] for item in data["eli:basis_for"]], ["Quyết định 01/2020/QĐ-UBND"])

    def test_unknown_force_is_not_claimed(self):
        self.assertNotIn("legislationLegalForce", self.structured("l-67-2006"))

    def test_day_asked_for_is_the_date_of_the_version(self):
        data = self.structured("nd-43-2011", ngay="2021-01-01")

        self.assertEqual(data["legislationDateVersion"], "2021-01-01")
        self.assertEqual(data["legislationLegalForce"], "https://schema.org/InForce")

    def test_atom_is_well_formed_and_names_the_short_address(self):
        response = self.get("atom/")

        feed = ElementTree.fromstring(response.content)
        entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
        self.assertEqual(response["Content-Type"], "application/atom+xml; charset=utf-8")
        self.assertEqual(len(entries), 20)
        ids = {entry.find("{http://www.w3.org/2005/Atom}id").text for entry in entries}
        self.assertIn(short_url(LegalDocument.objects.public().order_by("-first_published_at", "-pk").first()), ids)

    def test_cover_sheet_is_a_pdf_that_is_not_indexed(self):
        response = self.get(f"{self.documents['nd-43-2011'].slug}/phieu-hieu-luc/")

        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertEqual(self.get("khong-co/phieu-hieu-luc/").status_code, 404)


class Citation(Page):
    def test_as_the_rules_for_official_papers_want_it(self):
        cited = {key: document_page.cited_as(self.documents[key]) for key in ("nd-72-2013", "l-67-2006", "qd-01-2020")}

        self.assertEqual(
            cited,
            {
                "nd-72-2013": "Nghị định số 72/2013/NĐ-CP ngày 15 tháng 7 năm 2013 của Chính phủ quản lý, cung cấp, sử "
                "dụng dịch vụ Internet và thông tin trên mạng",
                "l-67-2006": "Luật Công nghệ thông tin số 67/2006/QH11 ngày 29 tháng 6 năm 2006",
                "qd-01-2020": "Quyết định số 01/2020/QĐ-UBND ngày 05 tháng 6 năm 2020 của Ủy ban nhân dân thành phố "
                "Long Xuyên ban hành Quy chế quản lý, vận hành, cung cấp thông tin và duy trì hoạt động Trang thông "
                "tin điện tử thành phố Long Xuyên",
            },
        )

    def test_stands_in_a_field_with_the_short_address(self):
        decree = self.documents["nd-72-2013"]

        self.assertContains(
            self.page_of("nd-72-2013"), f"{document_page.cited_as(decree)}. {short_url(decree)}</textarea>"
        )

    def test_law_without_number_is_cited_by_its_name(self):
        law = LegalDocument(
            document_type=DocumentType.objects.get(name="Luật"),
            symbol="Luật Mẫu ngày 29 tháng 6 năm 2006",
            main_issuer=self.documents["l-67-2006"].main_issuer,
            subject="Mẫu",
            issued_on=date(2006, 6, 29),
        )

        self.assertEqual(document_page.cited_as(law), "Luật Mẫu ngày 29 tháng 6 năm 2006")


class ShortAddress(Page):
    def test_leads_to_the_page_also_after_the_number_was_corrected(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="12/2021/QĐ-UBND")
        address = short_url(document).partition("localhost")[2].lstrip(":0123456789")
        newest = document.get_latest_revision_as_object()
        newest.symbol_as_printed = "13/2021/QĐ-UBND"
        newest.full_clean()
        newest.save_revision()
        publish_at_once(document)

        response = self.client.get(address)

        self.assertEqual(response.status_code, 302)
        self.assertEqual(response["Location"], document.full_url)

    def test_takes_the_day_along_and_nothing_else(self):
        address = f"/vb/{self.documents['nd-43-2011'].pk}/"

        self.assertTrue(self.client.get(address, {"ngay": "2021-01-01"})["Location"].endswith("/?ngay=2021-01-01"))
        self.assertTrue(self.client.get(address, {"ngay": "x&y=1\r\nA: b"})["Location"].endswith("-chinh-phu/"))

    def test_of_a_draft_or_nothing_is_404(self):
        hidden = draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND")

        self.assertEqual(self.client.get(f"/vb/{hidden.pk}/").status_code, 404)
        self.assertEqual(self.client.get("/vb/999999/").status_code, 404)


class TakenDown(Page):
    def test_address_answers_410_with_the_day_and_without_the_text(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="78/2021/QĐ-UBND", subject="Việc mẫu")
        takedown.take_down_records(
            [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm"
        )

        response = self.get(f"{document.slug}/")

        self.assertContains(response, "78/2021/QĐ-UBND", status_code=410)
        self.assertContains(response, "25/11/2026", status_code=410)
        self.assertContains(response, "noindex", status_code=410)
        self.assertNotContains(response, "Việc mẫu", status_code=410)
        self.assertEqual(self.get(f"{document.slug}/phieu-hieu-luc/").status_code, 410)

    def test_draft_that_never_was_public_is_404(self):
        hidden = draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND")

        self.assertEqual(self.get(f"{hidden.slug}/").status_code, 404)


class EnglishPage(Page):
    english = True

    def test_frame_is_english_and_the_law_stays_marked_as_vietnamese(self):
        with time_machine.travel("2026-11-25 10:00 +07:00"):
            home = self.city.site.home_page(locale=type(self.register.locale).objects.get(language_code="en"))
            page = home.get_children().filter(slug__in=("documents", "legal-documents", "van-ban")).first()
        self.assertIsNotNone(page)
        if not page.live:
            page = publish_at_once(page.specific)

        response = self.client.get(f"/en/{page.slug}/{self.documents['nd-43-2011'].slug}/")

        self.assertContains(response, '<html lang="en">')
        self.assertContains(response, "Related documents")
        self.assertContains(response, '<p class="lead" lang="vi">')
