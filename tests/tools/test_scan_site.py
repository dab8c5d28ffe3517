"""A finding on the running portal counts until somebody has said why it is right; every 5xx is a finding."""

import pytest
import scan_site
from scan import Finding, read_reviewed

REPORT = {
    "vulnerabilities": {
        "Reflected XSS": [
            {"path": "/tim-kiem/", "module": "xss", "method": "GET", "parameter": "q"},
            {"path": "/quan-tri/pages/12/edit/", "module": "xss", "method": "POST", "parameter": "title"},
        ],
        "SQL Injection": [],
    },
    "anomalies": {"Internal Server Error": [{"path": "/van-ban/", "module": "sql", "method": "GET", "parameter": ""}]},
    "additionals": {"Fingerprint": [{"path": "/", "module": "wapp", "method": "GET", "parameter": ""}]},
    "infos": {"crawled_pages_nbr": 70},
}
LOG = """127.0.0.1 [25/Nov/2026:15:00:00 +0000] "GET /tim-kiem/" 200 10 0.01 MISS
127.0.0.1 [25/Nov/2026:15:00:01 +0000] "POST /quan-tri/pages/77/edit/" 500 10 0.01 -
127.0.0.1 [25/Nov/2026:15:00:02 +0000] "GET /500/" 404 500 0.01 MISS
"""
FOUND = [
    Finding("/tim-kiem/", "xss", "GET q | Reflected XSS"),
    Finding("/quan-tri/pages/N/edit/", "xss", "POST title | Reflected XSS"),
    Finding("/van-ban/", "sql", "GET  | Internal Server Error"),
]


class TestFindings:
    def test_vulnerabilities_and_anomalies_count_and_addresses_bear_no_numbers(self):
        assert scan_site.findings(REPORT) == FOUND

    def test_an_answer_5xx_in_the_log_of_the_web_server_is_a_finding(self):
        assert scan_site.failures(LOG) == [Finding("/quan-tri/pages/N/edit/", "5xx", "POST 500")]

    def test_what_an_attack_wrote_into_the_address_is_one_short_word(self):
        assert scan_site.without_numbers("/a%20b/%0D%0Ac7/" + "d" * 500) == ("/a_b/_cN/" + "d" * 500)[:120]


class TestReport:
    @pytest.mark.parametrize(("log", "code"), [("", 0), (LOG, 1)], ids=["all reviewed", "one new"])
    def test_it_fails_only_where_something_is_not_reviewed(self, tmp_path, monkeypatch, capsys, log, code):
        entries = [f"{one.path} {one.rule}\n    {one.line}\n    : Right, because.\n" for one in FOUND]
        monkeypatch.setattr(scan_site, "REVIEWED", tmp_path / "reviewed_site.txt")
        scan_site.REVIEWED.write_text("# note\n" + "\n".join(entries))

        assert scan_site.report(dict.fromkeys("abcd", REPORT), log, set(), 1) == code

        assert ("POST 500" in capsys.readouterr().out) is bool(code)

    @pytest.mark.parametrize(("scans", "pages"), [("abc", 70), ("abcd", 3)], ids=["a scan is missing", "few pages"])
    def test_a_scan_that_saw_little_fails_whatever_it_found(self, capsys, scans, pages):
        empty = {"vulnerabilities": {}, "anomalies": {}, "infos": {"crawled_pages_nbr": pages}}

        assert scan_site.report(dict.fromkeys(scans, empty), "", set(), 1) == 1

        assert "Chưa đủ" in capsys.readouterr().out

    def test_every_entry_that_is_kept_has_its_reason(self):
        kept = read_reviewed((scan_site.ROOT / "security" / "reviewed_site.txt").read_text(encoding="utf-8"))

        assert all(reason and reason[-1] == "." for reason in kept.values())
