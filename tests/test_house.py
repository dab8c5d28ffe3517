"""The rules of the house, as tests: what a reviewer would otherwise have to remember."""

import ast
import functools
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import rooms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import Model
from django.test import SimpleTestCase, TestCase
from wagtail.admin.icons import get_icons
from wagtail.models import DraftStateMixin, Page

from home.jobs import JOBS

ROOT = Path(__file__).resolve().parent.parent
# From the top down: a room uses only what stands below it. Rooms on one line do not use each other.
LAYERS = [
    {"config"},
    {"home"},
    {"moving"},
    {"opendata"},
    {"reporting"},
    {"subscriptions"},
    {"search"},
    {"royalties"},
    {"personaldata"},
    {"faq"},
    {"servicecatalog", "sections"},
    {"legalref"},
    {"alerts"},
    {"workflows"},
    {"accounts"},
    {"base"},
    {"documents"},
    {"vietnam"},
]
RANK = {name: len(LAYERS) - place for place, names in enumerate(LAYERS) for name in names}
NOT_OURS = {
    ".git",
    ".venv",
    "var",
    "__pycache__",
    "node_modules",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
IMPORTS_INSIDE_FUNCTIONS_ALLOWED = {"workflows/publishing/finish.py"}
# The modules whose job is to change what is live.
MAY_CHANGE_LIVE_ROWS_IN_BULK = {"base/gate.py"}
MOST_MODULES_IN_A_FOLDER, MOST_ENTRIES_OF_A_ROOM = 25, 31
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 450, 60
# One thing each, or not divided yet; the list only gets shorter.
LONGER_MODULES = {
    "base/models/files.py": "pictures and files: one base class and its two models",
    "base/public/gone/journal.py": "one file with one format",
    "base/public/page_cache/wrapper.py": "one class: the page cache",
    "config/settings/base.py": "what the environment says, read in one place, and what follows of it",
    "documents/fixing.py": "one walk over a Word file",
    "home/demo/build.py": "the demo city, in the order in which it is built",
    "home/demo/city_content.py": "a table of demo prose",
    "home/demo/records.py": "a table of demo records",
    "home/jobs.py": "a table of the periodic work",
    "legalref/models/document.py": "one model",
    "sections/catalogue.py": "a table of the sections",
    "servicecatalog/models/offering.py": "one model with its rows",
    "servicecatalog/models/procedure.py": "one model with its rows",
}
LONGER_FUNCTIONS = {
    "faq/handling/interim.py: notify",
    "legalref/importing/columns.py: _build",
    "legalref/life/lifecycle/relating.py: relate",
    "legalref/life/lifecycle/repealing.py: repeal",
    "legalref/numbers/numbering.py: take_number",
    "legalref/register/api.py: document",
    "legalref/register/openapi.py: _schemas",
    "servicecatalog/dossiers/openapi.py: _schemas",
    "workflows/publishing/file_changes.py: propose",
    "workflows/publishing/takedown/proposing.py: propose",
}
# A module in backticks, with its folder: `workflows/publishing/schedules.py`, `base/audit/`.
ROOMS_AND_MORE = "|".join((*rooms.ROOMS, "config", "tools", "bench", "deploy", "tests"))
NAMED_PATH = re.compile(rf"`((?:{ROOMS_AND_MORE})/[\w/.-]*?(?:\.py|\.csv|\.toml|/))(?::[^`]*)?`")
# What a decision tells of as past, and addresses of templates.
ONCE_WAS = {"faq/handling.py", "base/blocks/"}
# A time of a day, not a moment.
TIMES_OF_DAY = {("sections/models/schedule.py", "starts_at")}
# The second only notes that a page waits for the search of the administration.
SIGNALS_ALLOWED = {"base/signal_handlers.py", "search/updates.py"}
READS_THE_ENVIRONMENT = {
    "config/settings/base.py",
    "config/wsgi.py",
    # Passes it on to the programs and to the portal that it starts.
    "base/operations/backup/children.py",
}


def product() -> list[Path]:
    """The modules of all rooms and of the tools, without migrations."""
    roots = [ROOT / name for name in (*rooms.ROOMS, "config", "tools")]
    return sorted(path for root in roots for path in root.rglob("*.py") if "migrations" not in path.parts)


def packages() -> list[str]:
    """Names of the Python packages at the top of the project, the tests left out."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    return sorted(found, key=lambda name: -RANK.get(name, 0))


def files(*suffixes: str, under: str = "") -> Iterator[Path]:
    """Every file of the project with one of the `suffixes`, relative to the root, in order."""
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith(".venv"))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in suffixes:
                yield path.relative_to(ROOT)


def modules() -> Iterator[tuple[str, list[ast.AST]]]:
    """(path, nodes of the syntax tree, the module first) of every module in our packages, migrations left out."""
    for path in _paths(*packages()):
        yield path, _nodes(path)


def _paths(*folders: str) -> Iterator[str]:
    for folder in folders:
        yield from (str(path) for path in files(".py", under=folder) if "migrations" not in path.parts)


@functools.cache
def _nodes(path: str) -> list[ast.AST]:
    """Read once for all tests of a class (`ReadsModules`): reading them all takes seconds."""
    return [*ast.walk(_tree(path))]


def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


class ReadsModules(SimpleTestCase):
    """Tests that look at the syntax of all modules: a fifth of a gigabyte, dropped after them."""

    @classmethod
    def tearDownClass(cls):
        _nodes.cache_clear()
        super().tearDownClass()


def room_of(model: type[Model]) -> str | None:
    """The room in which a model stands; None for a model that is not ours."""
    top = model.__module__.split(".")[0]
    return top if top in RANK else None


def our_models() -> list[type[Model]]:
    """Every model that stands in one of our rooms."""
    return [model for model in apps.get_models() if room_of(model)]


class LayersTests(SimpleTestCase):
    def test_imports_point_down(self):
        program = Path(sys.executable).parent / "lint-imports"

        done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_contract_lists_every_room_in_order(self):
        configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        contract = next(one for one in configuration["contracts"] if one["type"] == "layers")

        listed = [name.strip() for layer in contract["layers"] for name in layer.split("|")]

        self.assertEqual(sorted(listed), sorted(packages()))
        self.assertEqual([-RANK[name] for name in listed], sorted(-RANK[name] for name in listed))

    def test_model_keys_point_down(self):
        for model in our_models():
            for field in model._meta.get_fields():
                target = getattr(field, "remote_field", None) and field.related_model
                if field.auto_created or not isinstance(target, type) or not room_of(target):
                    continue
                # The key to the user goes through AUTH_USER_MODEL; a field of Wagtail's models is not ours.
                if target is get_user_model() or not room_of(field.model):
                    continue
                with self.subTest(field=f"{model._meta.label}.{field.name}"):
                    self.assertLessEqual(RANK[room_of(target)], RANK[room_of(field.model)])

    def test_page_tree_rules_point_down(self):
        for model in our_models():
            if not issubclass(model, Page):
                continue
            named = [*getattr(model, "subpage_types", []), *(model.__dict__.get("parent_page_types") or [])]
            for name in named:
                target = apps.get_model(name) if isinstance(name, str) else name
                with self.subTest(page=model._meta.label, names=target._meta.label):
                    self.assertLessEqual(RANK.get(room_of(target), 0), RANK[room_of(model)])

    def test_templates_use_only_their_own_room_and_those_below(self):
        rooms = {
            str(path.relative_to(f"{room}/templates")): room
            for room in packages()
            for path in files(".html", ".txt", ".xml", under=f"{room}/templates")
        }
        tags = {path.stem: path.parts[0] for path in files(".py") if path.parent.name == "templatetags"}
        for name, room in rooms.items():
            text = (ROOT / room / "templates" / name).read_text(encoding="utf-8")
            used = re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", text)
            loaded = [
                word
                for line in re.findall(r"{%\s*load\s+([^%]+?)\s*%}", text)
                for word in line.partition(" from ")[2 if " from " in line else 0].split()
            ]
            for other in [rooms[one] for one in used if one in rooms] + [tags[one] for one in loaded if one in tags]:
                with self.subTest(template=name, uses=other):
                    self.assertLessEqual(RANK[other], RANK[room])


class ModulesTests(ReadsModules):
    def test_nothing_is_imported_inside_a_function(self):
        found = []
        for path in _paths(*packages(), "tests"):
            if path in IMPORTS_INSIDE_FUNCTIONS_ALLOWED:
                continue
            # A page answers with modules of its own room, which import the models (decision 0066).
            inside = "/models/" in path
            lines = _imports_in_functions(_tree(path), is_of_app=path.endswith("/apps.py"))
            found += [f"{path}:{line.lineno}" for line in lines if not (inside and getattr(line, "level", 0))]

        self.assertEqual(found, [])

    def test_no_program_bears_the_name_of_a_room(self):
        """The folder of a program that is started comes first where Python looks: it would hide the room."""
        rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
        programs = {path.stem for folder in ("bench", "tools") for path in (ROOT / folder).glob("*.py")}

        self.assertIn("subscriptions", rooms)
        self.assertEqual(rooms & programs, set())

    def test_no_modules_import_each_other_in_a_circle(self):
        trees = {
            path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): (path, nodes[0])
            for path, nodes in modules()
        }
        needs = {name: set() for name in trees}
        for name, (path, tree) in trees.items():
            package = name.split(".") if path.endswith("__init__.py") else name.split(".")[:-1]
            for line in (one for one in tree.body if isinstance(one, ast.ImportFrom)):
                base = package[: len(package) - line.level + 1] if line.level else []
                target = ".".join([*base, *(line.module or "").split(".")]).strip(".")
                wanted = {f"{target}.{alias.name}" for alias in line.names} & trees.keys() or {target} & trees.keys()
                needs[name] |= wanted - {name}

        # Raises CycleError with the circle.
        self.assertEqual(len([*TopologicalSorter(needs).static_order()]), len(trees))

    def test_no_module_is_hung_on_a_class_when_a_room_gets_ready(self):
        set_there = {}
        for path, nodes in modules():
            if path.endswith("/apps.py"):
                for node in nodes:
                    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
                    for target in (one for one in targets if isinstance(one, ast.Attribute | ast.Subscript)):
                        set_there[ast.unparse(target)] = ast.unparse(node.value)

        # The rules of the two tasks (decision 0011): go to them from here.
        policies = {"EditorialApprovalTask.policy": "approval", "ArchivalUnpublishTask.policy": "takedown"}
        self.assertEqual(set_there, policies)

    def test_no_name_at_the_top_shadows_the_standard_library(self):
        names = {
            *packages(),
            *(path.stem for folder in (ROOT, ROOT / "tools") for path in folder.glob("*.py")),
        }

        self.assertEqual(names & sys.stdlib_module_names, set())

    def test_nothing_of_ours_imports_the_tests(self):
        found = [path for path, nodes in modules() for name in _imported(nodes) if name.split(".")[0] == "tests"]

        self.assertEqual(found, [])

    def test_tables_are_read_and_written_in_one_place(self):
        found = {
            path for path, nodes in modules() for name in _imported(nodes) if name.split(".")[0] in ("csv", "openpyxl")
        }

        self.assertEqual({path for path in found if not path.startswith(("base/tables/", "tests/"))}, set())

    def test_signals_are_received_in_one_place(self):
        origins = (
            "django.dispatch",
            "django.db.models.signals",
            "django.db.backends.signals",
            "wagtail.signals",
            "django.core.signals",
        )
        found = []
        for path, nodes in modules():
            if path in SIGNALS_ALLOWED or path.endswith("/apps.py"):
                continue
            found += [path for name in _imported(nodes) if name.startswith(origins)]

        self.assertEqual(found, [])

    def test_live_rows_are_never_changed_in_bulk(self):
        guarded = {model.__name__ for model in our_models() if issubclass(model, Page | DraftStateMixin)} | {
            *("Page", "get_children", "get_descendants", "get_siblings", "descendant_of", "child_of", "live"),
        }
        found = []
        for path, nodes in modules():
            if path in MAY_CHANGE_LIVE_ROWS_IN_BULK:
                continue
            for call in nodes:
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                    continue
                if call.func.attr not in ("update", "delete", "bulk_update", "bulk_create"):
                    continue
                names = {
                    one.id if isinstance(one, ast.Name) else one.attr
                    for one in ast.walk(call.func.value)
                    if isinstance(one, ast.Name | ast.Attribute)
                }
                if names & guarded:
                    found.append(f"{path}:{call.lineno}")

        self.assertEqual(found, [])

    def test_a_stored_moment_is_written_by_the_clock_of_vietnam(self):
        """What the database gives is UTC: until seven in the morning its day is the day before."""
        found = []
        for path, nodes in modules():
            for node in nodes:
                moment = None
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    moment = node.func.value if node.func.attr in ("date", "time", "strftime") else None
                elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                    moment = node.value if "%" in ast.unparse(node.format_spec) else None
                name = getattr(moment, "attr", getattr(moment, "id", ""))
                if name.endswith("_at") and (path, name) not in TIMES_OF_DAY:
                    found.append(f"{path}:{node.lineno}")

        self.assertEqual(found, [])

    def test_every_room_says_what_it_is_for(self):
        for package in packages():
            if package == "config":
                continue
            text = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or ""
            with self.subTest(room=package):
                self.assertIn(
                    len([line for line in text.splitlines() if line]),
                    range(3, 9),
                    "a room's docstring has 3 to 8 lines",
                )


class RoomsTests(ReadsModules):
    """What a newcomer meets: folders that can be overseen, modules read in one go, pages that name what is there."""

    def test_the_architecture_page_names_every_module_by_its_own_words(self):
        self.assertEqual(rooms.main(is_writing=False), 0)
        silent = [
            f"{room}/{name}"
            for room in rooms.ROOMS
            for name, path in rooms.entries(ROOT / room)
            if not rooms.summary_of(path)
        ]
        self.assertEqual(silent, [])

    def test_a_room_and_a_folder_can_be_overseen(self):
        folders = Counter(path.parent.relative_to(ROOT).as_posix() for path in product())
        self.assertEqual({name: count for name, count in folders.items() if count > MOST_MODULES_IN_A_FOLDER}, {})
        shown = {room: len({path.name for path in (ROOT / room).iterdir()} - NOT_OURS) for room in rooms.ROOMS}
        self.assertEqual({room: count for room, count in shown.items() if count > MOST_ENTRIES_OF_A_ROOM}, {})

    def test_a_module_is_read_in_one_go(self):
        long = {
            path.relative_to(ROOT).as_posix()
            for path in product()
            if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
        }
        self.assertEqual(long - set(LONGER_MODULES), set(), "divide it at its headings (docs/decisions/0059)")
        self.assertEqual(set(LONGER_MODULES) - long, set(), "no longer that long: take it off the list")

    def test_a_function_is_read_in_one_look(self):
        long = {
            f"{path.relative_to(ROOT).as_posix()}: {node.name}"
            for path in product()
            for node in _nodes(path.relative_to(ROOT).as_posix())
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
        }
        self.assertEqual(long, LONGER_FUNCTIONS)

    def test_every_module_that_a_docstring_names_is_there(self):
        known = [str(path) for path in files(".py")]
        missing = []
        for path, nodes in modules():
            for node in nodes:
                if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    continue
                for name in re.findall(r"`([\w/]+\.py)", ast.get_docstring(node, clean=False) or ""):
                    if not any(one == name or one.endswith(f"/{name}") for one in known):
                        missing.append(f"{path}: {name}")

        self.assertEqual(missing, [])

    def test_every_path_that_a_page_names_is_there(self):
        missing = []
        for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
            for named in NAMED_PATH.findall(page.read_text(encoding="utf-8")):
                if not (ROOT / named).exists() and named not in ONCE_WAS:
                    missing.append(f"{page.relative_to(ROOT)}: {named}")
        self.assertEqual(missing, [])

    def test_the_formatter_has_the_last_word(self):
        left = [path.name for path in product() if re.search(r"# fmt: (skip|off)", path.read_text(encoding="utf-8"))]
        self.assertEqual(left, [])


class TemplatesTests(SimpleTestCase):
    def test_style_and_script_stand_in_files_of_their_own(self):
        # A block of data is no script: search engines read it, nothing runs it.
        forbidden = re.compile(
            r"<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:"
            r"|<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:ld\+)?json[\"'])",
            re.IGNORECASE,
        )
        found = []
        for package in packages():
            for path in files(".html", under=package):
                text = (ROOT / path).read_text(encoding="utf-8")
                found += [f"{path}: {match.group().strip()}" for match in forbidden.finditer(text)]

        self.assertEqual(found, [])

    def test_scripts_of_the_administration_declare_no_name_twice(self):
        """Classic scripts share one scope: the second that declares a name is not run at all."""
        declared = Counter(
            name
            for pattern in ("admin_*.js", "session_watch.js")
            for file in (ROOT / "static" / "js").glob(pattern)
            for name in re.findall(r"^(?:const|let|class|function) (\w+)", file.read_text(), re.MULTILINE)
        )
        self.assertIn("forms", declared)
        self.assertEqual([name for name, times in declared.items() if times > 1], [])

    def test_every_icon_that_is_named_is_there(self):
        there = set(re.findall(r'id="icon-([\w-]+)"', get_icons()))
        named = {
            (name, str(path))
            for path in files(".py", ".html")
            if path.parts[0] in RANK
            for name in re.findall(
                r"""(?:\b(?:header_|menu_)?icon(?:_name)?\s*=\s*|\{% icon name=)["']([a-z0-9-]+)["']""",
                (ROOT / path).read_text(encoding="utf-8"),
            )
        }

        self.assertGreater(len(named), 100)
        self.assertEqual({(name, path) for name, path in named if name not in there}, set())

    def test_nothing_is_loaded_from_another_host(self):
        outside = re.compile(
            r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"'](?:https?:)?//|@import[^;]*//|url\([\"']?//"
        )
        found = [
            str(path)
            for path in files(".html", ".css", ".js")
            if path.parts[0] in {*packages(), "static"} and outside.search((ROOT / path).read_text(encoding="utf-8"))
        ]

        self.assertEqual(found, [])


class EnvironmentTests(ReadsModules):
    def test_every_variable_read_is_in_the_example_and_no_other(self):
        settings = (ROOT / "config/settings/base.py").read_text(encoding="utf-8")
        example = (ROOT / ".env.example").read_text(encoding="utf-8")

        read = re.findall(r"\benv\.\w+\(\s*\"([A-Z][A-Z0-9_]+)\"", settings)
        listed = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)

        self.assertEqual(sorted(read), sorted(listed))

    def test_every_job_stands_in_the_operations_page_with_its_time_and_lane_and_no_other(self):
        page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        usual = {5: "every 5 seconds", 60: "every minute", 300: "every 5 minutes", 3600: "every hour"}

        listed = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (prompt|long) \|", page, re.MULTILINE)

        when = {job.name: f"{job.daily_at:%H:%M}" if job.daily_at else usual[job.every.seconds] for job in JOBS}
        self.assertEqual(listed, [(job.name, when[job.name], job.lane) for job in JOBS])

    def test_the_environment_is_read_in_one_place(self):
        found = []
        for path, nodes in modules():
            if path in READS_THE_ENVIRONMENT:
                continue
            reads = [
                one
                for one in nodes
                if isinstance(one, ast.Attribute) and one.attr in ("environ", "getenv") and _is_os(one.value)
            ]
            found += [f"{path}:{one.lineno}" for one in reads]

        self.assertEqual(found, [])

    def test_production_does_not_start_without_a_secret_key(self):
        done = self._start("config.settings.production", {})

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Thiếu SECRET_KEY", done.stderr)

    def test_production_starts_with_a_secret_key(self):
        done = self._start("config.settings.production", {"SECRET_KEY": "k" * 60})

        self.assertEqual(done.returncode, 0, done.stderr)

    def test_production_does_not_start_with_single_sign_on_half_set_up(self):
        key = {"SECRET_KEY": "k" * 60}
        for variables, said in (
            ({"PORTAL_OIDC_ISSUER": "http://a.example"}, "phải bắt đầu bằng https://"),
            ({"PORTAL_OIDC_ISSUER": "https://a.example", "PORTAL_OIDC_CLIENT": "a"}, "PORTAL_OIDC_SECRET"),
        ):
            with self.subTest(variables=variables):
                done = self._start("config.settings.production", {**key, **variables})

                self.assertNotEqual(done.returncode, 0)
                self.assertIn(said, done.stderr)

    def test_production_does_not_start_with_an_object_store_half_set_up(self):
        bucket = {"SECRET_KEY": "k" * 60, "PORTAL_S3_BUCKET": "cong"}
        for variables, said in (
            ({}, "PORTAL_S3_ENDPOINT"),
            ({"PORTAL_S3_ENDPOINT": "http://a.example"}, "phải bắt đầu bằng https://"),
            ({"PORTAL_S3_ENDPOINT": "https://a.example", "PORTAL_S3_KEY": "a"}, "PORTAL_S3_SECRET"),
        ):
            with self.subTest(variables=variables):
                done = self._start("config.settings.production", {**bucket, **variables})

                self.assertNotEqual(done.returncode, 0)
                self.assertIn(said, done.stderr)

    def test_base_is_safe_by_itself(self):
        done = self._start("config.settings.base", {"SECRET_KEY": "k" * 60})

        self.assertEqual(done.stdout.split(), ["False", "True", "True", "True"], done.stderr)

    def _start(self, settings: str, variables: dict[str, str]) -> subprocess.CompletedProcess:
        asked = (
            "from django.conf import settings as s;"
            "print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
        )
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
        empty = {"SECRET_KEY": "", "PORTAL_VAR": "/nonexistent", "DATABASE_URL": "", "PORTAL_HTTPS": "true"}
        return subprocess.run(
            [sys.executable, "-c", asked],
            cwd=ROOT,
            env=kept | empty | {"PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": settings} | variables,
            capture_output=True,
            text=True,
            check=False,
        )


