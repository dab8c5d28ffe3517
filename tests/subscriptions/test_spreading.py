"""What it costs to give a change to those whom it concerns: by what they follow, not by how many they are."""

from datetime import datetime
from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.models import PortalSite
from subscriptions import addresses, following, searches, spreading
from subscriptions.models import Subscriber, Subscription, Telling
from tests import factories
from tests.city import publish
from tests.faq.cast import a_topic
from tests.subscriptions.followers import VIETNAM, Followers
from workflows.publishing import takedown


class Costs(Followers):
    def followers_of(self, *things: following.Followed) -> None:
        """One person more for each thing, confirmed."""
        now = datetime.now(VIETNAM)
        for thing in things:
            email = f"nguoi-{Subscriber.objects.count()}@example.invalid"
            person = Subscriber.objects.create(
                email=email,
                mail_digest=addresses.box_digest(email),
                word=addresses.new_word(),
                state="active",
                asked_at=now,
                confirmed_at=now,
            )
            Subscription.objects.create(
                subscriber=person, followed=thing.key, words=thing.words, asked_at=now, confirmed_at=now
            )
        self.later(seconds=1)

    def spread(self) -> tuple[int, int, int]:
        """A round of the job: (searches analysed, statements, tellings written)."""
        before = Telling.objects.count()
        with (
            mock.patch.object(searches, "query_terms", wraps=searches.query_terms) as analysed,
            CaptureQueriesContext(connection) as statements,
        ):
            spreading.spread(on=datetime.now(VIETNAM))
        return analysed.call_count, len(statements), Telling.objects.count() - before

    def test_a_search_is_analysed_once_a_round_however_many_follow_it_and_however_much_changes(self):
        water, power = following.find("tim", "cấp nước"), following.find("tim", "cấp điện")
        self.followers_of(*[water] * 6, power)
        for number in range(4):
            self.published(title=f"Lịch cấp nước {number}")

        analysed, _statements, told = self.spread()
        self.assertEqual((analysed, told), (2, 24))

    def test_statements_rise_neither_with_searches_nor_with_those_who_follow(self):
        def round_of(number):
            self.published(title=f"Lịch cấp nước {number}")
            return self.spread()

        self.followers_of(following.find("tim", "cấp nước"))
        _analysed, few, one = round_of(1)
        self.followers_of(*[following.find("tim", f"cấp {number} nước {number}") for number in range(20)])
        self.followers_of(*[following.find("tim", "cấp nước")] * 20)
        _analysed, many, more = round_of(2)

        self.assertEqual((one, more), (1, 22))
        self.assertLessEqual(many, few)

    def test_statements_do_not_rise_with_what_is_followed_or_with_what_went_untold(self):
        def more(sites):
            """A section and a document more that are followed, and a page more that went before it was told."""
            for site in sites:
                document = publish(factories.document(site, by=self.cast.editor), by=self.cast.editor)
                followed = (f"muc-{self.city.section(site).pk}", f"van-ban-{document.pk}")
                self.followers_of(*map(following.find, followed))
                page = self.published(self.city.section(site), title="Tin sai")
                takedown.emergency_remove(page, by=self.cast.head, reason="Sai số liệu.")
            self.later(seconds=1)
            self.spread()
            return self.spread()[1]

        few = more([self.city.site])
        many = more([self.city.my_long, self.city.my_xuyen, self.city.dong_xuyen])
        self.assertLessEqual(many, few)

    def test_a_search_on_one_site_is_answered_by_that_site_alone(self):
        mine, other = following.find(f"tim-{self.city.my_long.pk}", "nước"), following.find("tim", "nước")
        found = searches.FollowedSearches()
        self.followers_of(mine, other)

        for site, keys in ((self.city.my_long, {mine.key, other.key}), (self.city.my_xuyen, {other.key})):
            with self.subTest(site=site):
                self.assertEqual(set(found.answered_by({"nuoc", "nuoc24"}, [site.pk])), keys)
        self.assertEqual(found.answered_by({"dien"}, [self.city.my_long.pk]), [])

    def test_what_changes_while_a_round_goes_on_waits_for_the_next(self):
        self.follow("tim", q="nước")
        self.published(title="Tin một")
        before = spreading._tell

        def meanwhile(*given, **more):
            spreading._tell = before
            self.published(title="Lịch cấp nước")
            return before(*given, **more)

        with mock.patch.object(spreading, "_tell", meanwhile):
            self.spread()
            self.assertEqual(Telling.objects.count(), 0)
        self.assertEqual(self.spread()[2], 1)


class StillPublic(Followers):
    def test_says_of_every_kind_what_the_look_at_one_says(self):
        topic, gone_topic = a_topic(), a_topic("Hộ tịch")
        document = publish(factories.document(self.city.site, by=self.cast.editor), by=self.cast.editor)
        draft = factories.document(self.city.site, by=self.cast.editor)
        gone_topic.is_active = False
        gone_topic.save()
        closed = self.city.my_xuyen
        PortalSite.objects.filter(pk=closed.pk).update(state=PortalSite.State.FROZEN)
        numbers = {
            "muc": (self.section.pk, self.city.section(closed).pk, self.city.site.home_page().pk, 999_999),
            "trang": (self.city.site.pk, closed.pk, 999_999),
            "van-ban": (document.pk, draft.pk, 999_999),
            "linh-vuc": (topic.pk, gone_topic.pk, 999_999),
        }
        keys = [f"{kind}-{number}" for kind, found in numbers.items() for number in found]

        public = following.still_public(keys)
        self.assertEqual(public, {key for key in keys if following.find(key) is not None})
        self.assertEqual(len(public), 4)
