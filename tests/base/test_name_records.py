"""Text records of a name: read whole, in bounded time, and nothing else believed."""

import time

import pytest
from django.test import override_settings

from base.operations import name_records
from base.operations.name_records import NoAnswer, text_records
from tests.name_server import NameServer

NAME, LONG = "chu-ky._domainkey.example.invalid", "v=DKIM1; k=rsa; p=" + "A" * 500
TEXTS = {NAME: [LONG, "v=spf1 -all"]}


def asked(server: NameServer, name: str = NAME) -> list[str]:
    with server.running(), override_settings(PORTAL_NAME_SERVER=f"127.0.0.1:{server.port}"):
        return text_records(name)


pytest.importorskip("dns", reason="of requirements.txt")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(name_records, "SECONDS", 0.3)
    monkeypatch.setattr(name_records, "ALL_SECONDS", 0.9)


class TestTextRecords:
    @pytest.mark.parametrize("mode", ["ok", "cut", "other"])
    def test_are_read_whole_behind_an_alias_over_tcp_where_cut_off_and_past_a_strange_answer(self, mode):
        assert asked(NameServer(TEXTS, mode)) == [LONG, "v=spf1 -all"]

    def test_of_a_name_that_is_not_there_are_none(self):
        assert asked(NameServer(TEXTS), "khac.example.invalid") == []

    @pytest.mark.parametrize("mode", ["silent", "rubbish", "broken"])
    def test_are_unknown_in_bounded_time_when_the_server_says_nothing_that_makes_sense(self, mode):
        server, began = NameServer(TEXTS, mode), time.monotonic()

        with pytest.raises(NoAnswer):
            asked(server)
        assert 1 <= len(server.asked) <= 3
        assert time.monotonic() - began < 3

    @pytest.mark.parametrize("mode", ["flood", "drip"])
    def test_are_unknown_in_time_where_what_comes_does_not_end(self, mode):
        """Each datagram, and each byte, could begin a new wait."""
        began = time.monotonic()

        with pytest.raises(NoAnswer):
            asked(NameServer(TEXTS, mode))
        assert time.monotonic() - began < 3

    @pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".invalid", "a." * 130 + "invalid", ""])
    def test_are_not_asked_of_what_is_no_name(self, name):
        server = NameServer(TEXTS)
        with pytest.raises(NoAnswer):
            asked(server, name)
        assert server.asked == []

    def test_are_asked_of_the_machines_first_server_and_unknown_without_one(self, monkeypatch, tmp_path):
        file = tmp_path / "resolv.conf"
        monkeypatch.setattr(name_records, "RESOLVERS", file)
        with pytest.raises(NoAnswer):
            text_records(NAME)
        file.write_text("# của máy\nsearch example.invalid\n")
        with pytest.raises(NoAnswer):
            text_records(NAME)
        server = NameServer(TEXTS)
        monkeypatch.setattr(name_records, "PORT", server.port)
        file.write_text("nameserver 127.0.0.1\nnameserver 192.0.2.1\n")
        with server.running():
            assert text_records(NAME) == [LONG, "v=spf1 -all"]
