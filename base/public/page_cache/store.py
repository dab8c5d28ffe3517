"""The cached pages of one process, within a bound of memory, and what is known of addresses."""

from collections.abc import Callable
from threading import Lock

from .copies import Copy, Route
from .queries import canonical_query

MAX_VARIANTS_OF_PATH = 200
MAX_ROUTES = 20_000


class Store:
    """Copies by key (host, path, query, scheme); the least recently used go first.

    `most_bytes`: bound of all kept bodies with their keys and headers. `copies` and `routes` may be read without a
    lock. `uncached`: addresses whose answer could not be kept when it was made the last time.
    """

    def __init__(self, most_bytes: int):
        self.most_bytes = most_bytes
        self.copies: dict[tuple, Copy] = {}
        self.routes: dict[tuple, Route] = {}
        self.uncached: dict[tuple, None] = {}
        self.bytes = 0
        self._lock = Lock()

    def put(
        self, key: tuple, copy: Copy, params: frozenset, *, stays: Callable[[Copy], bool] = lambda old: False
    ) -> bool:
        """Keep a copy and the parameters of its page; False for one that is not to be kept under this key.

        `stays`: whether the copy that is there already is the better one, and stays.
        """
        query = canonical_query(key[2], params)
        self.uncached.pop(address_of(key), None)
        with self._lock:
            route = self._route(key[:2], params)
            if query != key[2] or copy.size > self.most_bytes // 8:
                # Asked for by an address that has another spelling, or too big to be worth the room of many.
                return False
            replaced = self.copies.get(key)
            if replaced is not None and stays(replaced):
                return True
            if replaced is None and query:
                if route.variants >= MAX_VARIANTS_OF_PATH:
                    self._remove(self._least_used_variant(key[:2]))
                route.variants += 1
            self.copies[key] = copy
            self.bytes += copy.size - (replaced.size if replaced is not None else 0)
            if self.bytes > self.most_bytes:
                self._make_room(key)
        return True

    def drop(self, key: tuple, copy: Copy | None = None) -> bool:
        """Drop what is kept under a key; with `copy` given, only that one and not what took its place meanwhile.

        Return whether the key is free now.
        """
        with self._lock:
            if copy is not None and self.copies.get(key) is not copy:
                return False
            if key in self.copies:
                self._remove(key)
            if not key[2]:
                self.routes.pop(key[:2], None)
        return True

    def cached_as(self, key: tuple) -> tuple | None:
        """Return the key under which the page of a key is kept; None where it is not."""
        route = self.routes.get(key[:2])
        query = canonical_query(key[2], route.params) if route is not None else None
        return None if query is None else (*key[:2], query, key[3])

    def note_uncached(self, key: tuple) -> None:
        """Note that the answer of an address cannot be kept."""
        if len(self.uncached) >= MAX_ROUTES:
            self.uncached.clear()
        self.uncached[address_of(key)] = None

    def _route(self, place: tuple, params: frozenset) -> Route:
        route = self.routes.get(place)
        if route is None or route.params != params:
            if len(self.routes) >= MAX_ROUTES:
                self.routes.clear()
            variants = route.variants if route is not None else 0
            route = self.routes[place] = Route(params)
            route.variants = variants
        return route

    def _least_used_variant(self, place: tuple) -> tuple:
        variants = (key for key in self.copies if key[:2] == place and key[2])
        return min(variants, key=lambda key: self.copies[key].used)

    def _make_room(self, but: tuple) -> None:
        """Drop the least recently used copies, down to nine tenths of the bound."""
        for key, _ in sorted(self.copies.items(), key=lambda item: item[1].used):
            if self.bytes <= self.most_bytes * 9 // 10:
                return
            if key != but:
                self._remove(key)

    def _remove(self, key: tuple) -> None:
        self.bytes -= self.copies.pop(key).size
        route = self.routes.get(key[:2])
        if key[2] and route is not None:
            route.variants -= 1


def address_of(key: tuple) -> tuple:
    """Return the address of a key, whatever is asked of it."""
    return (*key[:2], None, key[3])
