"""The whole walk for English, in several processes: what `tools/admin_language.py screens` runs.

PORTAL_LANGUAGE_ROLES names the roles of this process, PORTAL_LANGUAGE_REPORT the file for the outcome.
"""

import json
import os
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from tests.isolation.stand import Stand
from tests.language.screens import Walk, admin_addresses, everybody


class WholeWalk(Stand):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        call_command("sync_roles", stdout=StringIO())

    def test_nobody_meets_english_on_any_screen(self):
        people = everybody(self, self.ward)
        wanted = os.environ.get("PORTAL_LANGUAGE_ROLES", "").split() or list(people)
        walk = Walk(self, self.ward, self.own)

        for role in wanted:
            # What a form answers when everything in it is missing says as much as the form itself.
            methods = ("GET", "POST") if role in ("superuser", "head") else ("GET",)
            walk.walk(role, people[role], admin_addresses(), methods)
            if role == "anonymous":
                walk.read_public()
            if target := os.environ.get("PORTAL_LANGUAGE_REPORT"):
                Path(target).write_text(json.dumps(walk.report.as_data(), ensure_ascii=False))

        found = [f"{english}: {where}" for english, where in walk.report.english.items()]
        assert not found, "\n".join(found)
