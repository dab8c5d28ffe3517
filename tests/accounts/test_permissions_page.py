"""What `docs/permissions.md` says of the roles is what the table in `accounts/roles.py` gives."""

from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

from accounts.roles import CITY, PRACTICE, ROLES, WARD

PAGE = Path(settings.BASE_DIR) / "docs/permissions.md"


def rows_after(first_cell: str) -> list[list[str]]:
    """The cells of a table of the page, its heading row first; `first_cell`: that of the heading row."""
    lines = PAGE.read_text(encoding="utf-8").split("\n")
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    table = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return [table[0], *table[2:]]


class ThePage(SimpleTestCase):
    def test_gives_each_role_the_capabilities_that_it_has(self):
        heading, *rows = rows_after("Role (vai trò)")
        capabilities = [name.replace("take-down", "takedown").replace(" ", "_") for name in heading[2:]]

        found = {}
        for label, where, *marks in rows:
            key = label.split("`")[1]
            held = {name for name, mark in zip(capabilities, marks, strict=True) if mark}
            found[key] = (set(where.split(", ")), held)

        kinds = {CITY: "city", WARD: "ward", PRACTICE: "practice"}
        expected = {role.key: ({kinds[kind] for kind in role.on}, set(role.capabilities)) for role in ROLES.values()}
        self.assertEqual(found, expected)

    def test_says_of_each_capability_what_it_allows(self):
        said = {row[0].strip("`") for row in rows_after("Capability")[1:]}

        self.assertEqual(said, {name for role in ROLES.values() for name in role.capabilities})
