"""What the installation asks: each answer is checked, what was answered is not asked again, secrets are drawn."""

import base64

import environ
import pytest

from deploy.machine import answers
from tests.deploy.machines import ANSWERS


def question(name: str) -> answers.Question:
    return next(one for one in answers.QUESTIONS if one.name == name)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("PORTAL_HOST", ["longxuyen.angiang.gov.vn"], ["", "longxuyen", "Long.vn", "a b.vn", "-a.vn", "https://a.vn"]),
        ("PORTAL_HOST_PATTERN", ["{label}.a.vn", "{label}-x.a.vn"], ["a.vn", "{label}", "{label}.{label}.vn"]),
        ("INSTALL_TLS", ["own", "acme", "self-signed"], ["", "khong"]),
        ("PORTAL_MAIL_FROM", ["a@b.vn"], ["", "a", "a@b", "a@b.vn,c@d.vn"]),
        ("PORTAL_EMAIL_URL", ["", "smtp+tls://u:p%23@mail.vn:587"], ["mail.vn", "smtp://mail.vn", "smtp://a:b#c@m:25"]),
        ("PORTAL_AUDIT_MAIL", ["", "a@b.vn,c@d.vn"], ["a@b.vn,c"]),
        ("PORTAL_BACKUP", ["", "/mnt/sao-luu"], ["sao-luu", "/mnt/sao luu", "/mnt/x;rm"]),
        ("PORTAL_BACKUP_RECIPIENTS", [f"age1{'q' * 58}"], ["", "age1x", f"AGE-SECRET-KEY-1{'Q' * 58}"]),
        ("INSTALL_ADMIN_NETWORKS", ["", "10.20.0.0/16,2001:db8::/32"], ["10.20.0.1/16", "ui"]),
        ("INSTALL_HTTPS_PORT", ["443"], ["0", "70000", "x"]),
        ("INSTALL_CERTIFICATE", [], ["/khong/co.pem", "chain.pem"]),
    ],
)
def test_an_answer_is_checked(name, right, wrong):
    for value in right:
        assert answers.problem_of(question(name), value) == "", value
    for value in wrong:
        assert answers.problem_of(question(name), value), value


def test_a_question_is_asked_until_its_answer_is_right_and_only_when_it_matters(monkeypatch, capsys):
    given = iter(["khong-hop-le", "longxuyen.example", "", "self-signed", "a@b.vn", *[""] * 20])
    monkeypatch.setattr("builtins.input", lambda prompt: next(given))

    found = answers.ask({})

    assert found["PORTAL_HOST"] == "longxuyen.example"
    assert found["PORTAL_HOST_PATTERN"] == "{label}.longxuyen.example"
    assert "INSTALL_ACME_MAIL" not in found and "PORTAL_BACKUP_RECIPIENTS" not in found
    assert "Cần tên miền viết thường" in capsys.readouterr().out


def test_what_was_answered_before_is_not_asked_again(monkeypatch):
    whole = answers.demand(ANSWERS)
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail(prompt))

    assert answers.ask(whole) == whole


def test_the_portal_reads_what_was_written(tmp_path, monkeypatch):
    known = answers.draw(answers.demand(ANSWERS | {"PORTAL_EMAIL_URL": "smtp+tls://u:p%23=a@mail.example:587"}))
    (tmp_path / ".env").write_text(answers.settings_text(known))
    monkeypatch.setattr(environ.Env, "ENVIRON", {})

    environ.Env.read_env(tmp_path / ".env")

    read = environ.Env.ENVIRON
    assert read["PORTAL_EMAIL_URL"] == known["PORTAL_EMAIL_URL"] and read["SECRET_KEY"] == known["SECRET_KEY"]
    assert len(read["SECRET_KEY"]) >= 50 and len(base64.urlsafe_b64decode(read["PORTAL_PERSONAL_KEYS"])) == 32
    database = environ.Env().db_url_config(read["DATABASE_URL"])
    assert (database["USER"], database["NAME"], database["PASSWORD"]) == ("portal", "portal", "")
    assert database["OPTIONS"]["host"] == "/run/postgresql" or database["HOST"] == "/run/postgresql"
    assert not [name for name in read if name.startswith("INSTALL_")]


def test_the_periodic_work_may_speak_to_the_name_servers_of_the_machine(tmp_path):
    resolver = tmp_path / "resolv.conf"
    resolver.write_text("# x\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\n")

    assert answers._outgoing({}, resolver) == ["192.0.2.53", "fe80::1"]
    named = answers._outgoing({"PORTAL_EMAIL_URL": "smtp://192.0.2.25:25"}, resolver)
    assert named == ["192.0.2.53", "fe80::1", "192.0.2.25"]


def test_a_scanner_elsewhere_stays_and_the_one_of_this_machine_goes_with_it():
    known = answers.draw(answers.demand(ANSWERS))
    for scanner, named, written in (
        ("yes", "", "PORTAL_CLAMAV=unix:/run/clamav/clamd.ctl\n"),
        ("no", "unix:/run/clamav/clamd.ctl", ""),
        ("no", "192.0.2.9:3310", "PORTAL_CLAMAV=192.0.2.9:3310\n"),
    ):
        given = known | {"INSTALL_SCANNER": scanner} | ({"PORTAL_CLAMAV": named} if named else {})
        text = answers.settings_text(given)
        assert written in text and ("PORTAL_CLAMAV" in text) == bool(written)
