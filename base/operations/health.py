"""Whether this process is alive and whether the portal is fit to serve: `/healthz` and `/readyz`.

`/healthz` answers while the process runs and touches nothing else: a supervisor restarts what does not
answer. `/readyz` looks at the database, the migrations, the periodic work and the disk, and answers 503
when readers cannot be served. What only needs a person's attention (periodic work that is late or failed, a disk
filling up) answers 200, however bad it is: taking the portal from the public would not fix it. To strangers `/readyz`
says only ok or not; to those who watch the portal (the networks of `PORTAL_WATCHERS`, who brings the token of
`PORTAL_WATCH_TOKEN`) each check by name, and since when. Neither names an address, account, path or error text: those
are in the log and in the heartbeat.
"""

import functools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vietnam.dates import format_moment

from ..audit import sealing
from ..files import scanner
from ..models import CheckState, JobHeartbeat, OutgoingMail
from ..request_facts import client_address
from ..sandbox import walls
from ..sandbox.client import SandboxFailure, pictures
from . import database_roles, encryption, leases, mail, personal_records

OK, WARNING, FAILED = "ok", "warning", "failed"
# Below the first a save may fail in the middle; below the second a person should make room.
DISK_NEEDED_BYTES = 100 * 1024**2
DISK_WANTED_BYTES = 1024**3
# How long a job may go on before what waits behind it counts as late.
MOST_WAITING = timedelta(hours=6)


@dataclass(frozen=True)
class Finding:
    """What one check found: `state` ok, warning or failed, and a sentence for the person on duty.

    `stops_serving`: whether a failure keeps readers from what they come for; if not, `/readyz` still answers 200.
    """

    check: str
    state: str
    detail: str
    stops_serving: bool = True


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process is alive."""
    return _answer({"status": OK, "detail": "Tiến trình đang chạy."}, 200)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the portal can serve readers, 503 when it cannot; to those who watch it each check by name."""
    findings = findings_now()
    states = {finding.state for finding in findings}
    status = FAILED if FAILED in states else WARNING if WARNING in states else OK
    unfit = any(finding.state == FAILED and finding.stops_serving for finding in findings)
    if not is_watcher(request):
        return _answer({"status": FAILED if unfit else OK}, 503 if unfit else 200)
    known = _known_since() if findings[0].state == OK else {}
    checks = {finding.check: _as_shown(finding, known) for finding in findings}
    return _answer({"status": status, "checks": checks}, 503 if unfit else 200)


def is_watcher(request: HttpRequest) -> bool:
    """Whether the request comes from a network that may see what is wrong, or brings the token for it."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.PORTAL_WATCH_TOKEN}"
    if settings.PORTAL_WATCH_TOKEN and constant_time_compare(given.encode(), wanted.encode()):
        return True
    address = client_address(request)
    return bool(address) and any(ip_address(address) in network for network in settings.PORTAL_WATCHERS)


def _known_since() -> dict[str, tuple[str, datetime]]:
    # The table is missing while a migration waits, which is what a check then says.
    try:
        with transaction.atomic():
            return {row.name: (row.state, row.since) for row in CheckState.objects.all()}
    except DatabaseError:
        return {}


def _as_shown(finding: Finding, known: dict) -> dict[str, str]:
    shown = {"status": finding.state, "detail": finding.detail}
    state, since = known.get(finding.check, ("", None))
    return {**shown, "since": timezone.localtime(since).isoformat()} if state == finding.state else shown


def findings_now() -> list[Finding]:
    """Run every check and return what each found; without a database the two that need it are not asked."""
    database = check_database()
    findings = [database]
    if database.state == OK:
        findings += [
            _guarded("migrations", check_migrations),
            _guarded("jobs", check_jobs),
            _guarded("mail", check_mail),
            _guarded("audit", check_audit),
            _guarded("personal_data", check_personal_data),
            *(_guarded(name, check) for name, check in _more_checks.items()),
        ]
    return [*findings, check_disk(), check_scanner(), check_sandbox(), check_personal_keys()]


_more_checks: dict[str, Callable[[], "Finding"]] = {}


def register_check(name: str, check: Callable[[], "Finding"]) -> None:
    """Let a room above have something of its own looked at; called once, from its `AppConfig.ready`."""
    _more_checks[name] = check


def check_database() -> Finding:
    """Ask the database for one row."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return Finding("database", FAILED, "Không kết nối được cơ sở dữ liệu.")
    return Finding("database", OK, "Cơ sở dữ liệu trả lời.")


