"""The duties to post a document start by themselves, by rules that are data (Quy chế Điều 10.1.b, 10.1.c)."""

from datetime import date, datetime

import time_machine
from django.urls import reverse

from legalref import seeding
from legalref.importing import batches
from legalref.life import duty, lifecycle
from legalref.models import DocumentType, LegalDocument, PostingRule, SiteDocument
from sections import dissemination
from sections.models import ArticlePage, DisseminationDraft, SectionIndexPage
from tests.city import CityTestCase, fresh, publish
from workflows import deadlines
from workflows.deadlines import VIETNAM
from workflows.deadlines.duties import CORRECTED
from workflows.models import Deadline, RecordChange
from workflows.publishing import record_changes

from .library import draft_document
from .tables_of_documents import published, row, step, written

# Monday; two working days later is Wednesday 03/06, ten are Monday 15/06.
ISSUED = date(2026, 6, 1)
OWN_DUE, SCOPE_DUE = date(2026, 6, 3), date(2026, 6, 15)


def moment(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=VIETNAM)


class PostingCase(CityTestCase):
    """The board's rules hold for documents issued from 01/01/2026 on; today is 02/06/2026."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        seeding.seed_issuers()
        seeding.seed_posting_rules(issued_from=date(2026, 1, 1))

    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(moment(2), tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def draft(self, **values):
        return draft_document(
            self.city.site, by=self.cast.editor, **{"symbol": "40/2026/QĐ-UBND", "issued_on": ISSUED, **values}
        )

    def named(self, *sites, **values):
        """A draft that names sites in scope."""
        document = self.draft(**values)
        document.posting_sites = sites
        document.save_revision(user=self.cast.editor)
        return document

    def running(self, document) -> dict[str, tuple[str, date]]:
        """Rule and last day of the open deadlines of a document, by site."""
        found = Deadline.objects.for_subject(document).open().filter(rule__code__startswith="DL-DOC")
        return {item.site.slug: (item.rule.code, item.last_day) for item in found.select_related("site", "rule")}


class AnImport(PostingCase):
    """One row that names two wards: three sites with the city's own."""

    def rows(self, **values):
        sites = f"{self.city.my_long.name}\n{self.city.my_xuyen.name}"
        return [row(40, issued_on="01/06/2026", effective_from="15/06/2026", posting_sites=sites, **values)]

    def test_starts_the_duty_on_each_of_three_sites_and_publication_meets_them(self):
        batch = written(self.city, self.rows(symbol_as_printed="40/2026/QĐ-UBND"))
        document = batch.rows.get().document

        expected = {self.city.site.slug: ("DL-DOC-OWN", OWN_DUE)} | {
            site.slug: ("DL-DOC-SCOPE", SCOPE_DUE) for site in (self.city.my_long, self.city.my_xuyen)
        }
        self.assertEqual(self.running(document), expected)

        published(self.city, self.rows(symbol_as_printed="41/2026/QĐ-UBND"))
        met = Deadline.objects.filter(rule__code__startswith="DL-DOC").exclude(object_id=str(document.pk))
        self.assertEqual({(item.met_on, deadlines.is_late(item)) for item in met}, {(date(2026, 6, 2), False)})
        self.assertEqual(met.count(), 3)

    def test_that_is_posted_too_late_is_late_the_day_after_and_says_why(self):
        document = written(self.city, self.rows(symbol_as_printed="40/2026/QĐ-UBND")).rows.get().document
        sites = [self.city.site, self.city.my_long, self.city.my_xuyen]

        for day, late in ((3, set()), (4, {self.city.site.pk}), (15, {self.city.site.pk}), (16, {s.pk for s in sites})):
            with self.subTest(day=day):
                found = duty.of_document(document, sites, date(2026, 6, day))
                self.assertEqual({item.site.pk for item in found if item.is_late}, late)

        (own,) = [item for item in found if item.site == self.city.site]
        self.assertIn("ban hành thứ Hai 01/06/2026", own.explanation)
        self.assertIn("hạn cuối thứ Tư 03/06/2026", own.explanation)

    def test_of_an_old_register_starts_nothing(self):
        old = [row(n, posting_sites=self.city.my_long.name) for n in (1, 2)]

        written(self.city, old)

        self.assertFalse(SiteDocument.objects.exists())
        self.assertFalse(Deadline.objects.filter(rule__code__startswith="DL-DOC").exists())

    def test_that_is_taken_back_leaves_no_deadline(self):
        batch = written(self.city, self.rows(symbol_as_printed="40/2026/QĐ-UBND"))
        step(batches.undo(batch, by=self.cast.standing_office, reason="Nhập nhầm"))

        ended = Deadline.objects.filter(rule__code__startswith="DL-DOC").values_list("cancelled", flat=True)
        self.assertEqual(list(ended), [True, True, True])


