"""The details of the audit trail read in Vietnamese: every name that code writes down, and the codes of values."""

import ast
from collections import Counter
from pathlib import Path

import wagtail
from django.conf import settings
from django.test import SimpleTestCase
from django.utils import timezone

from base.audit import actions, screens
from base.audit.floods import Sum
from base.models import PortalSite
from faq.models import Question
from legalref.importing.checking import AS_IS
from legalref.life.effect import RELATIONS
from legalref.models import Citation, ImportRow, SiteDocument
from personaldata.models import DataSubjectRequest
from tests.city import CityTestCase
from workflows.models import CalendarDay, DeadlinePause, RecordChange, RetentionClass, TakeDown

ROOMS = (
    "accounts",
    "base",
    "faq",
    "home",
    "legalref",
    "personaldata",
    "reporting",
    "royalties",
    "search",
    "sections",
    "servicecatalog",
    "subscriptions",
    "workflows",
)
# What writes a line, and in which argument its details are.
WRITERS = {"log": "data", "record": "detail", "note": "data", "log_edit": "data"}
# These take further details by their names.
WITH_MORE = ("log_step", "log_decision", "_log")
# Passed through by them, from a caller that is read as well.
FORWARDS = {
    ("accounts/appointment_notices.py", "more"),
    ("accounts/decisions.py", "more"),
    ("accounts/registers/board.py", "more"),
    ("accounts/registers/unused.py", "more"),
    ("faq/handling/steps.py", "data"),
    ("sections/new_sections.py", "more"),
    ("workflows/publishing/claims.py", "more"),
}
# Names that no literal says: (file, expression) → them.
SAID_OTHERWISE = {
    # What went through Wagtail's log, whose callers are read themselves.
    ("base/audit/mirror.py", "log_entry.data"): set(),
    ("base/audit/screens.py", "asked"): {*screens.TrailForm.base_fields},
    ("base/audit/views.py", "numbers"): {"pk", "page_id", "parent_page_id", "revision_id", "revision_id_a"}
    | {"revision_id_b", "object_id", "task_id"},
    ("legalref/importing/writing.py", "{str(outcome): count for outcome, count in counts.items()}"): {
        *ImportRow.Outcome.values
    },
}


def written_names() -> tuple[dict[str, set[str]], list[str]]:
    """Return {name of a detail: where code writes it}, and the places that this cannot read."""
    names: dict[str, set[str]] = {}
    unread = []
    own = dict.fromkeys(path for room in ROOMS for path in Path(settings.BASE_DIR, room).rglob("*.py"))
    theirs = [path for path in Path(wagtail.__file__).parent.rglob("*.py") if "test" not in str(path)]
    for path in [*own, *theirs]:
        if "migrations" in path.parts:
            continue
        file = path.relative_to(settings.BASE_DIR).as_posix() if path in own else path.name
        found, left = _names_in(ast.parse(path.read_text(encoding="utf-8")), file)
        for name in found:
            names.setdefault(name, set()).add(file)
        unread += left
    return names, unread


def _names_in(tree: ast.Module, file: str) -> tuple[set[str], list[str]]:
    found: set[str] = set()
    unread: list[str] = []
    every = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    # Of several methods with one name the last is what a call of that name is looked up in.
    functions = {node.name: node for node in every}
    for function in every:
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called in WITH_MORE:
                found |= {keyword.arg for keyword in call.keywords if keyword.arg not in (None, "by")}
            for keyword in call.keywords:
                if keyword.arg == WRITERS.get(called, ""):
                    reader = Reader(function, functions, file)
                    found |= reader.names(keyword.value)
                    unread += reader.unread
    return found, unread