def check_migrations() -> Finding:
    """Compare the migrations that this code needs with those applied."""
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [names for names in _needed_migrations() if not (names[0] in applied or _all_in(names[1:], applied))]
    if missing:
        first = ".".join(missing[0][0])
        detail = f"Còn {len(missing)} thay đổi cấu trúc chưa áp dụng (đầu tiên: {first}); hãy chạy migrate."
        return Finding("migrations", FAILED, detail)
    return Finding("migrations", OK, "Cấu trúc cơ sở dữ liệu khớp với phiên bản đang chạy.")


def check_jobs() -> Finding:
    """Look for jobs that did not end when they had to, then for jobs whose last run failed.

    Behind a long job that goes on, the others of its lane wait: that is no fault before `MOST_WAITING`.
    """
    now = timezone.now()
    expected = list(JobHeartbeat.objects.exclude(expected_by=None))
    if not expected:
        return _jobs(FAILED, "Việc định kỳ chưa chạy lần nào; hãy khởi động run_jobs --forever.")
    late = [heartbeat for heartbeat in expected if heartbeat.expected_by < now]
    if late:
        at_work = {job.lane for job in expected if job.is_unfinished and job.last_started > now - MOST_WAITING}
        busy = {lane for lane in at_work if leases.is_alive(lane)}
        named = "; ".join(f"{job.name} (lần cuối {_moment(job.last_finished)})" for job in late)
        if all(job.lane in busy for job in late):
            return _jobs(WARNING, f"Đang chạy hoặc chờ một việc dài: {named}.")
        return _jobs(FAILED, f"Việc định kỳ quá hạn: {named}.")
    broken = [heartbeat for heartbeat in expected if heartbeat.last_result == JobHeartbeat.FAILED]
    if broken:
        named = "; ".join(f"{job.name}: {_kind_of_error(job)}, {_moment(job.last_finished)}" for job in broken)
        return _jobs(WARNING, f"Việc định kỳ lỗi, sẽ chạy lại: {named}.")
    latest = max(heartbeat.last_finished for heartbeat in expected)
    return _jobs(OK, f"Việc định kỳ chạy đều, lần cuối {_moment(latest)}.")


def _jobs(state: str, detail: str) -> Finding:
    # Readers lack nothing while no job runs, and a 503 would take all servers from them at once.
    return Finding("jobs", state, detail, stops_serving=False)


def check_mail() -> Finding:
    """Look for mails that were given up, then for one that waits longer than it should."""
    dead = OutgoingMail.objects.filter(state=OutgoingMail.State.DEAD, dismissed_at=None).count()
    if dead:
        return Finding("mail", WARNING, f"{dead} thư không gửi được; cán bộ quản trị hãy mở mục «Thư gửi đi».")
    waiting = OutgoingMail.objects.filter(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING])
    oldest = waiting.order_by("trying_since").values_list("trying_since", flat=True).first()
    if oldest is not None and oldest < timezone.now() - mail.LATE_AFTER:
        return Finding("mail", WARNING, f"{waiting.count()} thư đang chờ, lâu nhất từ {_moment(oldest)}.")
    return Finding("mail", OK, "Thư gửi đi không bị ứ.")


def check_audit() -> Finding:
    """Look whether the nightly comparison of the audit trail or the archive failed, whether the portal's own role could
    lift what guards them, then whether entries wait long.
    """
    failed = JobHeartbeat.objects.filter(
        name__in=["verify_audit", "verify_archive"], last_result=JobHeartbeat.FAILED
    ).first()
    if failed is not None:
        return Finding(
            "audit", WARNING, f"Đối chiếu niêm phong có lỗi ({failed.name}, {_moment(failed.last_finished)})."
        )
    if owned := database_roles.owned():
        detail = f"{len(owned)} bảng có bộ chặn thuộc về chính vai trò của cổng; xem REASSIGN OWNED ở docs/van-hanh.md."
        return Finding("audit", WARNING, detail)
    count, since = sealing.unsealed_since(timezone.now())
    if count:
        return Finding("audit", WARNING, f"{count} dòng nhật ký kiểm tra chưa niêm phong, từ {_moment(since)}.")
    return Finding("audit", OK, "Nhật ký kiểm tra đã niêm phong.")


