"""Where the parts of a Word file stand: what its relations name, since programs name the parts as they like."""

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree


def main_part(package: zipfile.ZipFile) -> str:
    """Return the path of the part with the text; the usual one when none is named."""
    return next(_targets(package, "_rels/.rels", "", "officeDocument"), "word/document.xml")


def part_of_kind(package: zipfile.ZipFile, main: str, kind: str) -> str:
    """Return the path of the part of a kind that belongs to the main part; the usual one when none is named."""
    folder, _slash, name = main.rpartition("/")
    folder = f"{folder}/" if folder else ""
    return next(_targets(package, f"{folder}_rels/{name}.rels", folder, kind), f"{folder}{kind}.xml")


def _targets(package: zipfile.ZipFile, relations: str, folder: str, kind: str) -> Iterator[str]:
    """Yield the parts of one kind that a part names, as paths in the package."""
    names = package.namelist()
    for relation in ElementTree.fromstring(package.read(relations)) if relations in names else []:
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}{target}"
        if relation.get("Type", "").endswith(f"/{kind}") and path in names:
            yield path
