"""The installation as data: what a dry run prints, what is done once, how a release takes the place of another one."""

import os
import subprocess
from pathlib import Path

import pytest
import time_machine

from deploy.machine import __main__ as program
from deploy.machine import actions, answers, installing, places, releases, steps, units
from tests.deploy.machines import ANSWERS, Machines, a_source


@pytest.fixture
def source(tmp_path, monkeypatch):
    """What the releases of these tests are copied from."""
    folder = a_source(tmp_path / "source")
    monkeypatch.setattr(releases, "SOURCE", folder)
    return folder


@pytest.fixture
def machine(tmp_path):
    """A machine whose packages are there; no program of it is ever started."""
    return Machines(tmp_path / "machine").with_packages(
        (*installing.PACKAGES, *installing.SCANNER, *installing.RECOGNISER)
    )


@pytest.fixture
def known():
    """Whole answers."""
    return answers.draw(answers.demand(ANSWERS))


def carry_out(work, known, machine, *, is_dry=False):
    steps.carry_out(work(known, machine), machine, is_dry=is_dry)
    ran, machine.ran = machine.ran, []
    return ran


def release_of(machine) -> Path:
    return releases.running(machine)


def turns(machine, monkeypatch) -> list:
    """Note each server that is started anew, with the ports of those that nginx asks meanwhile."""
    asked = []

    def run(command, *, account="", text="", environment=None):
        if command[:2] == ("systemctl", "restart") and "web" in command[2]:
            conf = machine.place(places.NGINX).read_text()
            asked.append((command[2], [port for port in places.PORTS if f"127.0.0.1:{port} " in conf]))
        Machines.run(machine, command, account=account, text=text, environment=environment)

    monkeypatch.setattr(machine, "run", run)
    return asked