def check_personal_data() -> Finding:
    """Count the records with personal data, and warn before their number changes the security level."""
    count = sum(number for _what, number in personal_records.held())
    warning = personal_records.warning(count)
    if warning:
        return Finding("personal_data", WARNING, warning)
    return Finding("personal_data", OK, f"Đang giữ {count} bản ghi có dữ liệu cá nhân.")


def check_personal_keys() -> Finding:
    """Look whether personal data have keys of their own: else they hang on the secret key, and go lost with it."""
    try:
        encryption.demand_keys()
    except ImproperlyConfigured:
        detail = "PORTAL_PERSONAL_KEYS có khóa không đúng dạng: không nhận được câu hỏi, không đọc được liên hệ."
        return Finding("personal_keys", FAILED, detail, stops_serving=False)
    if encryption.has_own_keys() or settings.PORTAL_DEMO:
        return Finding("personal_keys", OK, "Dữ liệu cá nhân được mã hóa.")
    detail = "Dữ liệu cá nhân chưa có khóa riêng (PORTAL_PERSONAL_KEYS): đổi SECRET_KEY thì mất dữ liệu."
    return Finding("personal_keys", WARNING, detail)


def check_disk() -> Finding:
    """Measure the room left where the portal keeps its files."""
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free
    except OSError:
        return Finding("disk", FAILED, "Không đọc được thư mục dữ liệu.")
    room = f"còn trống {free // 1024**2} MB"
    if free < DISK_NEEDED_BYTES:
        return Finding("disk", FAILED, f"Đĩa sắp đầy: {room}, cần ít nhất {DISK_NEEDED_BYTES // 1024**2} MB.")
    if free < DISK_WANTED_BYTES:
        return Finding("disk", WARNING, f"Đĩa còn ít chỗ: {room}.")
    return Finding("disk", OK, f"Đĩa {room}.")


def check_scanner() -> Finding:
    """Ask the malware scanner for its version: while it is away no file is taken, but readers lack nothing."""
    if not scanner.is_configured():
        return Finding("scanner", WARNING, scanner.notice())
    try:
        version = scanner.version()
    except scanner.ScannerDown:
        detail = "Máy quét mã độc không trả lời: không nhận tệp nào cho đến khi máy quét chạy lại."
        return Finding("scanner", FAILED, detail, stops_serving=False)
    return Finding("scanner", OK, f"Máy quét mã độc trả lời: {version.split('/')[0]}.")


def check_sandbox() -> Finding:
    """Look which wall stands around those who open files of strangers: without one none is opened."""
    try:
        wall = pictures.start()
    except SandboxFailure:
        detail = (
            "Không cách ly được việc mở tệp (cần bubblewrap, hoặc nhân Linux có Landlock): không nhận ảnh, PDF, Word."
        )
        return Finding("sandbox", FAILED, detail, stops_serving=False)
    if wall != walls.BUBBLEWRAP:
        return Finding("sandbox", WARNING, "Việc mở tệp chỉ được cách ly bằng Landlock; hãy cài gói bubblewrap.")
    return Finding("sandbox", OK, "Việc mở tệp được cách ly bằng bubblewrap.")


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    """The database may go away, or lack the table, between two questions."""
    try:
        return check()
    except DatabaseError:
        return Finding(name, FAILED, "Không đọc được từ cơ sở dữ liệu.")


@functools.cache
def _needed_migrations() -> list[list[tuple[str, str]]]:
    """For each migration of this code: its key, then the keys that it replaces; the files are read once."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return [[key, *loader.disk_migrations[key].replaces] for key in sorted(loader.graph.nodes)]


def _all_in(keys: list[tuple[str, str]], applied: dict) -> bool:
    return bool(keys) and all(key in applied for key in keys)


def _kind_of_error(heartbeat: JobHeartbeat) -> str:
    return heartbeat.last_error.partition(":")[0].strip()


def _moment(moment) -> str:
    return format_moment(moment, seconds=True) if moment else "chưa có"


def _answer(content: dict, status: int) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
