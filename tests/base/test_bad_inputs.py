"""Some hundreds of bad inputs, and no server error; `bench/bad_inputs.py` sends thousands."""

from itertools import islice
from unittest import mock

from django.test import override_settings

from base.models import AuditEntry
from base.operations import health
from tests import bad_inputs
from tests.bad_inputs import Case, Fuzzer
from tests.browser.every_page import one_of_every_type
from tests.city import CityTestCase

SEED = 3
# Screens with forms of every kind: blocks, rows, choosers, verbs, files, lists, accounts.
SCREENS = frozenset(
    {
        "wagtailadmin_account",
        "add",
        "edit",
        "copy",
        "add_multiple",
        "choose",
        "workflows_submit",
        "workflows_propose",
        "workflows_move",
        "legalref_repeal",
        "home_open_ward",
        "accounts_record",
        "accounts_change_password",
    }
)


@override_settings(ALLOWED_HOSTS=["localhost", ".localhost", "127.0.0.1"])
class BadInputs(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        bad_inputs.question_to_track(cls.city)
        cls.paths = [*bad_inputs.PUBLIC_PATHS, *one_of_every_type(cls.city).values()]

    def setUp(self):
        self.people = {"editor": self.cast.editor, "superuser": self.cast.superuser}
        self.fuzzer = Fuzzer(self.people, bad_inputs.client_class(), seed=SEED)

    def send(self, cases, count) -> bad_inputs.Report:
        for case in islice(cases, count):
            self.fuzzer.ask(case)
        return self.fuzzer.report

    def test_readers_meet_no_server_error(self):
        report = self.send(self.fuzzer.public_cases(self.paths), 120)

        assert not report.errors, report.text()
        assert report.total == 120 and report.statuses[400] > 5 and report.statuses[200] > 5, report.text()

    def test_nobody_meets_a_server_error_in_the_administration(self):
        keys = bad_inputs.real_keys()
        forms = bad_inputs.collect_forms(self.fuzzer, ["superuser"], keys, SCREENS)
        assert sum(map(len, forms.values())) >= 8, forms.keys()

        report = self.send(self.fuzzer.admin_cases(list(self.people), keys, forms), 120)

        assert not report.errors, report.text()
        assert report.statuses[400] > 5 and report.statuses[200] > 5, report.text()

    def test_a_server_error_would_be_seen(self):
        with mock.patch.object(health, "JsonResponse", side_effect=ZeroDivisionError):
            self.fuzzer.ask(Case("thử", "GET", "/healthz"))

        assert [status for _case, status, _trace in self.fuzzer.report.errors] == [500]
        assert "ZeroDivisionError" in self.fuzzer.report.text()

    def test_what_a_request_writes_is_taken_back(self):
        missing = "/quan-tri/pages/999999/edit/"

        self.fuzzer.ask(Case("thử", "GET", missing, "editor"))
        taken_back = AuditEntry.objects.filter(action="refused").count()
        self.client.force_login(self.cast.editor)
        self.client.get(missing, headers={"host": "localhost"})

        assert (taken_back, AuditEntry.objects.filter(action="refused").count()) == (0, 1)