class MigrationsTests(TestCase):
    def test_models_and_migrations_agree(self):
        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        except SystemExit:
            self.fail("makemigrations would write a new migration")


class TextTests(SimpleTestCase):
    def test_nothing_is_left_for_later(self):
        # Spelled in parts, so that this file does not find itself.
        later = [
            "TO" + "DO",
            "FIX" + "ME",
            "for " + "now,",
            "mark." + "skip",
            "mark." + "xfail",
        ]
        later += ["unittest." + "skip", "@" + "skip", "type: " + "ignore"]
        places = [r"(?<![\w.~])/" + name + "/" for name in ("ro" + "ot", "wo" + "rk")]
        forbidden = re.compile("|".join([*map(re.escape, later), *places]))
        found = []
        for path in files(".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".sh", ".cfg", ".yml", ""):
            if path.name == Path(__file__).name:
                continue
            text = (ROOT / path).read_bytes().decode("utf-8", errors="replace")
            found += [f"{path}: {match.group()}" for match in forbidden.finditer(text)]

        self.assertEqual(found, [])

    def test_readme_names_the_two_commands(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")

        self.assertIn("make run", text)
        self.assertIn("make test", text)

    def test_ci_runs_what_a_developer_runs(self):
        self.assertIn("make test", (ROOT / ".ci/run").read_text())


def _imports_in_functions(tree: ast.Module, *, is_of_app: bool) -> Iterator[ast.stmt]:
    # An import is a statement: what only has a value is not looked at.
    left: list[tuple[ast.AST, bool]] = [(tree, False)]
    while left:
        node, is_inside = left.pop()
        for child in ast.iter_child_nodes(node):
            if is_inside and isinstance(child, ast.Import | ast.ImportFrom):
                yield child
            elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                # Django runs `ready` of an apps.py when models may be imported, and no earlier place may.
                is_ready = is_of_app and getattr(child, "name", "") == "ready"
                left.append((child, is_inside or (is_function and not is_ready)))


def _imported(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"
