"""Who guesses is slowed and locked, by account and address; the true owner elsewhere is not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.test import Client, SimpleTestCase

from accounts.models import AttemptCount, User
from accounts.signin import links, second_factor, throttle
from base.models import AuditEntry
from base.operations import attempts
from tests.city import PASSWORD, CityTestCase, with_app

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LOGIN, VERIFY, RESET = "/quan-tri/login/", "/quan-tri/xac-thuc/", "/quan-tri/password_reset/"
SECOND = timedelta(seconds=1)


class WaitingTimes(SimpleTestCase):
    def test_double_from_the_fifth_failure_and_lock_from_the_tenth(self):
        for failures, seconds in ((0, 0), (4, 0), (5, 4), (6, 8), (7, 16), (8, 32), (9, 64), (10, 900), (40, 900)):
            with self.subTest(failures=failures):
                self.assertEqual(throttle.PASSWORD.wait_after(failures, timedelta(0)), seconds * SECOND)

    def test_grow_shorter_while_one_waits(self):
        self.assertEqual(throttle.PASSWORD.wait_after(5, 3 * SECOND), SECOND)
        self.assertEqual(throttle.PASSWORD.wait_after(10, timedelta(minutes=20)), timedelta(0))


class Guessing(CityTestCase):
    client_class = Client

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)

    def try_it(self, user=None, password="sai-mat-khau", address="10.5.5.5", name=""):
        name = name or (user or self.cast.contributor).username
        return Client(REMOTE_ADDR=address).post(LOGIN, {"username": name, "password": password})

    def fail(self, times, **options):
        """Give wrong passwords, each as soon as it is allowed."""
        for _ in range(times):
            answer = self.try_it(**options)
            if answer.status_code == 429 and not answer["Retry-After"] == "900":
                self.clock.shift(int(answer["Retry-After"]) * SECOND)
                answer = self.try_it(**options)
        return answer

    def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(self):
        self.fail(5)
        slowed = self.try_it(password=PASSWORD)
        self.clock.shift(4 * SECOND)
        later = self.try_it(password=PASSWORD)

        self.assertEqual((slowed.status_code, slowed["Retry-After"]), (429, "4"))
        self.assertContains(slowed, "Quá nhiều lần thử", status_code=429)
        self.assertEqual(later.status_code, 302)

    def test_the_tenth_wrong_password_locks_account_and_address_for_a_quarter_of_an_hour(self):
        tenth = self.fail(10)
        self.clock.shift(timedelta(minutes=14))
        still = self.try_it(password=PASSWORD)
        self.clock.shift(timedelta(minutes=2))
        later = self.try_it(password=PASSWORD)

        self.assertEqual((tenth.status_code, tenth["Retry-After"]), (429, "900"))
        self.assertEqual((still.status_code, later.status_code), (429, 302))

    def test_the_true_owner_elsewhere_is_not_locked_out(self):
        self.fail(10)

        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.8").status_code, 302)

    def test_others_at_the_same_address_are_not_locked_out(self):
        self.fail(10)

        self.assertEqual(self.try_it(self.cast.unit_head, password=PASSWORD).status_code, 302)

    def test_what_is_refused_is_not_counted_so_that_a_lock_ends_by_itself(self):
        self.fail(10)
        for _ in range(8):
            self.clock.shift(timedelta(minutes=1))
            self.try_it()
        self.clock.shift(timedelta(minutes=8))

        self.assertEqual(self.try_it(password=PASSWORD).status_code, 302)

    def test_upper_case_and_spaces_do_not_make_another_account(self):
        for name in ("Cong-tac-vien.my-long", " cong-tac-vien.my-long ", "CONG-TAC-VIEN.MY-LONG"):
            self.fail(2, name=name)

        self.assertEqual(self.try_it().status_code, 429)

    def test_a_right_password_forgets_the_wrong_ones_before_it(self):
        self.fail(4)
        self.try_it(password=PASSWORD)

        self.assertEqual(self.fail(4).status_code, 200)

    def test_unknown_names_are_slowed_and_locked_like_known_ones(self):
        slowed = []
        for name in (self.cast.contributor.username, "khong-co-ai"):
            self.fail(5, name=name)
            slowed.append(self.try_it(name=name))

        self.assertEqual([answer.status_code for answer in slowed], [429, 429])
        self.assertEqual(slowed[0].content, slowed[1].content)

    def test_one_password_on_many_accounts_locks_the_address(self):
        for number in range(throttle.SPRAYED_ACCOUNTS):
            self.assertEqual(self.try_it(name=f"can-bo.{number}").status_code, 200)

        self.assertEqual(self.try_it(password=PASSWORD).status_code, 429)
        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.8").status_code, 302)

    def test_all_addresses_of_one_ipv6_subscriber_are_one_network(self):
        statuses = [self.fail(1, address=f"2001:db8:1:2::{number:x}").status_code for number in range(1, 61)]
        right = self.try_it(password=PASSWORD, address="2001:db8:1:2:abcd::1")
        neighbour = self.try_it(password=PASSWORD, address="2001:db8:1:3::1")

        self.assertEqual(statuses.count(200), throttle.PASSWORD.most - 1)
        self.assertEqual((right.status_code, neighbour.status_code), (429, 302))

    def test_many_accounts_tried_from_one_ipv6_subscriber_lock_him(self):
        for number in range(throttle.SPRAYED_ACCOUNTS):
            self.try_it(name=f"can-bo.{number}", address=f"2001:db8:1:2::{number:x}")

        self.assertEqual(self.try_it(password=PASSWORD, address="2001:db8:1:2::fff").status_code, 429)
        self.assertEqual(self.try_it(password=PASSWORD, address="2001:db8:1:3::1").status_code, 302)

    def test_mistakes_that_people_behind_one_address_mended_lock_nobody(self):
        people = [self.cast.contributor, self.cast.unit_head, self.cast.editor]
        for number in range(throttle.SPRAYED_ACCOUNTS):
            user = people[number % 3]
            self.try_it(user)
            self.assertEqual(self.try_it(user, password=PASSWORD).status_code, 302)
        self.assertEqual(AttemptCount.objects.filter(scope=throttle.PASSWORD.scope).count(), 0)

    def spread(self, name, times=None):
        """Wrong passwords for one account, each from another network."""
        times = throttle.PASSWORD_OF_ACCOUNT.most if times is None else times
        return [self.try_it(name=name, address=f"2001:db8:{number:x}::1").status_code for number in range(times)]

    def test_one_account_tried_from_many_networks_is_bounded(self):
        name = self.cast.contributor.username
        statuses = self.spread(name, throttle.PASSWORD_OF_ACCOUNT.most + 20)
        right = self.try_it(password=PASSWORD, address="2001:db8:ffff::1")

        self.assertEqual(statuses, [200] * throttle.PASSWORD_OF_ACCOUNT.most + [429] * 20)
        self.assertEqual((right.status_code, right["Retry-After"]), (429, "900"))
        self.assertContains(right, "đặt mật khẩu mới theo liên kết trong thư", status_code=429)
        self.assertTrue(AuditEntry.objects.filter(action="session.locked").exists())

    def test_the_bound_ends_by_itself_and_other_accounts_know_nothing_of_it(self):
        self.spread(self.cast.contributor.username)
        other = self.try_it(self.cast.unit_head, password=PASSWORD, address="2001:db8:ffff::1")
        self.clock.shift(timedelta(minutes=16))

        self.assertEqual(other.status_code, 302)
        self.assertEqual(self.try_it(password=PASSWORD, address="2001:db8:ffff::2").status_code, 302)

    def test_an_unknown_name_is_bounded_in_the_same_words(self):
        answers = []
        for name in (self.cast.contributor.username, "khong-co-ai"):
            self.spread(name)
            answers.append(self.try_it(name=name, address="2001:db8:ffff::1"))

        self.assertEqual([answer.status_code for answer in answers], [429, 429])
        self.assertEqual(answers[0].content, answers[1].content)

    def test_the_owner_comes_in_from_where_he_came_before_whatever_strangers_do(self):
        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.8").status_code, 302)
        self.spread(self.cast.contributor.username, throttle.PASSWORD_OF_ACCOUNT.most + 5)

        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.20").status_code, 302)
        # He too is slowed where he himself is wrong.
        self.fail(5, address="10.8.8.20")
        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.20").status_code, 429)

    def test_the_whole_neighbourhood_of_the_owner_guesses_no_oftener_than_anybody(self):
        self.try_it(password=PASSWORD, address="10.8.8.8")

        wrong = self.guess(f"10.8.8.{number}" for number in range(10, 100))

        self.assertEqual(wrong, throttle.PASSWORD_OF_ACCOUNT.most)
        # Where he himself came from he still comes in, at the very address.
        self.assertEqual(self.try_it(password=PASSWORD, address="10.8.8.8").status_code, 302)

    def test_neighbours_of_the_owner_get_a_little_more_after_others_have_used_the_bound_up(self):
        self.try_it(password=PASSWORD, address="10.8.8.8")
        self.guess(f"10.60.{number}.1" for number in range(throttle.PASSWORD_OF_ACCOUNT.most))

        wrong = self.guess(f"10.8.8.{number}" for number in range(10, 60))

        self.assertEqual(wrong, throttle.PASSWORD_NEARBY.most)

    def guess(self, addresses) -> int:
        """One wrong password from each address that may try; return how many there were."""
        name = self.cast.contributor.username
        may = [address for address in addresses if not self.waits(name, address)]
        return len(may)

    def waits(self, name, address):
        wait = throttle.password_wait(name, address, on=MORNING)
        if not wait:
            throttle.password_failed(name, address, on=MORNING)
        return wait

    def test_the_neighbourhood_guesses_codes_no_oftener_either(self):
        head = self.cast.head
        sessions = head.portal_sessions
        sessions.create(
            key_digest="a",
            started=MORNING,
            last_seen=MORNING,
            entered_at=MORNING,
            address="10.8.8.8",
            network="10.8.8.0/24",
        )
        tried = 0
        for number in range(10, 80):
            if not throttle.code_wait(head, f"10.8.8.{number}", on=MORNING):
                throttle.code_failed(head, f"10.8.8.{number}", on=MORNING)
                tried += 1

        self.assertEqual(tried, throttle.CODE_OF_ACCOUNT.most)
        self.assertEqual(throttle.code_wait(head, "10.8.8.8", on=MORNING), timedelta(0))

    def known(self, user=None, address="10.5.5.5"):
        """A browser in which a person came in before."""
        browser = Client(REMOTE_ADDR=address)
        browser.post(LOGIN, {"username": (user or self.cast.contributor).username, "password": PASSWORD})
        browser.cookies.pop("sessionid")
        return browser

    def come_in(self, browser, password=PASSWORD, user=None, **more):
        username = (user or self.cast.contributor).username
        return browser.post(LOGIN, {"username": username, "password": password}, **more).status_code

    def spray(self, address="10.5.5.5"):
        return [self.try_it(name=f"ai-do.{number}", address=address) for number in range(throttle.SPRAYED_ACCOUNTS)]

    def test_who_is_at_his_own_browser_comes_in_while_a_stranger_locks_the_network(self):
        mine, others = self.known(), self.known(self.cast.unit_head)

        self.spray()

        self.assertEqual(self.try_it(password=PASSWORD).status_code, 429)
        self.assertEqual(self.come_in(mine), 302)
        self.assertEqual(self.come_in(others, user=self.cast.unit_head), 302)
        # A browser is known for its own people alone.
        self.assertEqual(self.come_in(mine, user=self.cast.unit_head), 429)

    def test_and_while_strangers_use_up_the_bound_of_his_account(self):
        mine = self.known()
        self.spread(self.cast.contributor.username)

        self.assertEqual(self.come_in(mine, REMOTE_ADDR="2001:db8:eeee::1"), 302)

    def test_a_known_browser_may_be_wrong_no_oftener_than_any_other(self):
        mine, wrong = self.known(), 0
        for number in range(14):
            # Another network makes it no other browser.
            wrong += self.come_in(mine, "sai-mat-khau", REMOTE_ADDR=f"10.9.{number}.1") == 200
            self.clock.shift(timedelta(seconds=70))

        self.assertLessEqual(wrong, throttle.PASSWORD.most + 1)
        self.assertEqual(self.come_in(mine, REMOTE_ADDR="10.9.99.1"), 429)

    def test_a_cookie_that_is_not_the_portals_or_is_old_makes_no_known_browser(self):
        mine = self.known()
        (name,) = [name for name in mine.cookies if name.startswith("known-")]
        value = mine.cookies[name].value
        self.assertNotIn("cong-tac-vien", f"{name}{value}")
        self.assertEqual((mine.cookies[name]["path"], mine.cookies[name]["samesite"]), ("/quan-tri/", "Strict"))
        self.assertTrue(mine.cookies[name]["httponly"])

        self.spray()
        for broken in ("", "x", value[:-1], f"x{value}", value.replace(".", ":", 1)):
            mine.cookies[name] = broken
            self.assertEqual(self.come_in(mine), 429, broken)
        mine.cookies[name] = value
        self.clock.shift(timedelta(days=91))
        self.spray()
        self.assertEqual(self.come_in(mine), 429)

    def test_a_wrong_password_or_an_unfinished_sign_in_makes_no_known_browser(self):
        with_app(self.cast.head)
        for user, password in ((self.cast.contributor, "sai-mat-khau"), (self.cast.head, PASSWORD)):
            browser = Client(REMOTE_ADDR="10.5.5.5")
            self.come_in(browser, password, user)
            self.assertEqual([name for name in browser.cookies if name.startswith("known-")], [])

    def test_a_new_password_may_be_asked_for_at_a_known_browser_whatever_its_network_asked(self):
        mine, stranger = self.known(), Client(REMOTE_ADDR="10.5.5.5")
        for number in range(throttle.RESET.most):
            stranger.post(RESET, {"typed": f"ai-do.{number}"})

        asked = [mine.post(RESET, {"typed": self.cast.contributor.username}).status_code for _ in range(12)]

        self.assertEqual(stranger.post(RESET, {"typed": "ai-do"}).status_code, 429)
        self.assertEqual(asked, [302] * throttle.RESET.most + [429, 429])

    def test_the_owner_elsewhere_comes_in_by_a_new_password_from_his_mail(self):
        user, new = self.cast.contributor, "Sen-vang.no7-chin"
        self.spread(user.username, throttle.PASSWORD_OF_ACCOUNT.most + 5)
        here = Client(REMOTE_ADDR="2001:db8:aaaa::1")
        self.assertEqual(here.post(LOGIN, {"username": user.username, "password": PASSWORD}).status_code, 429)

        link = links._address("accounts_reset", user, links.RESET_TOKENS)
        page = here.get(link[link.index("/quan-tri/") :], follow=True)
        here.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})

        self.spray("2001:db8:aaaa::1")
        here.cookies.clear()
        entered = here.post(LOGIN, {"username": user.username, "password": new})
        elsewhere = self.try_it(password=new, address="2001:db8:bbbb::1")
        self.assertEqual((entered.status_code, elsewhere.status_code), (302, 429))

    def test_no_name_that_was_typed_stands_in_the_counters(self):
        self.fail(2, name="mat-khau-go-nham-o")

        self.assertNotIn("mat-khau", str(list(AttemptCount.objects.values())))

    def test_a_lock_is_recorded_and_the_technical_admin_told_once_an_hour(self):
        self.fail(10)
        self.fail(10, name="khong-co-ai")

        self.assertEqual(AuditEntry.objects.filter(action="session.locked").count(), 2)
        self.assertEqual([letter.to for letter in mail.outbox], [[self.cast.technical_admin.email]])

    def test_refusals_stand_in_the_trail(self):
        self.fail(5)
        self.try_it()

        self.assertTrue(AuditEntry.objects.filter(action="refused", result="refused").exists())

    def test_wrong_codes_are_slowed_and_locked_too(self):
        device = with_app(self.cast.head)
        client = Client(REMOTE_ADDR="10.5.5.5")
        client.post(LOGIN, {"username": self.cast.head.username, "password": PASSWORD})
        statuses = []
        for _ in range(30):
            answer = client.post(VERIFY, {"code": "000000"})
            statuses.append(answer.status_code)
            if answer.status_code == 429:
                if answer["Retry-After"] == "900":
                    break
                self.clock.shift(int(answer["Retry-After"]) * SECOND)
        right = client.post(VERIFY, {"code": second_factor.present_code(device)})

        self.assertEqual(statuses[:7], [200, 200, 200, 200, 200, 429, 200])
        self.assertEqual(right.status_code, 429)
        self.assertEqual(AuditEntry.objects.filter(action="session.second_factor", result="failed").count(), 10)

    def test_wrong_codes_from_many_addresses_leave_only_known_networks_open(self):
        head = self.cast.head
        device = with_app(head)
        known = Client(REMOTE_ADDR="10.8.8.8")
        known.post(LOGIN, {"username": head.username, "password": PASSWORD})
        known.post(VERIFY, {"code": second_factor.present_code(device)})
        self.clock.shift(60 * SECOND)
        for number in range(throttle.CODE_OF_ACCOUNT.most):
            throttle.code_failed(head, f"10.60.{number}.1", on=MORNING + 60 * SECOND)

        self.assertGreater(throttle.code_wait(head, "10.99.1.1", on=MORNING + 61 * SECOND), timedelta(0))
        self.assertEqual(throttle.code_wait(head, "10.8.8.20", on=MORNING + 61 * SECOND), timedelta(0))

    def test_codes_and_old_passwords_are_counted_by_network_too(self):
        head = self.cast.head
        for limit in (throttle.CODE, throttle.OLD_PASSWORD):
            for number in range(5):
                throttle.code_failed(head, f"2001:db8:1:2::{number}", on=MORNING, limit=limit)

            self.assertGreater(throttle.code_wait(head, "2001:db8:1:2::ff", on=MORNING, limit=limit), timedelta(0))
            self.assertEqual(throttle.code_wait(head, "2001:db8:1:3::1", on=MORNING, limit=limit), timedelta(0))

    def test_requests_for_a_new_password_are_limited_by_address(self):
        client = Client(REMOTE_ADDR="10.5.5.5")
        statuses = [client.post(RESET, {"typed": f"ai-do.{number}"}).status_code for number in range(12)]

        self.assertEqual(statuses, [302] * throttle.RESET.most + [429, 429])

    def test_old_counts_are_forgotten(self):
        self.fail(3)
        throttle.code_failed(self.cast.head, "10.5.5.5", on=MORNING)

        attempts.purge_old(on=MORNING + timedelta(days=2))

        self.assertEqual(AttemptCount.objects.count(), 0)
        self.assertEqual(throttle.password_wait(self.cast.contributor.username, "10.5.5.5", on=MORNING), timedelta(0))
