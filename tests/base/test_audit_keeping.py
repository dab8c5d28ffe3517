"""What the audit trail keeps: the words of accounts and wards that are gone, and every entry, however old."""

from datetime import date, datetime, timedelta
from io import StringIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import time_machine
from django.core.mail import get_connection, send_mail
from django.core.management import call_command
from django.db.models import ProtectedError

from accounts.models import User
from base.audit import sealing
from base.audit import trail as audit
from base.models import AuditEntry, JobHeartbeat, OrganisationUnit, OutgoingMail, PortalSite
from base.operations import periodic
from home import opening
from home.jobs import JOBS
from tests import factories
from tests.city import CityTestCase, person, publish

THEN = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LIST = "/quan-tri/nhat-ky-kiem-tra/"


class TrailTestCase(CityTestCase):
    """At a moment that stands still, with everything sealed so far."""

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(THEN, tick=False))

    def everything(self) -> dict[int, dict]:
        """Every entry of the trail with every field."""
        return {row["id"]: row for row in AuditEntry.objects.values()}

    def verify(self) -> str:
        """Seal what waits and run the command, which leaves with an error when a link or an entry is not whole."""
        sealing.seal(everything=True)
        out = StringIO()
        call_command("verify_audit", stdout=out, stderr=out)
        return out.getvalue()

    def read(self, entry: AuditEntry):
        """The entry on the head's screen."""
        self.client.force_login(self.cast.head)
        return self.client.get(f"{LIST}{entry.pk}/")

    def listed(self, **query) -> list[str]:
        """What the head finds in the list."""
        self.client.force_login(self.cast.head)
        return [row.object for row in self.client.get(LIST, query).context["rows"]]


class Gone(TrailTestCase):
    def test_an_account_that_is_deleted_stays_in_the_trail_by_its_name_as_text(self):
        guest = person("khach-moi", "Cán bộ mẫu 40")
        entry = audit.record("draft.seen", by=guest, obj=self.city.my_long.home_page())
        self.verify()
        before = self.everything()

        guest.delete()

        self.assertFalse(User.objects.filter(username="khach-moi").exists())
        self.assertEqual({key: self.everything()[key] for key in before}, before)
        self.assertContains(self.read(entry), "Cán bộ mẫu 40 (khach-moi)")
        self.assertEqual(self.listed(person="khach-moi"), [entry.object_label])
        self.assertIn("mắt xích nguyên vẹn", self.verify())

    def test_an_account_that_was_appointed_cannot_be_deleted(self):
        entry = audit.record("draft.seen", by=self.cast.contributor, obj=self.city.my_long.home_page())

        with self.assertRaises(ProtectedError):
            self.cast.contributor.delete()

        self.assertContains(self.read(entry), "01/QĐ-UBND")

    def test_a_ward_that_is_merged_and_closed_stays_in_the_trail_with_its_people_and_their_decisions(self):
        office, head, gone = self.cast.standing_office, self.cast.head, self.city.dong_xuyen
        publish(factories.article(self.city.section(gone), by=self.cast.contributor_dong_xuyen))
        entry = AuditEntry.objects.filter(action="portal.publish", site_slug=gone.slug).get()
        seen = audit.record("draft.seen", by=self.cast.contributor_dong_xuyen, obj=gone.home_page())
        self.verify()
        before = self.everything()

        said = {"by": office, "legal_act": "Nghị quyết 01", "effective_on": date(2026, 3, 1)}
        for dossier in (
            lambda: opening.merge_wards(predecessors=[gone], successor=self.city.my_xuyen, **said),
            lambda: opening.close_ward(site=PortalSite.objects.get(pk=gone.pk), **said),
        ):
            opening.approve_opening(opening.submit_opening(dossier(), by=office), by=head)

        self.assertEqual(PortalSite.objects.get(pk=gone.pk).state, PortalSite.State.CLOSED)
        self.assertEqual({key: self.everything()[key] for key in before}, before)
        self.assertContains(self.read(entry), "Phường Đông Xuyên")
        answer = self.read(seen)
        self.assertContains(answer, self.cast.contributor_dong_xuyen.get_full_name())
        self.assertContains(answer, "01/QĐ-UBND")
        self.assertIn(entry.object_label, self.listed(site=gone.slug))
        self.assertIn("mắt xích nguyên vẹn", self.verify())

    def test_a_site_that_never_opened_and_is_deleted_stays_by_its_short_name(self):
        unit = OrganisationUnit.objects.create(
            name="Phường Chưa Mở", slug="chua-mo", kind=OrganisationUnit.Kind.WARD, valid_from=date(2026, 1, 1)
        )
        site = PortalSite.objects.create(
            unit=unit, slug="chua-mo", kind=PortalSite.Kind.WARD, parent=self.city.site, home_key=uuid4()
        )
        entry = audit.record("export.made", by=self.cast.head, obj=site)
        self.verify()

        site.delete()

        answer = self.read(entry)
        self.assertContains(answer, "<dd>chua-mo</dd>", html=True)
        self.assertContains(answer, entry.object_label)
        self.assertIn("mắt xích nguyên vẹn", self.verify())


class Old(TrailTestCase):
    def test_no_nightly_work_removes_an_entry_before_or_after_24_months(self):
        for action, result in (("session.in", "ok"), ("draft.seen", "ok"), ("refused", "refused")):
            audit.record(action, by=self.cast.contributor, obj=self.city.my_long.home_page(), result=result)
        self.verify()
        before = self.everything()

        for months, later in ((23, THEN.replace(2028, 2)), (25, THEN.replace(2028, 4))):
            with self.subTest(months=months):
                self.clock.move_to(later)
                self.letter_of_long_ago(later)

                periodic.run_now(JOBS, on=later)

                results = dict(JobHeartbeat.objects.values_list("name", "last_result"))
                self.assertEqual(results, {job.name: JobHeartbeat.OK for job in JOBS})
                self.assertEqual(OutgoingMail.objects.exclude(recipient="").count(), 0)
                self.assertEqual({key: self.everything().get(key) for key in before}, before)
                self.assertIn("mắt xích nguyên vẹn", self.verify())

    def letter_of_long_ago(self, on: datetime):
        """What the night does empty: a letter that was given up 31 days ago."""
        connection = get_connection("base.operations.mail.OutboxBackend")
        send_mail("Báo", "Nội dung", None, ["ai@example.invalid"], connection=connection)
        long_ago = on - timedelta(days=31)
        OutgoingMail.objects.exclude(recipient="").update(
            state=OutgoingMail.State.DEAD, created_at=long_ago, trying_since=long_ago
        )
