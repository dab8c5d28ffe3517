"""Addresses of the administration, taken from the resolver, filled with ids of one ward."""

import itertools
import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.abuse.visitor import ADMIN

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
IN_REGEX = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
MOST_OF_ONE = 24


def admin_patterns(resolver=None, prefix="", inside=False) -> Iterator[tuple[str, str]]:
    """Yield (pattern, name with namespace left out) of every address under the administration."""
    for item in (resolver or get_resolver()).url_patterns:
        part = str(item.pattern)
        here = inside or part.startswith(ADMIN.strip("/"))
        if isinstance(item, URLResolver):
            yield from admin_patterns(item, prefix + part, here)
        elif isinstance(item, URLPattern) and here:
            yield prefix + part, item.name or ""


def parameters(pattern: str) -> list[str]:
    """Return the names of the parameters of a pattern."""
    return [*IN_REGEX.findall(pattern), *PARAMETER.findall(IN_REGEX.sub("", pattern))]


def fill(pattern: str, values: dict) -> str:
    """Return an address made from a pattern."""
    filled = IN_REGEX.sub(lambda match: str(values[match.group(1)]), pattern)
    filled = PARAMETER.sub(lambda match: str(values[match.group(1)]), filled)
    return "/" + re.sub(r"[\^$?\\]|\(.*?\)", "", filled).replace("\\", "")


def filled(patterns, ids: dict[str, list]) -> Iterator[str]:
    """Yield each pattern with every combination of ids of its parameters.

    `ids`: parameter name → values to try. A pattern with a parameter that is not named is left out.
    """
    for pattern in patterns:
        names = parameters(pattern)
        if all(name in ids for name in names):
            every = itertools.product(*(ids[name] for name in names))
            for values in itertools.islice(every, MOST_OF_ONE):
                yield fill(pattern, dict(zip(names, values, strict=True)))