class Registering(PostingCase):
    def test_a_document_in_its_form_starts_its_duties(self):
        document = self.named(self.city.my_long)

        lifecycle.start_duties(document, by=self.cast.editor)
        lifecycle.start_duties(document, by=self.cast.editor)

        self.assertEqual(
            self.running(document),
            {
                self.city.site.slug: ("DL-DOC-OWN", OWN_DUE),
                self.city.my_long.slug: ("DL-DOC-SCOPE", SCOPE_DUE),
            },
        )
        self.assertEqual(SiteDocument.objects.exclude(rule=None).count(), 2)

    def test_the_form_of_a_document_calls_it(self):
        document = self.named(self.city.my_xuyen)
        self.client.force_login(self.cast.editor)
        address = reverse(type(document).snippet_viewset.get_url_name("edit"), args=[document.pk])

        answer = self.client.get(address)

        self.assertContains(answer, "Trang thuộc phạm vi điều chỉnh", status_code=200)
        self.assertContains(answer, "Cần tuyên truyền, phổ biến")

    def test_approving_starts_and_meets_what_was_never_started(self):
        document = self.named(self.city.my_long)

        publish(document, by=self.cast.editor)

        self.assertEqual(self.running(document), {})
        self.assertEqual(SiteDocument.objects.filter(document=document).count(), 2)

    def test_a_corrected_day_of_issue_starts_the_deadlines_anew(self):
        document = self.named(self.city.my_long)
        lifecycle.start_duties(document, by=self.cast.editor)
        document.issued_on = date(2026, 6, 2)
        document.save_revision(user=self.cast.editor)

        lifecycle.start_duties(document, by=self.cast.editor)

        self.assertEqual(self.running(document)[self.city.site.slug], ("DL-DOC-OWN", date(2026, 6, 4)))
        ended = Deadline.objects.for_subject(document).filter(cancelled=True)
        self.assertEqual({item.cancellation_reason for item in ended}, {CORRECTED})

    def test_a_site_that_is_out_of_scope_again_owes_nothing_and_a_persons_mark_stays(self):
        document = self.named(self.city.my_long)
        lifecycle.mark_for_site(document, self.city.dong_xuyen, ground="in_scope", by=self.cast.standing_office)
        lifecycle.start_duties(document, by=self.cast.editor)
        document.posting_sites = []
        document.save_revision(user=self.cast.editor)

        lifecycle.start_duties(document, by=self.cast.editor)

        self.assertEqual(set(self.running(document)), {self.city.site.slug, self.city.dong_xuyen.slug})

    def test_a_document_for_all_wards_is_due_on_each(self):
        document = self.draft(for_components=True)

        lifecycle.start_duties(document, by=self.cast.editor)

        wards = {self.city.my_long.slug, self.city.my_xuyen.slug, self.city.dong_xuyen.slug}
        self.assertEqual(set(self.running(document)), wards | {self.city.site.slug})

    def test_people_of_another_site_read_no_subject_of_a_draft(self):
        document = self.named(self.city.my_long, subject="Chuyện chưa công bố")

        lifecycle.start_duties(document, by=self.cast.editor)
        before = {item.site.slug: item.title for item in Deadline.objects.for_subject(document)}
        publish(document, by=self.cast.editor)
        after = {item.title for item in Deadline.objects.for_subject(document).filter(rule__code__startswith="DL-DOC")}

        self.assertIn("Chuyện chưa công bố", before[self.city.site.slug])
        self.assertNotIn("Chuyện chưa công bố", before[self.city.my_long.slug])
        self.assertIn("40/2026/QĐ-UBND", before[self.city.my_long.slug])
        self.assertEqual(after, {document.title})

    def test_a_wards_draft_is_due_on_no_other_site_before_it_is_public(self):
        document = draft_document(
            self.city.my_long,
            by=self.cast.contributor,
            symbol="7/2026/QĐ-UBND",
            issued_on=ISSUED,
            for_components=True,
        )

        lifecycle.start_duties(document, by=self.cast.contributor)
        self.assertEqual(set(self.running(document)), {self.city.my_long.slug})
        publish(document, by=self.cast.contributor)

        self.assertEqual(SiteDocument.objects.filter(document=document).count(), 4)


