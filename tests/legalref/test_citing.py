"""From the words of a text to the documents of the register: links, decisions by two persons, what is waited for."""

from datetime import date
from unittest import mock

import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.gate import Refused
from legalref.citations import citing_pages, reading
from legalref.citations.reading import Decision, extract, suggestions
from legalref.life import lifecycle
from legalref.models import Citation, IssuingBody, LegalDocument
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, publish, publish_at_once
from tests.legalref.library import repealed
from workflows.models import TakeDown
from workflows.publishing import approval

from .library import draft_document, on_city_host, public_document, shipped_register

State, Outcome = Citation.State, Citation.Outcome
DECREE = "Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ"
RULE = "Điều 10 Quy chế ban hành kèm theo Quyết định số 01/2020/QĐ-UBND"


class Register(CityTestCase):
    """The Decision, what it cites and what became of that, all public; time stands at 25/11/2026."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register, cls.documents = shipped_register(cls.city)
        cls.decree, cls.decision = cls.documents["nd-43-2011"], cls.documents["qd-01-2020"]

    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)

    def article(self, *paragraphs, site=None, by=None, **fields) -> ArticlePage:
        """A draft article with these paragraphs."""
        body = [("paragraph", f"<p>{words}</p>") for words in paragraphs]
        return factories.article(
            self.city.section(site or self.city.my_long), by=by or self.cast.contributor, body=body, **fields
        )

    def public(self, *paragraphs, **fields) -> ArticlePage:
        """The same, public and its citations extracted."""
        page = publish_at_once(self.article(*paragraphs, **fields))
        extract(page)
        return page

    def found(self, words) -> reading.Suggestion:
        (item,) = suggestions(self.article(words))
        return item

    def html(self, page) -> str:
        return self.client.get(on_city_host(self.city, page)).content.decode()


class Resolution(Register):
    def test_each_citation_of_the_decision_leads_to_its_document(self):
        expected = {
            "Tổ chức chính quyền địa phương": "l-77-2015",
            "Ban hành văn bản quy phạm pháp luật": "l-80-2015",
            "Công nghệ thông tin": "l-67-2006",
            "64/2007/NĐ-CP": "nd-64-2007",
            "43/2011/NĐ-CP": "nd-43-2011",
            "72/2013/NĐ-CP": "nd-72-2013",
            "72/2015/NĐ-CP": "nd-72-2015",
            "03/2017/QĐ-UBND": "qd-03-2017-ag",
            "72/2002/QĐ-TTg": "qd-72-2002",
            "22/2013/TT-BTTTT": "tt-22-2013",
            "01/2020/QĐ-UBND": "qd-01-2020",
        }
        decision = LegalDocument.objects.get(pk=self.decision.pk)

        found = {item.citation.symbol or item.citation.title: item for item in suggestions(decision)}

        for name, key in expected.items():
            with self.subTest(name):
                self.assertEqual(found[name].document, self.documents[key])
        self.assertEqual((found["308/TTr-VHTT"].outcome, found["308/TTr-VHTT"].candidates), (Outcome.NONE, []))

    def test_one_document_is_certain_several_are_asked_none_is_wanted(self):
        cases = [
            ("NĐ 43/2011", Outcome.ONE, {"43/2011/NĐ-CP"}),
            ("Luật Công nghệ thông tin", Outcome.ONE, {"67/2006/QH11"}),
            ("Luật CNTT", Outcome.ONE, {"67/2006/QH11"}),
            ("Luật Tổ chức chính quyền địa phương", Outcome.SEVERAL, {"77/2015/QH13", "65/2025/QH15", "72/2025/QH15"}),
            ("Luật Tổ chức chính quyền địa phương năm 2015", Outcome.ONE, {"77/2015/QH13"}),
            ("Quyết định số 43/2011/NĐ-CP", Outcome.SEVERAL, {"43/2011/NĐ-CP"}),
            ("Nghị định số 43/2011/NĐ-CP ngày 01/01/2011", Outcome.SEVERAL, {"43/2011/NĐ-CP"}),
            ("Nghị định số 99/2019/NĐ-CP", Outcome.NONE, set()),
            ("Luật Đất đai năm 2024", Outcome.NONE, set()),
            (
                "Quyết định số 01/2020/QĐ-UBND ngày 05/6/2020 của UBND thành phố Long Xuyên",
                Outcome.ONE,
                {"01/2020/QĐ-UBND"},
            ),
            ("Quyết định số 01/2020/QĐ-UBND ngày 06/01/2020 của UBND tỉnh Bình Phước", Outcome.NONE, set()),
        ]
        for words, outcome, symbols in cases:
            with self.subTest(words):
                item = self.found(f"Theo {words}, việc này được làm.")

                self.assertEqual(item.outcome, outcome)
                self.assertEqual({document.symbol for document in item.candidates}, symbols)

    def test_drafts_are_never_linked(self):
        draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND")

        self.assertEqual(self.found("Theo Quyết định số 77/2021/QĐ-UBND.").candidates, [])

    def test_same_number_of_two_bodies_is_told_apart_by_the_issuer(self):
        province = IssuingBody.objects.get(slug="ubnd-tinh-an-giang")
        other = public_document(
            self.city.site,
            by=self.cast.editor,
            symbol="01/2020/QĐ-UBND",
            main_issuer=province,
            issued_on=date(2020, 1, 6),
            effective_from=date(2020, 2, 1),
        )

        self.assertEqual(self.found("Quyết định số 01/2020/QĐ-UBND").outcome, Outcome.SEVERAL)
        self.assertEqual(self.found("Quyết định số 01/2020/QĐ-UBND của UBND tỉnh An Giang").document, other)

    def test_provision_leads_to_its_anchor_in_the_part_that_has_it(self):
        for words, anchor, is_wrong in (
            (RULE, "quy-che-dieu-10", False),
            ("điểm đ khoản 1 Điều 10 Quyết định số 01/2020/QĐ-UBND", "quy-che-dieu-10-khoan-1-diem-dd", False),
            ("Điều 2 Quyết định số 01/2020/QĐ-UBND", "quyet-dinh-dieu-2", False),
            ("Chương IV Quyết định số 01/2020/QĐ-UBND", "quy-che-chuong-iv", False),
            ("khoản 9 Điều 10 Quyết định số 01/2020/QĐ-UBND", "quy-che-dieu-10", True),
            ("Điều 99 Quyết định số 01/2020/QĐ-UBND", "", True),
        ):
            with self.subTest(words):
                item = self.found(words)

                self.assertEqual(item.document, self.decision)
                self.assertEqual(item.places[self.decision.pk], (anchor, is_wrong))

    def test_queries_do_not_grow_with_the_text(self):
        one = self.article(f"Theo {DECREE}.")
        many = self.article(
            *[
                f"Theo Điều {number} Nghị định số {number}/2011/NĐ-CP, khoản 1 {RULE}, Luật CNTT, Luật Đất đai."
                for number in range(1, 60)
            ]
        )
        # One of each asks for the names of the laws in the register.
        with self.assertNumQueries(3):
            suggestions(one)
        with self.assertNumQueries(6):
            suggestions(many)
        with self.assertNumQueries(1):
            suggestions(self.nothing)

    def test_a_text_is_read_once_as_long_as_the_laws_of_the_register_are_the_same(self):
        one, other = self.article(f"Theo {DECREE}, chỉ ở đây."), self.article(f"Theo {DECREE}, chỉ ở kia.")
        with mock.patch.object(reading.suggesting.citations, "find", wraps=reading.suggesting.citations.find) as read:
            self.assertEqual(suggestions(one)[0].citation, suggestions(one)[0].citation)
            self.assertEqual(read.call_count, 1)
            suggestions(other)
            self.assertEqual(read.call_count, 2)
            with mock.patch.object(reading.suggesting, "names_of_laws", return_value=("Luật khác",)):
                suggestions(other)
            self.assertEqual(read.call_count, 3)

    @property
    def nothing(self):
        return ArticlePage(title="Bài không dẫn gì", body=[("paragraph", "<p>Quyết định này có hiệu lực.</p>")])


class Extraction(Register):
    def test_publication_extracts_and_another_version_replaces_what_was_automatic(self):
        page = publish(self.article(f"Theo {DECREE}.", f"Theo {DECREE} và Nghị định số 99/2019/NĐ-CP."))

        rows = {row.label: row for row in Citation.objects.of(page)}
        self.assertEqual(rows["Nghị định 43/2011/NĐ-CP"].target, self.decree)
        self.assertEqual((rows["Nghị định 43/2011/NĐ-CP"].count, rows["Nghị định 43/2011/NĐ-CP"].is_live), (2, True))
        self.assertEqual(
            (rows["Nghị định 99/2019/NĐ-CP"].target, rows["Nghị định 99/2019/NĐ-CP"].outcome), (None, "none")
        )

        changed = page.get_latest_revision_as_object()
        changed.body = [("paragraph", "<p>Theo Thông tư số 22/2013/TT-BTTTT.</p>")]
        changed.save_revision(user=self.cast.contributor)
        self.assertEqual(Citation.objects.of(page).count(), 2)
        publish(page)

        self.assertEqual([row.label for row in Citation.objects.of(page)], ["Thông tư 22/2013/TT-BTTTT"])

    def test_text_of_every_kind_of_block_and_the_title_are_read(self):
        page = self.article(
            title="Triển khai Nghị định 43/2011/NĐ-CP",
            summary="Theo Thông tư số 22/2013/TT-BTTTT.",
        )
        page.body = [
            ("heading", {"text": "Theo Quyết định số 72/2002/QĐ-TTg", "level": "2"}),
            ("quote", {"text": "Luật số 80/2015/QH13", "attribution": ""}),
            ("callout", {"kind": "info", "title": "Lưu ý", "text": "<p>Nghị định <b>72/2013/NĐ-CP</b></p>"}),
        ]

        self.assertEqual(
            [item.document.symbol for item in suggestions(page)],
            ["43/2011/NĐ-CP", "22/2013/TT-BTTTT", "72/2002/QĐ-TTg", "80/2015/QH13", "72/2013/NĐ-CP"],
        )

    def test_a_new_document_resolves_what_waited_for_it(self):
        page = self.public("Theo Quyết định số 30/2021/QĐ-UBND và Luật Đất đai.")
        self.assertEqual(set(Citation.objects.of(page).values_list("outcome", flat=True)), {"none"})

        with self.captureOnCommitCallbacks(execute=True):
            publish(draft_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND"), by=self.cast.editor)

        row = Citation.objects.of(page).get(label__contains="30/2021")
        self.assertEqual((row.target.symbol, row.outcome), ("30/2021/QĐ-UBND", "one"))

    def test_the_job_of_the_night_finds_what_came_by_another_road(self):
        page = self.public("Theo Quyết định số 30/2021/QĐ-UBND.")
        document = public_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND")
        self.assertIsNone(Citation.objects.of(page).get().target)

        self.assertEqual(reading.renew(), 1)

        self.assertEqual(Citation.objects.of(page).get().target, document)
        self.assertEqual(reading.renew(), 0)

    def test_the_command_reads_everything_public_anew_and_may_be_repeated(self):
        page = publish_at_once(self.article(f"Theo {DECREE}."))
        output = mock.Mock()

        call_command("extract_citations", stdout=output)
        rows = list(Citation.objects.order_by("pk").values_list("page", "source", "written", "target"))
        call_command("extract_citations", stdout=output)

        self.assertIn((page.pk, None, DECREE, self.decree.pk), rows)
        self.assertIn(self.decision.pk, [source for _page, source, _written, _target in rows])
        self.assertEqual(rows, list(Citation.objects.order_by("pk").values_list("page", "source", "written", "target")))
        self.assertIn("0 nội dung có liên kết thay đổi", output.write.call_args[0][0])

    def test_a_document_that_is_public_no_more_is_waited_for_again(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND")
        page = self.public("Theo Quyết định số 30/2021/QĐ-UBND.")
        LegalDocument.objects.filter(pk=document.pk).update(live=False)

        self.assertNotIn('class="cite"', self.html(page))
        self.assertEqual(reading.renew(), 1)

        row = Citation.objects.of(page).get()
        self.assertEqual((row.target, row.outcome), (None, "none"))


class Decisions(Register):
    def decide(self, page, written, state, document=None, note="", by=None):
        return reading.propose(page, [Decision(written, state, document, note)], by=by or self.cast.contributor)

    def test_a_rejection_holds_for_good_once_a_second_person_approved_it(self):
        page = self.public(f"Theo {DECREE}.")

        self.decide(page, DECREE, State.REJECTED)

        row = Citation.objects.of(page).get()
        self.assertEqual((row.state, row.target, row.proposed_state), (State.AUTOMATIC, self.decree, State.REJECTED))
        publish(page, by=self.cast.contributor)
        row.refresh_from_db()
        self.assertEqual((row.state, row.target, row.decided_by), (State.REJECTED, None, self.cast.contributor))
        reading.extract_everything()
        row.refresh_from_db()
        self.assertEqual((row.state, row.target), (State.REJECTED, None))

    def test_who_decided_may_not_approve_it(self):
        page = self.public(f"Theo {DECREE}.")
        self.decide(page, DECREE, State.REJECTED, by=self.cast.head)

        with self.assertRaises(Refused):
            publish(page, by=self.cast.contributor, approver=self.cast.head)

        self.assertEqual(Citation.objects.of(page).get().target, self.decree)

    def test_a_version_older_than_the_decision_does_not_carry_it(self):
        page = self.public(f"Theo {DECREE}.")
        older = page.latest_revision_id
        self.decide(page, DECREE, State.REJECTED)

        reading.extract_now(page, older)

        self.assertEqual(Citation.objects.of(page).get().target, self.decree)

    def test_an_editor_chooses_among_several_and_the_choice_stays(self):
        words = "Luật Tổ chức chính quyền địa phương"
        page = self.public(f"Theo {words}.")
        self.assertIsNone(Citation.objects.of(page).get().target)

        self.decide(page, words, State.ACCEPTED, self.documents["l-65-2025"], "Bản đang áp dụng khi viết bài")
        page = publish(page, by=self.cast.contributor)
        extract(page)

        row = Citation.objects.of(page).get()
        self.assertEqual((row.target, row.note), (self.documents["l-65-2025"], "Bản đang áp dụng khi viết bài"))

    def test_what_cannot_be_meant_or_is_not_cited_is_refused_with_a_word(self):
        page = self.public(f"Theo {DECREE}.")
        for written, document, message in (
            ("Nghị định số 1/2020/NĐ-CP", None, "không còn trích dẫn"),
            (DECREE, self.decision, "không phải văn bản mà"),
        ):
            with self.subTest(written), self.assertRaisesMessage(ValidationError, message):
                self.decide(page, written, State.ACCEPTED, document)
        with self.assertRaisesMessage(ValidationError, "Chưa có quyết định nào"):
            self.decide(page, DECREE, State.AUTOMATIC)

    def test_other_wards_and_running_reviews_are_refused(self):
        page = self.public(f"Theo {DECREE}.")
        with self.assertRaises(Refused):
            self.decide(page, DECREE, State.REJECTED, by=self.cast.contributor_my_xuyen)

        from_review = self.article(f"Theo {DECREE}.")
        approval.submit(from_review, by=self.cast.contributor, declaration=True, remark="Đã xem lại.")
        with self.assertRaisesMessage(Refused, "đang chờ duyệt"):
            self.decide(from_review, DECREE, State.REJECTED)

    def test_the_second_person_is_told_of_decisions_and_of_lapsed_documents(self):
        page = self.public(f"Theo {DECREE}.")
        self.decide(page, DECREE, State.AUTOMATIC, note="Nay là Nghị định 224/2026/NĐ-CP")

        messages = [finding.message for finding in page.get_latest_revision_as_object().preflight()]

        self.assertIn("hết hiệu lực toàn bộ", " ".join(messages))
        self.assertIn("sẽ có hiệu lực khi đăng", " ".join(messages))
        self.assertIn("Nay là Nghị định 224/2026/NĐ-CP", " ".join(messages))


class Readers(Register):
    def test_a_citation_is_a_link_with_title_and_status_and_a_badge_once(self):
        page = self.public(f"Theo {DECREE}.", f"Và {DECREE}; xem {RULE}.")

        html = self.html(page)

        address = f"/van-ban/{self.decree.slug}/"
        self.assertEqual(html.count(f'href="{address}"'), 2)
        self.assertIn('title="Nghị định 43/2011/NĐ-CP: Quy định về việc cung cấp', html)
        self.assertIn(f'(Hết hiệu lực toàn bộ)">{DECREE}</a>', html)
        self.assertEqual(html.count('<span class="status status--lapsed">Hết hiệu lực toàn bộ</span>'), 1)
        self.assertIn(f'/van-ban/{self.decision.slug}/#quy-che-dieu-10"', html)

    def test_links_and_titles_written_by_hand_are_left_alone(self):
        page = self.public(
            f'Xem <a href="https://example.invalid/">{DECREE}</a>.',
            "Nghị định <b>số 43/2011/NĐ-CP</b>.",
            "<b>Theo Nghị định</b> số 72/2013/NĐ-CP.",
        )

        html = self.html(page)

        self.assertIn(f'<a href="https://example.invalid/">{DECREE}</a>', html)
        self.assertIn('">Nghị định <b>số 43/2011/NĐ-CP</b></a>', html)
        self.assertIn("<b>Theo Nghị định</b> số 72/2013/NĐ-CP", html)

    def test_a_note_of_the_board_stands_beside_the_citation(self):
        page = self.public("Theo Điều 99 Quyết định số 01/2020/QĐ-UBND.")
        words = "Điều 99 Quyết định số 01/2020/QĐ-UBND"
        self.assertTrue(Citation.objects.of(page).get().has_wrong_provision)
        reading.propose(page, [Decision(words, State.AUTOMATIC, None, "Quy chế có 24 điều")], by=self.cast.contributor)
        self.assertNotIn("Quy chế có 24 điều", self.html(page))

        page = publish(page, by=self.cast.contributor)

        self.assertIn(
            f'{words}</a> <span class="cite__note">(Ghi chú của Ban Biên tập: Quy chế có 24 điều)</span>',
            self.html(page),
        )

    def test_a_wrong_article_of_the_decision_is_linked_as_written(self):
        extract(self.decision)

        html = self.client.get(f"/van-ban/{self.decision.slug}/").content.decode()

        self.assertIn('<a class="cite" href="#quy-che-dieu-7">Điều 7 Quy chế này</a>', html)
        self.assertIn('<a class="cite" href="#quy-che-dieu-9">Điều 9 của Quy chế này</a>', html)
        self.assertIn(f'href="/van-ban/{self.decree.slug}/"', html)

    def test_the_page_of_a_document_shows_what_cites_it_and_depends_on_those_sites(self):
        page = self.public(f"Theo {DECREE}.", title="Bài của phường dẫn Nghị định")
        extract(self.decision)

        response = self.client.get(f"/van-ban/{self.decree.slug}/")

        self.assertContains(response, "Được dẫn trong")
        self.assertContains(response, page.title)
        self.assertContains(response, "Quyết định 01/2020/QĐ-UBND: Ban hành Quy chế")
        self.assertIn(self.city.my_long.pk, response.context_data["citing_sites"])

    def test_what_is_taken_down_or_only_a_draft_is_not_shown_as_citing(self):
        self.article(f"Theo {DECREE}.", title="Bản nháp dẫn Nghị định")

        response = self.client.get(f"/van-ban/{self.decree.slug}/")

        self.assertNotContains(response, "Bản nháp dẫn Nghị định")

    def test_queries_are_one_more_with_citations_however_many(self):
        without = self.public("Không dẫn văn bản nào.")
        one = self.public(f"Theo {DECREE}.")
        many = self.public(*[f"Theo {DECREE}, Thông tư số 22/2013/TT-BTTTT, {RULE}." for _ in range(20)])
        counts = []
        for page in (without, one, many):
            self.html(page)
            with CaptureQueriesContext(connection) as caught:
                self.html(page)
            counts.append(len(caught.captured_queries))

        # Whether it cites anything is asked of every page, the registers only of one that does.
        self.assertEqual(counts, [counts[0], counts[0] + 1, counts[0] + 1])


class Cascade(Register):
    def test_a_repeal_reaches_pages_that_cite_in_their_text_only_and_suggests_to_edit(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND")
        pages = [
            self.public("Theo Quyết định số 30/2021/QĐ-UBND.", site=site, by=self.cast.standing_office)
            for site in (self.city.my_long, self.city.my_xuyen)
        ]

        affected = lifecycle.affected(document)

        items = [item for group in affected.pages.values() for item in group]
        self.assertEqual({item.page.pk for item in items}, {page.pk for page in pages})
        self.assertEqual({item.suggestion for item in items}, {TakeDown.Decision.EDIT})
        relation = repealed(document, by=self.cast.standing_office, reason="Bãi bỏ", stated_in="Thử")
        self.assertEqual(relation.effects.count(), 2)

    def test_a_rejected_citation_is_not_reached(self):
        page = self.public(f"Theo {DECREE}.")
        reading.propose(page, [Decision(DECREE, State.REJECTED)], by=self.cast.contributor)
        publish(page, by=self.cast.contributor)

        self.assertNotIn(page.pk, [found.pk for found in citing_pages.pages_citing(self.decree)])


class Screens(Register):
    def address(self, page):
        return reverse("legalref_page_citations", args=[page.pk])

    def data(self, form, **changes):
        values = {name: form[name].value() or "" for name in form.fields}
        return {**values, **changes}

    def test_suggestions_are_shown_and_decided_without_script(self):
        page = self.article(f"Theo {DECREE} và Luật Tổ chức chính quyền địa phương; Nghị định số 99/2019/NĐ-CP.")
        self.client.force_login(self.cast.contributor)

        shown = self.client.get(self.address(page))
        self.assertContains(shown, "Chưa có trong sổ: Nghị định 99/2019/NĐ-CP")
        self.assertContains(shown, "Cần chọn (3 văn bản có thể)")
        chosen = self.documents["l-72-2025"]
        answer = self.client.post(
            self.address(page),
            self.data(
                shown.context["form"], decision_0="rejected", decision_1=f"document-{chosen.pk}", note_1="Luật mới"
            ),
        )

        self.assertRedirects(answer, self.address(page))
        rows = {row.written: row for row in Citation.objects.of(page)}
        self.assertEqual(rows[DECREE].proposed_state, State.REJECTED)
        waiting = rows["Luật Tổ chức chính quyền địa phương"]
        self.assertEqual((waiting.proposed_target, waiting.proposed_note), (chosen, "Luật mới"))
        self.assertContains(self.client.get(self.address(page)), "</strong>: quyết định của Cán bộ mẫu 01")

    def test_a_text_changed_meanwhile_is_told_and_nothing_is_lost(self):
        page = self.article(f"Theo {DECREE}.")
        self.client.force_login(self.cast.contributor)
        form = self.client.get(self.address(page)).context["form"]
        newer = page.get_latest_revision_as_object()
        newer.body = [("paragraph", "<p>Theo Thông tư số 22/2013/TT-BTTTT.</p>")]
        newer.save_revision(user=self.cast.unit_head)

        answer = self.client.post(self.address(page), self.data(form, note_0="Ghi chú đã gõ"))

        self.assertContains(answer, "Nội dung đã được sửa trong lúc này")
        self.assertContains(answer, "Ghi chú đã gõ")

    def test_the_button_stands_on_the_page_and_on_the_list_of_documents(self):
        page = self.article(f"Theo {DECREE}.")
        self.client.force_login(self.cast.contributor)

        self.assertContains(self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])), self.address(page))
        self.client.force_login(self.cast.editor)
        listed = self.client.get(reverse(LegalDocument.snippet_viewset.get_url_name("list")), {"q": "01/2020"})
        self.assertContains(listed, reverse("legalref_document_citations", args=[self.decision.pk]))
        self.assertContains(
            self.client.get(reverse("legalref_document_citations", args=[self.decision.pk])), "Điều 7 Quy chế này"
        )

    def test_another_ward_s_text_is_not_there(self):
        page = self.article(f"Theo {DECREE}.")
        document = draft_document(self.city.my_long, by=self.cast.contributor, symbol="8/2021/QĐ-UBND")
        self.client.force_login(self.cast.contributor_my_xuyen)

        for address in (self.address(page), reverse("legalref_document_citations", args=[document.pk])):
            with self.subTest(address):
                self.assertEqual(self.client.get(address).status_code, 404)
                self.assertEqual(self.client.post(address).status_code, 404)

    def test_wanted_documents_are_listed_with_count_and_place_for_own_sites_only(self):
        page = self.public("Theo Nghị định số 99/2019/NĐ-CP.", "Nghị định số 99/2019/NĐ-CP.", title="Bài dẫn thiếu")
        self.public("Theo Nghị định số 98/2019/NĐ-CP.", site=self.city.my_xuyen, by=self.cast.contributor_my_xuyen)
        self.article("Theo Nghị định số 97/2019/NĐ-CP.")
        self.client.force_login(self.cast.contributor)

        shown = self.client.get(reverse("legalref_wanted"))

        (row,) = shown.context["rows"]
        self.assertEqual((row.label, row.count, row.texts), ("Nghị định 99/2019/NĐ-CP", 2, 1))
        self.assertContains(shown, page.title)
        self.assertContains(shown, self.address(page))
        self.assertContains(
            self.client.get(reverse("legalref_wanted"), {"ket-qua": "several"}), "Không có trích dẫn nào"
        )
        self.client.force_login(self.cast.editor)
        labels = {row.label for row in self.client.get(reverse("legalref_wanted")).context["rows"]}
        self.assertEqual(labels, {"Nghị định 99/2019/NĐ-CP", "Nghị định 98/2019/NĐ-CP"})
