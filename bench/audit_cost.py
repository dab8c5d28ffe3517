"""What the audit trail costs a request: the same requests with and without it, in turns.

    python bench/audit_cost.py [--times 60]
    python bench/audit_cost.py --database postgresql

One process answers as in production, but for the server around it, on the small city of the tests in a database of its
own (SQLite in a file). Each round asks everything once with the trail and once without: its middleware passes on, its
mirror and its pen do nothing. A line a request: processor time of the portal (median), queries, and entries written;
PostgreSQL's own time counts only in the time that passes. Last, what the periodic work pays to seal an entry.
"""

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from chosen_database import database_of

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 3


def main() -> None:
    """Prepare the city, ask in turns, print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--times", type=int, default=60)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = options.parse_args()
    with database_of(chosen.database), tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        run(chosen.times, Path(folder))


def run(times: int, folder: Path) -> None:
    """Measure every request `times` times each way."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  after the environment is set

    django.setup()
    from django.db import connection  # noqa: PLC0415

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(folder / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0)
    try:
        measure(times, connection)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(times: int, connection) -> None:
    """Ask in turns; print a line a request, and one for the sealing."""
    from base.audit import sealing  # noqa: PLC0415

    found = {}
    requests = prepared()
    for number in range(-WARM_UP, times):
        for what, ready, ask in requests:
            for trail in (True, False) if number % 2 else (False, True):
                given = ready()
                with contextlib.nullcontext() if trail else no_trail():
                    seen = cost(ask, given, connection)
                if number >= 0:
                    found.setdefault((what, trail), []).append(seen)
    print(f"{connection.vendor}, {times} times each, medians\n")
    print(
        "| Request | CPU-ms without | with | the trail | ms passed without | with | queries without | with | entries |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for what, _, _ in requests:
        without, with_it = found[what, False], found[what, True]
        (cpu, passed, queries, _), (cpu_with, passed_with, queries_with, entries) = (
            [statistics.median(values) for values in zip(*seen, strict=True)] for seen in (without, with_it)
        )
        # Two that stand beside each other suffer from the same neighbours.
        more = statistics.median(two[0] - one[0] for one, two in zip(without, with_it, strict=True))
        print(
            f"| {what} | {cpu:.2f} | {cpu_with:.2f} | {more:+.2f} | {passed:.2f} | {passed_with:.2f} "
            f"| {queries:.0f} | {queries_with:.0f} | {entries:.0f} |"
        )
    began = time.process_time()
    sealed = sealing.seal(everything=True)
    print(f"\nSealing beside the requests: {(time.process_time() - began) * 1000 / sealed:.2f} CPU-ms an entry.")


def prepared() -> list[tuple]:
    """Return (name, what makes ready and is not measured, request) of each request."""
    from tests import factories  # noqa: PLC0415
    from tests.city import CityClient, build_city, publish_at_once  # noqa: PLC0415
    from tests.forms import form_of  # noqa: PLC0415

    city = build_city()
    by = city.cast.contributor
    public = publish_at_once(factories.article(city.section(city.site))).get_url_parts()[2]
    draft = factories.article(city.section(city.my_long), by=by)
    edit = f"/quan-tri/pages/{draft.pk}/edit/"
    reader, writer = CityClient(), CityClient()
    writer.force_login(by)

    def nothing():
        return None

    return [
        ("an article, read by the public", nothing, lambda _: reader.get(public)),
        ("the form of a draft", nothing, lambda _: writer.get(edit)),
        ("a draft looked at", nothing, lambda _: writer.get(f"/quan-tri/pages/{draft.pk}/view_draft/")),
        ("a draft saved", lambda: form_of(writer, edit, type(draft)), lambda data: writer.post(edit, data)),
        ("a screen refused", nothing, lambda _: writer.get("/quan-tri/nhat-ky-kiem-tra/")),
    ]


def cost(ask, given, connection) -> tuple[float, float, int, int]:
    """Return processor time (ms), time passed (ms), queries and entries written of one request."""
    from base.audit import trail as audit  # noqa: PLC0415
    from base.models import AuditEntry  # noqa: PLC0415

    queries, before = [0], AuditEntry.objects.count()
    # A refusal after refusals is only counted: this one is to be written.
    audit.bounds.reset()

    def count(execute, *arguments):
        queries[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        began, began_cpu = time.perf_counter(), time.process_time()
        answer = ask(given)
        cpu, passed = time.process_time() - began_cpu, time.perf_counter() - began
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{answer.request['PATH_INFO']}: {answer.status_code}")
    return cpu * 1000, passed * 1000, queries[0], AuditEntry.objects.count() - before


@contextlib.contextmanager
def no_trail():
    """Let the portal work as if there were no trail."""
    from base.audit import mirror  # noqa: PLC0415
    from base.audit import trail as audit  # noqa: PLC0415
    from base.middleware.audit import AuditMiddleware  # noqa: PLC0415

    with contextlib.ExitStack() as stack:
        for owner, name, instead in (
            (AuditMiddleware, "__call__", lambda self, request: self.get_response(request)),
            (mirror, "mirror", lambda log_entry: None),
            (mirror, "note_state", lambda instance: None),
            (audit, "actor_text", lambda user: ""),
            (audit, "_slug", lambda *things: ""),
            (audit, "_write", lambda entry: None),
        ):
            stack.enter_context(mock.patch.object(owner, name, instead))
        yield


if __name__ == "__main__":
    main()