class TestInstall:
    def test_a_dry_run_prints_every_step_and_changes_nothing(self, source, tmp_path, known, capsys):
        bare = Machines(tmp_path / "bare")

        carry_out(installing.install, known, bare, is_dry=True)

        printed = capsys.readouterr().out
        assert bare.ran == [] and not bare.root.exists()
        for line in (
            "sẽ làm: apt-get install adduser",
            "sẽ làm: tài khoản hệ thống portal-owner",
            "sẽ làm: ghi /etc/portal/portal.env (640, root:portal)",
            'CREATE ROLE "portal-owner" LOGIN',
            "sửa /etc/clamav/clamd.conf: StreamMaxLength 320M",
            "bootstrap.py",
            "[portal-owner] DJANGO_SETTINGS_MODULE=config.settings.production DATABASE_URL=postgres://portal-owner@",
            "systemctl enable portal-web@8001.service portal-web@8002.service portal-jobs.service",
            "ghi /etc/nginx/conf.d/portal.conf",
        ):
            assert line in printed, line
        assert known["SECRET_KEY"] not in printed

    def test_a_second_run_changes_no_file_and_makes_nothing_twice(self, source, machine, known, capsys):
        first = carry_out(installing.install, known, machine)
        written = {path: path.stat().st_mtime_ns for path in machine.root.rglob("*") if path.is_file()}
        capsys.readouterr()
        machine.prints["psql"] = "1\n"
        machine.prints["openssl x509"] = "Certificate will not expire\n"

        second = carry_out(installing.install, known, machine)

        assert {path: path.stat().st_mtime_ns for path in machine.root.rglob("*") if path.is_file()} == written
        assert not [line for line in second if line.startswith(("adduser", "apt-get", "openssl req"))]
        assert not [line for line in second if "restart" in line or "CREATE" in line]
        assert [line for line in first if "restart portal-web@8001" in line]

    def test_what_is_secret_is_read_by_its_account_alone(self, source, machine, known):
        carry_out(installing.install, known, machine)

        settings = machine.place(places.SETTINGS)
        assert settings.stat().st_mode & 0o777 == 0o640
        assert machine.owner_of(places.SETTINGS) == "root:portal"
        # The web server in front reads uploads, and no setting: it is not of that group.
        assert machine.owner_of(places.VAR / "media") == "portal:www-data"
        assert machine.place(places.VAR / "media").stat().st_mode & 0o7777 == 0o2750
        assert machine.place(places.ANSWERS).stat().st_mode & 0o777 == 0o600

    def test_what_accounts_of_the_portal_write_others_do_not_read(self, monkeypatch):
        seen = []
        done = subprocess.CompletedProcess((), 0, stdout="")
        monkeypatch.setattr(subprocess, "run", lambda command, **how: seen.append(how["umask"]) or done)

        actions.Machine().run(("pg_dump",), account=places.OWNER)
        actions.Machine().run(("nginx", "-t"))

        assert seen == [0o027, -1]
        assert "\numask 027\n" in installing.MANAGE

    def test_a_release_has_no_settings_data_or_tests_of_the_machine_it_came_from(self, source, machine, known):
        carry_out(installing.install, known, machine)

        made = machine.place(release_of(machine))
        assert os.readlink(made / ".env") == str(places.SETTINGS)
        assert not (made / "var").exists() and not (made / "tests").exists()
        assert (made / "manage.py").stat().st_mode & 0o777 == 0o644

    def test_settings_that_a_person_added_stay_and_secrets_are_drawn_once(self, source, machine, known):
        carry_out(installing.install, known, machine)
        settings = machine.place(places.SETTINGS)
        settings.write_text(settings.read_text() + "PORTAL_RENDERS=3\n")

        again = answers.draw(answers.demand(answers.read(settings, machine.place(places.ANSWERS))))
        ran = carry_out(installing.install, again, machine)

        text = settings.read_text()
        assert "PORTAL_RENDERS=3\n" in text and f"SECRET_KEY={known['SECRET_KEY']}\n" in text
        # Changed settings take effect.
        assert [line for line in ran if line.startswith("systemctl restart portal-web@8001")]

    def test_a_failure_ends_it_and_the_next_run_goes_on(self, source, machine, known):
        machine.broken = "manage.py migrate"
        with pytest.raises(actions.Failed, match="migrate"):
            carry_out(installing.install, known, machine)
        assert release_of(machine) is None

        machine.broken, machine.ran = "", []
        carry_out(installing.install, known, machine)

        assert release_of(machine) is not None

    def test_a_server_that_does_not_get_ready_ends_it(self, source, machine, known):
        machine.ports[8002] = 503

        with pytest.raises(actions.Failed, match="8002"):
            carry_out(installing.install, known, machine)
        assert machine.waited == actions.READY_SECONDS

    def test_another_release_is_not_installed_over_the_one_that_runs(self, source, machine, known):
        carry_out(installing.install, known, machine)
        (source / "manage.py").write_text("print(1)\n")

        with pytest.raises(actions.Failed, match="deploy/upgrade"):
            installing.install(known, machine)

    def test_what_a_setting_asks_for_is_installed_with_the_libraries_of_the_release(self, source, machine, known):
        asked = known | {"PORTAL_OIDC_ISSUER": "https://dang-nhap.example.invalid"}

        ran = carry_out(installing.install, asked, machine)

        python = release_of(machine) / ".venv" / "bin" / "python"
        [pip] = [line for line in ran if " pip install " in line]
        assert pip.startswith(str(python)) and "--require-hashes" in pip and pip.endswith("requirements-sso.lock")
        assert ran.index(pip) < ran.index(next(line for line in ran if "manage.py migrate" in line))
        # They are there: nothing is installed a second time.
        machine.prints[f"{python} -c import authlib, joserfc"] = "1\n"
        assert not [line for line in carry_out(installing.install, asked, machine) if " pip install " in line]

    def test_without_a_scanner_none_is_named_and_no_file_is_taken(self, source, machine):
        known = answers.draw(answers.demand(ANSWERS | {"INSTALL_SCANNER": "no"}))

        ran = carry_out(installing.install, known, machine)

        assert "PORTAL_CLAMAV" not in machine.place(places.SETTINGS).read_text()
        assert not [line for line in ran if "clamav" in line]

    @pytest.mark.parametrize(("wanted", "installs"), [("yes", True), ("no", False)])
    def test_what_reads_scans_is_installed_when_it_is_wanted(self, source, tmp_path, wanted, installs):
        known = answers.draw(answers.demand(ANSWERS | {"INSTALL_RECOGNISER": wanted}))
        bare = Machines(tmp_path / "bare").with_packages((*installing.PACKAGES, *installing.SCANNER))

        ran = carry_out(installing.install, known, bare)

        assert any("apt-get" in line and "tesseract-ocr-vie" in line for line in ran) is installs


class TestCertificates:
    def test_one_of_the_city_is_looked_at_before_it_is_used(self, source, machine, tmp_path):
        for name in ("chain.pem", "key.pem"):
            (tmp_path / name).touch()
        own = {
            "INSTALL_TLS": "own",
            "INSTALL_CERTIFICATE": str(tmp_path / "chain.pem"),
            "INSTALL_CERTIFICATE_KEY": str(tmp_path / "key.pem"),
        }

        ran = carry_out(installing.install, answers.draw(answers.demand(ANSWERS | own)), machine)

        assert f"ssl_certificate {tmp_path / 'chain.pem'};" in machine.place(places.NGINX).read_text()
        assert [line for line in ran if line.startswith("sh -c openssl x509") and "checkhost" in line]

    def test_an_authority_is_asked_once_nginx_answers_its_question(self, source, machine):
        acme = {"INSTALL_TLS": "acme", "INSTALL_ACME_MAIL": "kt@longxuyen.example"}
        known = answers.draw(answers.demand(ANSWERS | acme))

        made = installing.install(known, machine)
        carry_out(lambda *_: made, known, machine)

        titles = [step.title for step in made]
        assert titles.index("nginx") < titles.index("Xin chứng thư")
        live = "/etc/letsencrypt/live/longxuyen.example/fullchain.pem"
        assert f"ssl_certificate {live};" in machine.place(places.NGINX).read_text()
        assert "certbot" in installing.packages_of(known)
        # Once it is there, no other one is made first.
        machine.place(Path(live)).parent.mkdir(parents=True)
        machine.place(Path(live)).touch()
        assert "Xin chứng thư" not in [step.title for step in installing.install(known, machine)]


