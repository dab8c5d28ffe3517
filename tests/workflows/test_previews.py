"""A link by which an outsider reads exactly one version of a draft, for a while."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment
from base.gate import Refused
from base.middleware.throttle import kind_of
from base.models import AuditEntry, PortalFile, PortalSite
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, appointed, fresh, publish, publish_at_once
from workflows.drafts import previews
from workflows.models import PreviewLink, TakeDown
from workflows.publishing import takedown

NOON = datetime(2020, 9, 1, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FOR = {"recipient": "Phòng Tư pháp", "reason": "xin ý kiến chuyên môn"}


class PreviewTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)

    def draft(self, **fields) -> ArticlePage:
        fields = {"title": "Bản nháp chưa ai thấy", **fields}
        return factories.article(self.section, by=self.cast.contributor, **fields)

    def link(self, page=None, **fields) -> PreviewLink:
        return previews.make_link(page or self.draft(), by=self.cast.contributor, **{**FOR, **fields})

    def open(self, link, **extra):
        return self.client.get(reverse("workflows_preview", args=[previews.token_of(link)]), **extra)


class Making(PreviewTestCase):
    def test_a_link_holds_seven_days_unless_more_are_asked_for_and_never_more_than_thirty(self):
        page = self.draft()
        assert self.link(page, on=NOON).until == NOON + timedelta(days=7)
        assert self.link(page, on=NOON, days=30).until == NOON + timedelta(days=30)
        for days in (0, -1, 31):
            with self.subTest(days), self.assertRaises(ValidationError) as raised:
                self.link(page, days=days)
            assert list(raised.exception.message_dict) == ["days"]

    def test_it_wants_to_know_for_whom_and_why(self):
        with self.assertRaises(ValidationError) as raised:
            self.link(recipient=" ", reason="")
        assert sorted(raised.exception.message_dict) == ["reason", "recipient"]

    def test_only_who_works_on_the_site_makes_one(self):
        page = self.draft()
        for name in ("contributor_my_xuyen", "technical_admin", "accountant", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                previews.make_link(page, by=getattr(self.cast, name), **FOR)
        for name in ("contributor", "editor", "unit_head"):
            with self.subTest(name):
                assert previews.make_link(page, by=getattr(self.cast, name), **FOR).pk

    def test_what_everybody_reads_needs_none(self):
        page = publish_at_once(self.draft())
        with self.assertRaisesMessage(Refused, "không có bản nháp"):
            self.link(page)

    def test_a_draft_that_leads_to_another_wards_draft_is_not_shared(self):
        picture = factories.picture(self.city.my_xuyen)
        with self.assertRaisesMessage(Refused, "trang khác"):
            self.link(self.draft(picture=picture))

    def test_making_one_stands_in_the_trail_without_its_recipient(self):
        link = self.link()
        entry = AuditEntry.objects.get(action="portal.preview.make")
        assert (entry.actor_id, entry.site_slug) == (self.cast.contributor.pk, "my-long")
        assert link.recipient not in str(entry.detail)

    def test_no_two_addresses_are_alike_and_none_tells_what_it_shows(self):
        page = self.draft()
        first, second = self.link(page), self.link(page)
        assert previews.token_of(first) != previews.token_of(second)
        for link in (first, second):
            key = previews.token_of(link).split(".")[0]
            assert len(key) == 24 and page.slug not in previews.address_of(link)


class Opening(PreviewTestCase):
    def test_an_outsider_reads_the_draft_under_a_bar_that_says_what_it_is(self):
        answer = self.open(self.link())

        assert answer.status_code == 200
        self.assertContains(answer, "Bản nháp chưa ai thấy")
        self.assertContains(answer, "Bản xem trước, chưa được duyệt và chưa đăng")

    def test_nothing_keeps_it_nothing_finds_it_and_no_cookie_is_set(self):
        answer = self.open(self.link())

        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not any(name.startswith("X-Portal-") for name in answer.headers)
        assert not answer.cookies
        self.assertContains(answer, '<meta name="robots" content="noindex">')
        self.assertNotContains(answer, 'rel="canonical"')
        self.assertNotContains(answer, "facebook")

    def test_whoever_is_signed_in_sees_no_bar_of_the_administration_either(self):
        self.client.force_login(self.cast.editor)
        answer = self.open(self.link())
        self.assertNotContains(answer, "wagtail-userbar")
        self.assertNotContains(answer, "Cán bộ mẫu 04")

    def test_each_opening_is_counted_and_written_down(self):
        link = self.link()
        for _ in range(2):
            self.open(link)
        link.refresh_from_db()
        entries = AuditEntry.objects.filter(action="preview.opened", object_id=str(link.pk))
        assert (link.opened_count, link.last_opened_at is not None, entries.count()) == (2, True, 2)
        entry = entries.first()
        assert (entry.actor_id, entry.actor_name, entry.site_slug) == (None, previews.OUTSIDER, "my-long")
        assert entry.address == "127.0.0.1"

    def test_it_shows_the_version_it_was_made_of_whatever_is_drafted_later(self):
        page = self.draft()
        link = self.link(page)
        page.title = "Đã sửa sau đó"
        page.save_revision(user=self.cast.contributor)

        answer = self.open(link)

        self.assertContains(answer, "Bản nháp chưa ai thấy")
        self.assertNotContains(answer, "Đã sửa sau đó")

    def test_a_change_of_a_public_page_can_be_shown_too(self):
        page = publish_at_once(self.draft(title="Bài đang đăng"))
        page.title = "Bài sắp đổi tên"
        page.save_revision(user=self.cast.contributor)
        self.assertContains(self.open(self.link(page)), "Bài sắp đổi tên")

    def test_sending_a_form_to_it_does_nothing(self):
        link = self.link()
        assert self.client.post(reverse("workflows_preview", args=[previews.token_of(link)])).status_code in (403, 405)


class Ending(PreviewTestCase):
    def is_over(self, link) -> bool:
        answer = self.open(link)
        assert answer.status_code in (200, 410), answer.status_code
        if answer.status_code == 410:
            self.assertNotContains(answer, "Bản nháp chưa ai thấy", status_code=410)
            self.assertContains(answer, "đã hết hạn", status_code=410)
            assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.status_code == 410

    def test_it_ends_at_its_hour(self):
        with time_machine.travel(NOON, tick=True):
            link = self.link(days=1)
        with time_machine.travel(NOON + timedelta(hours=23), tick=True):
            assert not self.is_over(link)
        with time_machine.travel(NOON + timedelta(days=1, seconds=1), tick=True):
            assert self.is_over(link)

    def test_it_ends_when_somebody_of_the_site_revokes_it_and_nobody_else_can(self):
        link = self.link()
        with self.assertRaises(Refused):
            previews.revoke(link, by=self.cast.contributor_my_xuyen)
        assert not self.is_over(link)

        previews.revoke(link, by=self.cast.editor)
        again = previews.revoke(link, by=self.cast.unit_head)

        assert self.is_over(link)
        assert (again.ended_because, again.ended_by) == ("revoked", self.cast.editor)
        assert AuditEntry.objects.filter(action="preview.ended", object_id=str(link.pk)).count() == 1

    def test_it_ends_when_the_page_is_published(self):
        page = self.draft()
        link = self.link(page)
        publish(page, by=self.cast.contributor)
        link.refresh_from_db()
        assert (self.is_over(link), link.ended_because) == (True, "published")

    def test_it_ends_when_the_page_is_taken_down(self):
        page = publish(self.draft(), by=self.cast.contributor)
        page.title = "Bản nháp chưa ai thấy, lần hai"
        page.save_revision(user=self.cast.contributor)
        link = self.link(page)
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor, explanation="Sai số liệu.")[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Sai số liệu.")
        link.refresh_from_db()
        assert (self.is_over(link), link.ended_because) == (True, "removed")

    def test_it_ends_when_the_draft_is_deleted(self):
        page = self.draft()
        link = self.link(page)
        self.client.force_login(self.cast.superuser)
        self.client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
        self.client.logout()
        assert not ArticlePage.objects.filter(pk=page.pk).exists()
        link.refresh_from_db()
        assert (self.is_over(link), link.ended_because) == (True, "removed")

    def test_it_ends_with_the_appointment_of_its_maker(self):
        link = self.link()
        Appointment.objects.filter(person=self.cast.contributor).update(state=Appointment.State.ENDED)
        assert self.is_over(link)

    def test_it_stays_ended_when_its_maker_is_appointed_anew_later(self):
        link = self.link()
        today = timezone.localdate()
        PreviewLink.objects.filter(pk=link.pk).update(made_at=timezone.now() - timedelta(days=5))
        mine = Appointment.objects.filter(person=self.cast.contributor)
        mine.update(state=Appointment.State.ENDED, ended_on=today - timedelta(days=3))
        appointed(self.cast.contributor, "contributor", self.city.my_long)
        mine.in_force().update(began_on=today)
        assert self.is_over(link)
        # What he makes from now on opens.
        assert not self.is_over(self.link())

    def test_it_lasts_when_a_new_decision_follows_the_old_one_without_a_gap(self):
        link = self.link()
        today = timezone.localdate()
        PreviewLink.objects.filter(pk=link.pk).update(made_at=timezone.now() - timedelta(days=5))
        mine = Appointment.objects.filter(person=self.cast.contributor)
        mine.update(state=Appointment.State.ENDED, ended_on=today - timedelta(days=3))
        appointed(self.cast.contributor, "contributor", self.city.my_long)
        mine.in_force().update(began_on=today - timedelta(days=2))
        assert not self.is_over(link)

    def test_it_ends_with_its_site(self):
        link = self.link()
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(state=PortalSite.State.CLOSED)
        assert self.is_over(link)


class Tampering(PreviewTestCase):
    def test_a_changed_address_is_not_there(self):
        link = self.link()
        key, signature = previews.token_of(link).split(".")
        other = previews.token_of(self.link())
        turned = signature[:-1] + ("A" if signature[-1] != "A" else "B")
        for token in (key, f"{key}.", f"{key}.{turned}", f"{key}.{other.split('.')[1]}", f"{key[::-1]}.{signature}"):
            with self.subTest(token):
                answer = self.client.get(reverse("workflows_preview", args=[token]))
                self.assertNotContains(answer, "Bản nháp chưa ai thấy", status_code=404)

    def test_a_row_that_was_changed_in_the_database_opens_nothing(self):
        link, newer = self.link(), self.draft(title="Một bản khác")
        token = previews.token_of(link)
        for change in (
            {"until": link.until + timedelta(days=300)},
            {"revision_id": newer.latest_revision_id, "page_id": newer.pk},
        ):
            with self.subTest(change):
                PreviewLink.objects.filter(pk=link.pk).update(**change)
                assert self.client.get(reverse("workflows_preview", args=[token])).status_code == 404

    def test_another_secret_key_of_the_portal_opens_no_older_link(self):
        token = previews.token_of(self.link())
        with override_settings(SECRET_KEY="mot-khoa-khac-hoan-toan-chi-dung-khi-thu"):
            assert previews.find(token) is None
        assert previews.find(token) is not None


class Files(PreviewTestCase):
    def address(self, link, item) -> str:
        return reverse("workflows_preview_file", args=[previews.token_of(link), item.token, item.address_name])

    def test_pictures_and_files_of_the_draft_are_shown_through_the_link_only(self):
        picture, file = factories.picture(self.city.my_long), factories.file(self.city.my_long)
        page = self.draft(picture=picture, attachments=[("file", {"file": file, "label": ""})])
        link = self.link(page)

        html = self.open(link).content.decode()

        below = reverse("workflows_preview", args=[previews.token_of(link)]) + "tep/"
        assert f'src="{below}' in html and f'href="{below}{file.token}/' in html
        rendition = picture.renditions.first()
        shown = reverse(
            "workflows_preview_file",
            args=[previews.token_of(link), rendition.token, rendition.file.name.split("/")[-1]],
        )
        answer = self.client.get(shown)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "private, no-store" and not answer.cookies
        assert self.client.get(self.address(link, file)).status_code == 200
        assert self.client.get(file.url).status_code == self.client.get(picture.url).status_code == 404
        names = AuditEntry.objects.filter(action="file.downloaded").values_list("actor_name", flat=True)
        assert list(names) == [f"{previews.OUTSIDER} số {link.pk}"]

    def test_no_other_file_becomes_readable(self):
        link = self.link(self.draft(picture=factories.picture(self.city.my_long)))
        beside, foreign = factories.file(self.city.my_long), factories.file(self.city.my_xuyen)
        later = self.draft()
        later.attachments = [("file", {"file": beside, "label": ""})]
        later.save_revision()
        for item in (beside, foreign):
            assert self.client.get(self.address(link, item)).status_code == 404
        assert self.client.get(self.address(link, beside).replace(beside.token, "x" * 20)).status_code == 404

    def test_a_file_with_malware_is_not_given(self):
        file = factories.file(self.city.my_long)
        link = self.link(self.draft(attachments=[("file", {"file": file, "label": ""})]))
        PortalFile.objects.filter(pk=file.pk).update(scan_state="infected")
        assert self.client.get(self.address(link, file)).status_code == 404

    def test_a_link_that_has_ended_gives_no_file(self):
        picture = factories.picture(self.city.my_long)
        link = self.link(self.draft(picture=picture))
        previews.revoke(link, by=self.cast.contributor)
        assert self.client.get(self.address(link, picture)).status_code == 410


class Screens(PreviewTestCase):
    def test_the_page_has_a_screen_where_links_are_made_copied_and_revoked(self):
        page = self.draft()
        address = reverse("workflows_previews", args=[page.pk])
        self.client.force_login(self.cast.contributor)

        made = self.client.post(address, {**FOR, "days": 5}, follow=True)
        link = PreviewLink.objects.get()
        self.assertContains(made, previews.address_of(link))
        assert abs(link.until - timezone.now() - timedelta(days=5)) < timedelta(minutes=1)
        self.assertContains(self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])), address)

        done = self.client.post(reverse("workflows_preview_revoke", args=[link.pk]), follow=True)
        self.assertContains(done, "thu hồi lúc")
        self.assertNotContains(done, previews.address_of(link))

    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(self):
        address = reverse("workflows_previews", args=[self.draft().pk])
        self.client.force_login(self.cast.contributor)
        answer = self.client.post(address, {"recipient": "Sở Nội vụ", "reason": "", "days": 60})
        self.assertContains(answer, "từ 1 đến 30 ngày")
        self.assertContains(answer, "Sở Nội vụ")
        assert not PreviewLink.objects.exists()

    def test_another_ward_finds_neither_screen(self):
        link = self.link()
        self.client.force_login(self.cast.contributor_my_xuyen)
        assert self.client.get(reverse("workflows_previews", args=[link.page_id])).status_code == 404
        assert self.client.post(reverse("workflows_preview_revoke", args=[link.pk])).status_code == 404
        link.refresh_from_db()
        assert link.ended_at is None

    def test_openings_are_throttled_as_a_kind_of_their_own(self):
        for path, kind in (
            ("/xem-truoc/a.b/", "preview"),
            ("/xem-truoc/a.b/tep/c/d.jpg", "file"),
            ("/tin-tuc/", "page"),
        ):
            request = type("R", (), {"path_info": path, "method": "GET", "META": {}})()
            assert kind_of(request) == kind

    def test_people_are_asked_anew(self):
        assert previews.may_share(fresh(self.cast.contributor), self.draft())
