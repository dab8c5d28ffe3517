"""Words in a field, whatever their case, on both databases."""

from django.db.models import Q


def contains(name: str, text: str) -> Q:
    """Return the condition that a field holds some words.

    SQLite knows upper and lower case of ASCII only ("đường" is not found in "Đường"): the usual ways of writing a word
    are all tried.
    """
    found = Q()
    for written in {text, text.lower(), text.upper(), text.capitalize(), text.title()}:
        found |= Q(**{f"{name}__icontains": written})
    return found
