"""The texts of the installed libraries and their Vietnamese: catalogues, and calls in the code where there are none.

A library gives its texts in a catalogue (`locale/en`), or only calls gettext in its modules, templates and scripts.
Both are read, for every library that is installed and may come to the screen; `count` measures what is translated.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import django
import polib
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

DOMAINS = ("django", "djangojs")
FOLDER = Path(settings.BASE_DIR) / "locale_admin" / "vi" / "LC_MESSAGES"
# Libraries that are no apps, but whose messages the apps show.
BESIDE_APPS = ("rest_framework", "modelsearch", "permissionedforms", "treebeard", "laces", "telepath")
# Folders of a library that no screen of the portal shows: its own tests, and apps of its that are not installed.
NOT_SHOWN = re.compile(
    r"/(?:tests?|test_utils|testing|migrations|management|sandbox|node_modules|locale)/|/conftest\.py"
)
CALLS = {
    "_": 0,
    "gettext": 0,
    "gettext_lazy": 0,
    "gettext_noop": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
    "npgettext": 1,
    "npgettext_lazy": 1,
}
_STRING = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext)\(({_STRING}(?:\s*,\s*{_STRING})*)")

Key = tuple[str | None, str]


@dataclass(frozen=True)
class Count:
    """How many texts one library has in one domain, and which of them have no Vietnamese."""

    library: str
    domain: str
    texts: int
    missing: tuple[Key, ...]


def libraries() -> dict[str, Path]:
    """The installed libraries by name: those of the apps, those beside them, and Django's own forms and messages."""
    own = {config.name for config in apps.get_app_configs() if _is_own(Path(config.path))}
    found = {config.name: Path(config.path) for config in apps.get_app_configs() if config.name not in own}
    for name in BESIDE_APPS:
        found.setdefault(name, Path(import_module(name).__file__).parent)
    return found | {"django.conf": Path(django.__file__).parent / "conf"}


def _is_own(folder: Path) -> bool:
    return folder.parent == Path(settings.BASE_DIR)


def key(entry: polib.POEntry) -> Key:
    """By what a text is looked up: its context and itself."""
    return entry.msgctxt, entry.msgid


@cache
def own(domain: str) -> list[polib.POEntry]:
    """The entries of the portal's own Vietnamese of the libraries."""
    return list(polib.pofile(str(FOLDER / f"{domain}.po")))


def vietnamese(entry: polib.POEntry) -> str:
    """The translation of an entry; that of a counted text is the same for all numbers."""
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def catalogue(folder: Path, language: str, domain: str) -> list[polib.POEntry]:
    """The entries of one catalogue of a library; none where it has no such catalogue."""
    path = folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


@cache
def texts_of(name: str, domain: str) -> frozenset[Key]:
    """Every text that a library gives to be translated: of its catalogue and of its code."""
    folder = libraries()[name]
    found = {key(entry) for entry in catalogue(folder, "en", domain)}
    if domain == "django" and name != "django.conf":
        found |= _called(folder, {path for other, path in libraries().items() if other != name})
    return frozenset(found)


def _called(folder: Path, others: set[Path]) -> set[Key]:
    """The texts that modules and templates below a folder call gettext with; folders of other libraries left out."""
    below = {other for other in others if folder in other.parents}
    found = set()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt"))):
        if NOT_SHOWN.search(f"/{path.relative_to(folder)}") or below & set(path.parents):
            continue
        if _is_app_not_installed(path, folder):
            continue
        text = path.read_text("utf-8", "replace")
        found |= _in_module(text) if path.suffix == ".py" else _in_template(text)
    return found


def _is_app_not_installed(path: Path, folder: Path) -> bool:
    """Tell whether a file belongs to an app inside a library's folder that is not installed (wagtail.contrib…)."""
    installed = set(libraries().values())
    for parent in path.parents:
        if parent == folder:
            return False
        if (parent / "apps.py").exists() and parent not in installed:
            return True
    return False


def _in_module(text: str) -> set[Key]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = CALLS.get(name)
        arguments = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if place is not None and len(arguments) > place and len(arguments) == len(node.args[: len(arguments)]):
            found.add((arguments[0] if place else None, arguments[place]))
    return {known for known in found if known[1]}


def _in_template(text: str) -> set[Key]:
    found = set()
    if "trans" not in text and "_(" not in text:
        return found
    for name, arguments in _TEMPLATE_CALL.findall(templatize(text)):
        values = [ast.literal_eval(value) for value in re.findall(_STRING, arguments)]
        found.add((values[0], values[1]) if "p" in name.removesuffix("gettext") else (None, values[0]))
    return found


@cache
def done(name: str, domain: str) -> frozenset[Key]:
    """The texts that have Vietnamese: the portal's, and for Django's own what Django brings along."""
    known = {key(entry) for entry in own(domain) if entry.translated()}
    if name.startswith("django."):
        known |= {key(entry) for entry in catalogue(libraries()[name], "vi", domain) if entry.translated()}
    return frozenset(known)


def count() -> list[Count]:
    """Measure every library in each domain, those without a text left out."""
    return [
        Count(name, domain, len(texts), tuple(sorted(texts - done(name, domain), key=str)))
        for name in sorted(libraries())
        for domain in DOMAINS
        if (texts := texts_of(name, domain))
    ]


@cache
def _translated() -> dict[str, str]:
    return {
        " ".join(entry.msgid.split()): " ".join(vietnamese(entry).split())
        for domain in DOMAINS
        for entry in own(domain)
        if entry.msgid and "%" not in entry.msgid and "{" not in entry.msgid
    }


def untranslated_alike(text: str) -> tuple[str, ...]:
    """The text itself, when it is one that a library gives to be translated and whose Vietnamese is another."""
    text = " ".join(text.split())
    return (text,) if _translated().get(text, text) != text else ()
