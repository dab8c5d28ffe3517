"""Addresses that lead elsewhere: two persons, only to public content or an allowed host, never in a circle."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from base.public.usage.counting import usage
from tests.city import CityTestCase, fresh, publish
from tests.legalref.library import on_city_host, public_document, register
from tests.workflows.drafts import article
from vietnam.dates import VIETNAM
from workflows.models import AddressRedirect, RecordChange, RedirectUse, TakeDown
from workflows.publishing import arrangement, record_changes, redirects, takedown, targets

ADD = "wagtailsnippets_workflows_addressredirect:add"
Ground = TakeDown.Ground


class RedirectCase(CityTestCase):
    def setUp(self):
        self.host = self.city.site.wagtail_site
        self.page = publish(article(self.city, self.city.site, by=self.cast.editor, title="Bài đích"))

    def send(self, who, target, old="/trang-cu/", host=None):
        self.client.force_login(who)
        return self.client.post(
            reverse(ADD), {"site": (host or self.host).pk, "old_path": old, "target": target, "is_permanent": "on"}
        )

    def made(self, target, **more):
        self.send(self.cast.editor, target, **more)
        change = RecordChange.objects.latest("pk")
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)
        return AddressRedirect.objects.latest("pk")

    def read(self, path="/trang-cu/", host="localhost"):
        return Client().get(path, HTTP_HOST=host)


class TwoPersons(RedirectCase):
    def test_one_person_leads_nobody_anywhere(self):
        answer = self.send(self.cast.editor, self.page.get_url())

        assert answer.status_code == 302 and RecordChange.objects.get().is_open
        assert self.read().status_code == 404 and not Redirect.objects.exists()
        for who in (self.cast.editor, self.cast.standing_office, self.cast.superuser):
            assert not record_changes.may_decide(fresh(who), RecordChange.objects.get())

    def test_a_superuser_alone_does_not_even_propose(self):
        self.client.force_login(self.cast.superuser)
        self.send(self.cast.superuser, self.page.get_url())
        assert not RecordChange.objects.exists()

    def test_confirmed_it_leads_to_the_page_wherever_that_stands_now(self):
        self.made(self.page.get_url())
        assert self.read()["Location"] == self.page.full_url

        section = self.city.section(self.city.site, "chi-dao-dieu-hanh")
        proposal = arrangement.propose_move(self.page, section, by=self.cast.editor, reason="Đúng chuyên mục")
        arrangement.decide_move(proposal, by=fresh(self.cast.head), accepted=True)

        moved = type(self.page).objects.get(pk=self.page.pk)
        assert self.read()["Location"] == moved.full_url != self.page.full_url

    def test_a_target_that_is_gone_answers_410(self):
        self.made(self.page.get_url())
        (row,) = takedown.propose(self.page, Ground.ERROR, by=self.cast.editor, explanation="Sai")
        takedown.decide(row, "take_down", by=fresh(self.cast.head))

        answer = self.read()
        assert answer.status_code == 410 and "Bài đích" in answer.content.decode()

    def test_it_is_removed_by_two_persons(self):
        row = self.made(self.page.get_url())
        self.client.post(reverse("wagtailsnippets_workflows_addressredirect:delete", args=[row.pk]), {})
        assert self.read().status_code == 301
        change = RecordChange.objects.latest("pk")
        record_changes.confirm(change, by=fresh(self.cast.deputy), digest=change.digest)
        assert self.read().status_code == 404

    def test_the_city_s_hosts_are_not_a_ward_s(self):
        self.send(self.cast.ward_approver, self.page.get_url())
        assert not RecordChange.objects.exists()
        ward = self.city.my_long.wagtail_site
        self.send(self.cast.ward_approver, self.page.full_url, host=ward)
        assert RecordChange.objects.get().site == self.city.my_long


class Uses(RedirectCase):
    def test_how_often_a_redirect_is_followed_is_counted_for_the_board(self):
        usage.flush()
        self.made(self.page.get_url())
        other = self.made(self.page.get_url(), old="/khac/")
        for _ in range(3):
            self.read()
        self.read("/khong-co/")
        Client().head("/trang-cu/", HTTP_HOST="localhost")

        self.assertTrue(usage.flush())

        row = RedirectUse.objects.get()
        self.assertEqual((row.redirect.old_path, row.day, row.count), ("/trang-cu", timezone.localdate(), 3))
        self.client.force_login(self.cast.editor)
        shown = self.client.get(reverse("wagtailsnippets_workflows_addressredirect:list"), {"ordering": "-uses"})
        self.assertContains(shown, "Lượt chuyển trong 12 tháng")
        found = redirects.with_uses(AddressRedirect.objects.order_by("pk"), timezone.localdate())
        self.assertEqual([(one.uses, one.last_used) for one in found], [(3, row.day), (0, None)])
        self.assertEqual(found[1].pk, other.pk)

    def test_old_days_become_months_and_a_redirect_that_is_gone_takes_its_counts_along(self):
        redirect = self.made(self.page.get_url())
        for day in (3, 4):
            RedirectUse.objects.create(redirect=redirect, day=date(2026, 1, day), count=day)

        self.assertEqual(redirects.merge_uses(on=datetime(2026, 11, 30, 3, tzinfo=VIETNAM)), 1)

        row = RedirectUse.objects.get()
        self.assertEqual((row.day, row.count), (date(2026, 1, 1), 7))
        redirect.delete()
        self.assertFalse(RedirectUse.objects.exists())


class Targets(RedirectCase):
    def refused(self, target):
        with self.assertRaises(ValidationError) as caught:
            targets.target_of(target, self.host)
        return " ".join(caught.exception.messages)

    def test_another_host_is_refused_by_name(self):
        for target in (
            "https://lua-dao.example/",
            "https://gov.vn.lua-dao.example/",
            "https://xgov.vn/",
            "//lua-dao.example/",
            "https://dichvucong.gov.vn@lua-dao.example/",
            "javascript:alert(1)",
            "/\\lua-dao.example/",
            "https:\\\\lua-dao.example",
            "http://dichvucong.gov.vn/",
        ):
            with self.subTest(target=target):
                assert self.refused(target)
                answer = self.send(self.cast.editor, target)
                assert answer.status_code == 200 and not RecordChange.objects.exists()
                assert target.split("/")[0][:5] in answer.content.decode()

    def test_the_portals_of_the_state_are_allowed(self):
        self.made("https://dichvucong.gov.vn/p/home/")
        assert self.read()["Location"] == "https://dichvucong.gov.vn/p/home/"
        with override_settings(PORTAL_REDIRECT_HOSTS=[]):
            assert self.read().status_code == 404

    def test_drafts_and_addresses_of_nothing_are_no_targets(self):
        draft = article(self.city, self.city.site, by=self.cast.editor, title="Bài nháp")
        for target in ("/khong-co-gi/", draft.get_url() or "/tin-tuc/bai-nhap/", "/van-ban/khong-co/"):
            with self.subTest(target=target):
                assert "Không có nội dung" in self.refused(target)

    def test_own_content_is_found_under_every_way_of_writing_it(self):
        ward = self.city.section(self.city.my_long)
        site = Site.objects.get(pk=self.city.my_long.wagtail_site_id)
        own = f"http://{site.hostname}:{site.port}/tin-tuc/"
        for target, page in (
            ("/", self.city.home),
            ("/tin-tuc", self.city.section(self.city.site)),
            (self.page.full_url, self.page),
            ("/my-long/tin-tuc/", ward),
            (own, ward),
            ("/tin-tuc/rss/", self.city.section(self.city.site)),
        ):
            with self.subTest(target=target):
                assert targets.target_of(target, self.host).page.pk == page.pk

    def test_a_document_is_a_target_as_long_as_it_is_public(self):
        listed = register(self.city.site)
        document = public_document(self.city.site, by=self.cast.standing_office)
        self.made(on_city_host(self.city, listed) + document.slug + "/")
        assert self.read()["Location"].endswith(f"{document.slug}/")

        takedown.take_down_records(
            [document], proposed_by=self.cast.editor, by=fresh(self.cast.head), reason="Đăng nhầm"
        )
        assert self.read().status_code == 410

    def test_an_address_where_something_stands_is_not_led_away(self):
        answer = self.send(self.cast.editor, "/", old=self.page.get_url())
        assert "đang có nội dung" in answer.content.decode() and not RecordChange.objects.exists()

    def test_a_row_that_somebody_wrote_by_hand_leads_nowhere_and_is_named(self):
        Redirect.objects.create(old_path="/trang-cu", redirect_link="https://lua-dao.example/")
        assert self.read().status_code == 404
        said = " ".join(redirects.violations())
        assert "lua-dao.example" in said and "không có người thứ hai" in said

    def test_decided_redirects_are_no_fault(self):
        self.made(self.page.get_url())
        assert redirects.violations() == []


class Replacements(RedirectCase):
    def other(self, title="Bài khác"):
        return publish(article(self.city, self.city.site, by=self.cast.editor, title=title))

    def propose(self, page, address, **more):
        return takedown.propose(
            page, Ground.SUPERSEDED, by=self.cast.editor, explanation="Có bài mới", replacement_url=address, **more
        )

    def test_a_take_down_leads_to_no_foreign_host_and_not_to_itself(self):
        section = self.page.get_parent()
        for address in ("https://lua-dao.example/", self.page.get_url(), self.page.full_url, "/khong-co-gi/"):
            with self.subTest(address=address), self.assertRaises(ValidationError) as caught:
                self.propose(self.page, address)
            assert "replacement_url" in caught.exception.error_dict
        with self.assertRaises(ValidationError):
            self.propose(section, self.page.get_url())

    def test_it_follows_the_replacement_and_ends_with_it(self):
        other = self.other()
        old = self.page.get_url()
        (row,) = self.propose(self.page, other.get_url())
        takedown.decide(row, "take_down", by=fresh(self.cast.head))
        assert self.read(old)["Location"] == other.full_url

        third = self.other("Bài thứ ba")
        (row,) = self.propose(other, third.get_url())
        takedown.decide(row, "take_down", by=fresh(self.cast.head))
        assert self.read(old)["Location"] == third.full_url

        (row,) = takedown.propose(third, Ground.ERROR, by=self.cast.editor, explanation="Sai")
        takedown.decide(row, "take_down", by=fresh(self.cast.head))
        assert self.read(old).status_code == 410

    def test_two_take_downs_never_lead_to_each_other(self):
        other = self.other()
        self.propose(self.page, other.get_url())
        with self.assertRaises(ValidationError):
            self.propose(other, self.page.get_url())
