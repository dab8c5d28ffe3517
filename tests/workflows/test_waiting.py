"""What waits on a thing: every model that claims a page, a record or a version says what becomes of it."""

from datetime import timedelta
from unittest import mock

import rooms
from django.apps import apps
from django.db import models
from django.test import SimpleTestCase, override_settings
from django.test.utils import isolate_apps
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from base.gate import Refused
from base.models import OutgoingMail, PortalSite
from base.models.files import StoredFile
from home import opening
from tests import factories
from tests.city import CityTestCase, fresh, publish_at_once
from tests.workflows.test_bundles import stored
from workflows.deadlines.duties import REVIEW_RULE
from workflows.models import Deadline, MoveProposal, PublicationBundle, RecordChange, Schedule, TakeDown
from workflows.publishing import approval, arrangement, bundles, record_changes, takedown, waiting
from workflows.publishing.waiting import Change, Forbids, GoesOn

Ground, Decision = TakeDown.Ground, TakeDown.Decision
# What a row says of a page, record, version or file without a key to it, and how one says that a person decides it.
KEYS = {"object_type", "object_id", "page_id", "revision_id", "file_id", "versions"}
DECIDED = {"state", "status", "accepted", "is_decided", "ended_at"}
DECIDED |= {f"{verb}_at" for verb in ("decided", "looked", "approved", "agreed", "confirmed")}
# Models that look so and claim nothing: deciding them makes nothing public of the thing that they name.
CLAIMS_NOTHING = {
    "base.PublicPlace": "written anew with the index item of its page",
    "faq.Answer": "the page of an answer goes the way of every page",
    "faq.ConsultationComment": "a comment is published by itself; its consultation is asked for then",
    "faq.ContributedArticle": "its draft goes the way of every page",
    "faq.Question": "its page goes the way of every page",
    "legalref.Citation": "it says what a text cites; an editor confirms how it was read",
    "legalref.DocumentRelation": "`agreeing.agree` asks whether both documents are public",
    "legalref.ImportedFile": "it names what an undone batch removes",
    "legalref.RegisterEntry": "written anew with each document",
    "legalref.RepealEffect": "it joins a take-down, which is a kind, to what caused it",
    "moving.MovedFile": "it names what an import that is taken back removes",
    "moving.MovedRow": "its draft goes the way of every page, in a dossier, which is a kind",
    "moving.SiteImport": "it names the section of its drafts, which go the way of every page",
    "personaldata.CorrectionComplaint": "what follows from it is a new version, or a take-down",
    "royalties.Royalty": "money for a page; a removal excludes it by its own job",
    "sections.UnitArticle": "its draft goes the way of every page",
    "servicecatalog.DossierSummary": "a citizen's dossier at an office, under a procedure as it was",
    "workflows.ArchiveCopy": "a copy of what was public",
    "workflows.Disposal": "done",
    "workflows.DisposalItem": "copies in the archive, not what they are of",
    "workflows.EmergencyAct": "a second person looks back at what was done",
    "workflows.PreviewLink": "`previews.end_links_of` ends it at a removal; it shows a draft to one person",
}


def claiming(found) -> list[type[models.Model]]:
    """Return those of some models whose rows name a thing that becomes public, and are decided by a person."""
    things = (Page, Revision, DraftStateMixin, StoredFile)
    return [model for model in found if not issubclass(model, things) and _names(model, things) and _is_decided(model)]


def _names(model, things) -> bool:
    own = [each for each in model._meta.get_fields() if each.concrete and not each.name.endswith("_ptr")]
    related = [each.related_model for each in own if isinstance(each.related_model, type)]
    return any(issubclass(each, things) for each in related) or any(
        each.name in KEYS and not each.is_relation for each in own
    )


def _is_decided(model) -> bool:
    """By itself, or as a row of something that is."""
    wholes = [each.related_model for each in model._meta.get_fields() if isinstance(each, models.ForeignKey)]
    wholes = [each for each in wholes if each.__module__.split(".")[0] in rooms.ROOMS and each is not PortalSite]
    return any(DECIDED & {each.name for each in one._meta.get_fields()} for one in (model, *wholes))


