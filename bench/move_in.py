"""Move 10,000 pages in from an old portal: the times, the memory, and a kill half-way.

    python bench/move_in.py
    python bench/move_in.py --database postgresql --pages 10000 --pictures 500

1. A database of its own with the small city of the tests, thrown away at the end. 2. A generated export of WordPress
(two in a hundred items are drafts or have no title; each page leads to the one before and the one after it, one in
twenty shows a picture of the ZIP, one in fifty a picture that is not there, one in a hundred is a legal document).
3. The command `import_site` runs as a process of its own: first only checking, then killed by SIGKILL while it writes,
then again until it has finished. 4. Printed: seconds a page of both, the highest memory of the process (wanted: less
than 400 MB), pages, dossiers, redirects; pages twice or missing after the kill (wanted: none). The exit code is 1 when
one of them is missed.
"""

import argparse
import io
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.chosen_database import own_portal_folder  # noqa: E402
from bench.import_documents import Peak  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
MOST_MEGABYTES = 400
EDITOR = "bien-tap"
PARAGRAPH = (
    "Ủy ban nhân dân thành phố triển khai công việc theo kế hoạch, có sự tham gia của các phòng, ban và người dân. "
)


def main() -> int:
    """Prepare city and export, move in, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--pages", type=int, default=10_000)
    options.add_argument("--pictures", type=int, default=500)
    options.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = options.parse_args()
    with own_portal_folder(chosen.database) as var:
        export, package, good = prepare(var, chosen)
        return measure(export, package, good, chosen)


def prepare(var: Path, chosen) -> tuple[Path, Path, int]:
    """Migrate, build the city, write export and ZIP; return both, and how many items are pages that move."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from legalref import seeding  # noqa: PLC0415
    from tests.city import build_city  # noqa: PLC0415
    from tests.moving.exports import HEAD, picture  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    build_city()
    seeding.seed_types()
    seeding.seed_issuers()
    export, package, good = var / "cong-cu.xml", var / "tep.zip", 0
    with export.open("w", encoding="utf-8") as target:
        target.write(HEAD)
        for number in range(1, chosen.pages + 1):
            written, is_good = item(number, chosen)
            target.write(written)
            good += is_good
        target.write("</channel></rss>")
    with zipfile.ZipFile(package, "w") as archive:
        for number in range(chosen.pictures):
            archive.writestr(f"uploads/anh-{number}.png", picture(64 + number % 50, 48))
    print(f"{chosen.pages} items, {export.stat().st_size / 1e6:.0f} MB, {chosen.pictures} pictures; {good} pages move")
    return export, package, good


def item(number: int, chosen) -> tuple[str, bool]:
    """Return one item of the export, and whether it moves."""
    from tests.moving.exports import wordpress_item  # noqa: PLC0415

    links = " ".join(
        f'<a href="/2019/06/bai-so-{other}/">bài {other}</a>'
        for other in (number - 1, number + 1)
        if 0 < other <= chosen.pages
    )
    html = "".join(f"<p>{PARAGRAPH * 4}</p>" for _ in range(5)) + f"<h3>Xem thêm</h3><p>{links}</p>"
    if chosen.pictures and number % 20 == 0:
        html += (
            f'<img src="/uploads/anh-{number // 20 % chosen.pictures}.png" alt="Quang cảnh buổi làm việc số {number}">'
        )
    if number % 50 == 0:
        html += '<img src="/uploads/khong-co.png" alt="Ảnh không còn">'
    more = {}
    if number % 100 == 7:
        more["title"] = f"Quyết định số {number}/2019/QĐ-UBND ngày 05/6/2019 về việc thử nghiệm số {number}"
    if number % 100 == 3:
        more["status"] = "draft"
    if number % 100 == 4:
        more["title"] = ""
    return wordpress_item(number, html=html, **more), number % 100 not in (3, 4)


