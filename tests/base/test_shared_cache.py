"""Redis as the cache of all machines: nothing fails while it is away, and nothing old comes back with it."""

from unittest import mock

from django.test import SimpleTestCase

from base.operations.machines.cache import LONGEST_SECONDS, REST_SECONDS, SharedCache


class RedisAway(OSError):
    """What the library raises when nothing answers."""


class Redis:
    """A Redis server in memory that can be away, with the methods of Django's client."""

    is_away, asked = False, 0

    def __init__(self, servers, **options):
        self.known, self.options = {}, options

    def _answer(self):
        Redis.asked += 1
        if Redis.is_away:
            raise RedisAway

    def add(self, key, value, timeout):
        self._answer()
        return self.known.setdefault(key, (value, timeout)) == (value, timeout)

    def get(self, key, default):
        self._answer()
        return self.known.get(key, (default, 0))[0]

    def set(self, key, value, timeout):
        self._answer()
        self.known[key] = value, timeout

    def delete(self, key):
        self._answer()
        return self.known.pop(key, None) is not None

    def get_many(self, keys):
        self._answer()
        return {key: self.known[key][0] for key in keys if key in self.known}

    def clear(self):
        self._answer()
        return True


class TheCacheOfAllMachines(SimpleTestCase):
    def setUp(self):
        self.cache = SharedCache("redis://127.0.0.1:1/0", {})
        self.cache._class = Redis
        self.enterContext(mock.patch("base.operations.machines.cache._error_of_library", lambda: RedisAway))
        Redis.is_away, Redis.asked = False, 0

    def test_remembers_for_a_minute_at_most(self):
        self.cache.set("a", 1, 3600)
        self.cache.set("b", 2, None)
        self.cache.set("c", 3, 5)

        self.assertEqual(self.cache.get_many("abc"), {"a": 1, "b": 2, "c": 3})
        self.assertEqual([kept for _value, kept in self.cache._cache.known.values()], [LONGEST_SECONDS] * 2 + [5])

    def test_fails_nowhere_while_it_is_away_and_is_not_asked_each_time(self):
        self.cache.set("a", 1)
        Redis.is_away = True

        with self.assertLogs("base.operations.machines.cache", "WARNING") as said:
            self.assertEqual(self.cache.get("a", "không rõ"), "không rõ")
            self.cache.set("a", 2)
            self.assertEqual(
                (self.cache.get_many("a"), self.cache.delete("a"), self.cache.add("a", 1), self.cache.clear()),
                ({}, False, True, False),
            )

        self.assertEqual((len(said.output), Redis.asked), (1, 2))

    def test_is_asked_again_after_a_rest(self):
        self.cache.set("a", 1)
        Redis.is_away = True
        with self.assertLogs("base.operations.machines.cache", "WARNING"):
            self.cache.get("a")
        Redis.is_away = False
        self.assertIsNone(self.cache.get("a"))

        later = self.cache._rests_until + REST_SECONDS
        with mock.patch("base.operations.machines.cache.monotonic", return_value=later):
            self.assertEqual(self.cache.get("a"), 1)

    def test_waits_half_a_second_for_an_answer_unless_the_address_says_otherwise(self):
        self.cache.get("a")
        self.assertEqual(self.cache._cache.options["socket_timeout"], 0.5)
        longer = SharedCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_timeout": 2}})
        self.assertEqual((longer._options["socket_timeout"], longer._options["socket_connect_timeout"]), (2, 0.5))
