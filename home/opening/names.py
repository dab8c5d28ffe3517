"""The full names of wards and communes: a word that says the kind, then the name itself."""

from base.models import OrganisationUnit

WARD_KINDS = (OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE)


def kind_in(name: str) -> OrganisationUnit.Kind | None:
    """Return the kind that a full name begins with, None without one. Example: "Xã Mỹ Khánh" → `Kind.COMMUNE`."""
    word = name.partition(" ")[0].casefold()
    return next((kind for kind in WARD_KINDS if kind.label.casefold() == word), None)


def short_name_of(name: str) -> str:
    """Return a full name without the word that says the kind. Example: "Phường Mỹ Long" → "Mỹ Long"."""
    return name.partition(" ")[2] if kind_in(name) else name
