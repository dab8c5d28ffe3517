"""The malware scanner: asked before a file is stored, and again when it has learnt; nothing passes while it is away."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.forms import get_document_form

from accounts.roles import site_collection
from base.files import scanner, scans
from base.files import serving as files
from base.gate import Refused
from base.models import AuditEntry, PortalFile, SiteGeneration
from base.models.files import ScanState
from base.operations import health
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.files import clamd
from tests.files.battery import EICAR
from tests.files.samples import minimal_pdf
from workflows.publishing import approval

PDF = minimal_pdf()
NOBODY_THERE = "127.0.0.1:9"


class WithScanner(CityTestCase):
    """A city whose scanner is the one of the tests."""

    def setUp(self):
        running = clamd.running()
        self.scanner = running.__enter__()
        self.addCleanup(running.__exit__, None, None, None)
        settings = override_settings(PORTAL_CLAMAV=self.scanner.address)
        settings.enable()
        self.addCleanup(settings.disable)

    def form(self, name: str, data: bytes, user=None):
        return get_document_form(PortalFile)(
            {"title": "Tệp", "collection": site_collection(self.city.my_long).pk},
            {"file": SimpleUploadedFile(name, data)},
            user=user or self.cast.contributor,
        )

    def store(self, data: bytes = PDF, name: str = "a.pdf") -> PortalFile:
        return PortalFile.objects.create(
            title=name, file=ContentFile(data, name), collection=site_collection(self.city.my_long)
        )

    def generation(self) -> int:
        return SiteGeneration.objects.filter(site=self.city.my_long).values_list("value", flat=True).first() or 0

    def page_with(self, file: PortalFile):
        return draft(
            ArticlePage(
                title="Chợ nổi Long Xuyên",
                body=[("paragraph", f'<p><a linktype="document" id="{file.pk}">Tải về</a></p>')],
            ),
            self.city.section(self.city.my_long),
            by=self.cast.contributor,
        )


class Uploading(WithScanner):
    def test_a_clean_file_says_when_and_by_what_it_was_scanned(self):
        form = self.form("a.pdf", PDF)
        assert form.is_valid(), form.errors

        file = form.save()

        assert (file.scan_state, file.scan_signature) == (ScanState.CLEAN, self.scanner.version)
        assert file.scanned_at is not None
        assert self.scanner.scanned == [len(PDF)]

    def test_an_infected_file_is_refused_recorded_and_told_to_the_technical_administrator(self):
        form = self.form("bao-cao.txt", EICAR)

        assert not form.is_valid()
        assert "có mã độc (Eicar-Test-Signature)" in form.errors["file"][0]
        assert not PortalFile.objects.exists()
        entry = AuditEntry.objects.get(action="file.infected")
        assert entry.result == "refused" and entry.detail["virus"] == clamd.EICAR_NAME
        assert "Cán bộ mẫu" in entry.actor_name
        [message] = mail.outbox
        assert message.to == [self.cast.technical_admin.email]
        assert "bao-cao.txt" in message.body

    def test_nothing_is_taken_while_the_scanner_is_away(self):
        for state in ("gone", "broken"):
            with self.subTest(state):
                self.scanner.broken = state == "broken"
                with override_settings(PORTAL_CLAMAV=self.scanner.address if state == "broken" else NOBODY_THERE):
                    form = self.form("a.pdf", PDF)
                    assert not form.is_valid()
                assert form.errors["file"] == [scanner.AWAY]
        assert not PortalFile.objects.exists()

    def test_a_file_too_long_for_the_scanner_is_refused_in_other_words(self):
        self.scanner.most = 100

        form = self.form("a.pdf", PDF)

        assert form.errors["file"] == [scanner.TOO_LONG]
        assert not PortalFile.objects.exists()

    def test_code_that_stores_an_infected_content_is_refused_too(self):
        with pytest.raises(Refused, match="mã độc"):
            self.store(EICAR, "a.txt")

    def test_the_multiple_uploader_says_so_in_vietnamese(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.post(
            reverse("wagtaildocs:add_multiple"),
            {
                "title": "a",
                "collection": site_collection(self.city.my_long).pk,
                "files[]": SimpleUploadedFile("a.txt", EICAR),
            },
            headers={"X-Requested-With": "XMLHttpRequest"},
        )

        assert answer.status_code == 200
        assert answer.json()["success"] is False
        assert "mã độc" in answer.json()["error_message"]
        assert AuditEntry.objects.filter(action="file.infected").count() == 1
        assert not PortalFile.objects.exists()


class ServingAndPublishing(WithScanner):
    def unscanned(self) -> PortalFile:
        with override_settings(PORTAL_CLAMAV=NOBODY_THERE):
            return self.store()

    def test_what_was_not_scanned_is_served_to_nobody(self):
        file = self.unscanned()
        publish_at_once(self.page_with(file))
        assert file.scan_state == ScanState.UNSCANNED

        assert self.client.get(file.url).status_code == 404
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(file.url)
        assert answer.status_code == 403
        assert "chưa được quét mã độc" in answer.content.decode()

    def test_nor_is_it_published(self):
        page = self.page_with(self.unscanned())

        with pytest.raises(ValidationError, match="chưa được quét mã độc"):
            approval.submit(page, by=self.cast.contributor, declaration=True)

    def test_the_rescan_opens_it(self):
        file = self.unscanned()
        publish_at_once(self.page_with(file))
        before = self.generation()

        assert scans.rescan(on=timezone.now()) >= 1

        assert self.client.get(file.url).status_code == 200
        assert self.generation() > before

    def test_without_a_scanner_everything_is_served_but_what_was_found(self):
        file = self.store()
        publish_at_once(self.page_with(file))
        with override_settings(PORTAL_CLAMAV=""):
            assert self.client.get(file.url).status_code == 200
            PortalFile.objects.filter(pk=file.pk).update(scan_state=ScanState.INFECTED)
            assert self.client.get(file.url).status_code == 404


class ScanningAgain(WithScanner):
    def test_nothing_is_scanned_twice_with_the_same_signatures(self):
        self.store()
        assert self.scanner.scanned == [len(PDF)]

        assert scans.rescan(on=timezone.now()) == 0

        assert self.scanner.scanned == [len(PDF)]

    def test_new_signatures_look_at_all_files_the_longest_ago_first(self):
        older, newer = self.store(PDF + b"\n", "cu.pdf"), self.store()
        PortalFile.objects.filter(pk=older.pk).update(scanned_at=timezone.now() - timedelta(days=9))
        self.scanner.version = "ClamAV 1.4.6/27701/Thu Nov 26 09:00:00 2026"

        assert scans.rescan(on=timezone.now()) == 2

        assert self.scanner.scanned[-2:] == [len(PDF) + 1, len(PDF)]
        newer.refresh_from_db()
        assert newer.scan_signature == self.scanner.version

    def test_a_file_too_long_for_the_scanner_keeps_no_other_from_its_scan_and_fails_the_job(self):
        with override_settings(PORTAL_CLAMAV=NOBODY_THERE):
            long, short = self.store(PDF + b"%" * 500, "dai.pdf"), self.store()
        self.scanner.most = len(PDF) + 100

        with pytest.raises(scanner.ScannerRefusedSize, match=str(long.pk)):
            scans.rescan(on=timezone.now())

        long.refresh_from_db()
        short.refresh_from_db()
        assert (long.scan_state, short.scan_state) == (ScanState.UNSCANNED, ScanState.CLEAN)

    def test_it_stops_when_its_time_is_over(self):
        self.store()
        self.scanner.version += " neu"

        assert scans.rescan(on=timezone.now(), seconds=-1) == 0

    def test_what_is_found_later_is_withdrawn_at_once(self):
        file = self.store()
        publish_at_once(self.page_with(file))
        assert self.client.get(file.url).status_code == 200
        before = self.generation()
        self.scanner.known[PDF[:40]] = "Mau.Thu-1"
        self.scanner.version += " moi"

        scans.rescan(on=timezone.now())

        file.refresh_from_db()
        assert (file.scan_state, file.scan_finding) == (ScanState.INFECTED, "Mau.Thu-1")
        assert self.client.get(file.url).status_code == 404
        assert not files.is_public(file)
        assert self.generation() > before
        [message] = mail.outbox
        assert "Chợ nổi Long Xuyên" in message.body and message.to == [self.cast.technical_admin.email]
        assert AuditEntry.objects.filter(action="portal.file.infected").count() == 1

    def test_the_alarm_is_raised_once(self):
        self.store()
        self.scanner.known[PDF[:40]] = "Mau.Thu-1"
        for number in range(2):
            self.scanner.version += str(number)
            scans.rescan(on=timezone.now())

        assert len(mail.outbox) == 1

    def test_it_fails_while_the_scanner_is_away(self):
        with override_settings(PORTAL_CLAMAV=NOBODY_THERE), pytest.raises(scanner.ScannerDown):
            scans.rescan(on=timezone.now())

    def test_nothing_happens_without_a_scanner(self):
        with override_settings(PORTAL_CLAMAV=""):
            assert scans.rescan(on=timezone.now()) == 0


class Health(SimpleTestCase):
    def test_no_scanner_is_a_warning(self):
        assert health.check_scanner().state == health.WARNING

    def test_a_scanner_that_answers_is_well(self):
        with clamd.running() as running, override_settings(PORTAL_CLAMAV=running.address):
            finding = health.check_scanner()
        assert finding.state == health.OK and "ClamAV 1.4.6" in finding.detail

    @override_settings(PORTAL_CLAMAV=NOBODY_THERE)
    def test_a_scanner_that_is_away_is_a_failure_that_keeps_no_reader_away(self):
        finding = health.check_scanner()
        assert finding.state == health.FAILED and not finding.stops_serving
        with mock.patch.object(health, "findings_now", lambda: [finding]):
            answer = self.client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "failed")
