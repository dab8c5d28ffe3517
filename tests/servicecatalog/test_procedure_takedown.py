"""Taking a procedure down: by the same proposal and decision as a page; every site that offers it says so."""

from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page

from base.gate import Refused
from servicecatalog.catalogue import batches
from servicecatalog.models import CatalogueBatch, Procedure
from tests.city import CityTestCase, fresh, publish
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.archive import verifying
from workflows.models import ArchiveCopy, TakeDown
from workflows.publishing import approval, arrangement, handover, takedown, waiting
from workflows.publishing.waiting import Change
from workflows.upkeep import invariants

Ground, State, Decision, Behaviour = TakeDown.Ground, TakeDown.State, TakeDown.Decision, TakeDown.Behaviour
NAME, WHY = "Đăng ký nghề cũ", "Thủ tục đã bị bãi bỏ theo quyết định mới."
WARD, CITY = "/my-long/dich-vu-cong/dang-ky-nghe-cu/", "/dich-vu-cong/thu-tuc/1-777777/"
ENGLISH = "/en/my-long/online-public-services/dang-ky-nghe-cu/"


class ProcedureCase(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office, cls.head = cls.cast.standing_office, cls.cast.head
        made = a_procedure(cls.city, code="1.777777", name=NAME, by=cls.office, public=False)
        cls.procedure = publish(made, by=cls.office)
        cls.offering = an_offering(
            cls.city.my_long, cls.procedure, delivery="linked", apply_url="https://nop.invalid/", apply_to="Cổng thử"
        )

    def propose(self, by=None, ground=Ground.POLICY_REPEALED, **more) -> TakeDown:
        return takedown.propose(self.again(), ground, by=by or self.office, explanation=WHY, **more)[0]

    def taken_down(self, **more) -> TakeDown:
        return takedown.decide(self.propose(**more), Decision.TAKE_DOWN, by=self.head)

    def again(self) -> Procedure:
        return Procedure.objects.get(pk=self.procedure.pk)


class Proposing(ProcedureCase):
    def test_removes_nothing_and_waits_for_a_second_person(self):
        row = self.propose()

        self.assertEqual((row.state, row.subject, row.site), (State.OPEN, self.procedure, self.city.site))
        self.assertTrue(self.again().live)
        with self.assertRaises(Refused):
            takedown.decide(row, Decision.TAKE_DOWN, by=self.office)
        self.assertTrue(self.again().live)

    def test_is_refused_to_people_of_a_ward(self):
        with self.assertRaises(Refused):
            self.propose(by=self.cast.unit_head)

    def test_again_keeps_the_one_that_is_open(self):
        self.assertEqual(self.propose().pk, self.propose().pk)

    def test_is_open_work_of_whoever_proposed_and_once(self):
        self.propose()

        work = [item.kind for item in handover.open_work_of(fresh(self.office), self.city.site)]

        self.assertEqual(work, ["Đề nghị gỡ chưa xong"])

    def test_can_be_withdrawn(self):
        row = takedown.withdraw(self.propose(), by=self.office, reason="nhầm")

        self.assertEqual(row.state, State.WITHDRAWN)
        self.assertFalse(self.again().workflow_in_progress)


class InALot(ProcedureCase):
    """An edit of the procedure that waits in a lot of the catalogue meanwhile."""

    def setUp(self):
        newest = self.again().get_latest_revision_as_object()
        newest.summary = "Làm gì, cho ai: câu khác."
        newest.save_revision(user=self.office)
        self.lot = batches.hand_in("Lô mẫu", procedures=[self.again()], by=self.office, declaration=True)

    def published(self):
        return batches.carry_on(batches.approve(self.lot, by=fresh(self.head)))

    def test_it_goes_back_to_its_sender_with_the_reason_and_is_not_approved(self):
        self.taken_down()

        self.lot.refresh_from_db()
        self.assertEqual((self.lot.state, self.lot.decided_by), (CatalogueBatch.State.RETURNED, self.head))
        self.assertIn("bị gỡ bỏ", self.lot.reason)
        self.assertIn("Lô không còn chờ quyết định: Lô mẫu", [sent.subject for sent in mail.outbox])
        with self.assertRaises(Refused):
            self.published()
        self.assertFalse(self.again().live)

    def test_of_one_that_is_approved_what_is_left_is_published(self):
        other = a_procedure(self.city, name="Đăng ký nghề khác", by=self.office, public=False)
        lot = batches.hand_in("Lô hai", procedures=[self.again(), other], by=self.office, declaration=True)
        lot = batches.approve(lot, by=fresh(self.head))
        self.taken_down()

        lot = batches.carry_on(lot)

        self.assertEqual((lot.state, batches.items(lot)), (CatalogueBatch.State.PUBLISHED, [other]))
        self.assertEqual([self.again().live, Procedure.objects.get(pk=other.pk).live], [False, True])

    def test_a_service_that_moves_ends_one_that_waits_and_leaves_one_that_is_approved(self):
        target = self.city.section(self.city.my_xuyen, "dich-vu-cong")
        for state in (CatalogueBatch.State.RETURNED, CatalogueBatch.State.PUBLISHED):
            with self.subTest(state):
                draft = an_offering(self.city.my_long, a_procedure(self.city, by=self.office), public=False)
                lot = batches.hand_in("Lô phường", offerings=[draft], by=self.office, declaration=True)
                if state == CatalogueBatch.State.PUBLISHED:
                    lot = batches.approve(lot, by=fresh(self.head))
                arrangement.move_draft(Page.objects.get(pk=draft.pk).specific, target, by=self.office)
                lot.refresh_from_db()
                self.assertEqual((batches.carry_on(lot).state, lot.offerings.exists()), (state, state == "returned"))
                self.assertFalse(Page.objects.get(pk=draft.pk).live)

    def test_one_with_a_service_of_a_ward_goes_back_when_the_ward_ends(self):
        draft = an_offering(self.city.my_long, a_procedure(self.city, by=self.office), public=False)
        lot = batches.hand_in("Lô phường", offerings=[draft], by=self.office, declaration=True)

        waiting.release(
            waiting.on_site(self.city.my_long), Change.ENDED, reason="…", by=self.head, site=self.city.my_long
        )

        lot.refresh_from_db()
        self.assertEqual(lot.state, CatalogueBatch.State.RETURNED)
        self.assertEqual(CatalogueBatch.objects.get(pk=self.lot.pk).state, CatalogueBatch.State.SUBMITTED)

    def test_what_the_head_publishes_of_it_is_no_reason_unless_it_is_another_version(self):
        for edited, state in ((False, CatalogueBatch.State.SUBMITTED), (True, CatalogueBatch.State.RETURNED)):
            with self.subTest(edited):
                if edited:
                    self.again().get_latest_revision_as_object().save_revision(user=self.office)
                approval.emergency_publish(self.again(), by=fresh(self.head), reason="Mưa lũ.")
                self.lot.refresh_from_db()
                self.assertEqual(self.lot.state, state)

    def test_nor_published_while_its_removal_is_undecided_and_it_is_once_that_is_withdrawn(self):
        row = self.propose()
        with self.assertRaises(Refused):
            self.published()
        takedown.withdraw(row, by=self.office, reason="nhầm")
        self.lot.refresh_from_db()

        batches.carry_on(self.lot)

        self.assertEqual(self.again().summary, "Làm gì, cho ai: câu khác.")


class Deciding(ProcedureCase):
    def test_takes_it_down_and_keeps_the_sealed_copy(self):
        row = self.taken_down()

        self.assertEqual(row.state, State.TAKEN_DOWN)
        self.assertFalse(self.again().live)
        copy = ArchiveCopy.objects.get(pk=row.archive_copy_id)
        self.assertEqual((copy.object_type, copy.object_id), ("servicecatalog.Procedure", str(self.procedure.pk)))
        self.assertEqual(verifying.verify([copy]), [])
        said = [fault for fault in invariants.violations() if NAME in fault]
        # The service itself was made public without the road of approval; nothing else is wrong.
        self.assertEqual([fault for fault in said if not fault.startswith("dịch vụ công ")], [])

    def test_of_one_that_came_public_without_a_copy_seals_one(self):
        other = a_procedure(self.city, code="1.777778", name="Thủ tục khác")

        row = takedown.propose(other, Ground.ERROR, by=self.office)[0]
        row = takedown.decide(row, Decision.TAKE_DOWN, by=self.head)

        self.assertIsNotNone(row.archive_copy_id)

    def test_cannot_keep_it_with_a_note_that_nothing_would_show(self):
        row = self.propose()

        with self.assertRaises(ValidationError):
            takedown.decide(row, Decision.RETAIN, by=self.head, note="Vẫn dùng.")

    def test_may_ask_for_an_edit_which_its_next_publication_ends(self):
        row = takedown.decide(self.propose(), Decision.EDIT, by=self.head, note="Sửa thời hạn.")
        self.assertEqual((row.state, self.again().live), (State.TO_EDIT, True))
        procedure = self.again()
        procedure.summary = "Mô tả đã sửa."
        procedure.save_revision(user=self.office)

        publish(procedure, by=self.office)

        row.refresh_from_db()
        self.assertEqual(row.state, State.RETAINED_WITH_NOTE)


class Readers(ProcedureCase):
    def test_of_every_site_are_told_why_it_is_gone(self):
        for path in (WARD, CITY, ENGLISH):
            self.assertEqual(self.client.get(path).status_code, 200, path)

        self.taken_down()

        for path in (WARD, CITY, ENGLISH):
            self.assertContains(self.client.get(path), WHY, status_code=410, msg_prefix=path)
        self.assertEqual(self.client.get(f"{WARD}di/").status_code, 404)

    def test_find_it_in_no_list_search_or_sitemap(self):
        self.assertContains(self.client.get("/tim-kiem/?q=nghề cũ&pham-vi=toan-thanh-pho"), CITY)

        self.taken_down()

        for path in ("/dich-vu-cong/", "/my-long/dich-vu-cong/", "/tim-kiem/?q=nghề cũ&pham-vi=toan-thanh-pho"):
            for address in (WARD, CITY):
                self.assertNotContains(self.client.get(path), f'href="{address}', msg_prefix=path)
        self.assertNotContains(self.client.get("/sitemap.xml"), WARD)

    def test_are_led_on_to_what_takes_its_place(self):
        a_procedure(self.city, code="1.777779", name="Nghề mới")
        self.taken_down(ground=Ground.SUPERSEDED, replacement_url="/dich-vu-cong/thu-tuc/1-777779/")

        answer = self.client.get(WARD)
        self.assertEqual(answer.status_code, 301)
        self.assertTrue(answer["Location"].endswith("/dich-vu-cong/thu-tuc/1-777779/"))

    def test_of_one_that_never_was_public_are_told_nothing(self):
        hidden = a_procedure(self.city, code="1.777780", name="Chưa đăng", public=False)
        an_offering(self.city.my_xuyen, hidden, slug="chua-dang")

        self.assertEqual(self.client.get("/my-xuyen/dich-vu-cong/chua-dang/").status_code, 404)
        self.assertEqual(self.client.get("/dich-vu-cong/thu-tuc/1-777780/").status_code, 404)


class Restoring(ProcedureCase):
    def test_brings_it_back_by_approval_and_all_its_services_with_it(self):
        row = self.taken_down()

        takedown.restore(row, by=self.office, reason="Gỡ nhầm.")
        self.assertEqual(self.client.get(WARD).status_code, 410)
        publish(self.again(), by=self.office)

        row.refresh_from_db()
        self.assertEqual(row.state, State.RESTORED)
        for path in (WARD, CITY):
            self.assertContains(self.client.get(path), NAME, msg_prefix=path)
        steps = [step.title for step in self.again().steps.all()]
        self.assertEqual((steps, self.again().components.count()), (["Nộp hồ sơ"], 3))
        self.assertContains(self.client.get("/tim-kiem/?q=nghề cũ&pham-vi=toan-thanh-pho"), CITY)


class Screens(ProcedureCase):
    def test_lead_from_the_list_of_procedures_to_the_decision_of_another(self):
        self.client.force_login(fresh(self.office))
        propose = reverse("workflows_propose_record", args=["servicecatalog", "procedure", self.procedure.pk])
        self.assertContains(self.client.get("/quan-tri/dich-vu-cong/thu-tuc/"), propose)
        self.assertContains(self.client.get(propose), "Phường Mỹ Long › Dịch vụ công trực tuyến")

        answer = self.client.post(propose, {"ground": Ground.POLICY_REPEALED, "explanation": WHY})

        row = TakeDown.objects.get()
        own = reverse("workflows_takedown", args=[row.pk])
        self.assertRedirects(answer, own)
        self.client.force_login(fresh(self.head))
        self.assertContains(self.client.get(reverse("workflows_queue")), own)
        shown = self.client.get(own)
        self.assertContains(shown, "Phường Mỹ Long › Dịch vụ công trực tuyến")
        self.assertNotContains(shown, f'value="{Decision.RETAIN}"')
        self.client.post(own, {"decision": Decision.TAKE_DOWN, "behaviour": Behaviour.GONE, "comment": ""})
        self.assertFalse(self.again().live)
        self.assertContains(self.client.get(reverse("workflows_takedowns")), NAME)
        self.assertContains(self.client.get(own), reverse("workflows_restore", args=[row.pk]))

    def test_are_closed_to_people_of_a_ward_and_to_other_records(self):
        self.client.force_login(fresh(self.cast.unit_head))
        own = reverse("workflows_propose_record", args=["servicecatalog", "procedure", self.procedure.pk])
        self.assertIn(self.client.get(own).status_code, (302, 403, 404))
        self.client.force_login(fresh(self.office))
        for app, model, key in (("wagtailcore", "page", Page.objects.last().pk), ("accounts", "user", self.head.pk)):
            address = reverse("workflows_propose_record", args=[app, model, key])
            self.assertEqual(self.client.get(address).status_code, 404)