class Reader:
    """Reads the names in the expression that a function gives as details."""

    def __init__(self, function, functions, file: str):
        self.function, self.functions, self.file = function, functions, file
        self.unread: list[str] = []
        self.seen: set[str] = set()

    def names(self, given) -> set[str]:
        """The names that an expression holds: literals, a variable of the function, what another one returns."""
        text = ast.unparse(given)
        if (self.file, text) in SAID_OTHERWISE:
            return SAID_OTHERWISE[self.file, text]
        match given:
            case ast.Constant(value=None):
                return set()
            case ast.Dict():
                found = {key.value for key in given.keys if isinstance(key, ast.Constant)}
                for key, value in zip(given.keys, given.values, strict=True):
                    found |= self.names(value) if key is None else self.inner(value)
                return found
            case ast.IfExp():
                return self.names(given.body) | self.names(given.orelse)
            case ast.BoolOp():
                return self.of_all(given.values)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                nodes = ast.walk(self.functions[name])
                return self.of_all(node.value for node in nodes if isinstance(node, ast.Return))
            case ast.Name(id=name):
                if (self.file, name) in FORWARDS or name in self.seen:
                    return set()
                self.seen.add(name)
                if values := self.assigned(name):
                    return self.added(name) | self.of_all(values)
        self.unread.append(f"{self.file}: {text}")
        return set()

    def inner(self, value) -> set[str]:
        """The names inside a value: of a literal, or of a variable that is one."""
        values = self.assigned(value.id) if isinstance(value, ast.Name) else [value]
        literals = [node for one in values for node in ast.walk(one) if isinstance(node, ast.Dict)]
        return {key.value for literal in literals for key in literal.keys if isinstance(key, ast.Constant)}

    def of_all(self, values) -> set[str]:
        return set().union(*(self.names(value) for value in values))

    def assigned(self, name: str) -> list:
        """What is assigned to a variable of the function."""
        return [
            node.value
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign | ast.AugAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id == name
        ]

    def added(self, name: str) -> set[str]:
        """The names that are added to it one by one: `data["reason"] = …`."""
        return {
            target.slice.value
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name
        }


class Names(SimpleTestCase):
    def test_what_is_summed_up_has_vietnamese_names(self):
        now = timezone.now()

        detail = Sum(Counter(), Counter(), now, now).as_detail("right")

        self.assertEqual(detail.keys() - actions.DETAILS.keys(), set())

    def test_every_detail_that_code_writes_down_has_a_vietnamese_name(self):
        names, unread = written_names()

        self.assertGreater(len(names), 90)
        self.assertEqual(unread, [])
        self.assertEqual({name: where for name, where in names.items() if name not in actions.DETAILS}, {})


class Values(CityTestCase):
    def test_codes_read_as_the_screens_call_them(self):
        for name, choices in (
            ("act", RecordChange.Act.choices),
            ("approval", PortalSite.Approval.choices),
            ("category", DeadlinePause.Category.choices),
            ("channel", Question.Channel.choices),
            ("ground", [*TakeDown.Ground.choices, *SiteDocument.Ground.choices]),
            ("kind", [*CalendarDay.Kind.choices, *DataSubjectRequest.Kind.choices]),
            ("code", [(code, kind.active) for code, kind in RELATIONS.items()]),
        ):
            for code, words in choices:
                with self.subTest(name=name, code=code):
                    self.assertEqual(actions.detail_value(name, code), str(words))

    def test_no_two_rooms_call_one_code_differently(self):
        kinds = [*CalendarDay.Kind.choices, *DataSubjectRequest.Kind.choices]
        grounds = [*TakeDown.Ground.choices, *SiteDocument.Ground.choices]

        self.assertEqual(len(dict(kinds)), len(kinds))
        self.assertEqual(len(dict(grounds)), len(grounds))

    def test_lists_days_models_and_what_stands_at_the_end_of_a_line_read_as_text(self):
        permanent = RetentionClass.objects.get(key="permanent")
        for path, value, words in (
            ("approval.1", "delegated", PortalSite.Approval.DELEGATED.label),
            ("decisions.0", f"1/2020/NĐ-CP: {Citation.State.REJECTED}", "1/2020/NĐ-CP: Không dẫn"),
            ("due", "2026-06-22", "22/06/2026"),
            ("class", "permanent", permanent.label),
            ("class", "da-bo", "da-bo"),
            ("object_type", "base.PortalSite", str(PortalSite._meta.verbose_name)),
            ("list", "wagtailsnippets_base_portalsite:list", str(PortalSite._meta.verbose_name_plural)),
            ("screen", "revisions_compare", "so sánh phiên bản"),
            ("action", "draft.seen", "Xem bản nháp"),
            ("scheme", AS_IS, "giữ nguyên"),
            ("filters.0", "user", "người"),
            ("count", 3, 3),
            ("reason", "Ghi chú: xong", "Ghi chú: xong"),
        ):
            with self.subTest(path):
                self.assertEqual(actions.detail_value(path, value), words)