def measure(export: Path, package: Path, good: int, chosen) -> int:
    """Run the command: only checking, killed while it writes, and again; print each, return the exit code."""
    from django.db import connection  # noqa: PLC0415

    from moving.models import MovedRow, SiteImport  # noqa: PLC0415
    from sections.models import ArticlePage  # noqa: PLC0415
    from workflows.models import PublicationBundle, RecordChange  # noqa: PLC0415

    violations = []

    def expect(holds: bool, what: str) -> None:
        if not holds:
            violations.append(what)

    said, seconds, peak = run(export, package, "--dry-run")
    new = int(re.search(r"(\d+) bài: thành bản nháp", said)[1])
    print(
        f"dry run   {seconds:7.1f} s  {1000 * seconds / chosen.pages:6.1f} ms a page  {peak:4.0f} MB  {new} would move"
    )
    expect(new == good, f"{new} would move, wanted {good}")
    expect(ArticlePage.objects.count() == 0, "the dry run wrote pages")
    expect(peak < MOST_MEGABYTES, f"memory of the dry run: {peak:.0f} MB")
    connection.close()

    began = time.monotonic()
    killed_at = run_and_kill(export, package, good // 2)
    connection.close()
    print(f"killed    after {killed_at} drafts")
    expect(0 < killed_at < good, f"killed after {killed_at} drafts, wanted half-way")
    said, _seconds, peak = run(export, package, "--yes")
    seconds = time.monotonic() - began
    connection.close()
    titles = ArticlePage.objects.count(), ArticlePage.objects.values("slug").distinct().count()
    rows = MovedRow.objects.filter(batch__state=SiteImport.State.WRITTEN)
    print(
        f"moved in  {seconds:7.1f} s  {1000 * seconds / good:6.1f} ms a page  {peak:4.0f} MB, dry run and kill included"
    )
    dossiers, proposed = PublicationBundle.objects.count(), RecordChange.objects.count()
    print(f"          {titles[0]} drafts, {dossiers} dossiers, {proposed} redirects proposed")
    expect("Làm tiếp" in said, "the second run began anew")
    expect(titles == (good, good), f"{titles} drafts, wanted {good}")
    expect(not rows.filter(outcome="new", page=None).exists(), "rows without a draft")
    expect(rows.filter(outcome="new").values("page").distinct().count() == good, "two rows of one page")
    expect(not rows.filter(has_open_links=True).exists(), "links that were not joined")
    expect(all(row.problems or row.remarks for row in rows.exclude(outcome="new")), "a row refused without a reason")
    for fault in violations:
        print(f"MISSED: {fault}")
    return 1 if violations else 0


def run(export: Path, package: Path, *more: str) -> tuple[str, float, float]:
    """Run the command to its end; return (what it said, seconds, highest memory in MB)."""
    began = time.monotonic()
    process = start(export, package, *more)
    watch = Peak(process.pid)
    said = process.communicate(timeout=7_200)[0]
    if process.returncode:
        raise SystemExit(f"import_site failed:\n{said[-3000:]}")
    return said, time.monotonic() - began, watch.megabytes


def run_and_kill(export: Path, package: Path, half: int) -> int:
    """Kill the command by SIGKILL once it says that half of the drafts are made; return how many there are then."""
    from sections.models import ArticlePage  # noqa: PLC0415

    process = start(export, package, "--yes")
    said = io.StringIO()
    for piece in iter(lambda: process.stdout.read(1), ""):
        said.write(piece)
        if piece in "\r\n":
            found = re.search(r"Đang tạo bản nháp: (\d+)/", said.getvalue())
            said = io.StringIO()
            if found and int(found[1]) >= half:
                break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    return ArticlePage.objects.count()


def start(export: Path, package: Path, *more: str) -> subprocess.Popen:
    """Start the command as a process of its own."""
    command = ["import_site", str(export), "--files", str(package), "--format", "wordpress"]
    command += ["--host", "cu.longxuyen.example", "--by", EDITOR, *more]
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
