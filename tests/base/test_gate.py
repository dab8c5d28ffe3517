"""The gate: shut, except inside the verbs that may open it."""

import re
from pathlib import Path

import rooms
from django.core.exceptions import ImproperlyConfigured
from django.test import TestCase

from accounts.models import User
from base.gate import is_open, open_gate
from home.demo.refusal import refuse_demo_people

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", *rooms.ROOMS)
MAY_OPEN = {
    "workflows/publishing/approval/publishing.py",
    "workflows/publishing/takedown/carrying_out.py",
    "workflows/publishing/takedown/removing.py",
    "workflows/publishing/arrangement.py",
    "workflows/publishing/file_changes.py",
}


class Gate(TestCase):
    def test_only_these_process_modules_open_it(self):
        opening = {
            str(path.relative_to(ROOT))
            for room in ROOMS
            for path in (ROOT / room).rglob("*.py")
            if re.search(r"\bwith open_gate\(|\bopen_gate\(\"", path.read_text()) and path.name != "gate.py"
        }

        self.assertEqual(opening, MAY_OPEN)

    def test_it_is_shut_again_after_an_error(self):
        with self.assertRaises(ValueError), open_gate("publish"):
            raise ValueError

        self.assertFalse(is_open())


class DemoPeople(TestCase):
    def test_production_does_not_start_while_they_are_active(self):
        person = User.objects.create_user("truong-ban", email="truong-ban@example.invalid")

        with self.assertRaisesMessage(ImproperlyConfigured, "truong-ban"):
            refuse_demo_people()

        person.is_active = False
        person.save()
        refuse_demo_people()
