"""A search of everything the portal gives out and keeps for what citizens told of themselves: nothing is found."""

import logging
from email import message_from_bytes
from email.policy import default as default_policy
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from base.models import OutgoingMail
from base.operations import mail
from base.operations.handlers import PortalWSGIHandler
from base.public.page_cache import PageCache
from faq.models import QuestionsPage
from tests.city import CityTestCase
from tests.faq.citizens import KINDS, citizens, names, send_everything, traces
from tests.faq.outputs import WRITTEN, everything, places_in_database, places_in_files, without_echo, written

SCREENS_OF_OTHERS = ("faq_inbox", "faq_inbox_sheet", "faq_consultations", "wagtailadmin_home")


LOGGED: list[str] = []


class Lines(logging.Handler):
    """Keeps every line of every log in `LOGGED`."""

    def emit(self, record):
        LOGGED.append(f"{record.getMessage()} {record.exc_info or ''}")


LINES = Lines(logging.DEBUG)


@override_settings(
    EMAIL_BACKEND="base.operations.mail.OutboxBackend",
    PORTAL_DELIVERY_BACKEND="django.core.mail.backends.locmem.EmailBackend",
)
class NothingOfACitizen(CityTestCase):
    """Two sites, each kind of sending in each state, once; the wide search is a case of `make abuse` (A14)."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        LOGGED.clear()
        logging.getLogger().addHandler(LINES)
        cls.addClassCleanup(logging.getLogger().removeHandler, LINES)
        cls.sites = [cls.city.site, cls.city.my_long]
        cls.people = citizens(KINDS)
        cls.sent = send_everything(cls.city, cls.sites, cls.people)

    def get(self, host, path, method):
        response = self.client.generic(method, quote(path, safe="/?=&-.,%"), headers={"host": host})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return response.status_code, dict(response.headers), body

    def places(self):
        """(host, path of its page of questions, paths of its consultations) of both sites."""
        for site in self.sites:
            address = urlsplit(QuestionsPage.objects.child_of(site.home_page()).get().full_url)
            drafts = [urlsplit(page.full_url).path for page in self.sent.consultations if page.portal_site == site]
            yield address.netloc, address.path, drafts

    def test_stands_in_pages_feeds_interfaces_lists_forms_and_their_heads(self):
        found, named, asked = {}, set(), 0
        for host, questions, drafts in self.places():
            for place, status, text in everything(
                self.get, host, questions=questions, consultations=drafts, every_head=False
            ):
                asked += 1
                self.assertLess(status, 500, place)
                if marks := traces(text):
                    found[place] = marks
                named |= set(names(text))
                self.assertFalse([secret for secret in self.sent.secrets if secret in text], place)

        self.assertEqual(found, {})
        # Those who agreed are named, so that the search is seen to see.
        self.assertTrue(named)
        self.assertGreater(asked, 60)

    def test_is_found_by_any_search(self):
        host, questions, _drafts = next(iter(self.places()))
        citizen = next(person for person in self.people if not person.is_named)
        for address in ("/tim-kiem/?q={}", questions + "?q={}", "/api/v1/van-ban/?q={}"):
            answers = []
            for words in (citizen.name, citizen.email, citizen.phone, citizen.address, "0356 999 917"):
                _status, headers, body = self.get(host, address.format(words), "GET")
                text = without_echo(written(headers, body), words)
                self.assertEqual(traces(text), [], address.format(words))
                answers.append(len(text.split()))
            with self.subTest(address):
                # Each is answered as words that nobody has.
                self.assertLessEqual(max(answers) - min(answers), 12)

    def test_stands_in_what_the_page_cache_keeps(self):
        # As Django's test client does: the handler must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        generations = {site.pk: (1, 1) for site in self.sites}
        ports = {host.partition(":")[2] for host, _questions, _drafts in self.places()}
        cache = PageCache(PortalWSGIHandler(), max_bytes=50_000_000, read=lambda: generations, ports=ports)
        for host, questions, drafts in self.places():
            for path in ("/", questions, f"{questions}thong-ke/", *drafts):
                environ = {
                    "REQUEST_METHOD": "GET",
                    "PATH_INFO": path,
                    "QUERY_STRING": "",
                    "HTTP_HOST": host,
                    "SERVER_NAME": "localhost",
                    "SERVER_PORT": "80",
                    "wsgi.url_scheme": "http",
                    "wsgi.input": BytesIO(),
                }
                b"".join(cache(environ, lambda *_started: None))

        kept = [answer for copy in cache._copies.values() for answer in copy.answers]
        self.assertGreater(len(kept), 4)
        for answer in kept:
            text = written(dict(answer.headers), answer.body)
            self.assertEqual(traces(text), [])

    def test_stands_in_the_database_outside_of_what_he_wrote_and_there_his_contact_is_encrypted(self):
        mail.deliver_due(on=timezone.now())

        self.assertEqual(places_in_database(WRITTEN), {})
        told = OutgoingMail.objects.filter(state="sent")
        self.assertTrue(told.filter(recipient="", purge_when_sent=True).exists())
        for row in told.exclude(message=b""):
            parts = message_from_bytes(bytes(row.message), policy=default_policy).walk()
            said = "\n".join(str(part.get_content()) for part in parts if not part.is_multipart())
            self.assertEqual(traces(said), [])

    def test_stands_in_logs_and_in_files_but_those_he_handed_in(self):
        handed_in = {
            str(Path(settings.MEDIA_ROOT) / file.file.name)
            for question in self.sent.questions
            for file in question.files.all()
        }
        looked_at, found = places_in_files(Path(settings.MEDIA_ROOT).parent, handed_in)

        self.assertEqual(found, [])
        self.assertGreater(looked_at, 0)
        self.assertTrue(handed_in)
        self.assertTrue(all(Path(path).is_file() for path in handed_in))
        self.assertEqual(traces("\n".join(LOGGED)), [])
        for path in sorted(handed_in)[:3]:
            token, name = Path(path).parts[-2:]
            self.assertEqual(self.client.get(f"/tep/{token}/{name}").status_code, 404)

    def test_is_shown_to_people_of_another_ward(self):
        self.client.force_login(self.cast.contributor_my_xuyen)

        for name in SCREENS_OF_OTHERS:
            with self.subTest(name):
                response = self.client.get(reverse(name))
                self.assertEqual(traces(written(dict(response.headers), response.content)), [])
        for question in self.sent.questions[:11]:
            self.assertEqual(self.client.get(reverse("faq_question", args=[question.pk])).status_code, 404)