class TestUpgrade:
    @pytest.fixture
    def installed(self, source, machine, known):
        carry_out(installing.install, known, machine)
        self.first = release_of(machine)
        (source / "manage.py").write_text("print(2)\n")
        return machine

    def test_each_server_is_started_anew_while_nginx_asks_the_other_one(self, installed, known, monkeypatch):
        asked = turns(installed, monkeypatch)

        ran = carry_out(installing.upgrade, known, installed)

        assert asked == [("portal-web@8001.service", [8002]), ("portal-web@8002.service", [8001])]
        conf = installed.place(places.NGINX).read_text()
        assert all(f"server 127.0.0.1:{port} max_fails=0;" in conf for port in places.PORTS)
        order = [ran.index(next(line for line in ran if word in line)) for word in ("pg_dump", "migrate", "web@8001")]
        assert order == sorted(order)
        assert ran.index("systemctl restart portal-jobs.service") > order[-1]

    def test_what_stands_around_the_portal_is_made_here_too(self, installed, known, tmp_path):
        (installed.place(places.VAR) / "nginx-cache").rmdir()
        installed.place("/etc/sysctl.d/90-portal.conf").write_text("of the release before")
        made = {step.title for step in installing.upgrade(known, installed)}

        ran = carry_out(installing.upgrade, known, installed)

        assert (installed.place(places.VAR) / "nginx-cache").is_dir()
        assert "tcp_migrate_req" in installed.place("/etc/sysctl.d/90-portal.conf").read_text()
        assert [line for line in ran if "sysctl" in line]
        bare = [step.title for step in installing.install(known, Machines(tmp_path / "bare"))]
        # The release is served in turns instead, and the certificate is renewed by other means.
        assert [title for title in bare if title not in made] == ["Chạy cổng thông tin", "Chứng thư TLS", "nginx"]

    def test_what_runs_and_what_ran_before_are_named(self, installed, known):
        carry_out(installing.upgrade, known, installed)

        assert releases.one_before(installed) == self.first
        assert release_of(installed) != self.first
        assert str(release_of(installed)) in installed.place(places.UNITS / "portal-jobs.service").read_text()

    def test_the_one_before_comes_back_without_a_change_of_the_tables(self, installed, known):
        carry_out(installing.upgrade, known, installed)
        second = release_of(installed)

        ran = carry_out(installing.rollback, known, installed)

        assert (release_of(installed), releases.one_before(installed)) == (self.first, second)
        assert not [line for line in ran if "migrate" in line or "pg_dump" in line]
        assert [line for line in ran if "restart portal-web@8001" in line]

    def test_nothing_runs_anew_when_the_backup_fails(self, installed, known):
        installed.broken = "pg_dump"

        with pytest.raises(actions.Failed):
            carry_out(installing.upgrade, known, installed)

        assert release_of(installed) == self.first
        assert not [line for line in installed.ran if "restart" in line or "migrate" in line]

    @pytest.mark.parametrize("away", places.PORTS)
    @pytest.mark.parametrize("works", [("upgrade", "upgrade"), ("upgrade", "rollback"), ("rollback", "rollback")])
    def test_what_broke_off_goes_on_with_the_server_that_is_away(self, installed, known, monkeypatch, works, away):
        if works[0] == "rollback":
            carry_out(installing.upgrade, known, installed)
        begun, repeated = (getattr(installing, work) for work in works)
        made, installed.ports[away] = begun(known, installed), 503
        with pytest.raises(actions.Failed, match=str(away)):
            carry_out(lambda *_: made, known, installed)
        installed.ports[away], installed.ran = 200, []
        asked = turns(installed, monkeypatch)

        carry_out(repeated, known, installed)

        # Never taken out while the other one is away.
        [other] = {*places.PORTS} - {away}
        assert asked == [(f"portal-web@{away}.service", [other]), (f"portal-web@{other}.service", [away])]
        is_back = release_of(installed) == self.first
        assert is_back == (works[1] == "rollback") and (releases.one_before(installed) == self.first) != is_back
        assert not installed.place(places.UNDER_WAY).exists()

    def test_a_server_that_has_died_since_has_the_first_turn(self, installed, known, monkeypatch):
        carry_out(installing.upgrade, known, installed)
        installed.ports[8002] = 0
        made = installing.rollback(known, installed)
        installed.ports[8002] = 200
        asked = turns(installed, monkeypatch)

        carry_out(lambda *_: made, known, installed)

        assert asked == [("portal-web@8002.service", [8001]), ("portal-web@8001.service", [8002])]

    def test_a_release_that_came_half_way_is_none_to_go_back_to(self, installed, known, source):
        made, installed.ports[8002] = installing.upgrade(known, installed), 503
        with pytest.raises(actions.Failed):
            carry_out(lambda *_: made, known, installed)
        installed.ports[8002] = 200
        (source / "manage.py").write_text("print(3)\n")

        carry_out(installing.upgrade, known, installed)

        assert releases.one_before(installed) == self.first

    def test_a_dump_before_the_tables_changed_is_not_written_over(self, installed, known):
        installed.broken = "manage.py migrate"
        with time_machine.travel("2026-12-01 09:00:00 +0700", tick=False), pytest.raises(actions.Failed):
            carry_out(installing.upgrade, known, installed)
        ran, installed.broken, installed.ran = installed.ran, "", []
        with time_machine.travel("2026-12-01 09:05:00 +0700", tick=False):
            ran += carry_out(installing.upgrade, known, installed)

        dumps = [line.split()[4] for line in ran if "pg_dump" in line]
        assert len(dumps) == len(set(dumps)) == 2

    def test_after_it_the_same_settings_start_nothing_anew(self, installed, known):
        carry_out(installing.upgrade, known, installed)
        installed.prints["psql"], installed.prints["openssl x509"] = "1\n", "Certificate will not expire\n"

        assert not [line for line in carry_out(installing.install, known, installed) if "restart portal" in line]

    def test_libraries_that_a_setting_asks_for_since_come_to_the_release_before_too(self, installed, known):
        carry_out(installing.upgrade, known, installed)

        ran = carry_out(
            installing.rollback, known | {"PORTAL_TRACES_URL": "http://127.0.0.1:4318/v1/traces"}, installed
        )

        pip, restarted = (next(n for n, line in enumerate(ran) if word in line) for word in (" pip ", "restart portal"))
        assert str(self.first) in ran[pip] and "requirements-tracing.lock" in ran[pip] and pip < restarted

    def test_the_same_release_and_a_bare_machine_are_refused(self, installed, known, tmp_path):
        carry_out(installing.upgrade, known, installed)

        for work, where, reason in (
            (installing.upgrade, installed, "đang chạy rồi"),
            (installing.upgrade, Machines(tmp_path / "bare"), "deploy/install"),
            (installing.rollback, Machines(tmp_path / "bare"), "chưa có cổng"),
        ):
            with pytest.raises(actions.Failed, match=reason):
                work(known, where)

    def test_older_releases_go_but_the_two_that_matter(self, installed, known, source):
        for number in range(3, 8):
            carry_out(installing.upgrade, known, installed)
            (source / "manage.py").write_text(f"print({number})\n")

        left = {path.name for path in installed.place(places.RELEASES).iterdir()}
        assert len(left) == releases.RELEASES_RETAINED
        assert {release_of(installed).name, releases.one_before(installed).name} <= left


