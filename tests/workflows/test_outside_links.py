"""Links of public content to others: noted, asked at night, reported when they failed on two nights, off by default."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from django.test import override_settings

from base.operations import outward
from base.preflight import OUTSIDE_LINK
from tests import factories
from tests.city import CityTestCase, publish
from workflows.models import LiveFinding, OutsideLink
from workflows.upkeep import live_checks, outside_links

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = datetime(2020, 9, 1, 23, tzinfo=ZONE)
NEXT_NIGHT = NIGHT + timedelta(days=1)
ADDRESS = "https://co-quan.example/van-ban?so=12"


class Servers:
    """The servers of others: what each address answers; whom the portal asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __call__(self, address: str) -> outward.Head:
        self.asked.append(address)
        answer = self.answers.get("every", 200)
        if isinstance(answer, Exception):
            raise answer
        return outward.Head(answer, address)


@override_settings(PORTAL_CHECK_LINKS_OUT=True)
class OutsideLinks(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = publish(
            factories.article(
                cls.city.section(cls.city.my_long),
                by=cls.cast.contributor,
                title="Bài dẫn ra ngoài",
                body=[("paragraph", f'<p>Xem <a href="{ADDRESS}#muc-2">văn bản</a>.</p>')],
            ),
            by=cls.cast.contributor,
        )

    def setUp(self):
        self.enterContext(mock.patch.object(outside_links, "PAUSE_SECONDS", 0))

    def look(self, on: datetime) -> list[LiveFinding]:
        live_checks.check(self.page, on=on)
        return list(LiveFinding.objects.filter(topic=OUTSIDE_LINK))

    def ask(self, on: datetime, answer) -> Servers:
        servers = Servers(every=answer)
        with mock.patch.object(outward, "head", servers):
            outside_links.ask_some(on=on)
        return servers

    def test_an_address_is_noted_once_without_its_anchor(self):
        self.look(NIGHT)
        self.look(NIGHT)

        assert list(OutsideLink.objects.values_list("address", "state")) == [(ADDRESS, "waiting")]

    def test_an_address_of_the_portal_itself_is_not(self):
        host = self.city.site.wagtail_site.hostname
        page = factories.article(
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
            body=[("paragraph", f'<p><a href="http://{host}/tin-tuc/">một</a> <a href="/hai/">hai</a></p>')],
            source_url="https://bao.example/bai",
        )

        assert outside_links.addresses_in(page) == {"https://bao.example/bai": "source_url"}

    def test_a_link_that_works_is_not_reported_nor_asked_again_the_next_night(self):
        self.look(NIGHT)
        assert self.ask(NIGHT, 200).asked == [ADDRESS]

        assert self.look(NEXT_NIGHT) == []
        assert self.ask(NEXT_NIGHT, 200).asked == []
        assert OutsideLink.objects.get().asked_at == NIGHT

    def test_one_that_fails_on_two_nights_is(self):
        self.look(NIGHT)
        self.ask(NIGHT, 404)
        assert self.look(NEXT_NIGHT) == []
        self.ask(NEXT_NIGHT, outward.Unreachable("name"))

        [finding] = self.look(NEXT_NIGHT)

        assert (finding.level, finding.field) == ("warning", "body")
        assert "không mở được từ 01/09/2020 (không có máy chủ mang tên này)" in finding.message
        assert "máy chủ trả lời" not in finding.message

    def test_and_no_more_once_it_works_again(self):
        self.look(NIGHT)
        for nights in range(2):
            self.ask(NIGHT + timedelta(days=nights), 404)
        assert len(self.look(NEXT_NIGHT)) == 1
        self.look(NEXT_NIGHT + timedelta(days=1))
        self.ask(NEXT_NIGHT + timedelta(days=1), 200)

        assert self.look(NEXT_NIGHT + timedelta(days=1)) == []

    def test_a_server_that_lets_only_browsers_in_is_not_blamed(self):
        self.look(NIGHT)
        for nights in range(3):
            self.ask(NIGHT + timedelta(days=nights), 403)

        assert self.look(NEXT_NIGHT) == []
        assert OutsideLink.objects.get().state == OutsideLink.State.UNSURE

    def test_an_inner_network_is_reported_at_once(self):
        self.look(NIGHT)
        self.ask(NIGHT, outward.Closed("dẫn vào mạng nội bộ"))

        [finding] = self.look(NIGHT)

        assert "dẫn vào mạng nội bộ" in finding.message

    def test_of_one_server_a_few_are_asked_in_a_round(self):
        OutsideLink.objects.bulk_create(
            OutsideLink(digest=str(n), address=f"https://mot.example/{n}", host="mot.example", seen_at=NIGHT)
            for n in range(9)
        )
        OutsideLink.objects.create(digest="x", address="https://hai.example/", host="hai.example", seen_at=NIGHT)

        asked = self.ask(NIGHT, 200).asked

        assert len(asked) == outside_links.A_ROUND_OF_A_HOST + 1
        assert "https://hai.example/" in asked

    def test_what_nothing_leads_to_any_more_is_not_asked_and_goes(self):
        OutsideLink.objects.create(digest="x", address="https://cu.example/", host="cu.example", seen_at=NIGHT)

        assert self.ask(NIGHT + timedelta(days=10), 200).asked == []
        assert OutsideLink.objects.exists()
        self.ask(NIGHT + timedelta(days=61), 200)
        assert not OutsideLink.objects.exists()

    def test_what_became_of_an_address_while_its_server_was_asked_counts(self):
        for name, meanwhile in (
            ("seen again", lambda rows: rows.update(seen_at=NEXT_NIGHT)),
            ("gone", lambda rows: rows.delete()),
        ):
            with self.subTest(name):
                row = OutsideLink.objects.create(
                    digest=name, address="https://cham.example/", host="cham.example", seen_at=NIGHT
                )
                rows = OutsideLink.objects.filter(pk=row.pk)

                def answer(address, rows=rows, meanwhile=meanwhile):
                    meanwhile(rows)
                    return outward.Head(404, address)

                with mock.patch.object(outward, "head", answer):
                    outside_links.ask(row, on=NIGHT)

                kept = OutsideLink.objects.filter(digest=name).values_list("seen_at", "state")
                assert list(kept) == ([(NEXT_NIGHT, "fails")] if name == "seen again" else [])

    def test_by_day_no_server_is_asked(self):
        self.look(NIGHT)

        assert self.ask(NIGHT.replace(hour=12), 200).asked == []

    def test_unless_the_operators_allow_it_nothing_is_noted_or_asked(self):
        with override_settings(PORTAL_CHECK_LINKS_OUT=False):
            self.look(NIGHT)
            assert not OutsideLink.objects.exists()
        self.look(NIGHT)
        with override_settings(PORTAL_CHECK_LINKS_OUT=False):
            assert self.ask(NIGHT, 200).asked == []
