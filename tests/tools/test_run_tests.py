"""The test runner itself: what it counts, and when it says that something failed."""

import contextlib
import io
import tempfile
import tomllib
from pathlib import Path
from unittest import mock

import run_tests
from django.test import SimpleTestCase
from run_tests import Result

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.home.X" file="tests/home/test_jobs.py" name="a" time="1.5"/>
<testcase classname="tests.home.X" file="tests/home/test_jobs.py" name="b" time="1"><failure/></testcase>
<testcase classname="tests.home.X" name="c" time="1"><error/></testcase>
<testcase classname="tests.journeys.test_publish.X" file="tests/journeys/test_publish.py" name="d" time="2"/>
<testcase classname="tests.browser.X" file="tests/browser/test_a11y.py" name="e"><skipped/></testcase>
</testsuite></testsuites>"""


class CountedTests(SimpleTestCase):
    def test_counts_by_kind_and_takes_an_error_for_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            report_file = Path(folder, "junit.xml")
            report_file.write_text(JUNIT)

            results = run_tests.counted("SQLite", report_file, 9)

        found = {one.title: (one.passed, one.failed, one.skipped) for one in results}
        self.assertEqual(found["Đơn vị · SQLite"], (1, 2, 0))
        self.assertEqual(found["Hành trình · SQLite"], (1, 0, 0))
        self.assertEqual(found["Trình duyệt · SQLite"], (0, 0, 1))

    def test_a_run_that_left_no_report_counts_nothing(self):
        self.assertEqual(run_tests.counted("SQLite", Path("/nonexistent/junit.xml"), 9), [])


class ReportTests(SimpleTestCase):
    def report(self, *results: Result, in_ci: bool) -> tuple[int, str]:
        out = io.StringIO()
        with mock.patch.object(run_tests, "IN_CI", in_ci), contextlib.redirect_stdout(out):
            code = run_tests.report(list(results))
        return code, out.getvalue().rstrip().splitlines()[-1]

    def test_the_last_line_adds_everything_up(self):
        code, line = self.report(Result("a", passed=3), Result("b", passed=4, failed=1), in_ci=False)

        self.assertEqual((code, line), (1, "7 passed, 1 failed, 0 skipped"))

    def test_what_is_skipped_is_allowed_on_a_desk_but_not_in_ci(self):
        for in_ci, expected in [(False, 0), (True, 1)]:
            with self.subTest(in_ci=in_ci):
                code, _ = self.report(Result("a", passed=3, skipped=1), in_ci=in_ci)

                self.assertEqual(code, expected)


class BudgetTests(SimpleTestCase):
    def test_a_stage_that_grew_by_more_than_a_fifth_is_said_loudly_and_one_that_did_not_is_not(self):
        written = tomllib.loads(run_tests.BUDGET.read_text(encoding="utf-8"))["processor_seconds"]["sqlite"]

        self.assertTrue(run_tests.compared_with_budget({"sqlite": 1.3 * written}).startswith("!!!"))
        self.assertNotIn("!!!", run_tests.compared_with_budget({"sqlite": 1.1 * written}))
        self.assertIn("chưa có", run_tests.compared_with_budget({"another": 1}))

    def test_a_stage_has_the_name_of_its_place(self):
        self.assertEqual(run_tests.stage(run_tests.Result("Đơn vị · PostgreSQL")), "postgresql")


class EnvironmentTests(SimpleTestCase):
    def test_settings_of_a_developer_do_not_reach_the_tests(self):
        theirs = {"DATABASE_URL": "postgres://x/y", "PORTAL_HOST": "x", "SECRET_KEY": "x", "PATH": "/bin"}
        with mock.patch.dict("os.environ", theirs, clear=True):
            environment = run_tests.clean_environment("sqlite")

        self.assertEqual((environment["DATABASE_URL"], environment["PATH"]), ("", "/bin"))
        self.assertNotIn("PORTAL_HOST", environment)
        self.assertNotIn("SECRET_KEY", environment)

    def test_sources_are_compiled_once_for_all_processes_and_not_beside_them(self):
        with mock.patch.dict("os.environ", {"PYTHONDONTWRITEBYTECODE": "1", "MIGRATED_SQLITE": "x"}, clear=True):
            environment = run_tests.clean_environment("sqlite")

        self.assertEqual(environment["PYTHONPYCACHEPREFIX"], str(run_tests.ROOT / "var" / "test" / "pycache"))
        self.assertFalse({"PYTHONDONTWRITEBYTECODE", "MIGRATED_SQLITE"} & set(environment))


class ProgramsTests(SimpleTestCase):
    """On a machine that has none of the programs."""

    def asked_for(self, *, installs: bool) -> list[tuple]:
        asked = []
        with (
            mock.patch.object(run_tests.shutil, "which", lambda name, path=None: None),
            mock.patch.object(run_tests.postgres, "programs", lambda: None),
            mock.patch.object(run_tests.debian, "has_recogniser", lambda: False),
            mock.patch.object(run_tests.debian, "install", lambda *packages: asked.append(packages) or installs),
        ):
            run_tests.install_programs()
        return asked

    def test_all_are_installed_in_one_step(self):
        (together,) = self.asked_for(installs=True)

        self.assertLessEqual({"nginx-light", "postgresql", "age", "bubblewrap", "tesseract-ocr-vie"}, {*together})

    def test_where_one_is_not_to_be_had_each_is_asked_for_by_itself(self):
        together, *each = self.asked_for(installs=False)

        self.assertEqual(each, [(package,) for package in together])

    def test_nothing_is_asked_for_where_all_are_there(self):
        with (
            mock.patch.object(run_tests.shutil, "which", lambda name, path=None: f"/usr/bin/{name}"),
            mock.patch.object(run_tests.postgres, "programs", lambda: Path("/usr/bin")),
            mock.patch.object(run_tests.debian, "has_recogniser", lambda: True),
            mock.patch.object(run_tests.debian, "install") as install,
        ):
            run_tests.install_programs()

        install.assert_not_called()