class WhatADocumentSays(PostingCase):
    """The screen of a document names its duties, and of each rule that started none why."""

    def reasons(self, document) -> dict[str, str]:
        return {found.rule.target: found.reason for found in lifecycle.outcomes(document)}

    def edit(self, document, by):
        self.client.force_login(by)
        return self.client.get(reverse(type(document).snippet_viewset.get_url_name("edit"), args=[document.pk]))

    def test_each_rule_says_where_or_why_nowhere(self):
        document = self.named(self.city.my_long)
        lifecycle.start_duties(document, by=self.cast.editor)

        found = {out.rule.target: [site.slug for site in out.sites] for out in lifecycle.outcomes(document)}

        self.assertEqual((found["issuer"], found["named"]), ([self.city.site.slug], [self.city.my_long.slug]))
        self.assertIn("không đánh dấu «Hiện trong sổ", self.reasons(document)["components"])
        self.assertIn("không đánh dấu «Cần tuyên truyền", self.reasons(document)["dissemination"])
        self.assertEqual(self.reasons(document)["issuer"], "")

    def test_an_old_document_and_one_without_a_day_name_the_cause(self):
        old = self.draft(symbol="9/2025/QĐ-UBND", issued_on=date(2025, 12, 31))
        self.assertIn("văn bản ban hành từ 01/01/2026", self.reasons(old)["issuer"])
        undated = self.draft(symbol="8/2026/QĐ-UBND")
        undated.issued_on = None
        undated.save_revision(user=self.cast.editor, clean=False)
        self.assertIn("chưa có ngày ban hành", self.reasons(undated)["issuer"])

    def test_a_site_that_stopped_a_draft_of_a_ward_and_a_younger_rule_are_told_apart(self):
        self.city.my_xuyen.state = "frozen"
        self.city.my_xuyen.save()
        document = self.named(self.city.my_xuyen)
        lifecycle.start_duties(document, by=self.cast.editor)
        self.assertIn(f"{self.city.my_xuyen}: trang ngừng cập nhật", self.reasons(document)["named"])

        ward = draft_document(self.city.my_long, by=self.cast.contributor, symbol="7/2026/QĐ-UBND", issued_on=ISSUED)
        ward.posting_sites = [self.city.dong_xuyen]
        ward.save_revision(user=self.cast.contributor)
        lifecycle.start_duties(ward, by=self.cast.contributor)
        self.assertIn("từ khi văn bản được đăng", self.reasons(ward)["named"])

        younger = self.named(self.city.my_long, symbol="42/2026/QĐ-UBND")
        self.assertIn("lưu lại văn bản", self.reasons(younger)["named"])

    def test_the_screen_leads_to_each_duty_and_to_the_drafted_article(self):
        document = self.named(self.city.my_long, needs_dissemination=True)
        lifecycle.start_duties(document, by=self.cast.editor)

        answer = self.edit(document, self.cast.editor)

        self.assertContains(answer, 'id="tab-chuyen_giao"')
        for deadline in Deadline.objects.for_subject(document):
            self.assertContains(answer, reverse("workflows_deadline", args=[deadline.pk]))
        article = ArticlePage.objects.get()
        self.assertContains(answer, f'<a href="{reverse("wagtailadmin_pages:edit", args=[article.pk])}">')
        self.assertContains(
            answer, reverse("workflows_deadline", args=[Deadline.objects.for_subject(article).get().pk])
        )

    def test_people_of_a_ward_see_the_duty_of_their_own_site_alone(self):
        document = draft_document(
            self.city.my_long, by=self.cast.contributor, symbol="7/2026/QĐ-UBND", issued_on=ISSUED, for_components=True
        )
        publish(document, by=self.cast.contributor)

        answer = self.edit(document, self.cast.contributor)

        for deadline in Deadline.objects.for_subject(document).filter(rule__code__startswith="DL-DOC"):
            shown = deadline.site == self.city.my_long
            address = reverse("workflows_deadline", args=[deadline.pk])
            self.assertEqual(address in answer.content.decode(), shown, deadline.site)

    def test_who_registers_one_is_told_at_once(self):
        self.client.force_login(self.cast.editor)
        body = seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"]
        body.valid_to = None
        body.save()
        for symbol, day, words in (
            ("40/2026/QĐ-UBND", "2026-06-01", f"Đã mở thời hạn đăng ở {self.city.site}"),
            ("9/2025/QĐ-UBND", "2025-12-31", "Văn bản chưa mở thời hạn đăng nào: văn bản ban hành ngày 31/12/2025"),
        ):
            with self.subTest(symbol):
                answer = self.client.post(
                    reverse(LegalDocument.snippet_viewset.get_url_name("add")),
                    {
                        "owner_site": self.city.site.pk,
                        "document_type": DocumentType.objects.get(name="Quyết định").pk,
                        "family": "legal",
                        "symbol_as_printed": symbol,
                        "subject": "Quy định mẫu",
                        "main_issuer": body.pk,
                        "issued_on": day,
                        "effective_from": "2026-06-15",
                        "evidence": "unverified",
                        "not_classified": "on",
                        "document_files-TOTAL_FORMS": "0",
                        "document_files-INITIAL_FORMS": "0",
                        "document_files-MIN_NUM_FORMS": "0",
                        "document_files-MAX_NUM_FORMS": "1000",
                    },
                    follow=True,
                )
                self.assertContains(answer, words)
                document = LegalDocument.objects.get(symbol=symbol)
                self.assertContains(answer, f"/{document.pk}/#tab-chuyen_giao")