class TestCommand:
    def test_a_run_without_a_person_names_all_that_is_missing(self, source, machine, tmp_path, capsys):
        given = tmp_path / "answers"
        given.write_text("PORTAL_HOST=Long Xuyên\n")

        with pytest.raises(SystemExit):
            program.main(["install", "--dry-run", "--answers", str(given)], machine)

        said = capsys.readouterr().err
        assert "PORTAL_HOST" in said and "INSTALL_TLS" in said and "PORTAL_MAIL_FROM" in said
        assert machine.ran == []

    def test_answers_of_a_file_are_enough(self, source, machine, tmp_path, capsys):
        given = tmp_path / "answers"
        given.write_text("".join(f"{name}={value}\n" for name, value in ANSWERS.items()))

        assert program.main(["install", "--dry-run", "--answers", str(given)], machine) == 0
        assert "sẽ làm" in capsys.readouterr().out

    def test_the_scripts_lead_to_it(self):
        root = Path(program.__file__).resolve().parents[2]
        for name in program.WORKS:
            script = root / "deploy" / name
            assert os.access(script, os.X_OK) and f"deploy.machine {name} " in script.read_text()


class TestSizes:
    def test_servers_share_the_processors(self, monkeypatch):
        for processors, each in ((1, 1), (2, 1), (4, 2), (64, 4)):
            monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
            assert units.workers() == each