def unregistered(found) -> list[str]:
    """Return the labels of models that claim a thing and do not say what becomes of it."""
    kinds = waiting.registered_kinds()
    known = {model for kind in kinds for model in (kind.model, *kind.parts)}
    return sorted({model._meta.label for model in claiming(found)} - {model._meta.label for model in known})


def made(name: str, **fields) -> type[models.Model]:
    """Return a model of versions that the application does not have."""
    meta = type("Meta", (), {"app_label": "workflows"})
    version = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, "revision": version, **fields})


class Registry(SimpleTestCase):
    def test_every_model_that_claims_a_thing_says_what_becomes_of_it(self):
        ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in rooms.ROOMS]

        self.assertEqual(unregistered(ours), sorted(CLAIMS_NOTHING))

    @isolate_apps("workflows")
    def test_the_model_of_tomorrow_is_found(self):
        note = made("Note")
        promise = made("Promise", decided_at=models.DateTimeField(null=True))

        self.assertEqual(unregistered([promise, note]), ["workflows.Promise"])

    def test_a_kind_answers_for_every_change(self):
        with self.assertRaisesMessage(ValueError, "MOVED"):
            answers = {change: GoesOn("…") for change in Change if change != Change.MOVED}
            waiting.register_waiting(Deadline, of=lambda reach: [], release=answers)

        for kind in waiting.registered_kinds():
            for change, answer in kind.release.items():
                with self.subTest(kind.model, change=change):
                    self.assertTrue(callable(answer) or (answer.why if isinstance(answer, GoesOn) else answer.message))

    def test_what_forbids_a_change_says_what_to_do_first(self):
        forbidding = {
            (kind.model, change)
            for kind in waiting.registered_kinds()
            for change, answer in kind.release.items()
            if isinstance(answer, Forbids)
        }

        self.assertEqual(forbidding, {(TakeDown, Change.MOVED), (TakeDown, Change.HANDED_OVER)})


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class WaitingCase(CityTestCase):
    """A public article of a ward, with a section beside its own; what waits on it is made by each story."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.writer, cls.ward = cls.cast.editor, cls.city.my_long
        cls.section = cls.city.section(cls.ward)
        cls.other = cls.city.section(cls.ward, "chi-dao-dieu-hanh")
        cls.page = publish_at_once(factories.article(cls.section, by=cls.cast.contributor, title="Bài đang đăng"))
        cls.draft = factories.article(cls.section, by=cls.writer, title="Bài mới")

    def edited(self, page=None, **fields):
        newest = stored(page or self.page).get_latest_revision_as_object()
        newest.title = "Bài đang đăng, đã sửa"
        for name, value in fields.items():
            setattr(newest, name, value)
        newest.save_revision(user=self.writer)
        return stored(page or self.page)

    def submitted(self, page=None, **fields):
        page = page or self.edited(**fields)
        return approval.submit(stored(page), by=fresh(self.writer), declaration=True, remark="Đã xem lại.")

    def scheduled(self):
        state = self.submitted(go_live_at=timezone.now() + timedelta(days=1))
        approval.approve(state.current_task_state, by=fresh(self.cast.head), comment="Đồng ý.")
        return Schedule.objects.get()

    def move_proposed(self, page=None, target=None):
        return arrangement.propose_move(
            stored(page or self.page), target or self.other, by=fresh(self.writer), reason="Đúng mục hơn."
        )

    def removed_by_head(self, page=None):
        return takedown.emergency_remove(stored(page or self.page), by=fresh(self.cast.head), reason="Nội dung sai.")

    def taken_down(self, page=None):
        proposed = takedown.propose(stored(page or self.page), Ground.ERROR, by=fresh(self.cast.standing_office))
        return takedown.decide(proposed[0], Decision.TAKE_DOWN, by=fresh(self.cast.head))

    def told(self, words="không còn chờ quyết định") -> set[str]:
        rows = OutgoingMail.objects.filter(subject__contains=words)
        return {row.recipient.partition("@")[0] for row in rows}

    def assert_review_ended(self, page):
        self.assertIsNone(approval.current_state(stored(page)))
        deadline = Deadline.objects.for_subject(stored(page)).get(rule__code=REVIEW_RULE)
        self.assertTrue(deadline.cancelled)
        self.assertEqual(self.told(), {self.writer.username})


class Reviews(WaitingCase):
    def test_the_heads_removal_ends_it_with_its_deadline_and_tells_who_submitted_it(self):
        self.submitted()

        self.removed_by_head()

        self.assert_review_ended(self.page)

    def test_a_proposed_removal_that_goes_first_tells_them_as_well(self):
        self.submitted()

        takedown.propose(stored(self.page), Ground.ERROR, by=fresh(self.cast.standing_office))

        self.assertEqual(self.told(), {self.writer.username})

    def test_a_removed_section_ends_those_below_it(self):
        self.submitted(self.draft)

        self.removed_by_head(self.section)

        self.assert_review_ended(self.draft)

    def test_a_draft_that_moves_loses_it(self):
        self.submitted(self.draft)

        arrangement.move_draft(stored(self.draft), self.other, by=fresh(self.cast.standing_office))

        self.assert_review_ended(self.draft)

    def test_a_public_page_that_two_move_within_its_site_keeps_it_and_one_that_leaves_the_site_does_not(self):
        elsewhere = self.city.section(self.city.my_xuyen)
        for target, goes_on in ((self.other, True), (elsewhere, False)):
            with self.subTest(target):
                state = approval.waiting_review(stored(self.page)) or self.submitted()
                arrangement.decide_move(self.move_proposed(target=target), by=fresh(self.cast.head), accepted=True)
                self.assertEqual(approval.waiting_review(stored(self.page)) is not None, goes_on, state)

    def test_the_heads_publication_ends_it(self):
        self.submitted()

        approval.emergency_publish(stored(self.page), by=fresh(self.cast.head), reason="Mưa lũ.")

        self.assert_review_ended(self.page)

    def test_what_is_below_what_the_head_publishes_waits_on(self):
        self.submitted(self.draft)
        approval.emergency_publish(self.edited(self.section), by=fresh(self.cast.head), reason="Mưa lũ.")

        self.assertIsNotNone(approval.waiting_review(stored(self.draft)))
        self.assertEqual(self.told(), set())


class Hours(WaitingCase):
    def test_a_removal_and_a_move_take_the_hour_and_both_persons_hear_why(self):
        for change in (self.taken_down, self.removed_by_head, self.moved):
            with self.subTest(change.__name__), mock.patch("workflows.publishing.schedules.notify") as notify:
                row = self.scheduled()
                change()
                row.revision.refresh_from_db()
                self.assertIsNone(row.revision.approved_go_live_at)
                self.assertEqual({user.pk for user in notify.call_args[0][0]}, {self.writer.pk, self.cast.head.pk})
                Schedule.objects.all().delete()
                self.page = publish_at_once(factories.article(self.section, by=self.cast.contributor))

    def moved(self):
        arrangement.decide_move(self.move_proposed(), by=fresh(self.cast.head), accepted=True)

    def test_the_heads_publication_does_so_too(self):
        row = self.scheduled()
        self.edited(go_live_at=None)

        approval.emergency_publish(stored(self.page), by=fresh(self.cast.head), reason="Mưa lũ.")

        row.revision.refresh_from_db()
        self.assertIsNone(row.revision.approved_go_live_at)
        self.assertEqual(self.told("Lịch đăng bị hủy"), {self.writer.username, self.cast.head.username})


class Moves(WaitingCase):
    def proposal(self):
        return MoveProposal.objects.get()

    def test_it_ends_when_its_page_or_its_target_is_removed_and_its_proposer_hears_of_it(self):
        for gone in (self.page, self.other):
            with self.subTest(gone):
                OutgoingMail.objects.all().delete()
                MoveProposal.objects.all().delete()
                page = publish_at_once(factories.article(self.section, by=self.cast.contributor, title="Bài khác"))
                gone = page if gone == self.page else gone
                self.move_proposed(page)
                self.removed_by_head(gone)
                proposal = self.proposal()
                self.assertEqual((proposal.is_open, proposal.accepted), (False, False))
                self.assertIn("đã bị gỡ bỏ", proposal.note)
                self.assertEqual(self.told(), {self.writer.username})
                with self.assertRaises(Refused):
                    arrangement.decide_move(proposal, by=fresh(self.cast.head), accepted=True)

    def test_it_ends_when_the_section_it_leads_to_moves_and_not_by_another_order(self):
        self.move_proposed()
        arrangement.reorder(stored(self.other), by=fresh(self.writer), before=stored(self.section))
        self.assertTrue(self.proposal().is_open)

        with mock.patch.object(arrangement, "demand_movable"):
            move = self.move_proposed(self.other, self.city.section(self.ward, "tuyen-truyen"))
            arrangement.decide_move(move, by=fresh(self.cast.head), accepted=True)

        self.assertFalse(MoveProposal.objects.get(page=self.page).is_open)

    def test_the_heads_publication_leaves_it(self):
        self.move_proposed()

        approval.emergency_publish(self.edited(), by=fresh(self.cast.head), reason="Mưa lũ.")

        self.assertTrue(self.proposal().is_open)


class Removals(WaitingCase):
    def test_while_one_of_a_page_below_is_undecided_its_section_is_not_moved(self):
        takedown.propose(stored(self.page), Ground.ERROR, by=fresh(self.cast.standing_office))

        for page in (self.page, self.section):
            with self.subTest(page), self.assertRaisesMessage(Refused, "hãy quyết định đề nghị đó trước"):
                arrangement.demand_movable(stored(page), self.city.section(self.city.my_xuyen))

    def test_withdrawn_it_forbids_nothing(self):
        row = takedown.propose(stored(self.page), Ground.ERROR, by=fresh(self.cast.standing_office))[0]
        takedown.withdraw(row, by=fresh(self.cast.standing_office), reason="Đã sửa.")

        arrangement.demand_movable(stored(self.page), self.other)


class Ended(WaitingCase):
    """A ward is merged into another."""

    def merge(self):
        made = opening.merge_wards(
            predecessors=[self.ward],
            successor=self.city.my_xuyen,
            by=fresh(self.cast.standing_office),
            legal_act="Nghị quyết 12/2026/NQ-HĐND",
            effective_on=timezone.localdate(),
        )
        opening.submit_opening(made, by=fresh(self.cast.standing_office))
        opening.approve_opening(made, by=fresh(self.cast.head))

    def test_its_hours_its_dossiers_and_what_was_proposed_of_it_end(self):
        row = self.scheduled()
        bundle = bundles.make("Hồ sơ", [self.draft], by=fresh(self.writer))
        unit = self.ward.unit
        unit.phone = "0296 3 999 999"
        change = record_changes.propose(unit, by=fresh(self.cast.standing_office))
        page = publish_at_once(factories.article(self.city.section(self.city.site), title="Bài của thành phố"))
        into, out_of = self.move_proposed(page), self.move_proposed(target=self.city.section(self.city.site))

        self.merge()

        row.revision.refresh_from_db()
        self.assertIsNone(row.revision.approved_go_live_at)
        self.assertEqual(PublicationBundle.objects.get(pk=bundle.pk).site, self.city.my_xuyen)
        change = RecordChange.objects.get(pk=change.pk)
        self.assertEqual((change.is_open, change.accepted), (False, False))
        self.assertIn("ngừng cập nhật", change.note)
        self.assertFalse(MoveProposal.objects.get(pk=into.pk).is_open)
        self.assertTrue(MoveProposal.objects.get(pk=out_of.pk).is_open)
        self.assertEqual(self.told(), {self.cast.standing_office.username, self.writer.username})

    def test_reviews_and_removals_of_what_stays_go_on_for_the_board_of_the_city(self):
        self.submitted()
        takedown.propose(self.other, Ground.NO_LONGER_SUITABLE, by=fresh(self.cast.standing_office))

        self.merge()

        self.assertIsNotNone(approval.waiting_review(stored(self.page)))
        self.assertIsNotNone(takedown.undecided(self.other))
        self.assertEqual(self.told(), set())