class RulesAreData(PostingCase):
    def test_conditions_narrow_a_rule_and_each_lets_something_through(self):
        document = self.draft()
        other = seeding.seed_issuers()["chinh-phu"]
        for changed, holds in (
            ({}, True),
            ({"issuer": document.main_issuer}, True),
            ({"issuer": other}, False),
            ({"document_type": document.document_type}, True),
            ({"family": "administrative"}, False),
            ({"family": "legal"}, True),
            ({"issued_from": date(2026, 6, 2)}, False),
            ({"issued_until": date(2026, 6, 1)}, True),
            ({"issued_until": date(2026, 5, 31)}, False),
            ({"for_components_only": True}, False),
        ):
            with self.subTest(changed):
                rule = PostingRule(target="city", **{"issued_from": date(2026, 1, 1), **changed})
                self.assertEqual(rule.holds_for(document), holds)

    def test_a_rule_of_the_board_reaches_documents_of_other_bodies(self):
        PostingRule.objects.create(
            name="Văn bản của Chính phủ",
            target="city",
            issued_from=date(2026, 1, 1),
            issuer=seeding.seed_issuers()["chinh-phu"],
            legal_source="Kết luận họp",
        )
        document = self.draft(main_issuer=seeding.seed_issuers()["chinh-phu"], symbol="1/2026/NĐ-CP")

        lifecycle.start_duties(document, by=self.cast.editor)

        self.assertEqual(self.running(document), {self.city.site.slug: ("DL-DOC-SCOPE", SCOPE_DUE)})

    def test_one_that_is_put_aside_starts_nothing(self):
        PostingRule.objects.update(is_active=False)
        document = self.draft()

        self.assertEqual(lifecycle.start_duties(document, by=self.cast.editor), [])

    def test_who_works_under_the_rules_reads_them_and_changes_none(self):
        rule = PostingRule.objects.get(target="issuer")
        listed = reverse(PostingRule.snippet_viewset.get_url_name("list"))
        edit = reverse(PostingRule.snippet_viewset.get_url_name("edit"), args=[rule.pk])
        for role in ("contributor", "editor", "deputy", "head", "unit_head", "ward_approver"):
            with self.subTest(role):
                self.client.force_login(getattr(self.cast, role))
                answer = self.client.get(listed)
                self.assertContains(answer, rule.name)
                self.assertContains(answer, "ban hành từ 01/01/2026")
                self.assertNotContains(answer, edit)
                self.assertEqual(self.client.get(edit).status_code, 302)
        self.client.force_login(self.cast.accountant)
        self.assertEqual(self.client.get(listed).status_code, 302)

    def test_the_conditions_of_a_rule_are_told_in_words(self):
        rule = PostingRule(
            target="city",
            issued_from=date(2026, 1, 1),
            issued_until=date(2026, 12, 31),
            issuer=seeding.seed_issuers()["chinh-phu"],
            family="legal",
            for_components_only=True,
        )
        self.assertEqual(
            rule.conditions,
            "ban hành từ 01/01/2026; đến hết 31/12/2026; Chính phủ; Văn bản quy phạm pháp luật; áp dụng cho mọi "
            "phường, xã",
        )

    def test_the_standing_office_changes_the_day_and_a_second_person_confirms(self):
        rule = PostingRule.objects.get(target="issuer")
        self.client.force_login(self.cast.standing_office)
        address = reverse(PostingRule.snippet_viewset.get_url_name("edit"), args=[rule.pk])
        sent = {
            "name": rule.name,
            "target": rule.target,
            "issued_from": "2026-07-01",
            "legal_source": rule.legal_source,
            "is_active": "on",
        }

        self.client.post(address, sent)
        rule.refresh_from_db()
        self.assertEqual(rule.issued_from, date(2026, 1, 1))
        change = RecordChange.objects.get()
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        rule.refresh_from_db()
        self.assertEqual(rule.issued_from, date(2026, 7, 1))
        self.assertContains(self.client.get(reverse(PostingRule.snippet_viewset.get_url_name("list"))), "01/07/2026")


