"""Text that lies encrypted: what the database holds, which keys read it, and how a key is replaced."""

import io

from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from base.models import AuditEntry, OrganisationUnit, PortalSite
from base.operations import encryption, health
from base.operations.encryption import UNREADABLE
from faq.models import Question, QuestionContact

FIRST, SECOND, THIRD = (Fernet.generate_key().decode() for _number in range(3))


def own_keys(*keys):
    """Keys for personal data, the newest first."""
    return override_settings(PORTAL_PERSONAL_KEYS=list(keys))


class Encrypting(SimpleTestCase):
    def test_a_text_comes_back_and_its_token_tells_nothing(self):
        token = encryption.encrypt("Trần Thị Bưởi")

        self.assertEqual(encryption.decrypt(token), "Trần Thị Bưởi")
        self.assertNotIn("Bưởi", token)
        self.assertNotEqual(token, encryption.encrypt("Trần Thị Bưởi"))
        self.assertEqual((encryption.encrypt(""), encryption.decrypt("")), ("", ""))

    def test_the_first_key_writes_and_all_of_them_read(self):
        with own_keys(FIRST):
            old = encryption.encrypt("cũ")
        with own_keys(SECOND, FIRST):
            new = encryption.encrypt("mới")
            self.assertEqual(encryption.decrypt(old), "cũ")
        with own_keys(SECOND):
            self.assertEqual((encryption.decrypt(new), encryption.decrypt(old)), ("mới", UNREADABLE))

    def test_what_was_written_before_there_were_keys_can_be_read_with_them(self):
        before = encryption.encrypt("trước")

        with own_keys(FIRST):
            self.assertEqual(encryption.decrypt(before), "trước")
            after = encryption.encrypt("sau")
        self.assertEqual(encryption.decrypt(after), UNREADABLE)

    def test_a_changed_token_is_not_read(self):
        token = encryption.encrypt("nguyên vẹn")

        self.assertEqual(encryption.decrypt(f"{token[:-3]}AA="), UNREADABLE)

    def test_a_key_of_another_shape_is_refused(self):
        with own_keys("mat-khau"), self.assertRaises(ImproperlyConfigured):
            encryption.demand_keys()


class Asked(SimpleTestCase):
    def test_readyz_asks_a_portal_for_keys_of_its_own_and_spares_the_demo(self):
        for keys, is_demo, state in (
            ([], False, "warning"),
            ([], True, "ok"),
            ([FIRST], False, "ok"),
            (["mat-khau"], True, "failed"),
        ):
            with self.subTest(keys=len(keys), demo=is_demo), own_keys(*keys), self.settings(PORTAL_DEMO=is_demo):
                found = health.check_personal_keys()

                self.assertEqual(found.state, state)
                self.assertFalse(found.state == "failed" and found.stops_serving)
                self.assertFalse([key for key in keys if key in found.detail])


class Rotating(TestCase):
    def setUp(self):
        unit = OrganisationUnit.objects.create(
            name="Thành phố", authority_name="UBND thành phố", slug="thanh-pho", kind="city", valid_from="1999-03-01"
        )
        site = PortalSite.objects.create(
            unit=unit,
            kind="city",
            name="Trang",
            slug="trang",
            valid_from="1999-03-01",
            home_key="00000000-0000-0000-0000-000000000001",
        )
        with own_keys(FIRST):
            for number in range(1, 6):
                question = Question.objects.create(
                    number=f"HD-2026-{number:06}",
                    year=2026,
                    secret=f"MA{number}",
                    asked_on_site=site,
                    owner_site=site,
                    title="Hỏi",
                    text="Xin hỏi",
                    received_at=timezone.now(),
                )
                QuestionContact.objects.create(question=question, name=f"Người hỏi mẫu {number}", phone="0909 000 000")

    def tokens(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, phone, email FROM faq_questioncontact ORDER BY id")
            return [token for row in cursor.fetchall() for token in row]

    def rotate(self) -> str:
        out = io.StringIO()
        call_command("rotate_personal_keys", stdout=out)
        return out.getvalue()

    def test_everything_is_readable_by_the_new_key_alone_and_counted(self):
        before = self.tokens()

        with own_keys(SECOND, FIRST):
            said = self.rotate()

        with own_keys(SECOND):
            contacts = QuestionContact.objects.order_by("pk")
            self.assertEqual([contact.name for contact in contacts], [f"Người hỏi mẫu {n}" for n in range(1, 6)])
            self.assertEqual({question.secret for question in Question.objects.all()}, {f"MA{n}" for n in range(1, 6)})
        self.assertIn("15 giá trị", said)
        self.assertEqual(self.tokens()[2::3], [""] * 5)
        self.assertFalse(set(before) & set(self.tokens()) - {""})
        self.assertTrue(AuditEntry.objects.filter(action="personal_keys.rotated").exists())

    def test_goes_through_the_rows_in_chunks(self):
        with own_keys(SECOND, FIRST), self.settings():
            encryption.ROWS_A_CHUNK, kept = 2, encryption.ROWS_A_CHUNK
            try:
                self.assertIn("15 giá trị", self.rotate())
            finally:
                encryption.ROWS_A_CHUNK = kept
        with own_keys(SECOND):
            self.assertFalse([contact for contact in QuestionContact.objects.all() if contact.name == UNREADABLE])

    def test_what_no_key_opens_stays_as_it_is_and_is_told(self):
        before = self.tokens()

        with own_keys(THIRD), self.assertRaisesMessage(CommandError, "15 giá trị"):
            self.rotate()

        self.assertEqual(self.tokens(), before)

    def test_without_a_key_there_is_nothing_to_rotate_to(self):
        with own_keys(), self.assertRaises(CommandError):
            self.rotate()

    def test_encrypted_columns_cannot_be_searched(self):
        with self.assertRaises(FieldError):
            QuestionContact.objects.filter(phone="0909 000 000").exists()
