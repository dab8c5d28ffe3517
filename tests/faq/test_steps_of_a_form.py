"""What a step of a form costs who sits behind one address with many: looking again is no second form."""

from unittest import mock

from django.test import Client, SimpleTestCase, override_settings

from base.operations.throttle import RATES, Buckets, Rate
from tests.faq.test_asking import ASK, TYPED, AskingTestCase, Browser, hidden, pdf

FORMS, STEPS = int(RATES["form"].burst), int(RATES["step"].burst)
# Elsewhere, so that it asks for no question: any address that takes a form.
ANOTHER_FORM = "/"


@override_settings(PORTAL_THROTTLE=True)
class Steps(AskingTestCase):
    def setUp(self):
        super().setUp()
        # Buckets of their own, in which nothing is filled again however slow the machine is.
        filled = mock.patch("base.middleware.throttle.Buckets", lambda **_kinds: Buckets(RATES, lambda: 1000.0))
        self.enterContext(filled)
        self.browser = Browser(Client())
        self.drawn = {**TYPED, **hidden(self.browser.get())}

    def look(self, times: int, step: str = "preview", **changed) -> list[int]:
        return [self.browser.post(step, **{**self.drawn, **changed}).status_code for _ in range(times)]

    def forms_left(self) -> int:
        """How many forms the address may still send at once."""
        asked = self.browser.client
        codes = [asked.post(ANOTHER_FORM, REMOTE_ADDR=self.browser.address).status_code for _ in range(FORMS + 3)]
        return codes.index(429) if 429 in codes else FORMS + 3

    def test_that_only_look_again_leave_an_address_its_forms(self):
        codes = [code for step in ("preview", "similar", "edit") for code in self.look(8, step)]

        self.assertEqual(set(codes), {200})
        self.assertGreaterEqual(self.forms_left(), FORMS)

    def test_are_bounded_by_themselves(self):
        codes = self.look(STEPS + 3 * FORMS)

        self.assertIn(429, codes)
        self.assertGreater(codes.index(429), STEPS)

    def test_with_a_file_count_as_a_form_because_it_is_kept(self):
        codes = []
        for number in range(FORMS + 3):
            codes += self.look(1, files=[pdf(word=str(number))])

        self.assertIn(429, codes)

    def test_of_a_form_that_was_not_drawn_here_count_as_a_form(self):
        for stamp in ("", "x", self.drawn["stamp"] + "x"):
            browser = self.browser = Browser(Client())

            self.assertIn(429, self.look(FORMS + 3, stamp=stamp), stamp)
            self.assertEqual(browser.path, ASK)

    def test_that_send_or_remove_count_as_a_form(self):
        for step in ("send", "drop-0", "khac"):
            self.browser = Browser(Client())

            self.assertIn(429, self.look(FORMS + 3, step, title=""), step)


class GivingBack(SimpleTestCase):
    def test_fills_a_bucket_no_further_than_its_burst(self):
        buckets = Buckets({"form": Rate(2, 0.1)}, clock=lambda: 1000.0)
        buckets.take("form", "198.51.100.7")
        for _ in range(5):
            buckets.give_back("form", "198.51.100.7")

        taken = [buckets.take("form", "198.51.100.7") for _ in range(3)]

        self.assertEqual(taken[:2], [0, 0])
        self.assertGreater(taken[2], 0)