class Dissemination(PostingCase):
    def test_a_flagged_document_gets_a_draft_that_cites_it_and_is_due_in_15_working_days(self):
        document = self.draft(needs_dissemination=True)

        lifecycle.start_duties(document, by=self.cast.editor)

        page = ArticlePage.objects.get()
        self.assertEqual((page.live, page.kind, page.owner), (False, "dissemination", self.cast.editor))
        self.assertEqual(page.get_parent().pk, self.city.section(self.city.site, "tuyen-truyen").pk)
        self.assertEqual([found.pk for found in page.cited_documents("about")], [document.pk])
        deadline = Deadline.objects.for_subject(page).get()
        self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-LAW-INFO", date(2026, 6, 22)))

    def test_one_that_is_not_flagged_or_too_old_gets_none(self):
        for values in ({}, {"needs_dissemination": True, "issued_on": date(2025, 12, 31), "symbol": "9/2025/QĐ-UBND"}):
            with self.subTest(values):
                lifecycle.start_duties(self.draft(**values), by=self.cast.editor)
                self.assertFalse(ArticlePage.objects.exists())

    def test_it_is_proposed_once_also_when_the_draft_was_thrown_away(self):
        document = self.draft(needs_dissemination=True)
        lifecycle.start_duties(document, by=self.cast.editor)
        ArticlePage.objects.get().delete()

        lifecycle.start_duties(document, by=self.cast.editor)

        self.assertFalse(ArticlePage.objects.exists())
        self.assertIsNone(DisseminationDraft.objects.get().page)

    def test_without_a_section_nothing_is_drafted(self):
        SectionIndexPage.objects.filter(section_key="tuyen-truyen").update(section_key="")

        self.assertIsNone(dissemination.propose(self.draft(needs_dissemination=True), self.cast.editor))
