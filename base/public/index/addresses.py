"""The addresses of many pages for one answer, from their rows: the same as Wagtail's `get_url`, without a page."""

from functools import cached_property, lru_cache

from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from ...sites import host_of
from ..site_cache import remembered


class Addresses:
    """The addresses of pages as a request is answered under its host; `full`: with a host, by the canonical one."""

    def __init__(self, request=None):
        self.request = request

    @cached_property
    def _roots(self) -> list[tuple[int, str, str, str]]:
        """Return (host, path of the page at its top, its address, its beginning with the language)."""

        def read() -> list[tuple[int, str, str, str]]:
            paths = Site.get_site_root_paths()
            return [(key, path, root_url, _beginning(code)) for key, path, root_url, code in paths]

        return remembered(self.request, "roots", read)

    @cached_property
    def _host(self) -> int | None:
        site = host_of(self.request) if self.request is not None else None
        return site.pk if site is not None else None

    def of(self, url_path: str) -> str:
        """Return the address of a page by its path in the tree; "" where no host leads to it."""
        host, root, root_url, beginning = _above(url_path, self._own_first)
        if host is None:
            return ""
        way = f"{beginning}{url_path.removeprefix(root)}"
        is_near = host == self._host or len({key for key, *_rest in self._roots}) == 1
        return way if is_near else f"{root_url}{way}"

    def full(self, url_path: str) -> str:
        """Return the canonical address of a page; "" where no host leads to it."""
        _host, root, root_url, beginning = _above(url_path, self._roots)
        return f"{root_url}{beginning}{url_path.removeprefix(root)}" if root else ""

    def written(self, column: str, host: int) -> tuple[str, list]:
        """Return written SQL for the canonical address of the page whose path in the tree a column has, with its
        parameters; NULL where this host does not lead to it."""
        cases, parameters = [], []
        for key, root, root_url, beginning in self._roots:
            if key != host:
                continue
            cases.append(f"WHEN substr({column}, 1, {len(root)}) = %s THEN %s || substr({column}, {len(root) + 1})")
            parameters += [root, f"{root_url}{beginning}"]
        return f"CASE {' '.join(cases)} END" if cases else "NULL", parameters

    @cached_property
    def _own_first(self) -> list[tuple[int, str, str, str]]:
        """The roots, those of the host that is asked before the others: most pages of an answer stand under them."""
        return sorted(self._roots, key=lambda root: root[0] != self._host)


def _above(url_path: str, roots: list[tuple[int, str, str, str]]) -> tuple:
    for root in roots:
        if url_path.startswith(root[1]):
            return root
    return None, "", "", ""


@lru_cache
def _beginning(language: str) -> str:
    with translation.override(language):
        return reverse("wagtail_serve", args=[""])
