"""The life of an import: its actions, and what the periodic job carries on. Who may do what: `rights.py`.

1. `submit`. 2. The job checks it (`checking.py`). 3. `convert` where its letters are in an encoding before Unicode;
`begin`, or `discard`. 4. The job writes it (`writing.py`), then proposes its documents (`documents.py`). 5. `undo`
while nothing of it was public; the job takes it back (`undoing.py`).
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from wagtail.log_actions import log

from base.files.storage import NO_ROOM
from base.gate import Refused
from base.models.files import digest_of
from base.operations.steps import carry_on_each, is_still, sentences_of
from base.sites import site_of
from sections.drafting import taking_articles
from vietnam import text

from . import checking, documents, rights, undoing, writing
from .models import MovedRow, SiteImport
from .pages.addresses import hosts_of
from .reading import FORMATS
from .reading.rows import Unreadable
from .reading.saved import PARTS, demand_selectors

State, Outcome = SiteImport.State, MovedRow.Outcome
SECONDS_A_STEP = 20.0
# An export holds more than the pages: a dump has the accounts of the old portal. What is not carried on goes.
LEFT_ALONE_FOR = timedelta(days=60)
NOT_THERE = "Bạn không có quyền chuyển nội dung vào trang này, hoặc trang đã ngừng cập nhật."
NO_BEGINNING = "Chỉ người vừa được soạn bài vừa được sắp xếp trên trang này mới cho tạo bản nháp và thu hồi."
AGAIN = "Tệp này đã tải lên ở «{batch}», chưa xong; hãy làm tiếp đợt đó, hoặc bỏ đợt đó trước."
FAILED = "Máy chủ gặp lỗi ở bước này và sẽ thử lại; nếu còn thấy dòng này, hãy báo cán bộ kỹ thuật."
READINGS = 6


# --- 1. Submission ------------------------------------------------------------------------------------------


@transaction.atomic
def submit(
    section,
    *,
    by,
    on: datetime | None = None,
    format: str,
    source,
    package=None,
    hosts: str,
    sections: str = "",
    places: str = "",
    takes_documents: bool = True,
) -> SiteImport:
    """Take an export, and the ZIP with its pictures and files, for a section's site; return it, the job checks it.

    `source`, `package`: open files with name and size. `hosts`: names of the old portal. `sections`: a line a category
    of the old portal, "tên cũ = tên mục"; `places`: "nội dung = div#noi-dung". Raises Refused without the right,
    ValidationError (by the names of the arguments) for what cannot be read or was submitted and is not finished.
    """
    site = site_of(section)
    if site is None or not rights.may_submit(by, site):
        raise Refused(NOT_THERE)
    known = taking_articles(site)
    if section.pk not in {one.pk for one in known}:
        raise ValidationError({"section": "Hãy chọn một chuyên mục nhận bài."})
    batch = SiteImport(
        site=site,
        section_id=section.pk,
        format=format,
        source_name=source.name[-200:],
        source_digest=digest_of(source),
        package_name=package.name[-200:] if package is not None else "",
        takes_documents=takes_documents,
        made_by=by,
        made_at=on or timezone.now(),
        **read_choices(site, hosts=hosts, sections=sections, places=places),
    )
    _demand_format(batch)
    if (other := unfinished(site, batch.source_digest)) is not None:
        raise ValidationError({"source": AGAIN.format(batch=other)})
    for name, file in (("source", source), ("package", package)):
        if file is not None:
            if not default_storage.has_room(file.size):
                raise ValidationError({name: NO_ROOM})
            getattr(batch, name).save(file.name[-150:], file, save=False)
    batch.save()
    log(instance=batch, action="portal.moving.submit", user=by, data={"digest": batch.source_digest, "site": site.slug})
    return batch


def read_choices(site, *, hosts: str, sections: str = "", places: str = "") -> dict:
    """Return what a person wrote of an old portal as fields of its import. Raises ValidationError by the names."""
    return {
        "hosts": _hosts(hosts),
        "sections": _sections(sections, taking_articles(site)),
        "places": _places(places),
    }


def unfinished(site, digest: str) -> SiteImport | None:
    """Return the import of the same export for a site that is not finished yet: it is carried on, not begun again."""
    states = (State.CHECKING, State.CHECKED, State.WRITING)
    return SiteImport.objects.filter(site=site, source_digest=digest, state__in=states).order_by("-pk").first()


def _demand_format(batch: SiteImport) -> None:
    wanted = FORMATS.get(batch.format)
    if wanted is None:
        raise ValidationError({"format": "Hãy chọn dạng của tệp xuất."})
    if not batch.source_name.lower().endswith(wanted.endings):
        endings = ", ".join(wanted.endings)
        raise ValidationError({"source": f"Dạng «{wanted.label}» cần tệp {endings}; hãy chọn lại tệp hoặc dạng."})
    if wanted.is_package and batch.package_name:
        raise ValidationError({"package": "Dạng này đã là tệp ZIP; ảnh và tệp để chung trong đó."})


def _hosts(written: str) -> list[str]:
    try:
        found = hosts_of(written)
    except ValueError as error:
        raise ValidationError(
            {"hosts": f"«{error}» không phải tên miền; hãy ghi như longxuyen.angiang.gov.vn."}
        ) from None
    if not found:
        raise ValidationError({"hosts": "Hãy ghi tên miền của cổng cũ; cổng nhận ra liên kết và ảnh nhờ tên này."})
    return found


def _sections(written: str, known: list) -> dict[str, int]:
    """Return {name of a category, folded: key of a section} of lines "tên cũ = tên mục"."""
    by_name = {name: section.pk for section in known for name in (text.fold(section.title), section.slug)}
    # A category that is called as a section here leads there by itself.
    found = {text.fold(section.title): section.pk for section in known}
    for old, name in _lines(written, "sections"):
        if (key := by_name.get(text.fold(name)) or by_name.get(name)) is None:
            names = ", ".join(section.title for section in known)
            raise ValidationError({"sections": f"Không có mục «{name}» nhận bài; hãy ghi một trong: {names}."})
        found[text.fold(old)] = key
    return found


def _places(written: str) -> dict[str, str]:
    by_name = {text.fold(name): part for part, name in PARTS.items()}
    found = {}
    for name, place in _lines(written, "places"):
        if (part := by_name.get(text.fold(name))) is None:
            names = ", ".join(PARTS.values())
            raise ValidationError({"places": f"Không có phần «{name}»; hãy ghi một trong: {names}."})
        found[part] = place
    try:
        demand_selectors(found)
    except ValueError as error:
        raise ValidationError({"places": f"«{error}» không phải chỗ viết kiểu CSS, ví dụ div#noi-dung."}) from None
    return found


def _lines(written: str, field: str) -> list[tuple[str, str]]:
    found = []
    for line in filter(None, map(str.strip, written.splitlines())):
        left, sign, right = (part.strip() for part in line.partition("="))
        if not sign or not left or not right:
            raise ValidationError({field: f"Không hiểu dòng «{line}»; hãy ghi dạng «tên cũ = tên mới»."})
        found.append((left, right))
    return found


# --- 2. The dry run -----------------------------------------------------------------------------------------


def check(batch: SiteImport, *, seconds: float = SECONDS_A_STEP) -> bool:
    """Run the dry run of an import for a bounded time; tell whether it is finished. Nothing but its rows is written."""
    try:
        if not batch.is_read and not checking.check_rows(batch, seconds=seconds):
            return False
        if not batch.rows.exists():
            raise Unreadable("Tệp không có bài nào; hãy xuất lại từ cổng cũ, hoặc chọn đúng dạng tệp.")
    except Unreadable as error:
        with transaction.atomic():
            if _leave(batch, State.UNREADABLE, message=str(error)):
                batch.rows.all().delete()
                remove_uploads(batch)
        return True
    if not checking.check_links(batch, seconds=seconds):
        return False
    suspected = checking.suspected_scheme(batch) if batch.scheme == "" else ""
    _leave(batch, State.CHECKED, suspected_scheme=suspected, message="")
    return True


@transaction.atomic
def _leave(batch: SiteImport, state: str, **values) -> bool:
    """Write the result of the dry run; False, and nothing is written, when the import was discarded meanwhile."""
    is_checking = is_still(batch, State.CHECKING)
    if is_checking:
        SiteImport.objects.filter(pk=batch.pk).update(state=state, **values)
    batch.refresh_from_db()
    return is_checking


def counts(batch: SiteImport) -> dict[str, int]:
    """Return how many rows there are of each outcome: {"new": 9960, …}."""
    found = dict(batch.rows.order_by().values_list("outcome").annotate(Count("pk")))
    return {str(outcome): found.get(outcome, 0) for outcome in Outcome}


def readings(batch: SiteImport) -> list[tuple[int, str, str]]:
    """Return (number, as it stands, as the suspected encoding reads it) of the first rows that look like it."""
    found = []
    for number, values in batch.rows.order_by("number").values_list("number", "values").iterator():
        if values.get("scheme") == batch.suspected_scheme != "":
            found.append((number, values["sample"], text.convert_legacy(values["sample"], batch.suspected_scheme)))
            if len(found) == READINGS:
                break
    return found


# --- 3. Decisions about it ------------------------------------------------------------------------------------


@transaction.atomic
def convert(batch: SiteImport, scheme: str, *, by, on: datetime | None = None) -> SiteImport:
    """Check an import again with rows of an encoding before Unicode converted, or left as they are.

    `scheme`: "tcvn3", "vni", "viqr", or `checking.AS_IS`: the person has looked at both. Raises Refused,
    ValidationError.
    """
    batch = held(batch)
    if not rights.may_change(by, batch) or batch.state != State.CHECKED:
        raise Refused("Chỉ đổi bảng mã khi đợt đã kiểm tra và chưa ghi gì.")
    if scheme not in (*text.LEGACY_SCHEMES, checking.AS_IS):
        raise ValidationError({"scheme": "Hãy chọn bảng mã, hoặc «giữ nguyên»."})
    batch.rows.all().delete()
    batch.scheme, batch.suspected_scheme = scheme, ""
    batch.rows_checked, batch.is_read, batch.rows_linked = 0, False, 0
    batch.state, batch.asked_at = State.CHECKING, on or timezone.now()
    batch.save()
    log(instance=batch, action="portal.moving.convert", user=by, data={"scheme": scheme})
    return batch


@transaction.atomic
def discard(batch: SiteImport, *, by, on: datetime | None = None) -> SiteImport:
    """Throw an import away that has written nothing; its files and rows go. Raises Refused."""
    batch = held(batch)
    if not rights.may_change(by, batch):
        raise Refused("Bạn không có quyền bỏ đợt này.")
    if batch.state not in SiteImport.DISCARDABLE:
        raise Refused("Đợt này đã tạo bản nháp; hãy dùng «Thu hồi đợt».")
    return _thrown_away(batch, by)


def discard_left_alone(*, on: datetime | None = None) -> int:
    """Throw away the imports that were checked and that no user carried on for `LEFT_ALONE_FOR`; return how many."""
    last = (on or timezone.now()) - LEFT_ALONE_FOR
    left = SiteImport.objects.filter(Q(asked_at__lt=last) | Q(asked_at=None, made_at__lt=last), state=State.CHECKED)
    done = 0
    for batch in left.order_by("pk"):
        with transaction.atomic():
            batch = held(batch)
            if batch.state == State.CHECKED:
                _thrown_away(batch, None)
                done += 1
    return done


def _thrown_away(batch: SiteImport, by) -> SiteImport:
    batch.rows.all().delete()
    batch.state = State.DISCARDED
    batch.save(update_fields=["state"])
    remove_uploads(batch)
    log(instance=batch, action="portal.moving.discard", user=by)
    return batch


@transaction.atomic
def begin(batch: SiteImport, *, by, on: datetime | None = None) -> SiteImport:
    """Let the good rows of a checked import become drafts of a person, in dossiers; the job or the command writes them.

    One that waits because the person before no longer may (`rights.is_left`) goes on in the name of this one. Raises
    Refused without the right or in another state, ValidationError while an encoding is undecided, or when there
    is nothing to write.
    """
    batch = held(batch)
    if not rights.may_begin(by, batch.site):
        raise Refused(NO_BEGINNING)
    if batch.state != State.CHECKED and not (batch.state == State.WRITING and rights.is_left(batch)):
        raise Refused("Đợt này không ở bước cho tạo bản nháp; hãy tải lại trang.")
    if batch.suspected_scheme:
        raise ValidationError("Chữ có vẻ ở bảng mã cũ; hãy chọn chuyển mã hoặc giữ nguyên trước.")
    if not batch.rows.filter(outcome=Outcome.NEW).exists():
        raise ValidationError("Không có bài nào để chuyển.")
    batch.state, batch.begun_by, batch.begun_at, batch.message = State.WRITING, by, on or timezone.now(), ""
    batch.asked_at = batch.begun_at
    batch.save(update_fields=["state", "asked_at", "begun_by", "begun_at", "message"])
    log(instance=batch, action="portal.moving.begin", user=by, data={"digest": batch.source_digest})
    return batch


# --- 4. Writing ------------------------------------------------------------------------------------------------


def write(batch: SiteImport, *, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> bool:
    """Write an import for a bounded time; tell whether it is finished. What was written stays, whatever is raised.

    Raises Refused while it waits for another person (`rights.is_left`). One that is taken back meanwhile is left alone.
    """
    rights.demand_person(batch)
    with checking.opened(batch) as (_source, given):
        if not writing.write_some(batch, given, seconds=seconds, on=on):
            return False
        with documents.packed_up(batch, given) as lot, transaction.atomic():
            batch = held(batch)
            if batch.state != State.WRITING:
                return False
            batch.message = ""
            if lot is not None:
                _propose(batch, lot, on)
            batch.state, batch.written_at = State.WRITTEN, on or timezone.now()
            batch.save(update_fields=["state", "written_at", "batch", "message"])
            batch.rows.all().update(values={})
            remove_uploads(batch)
            log(instance=batch, action="portal.moving.written", user=batch.begun_by, data={"counts": counts(batch)})
    return True


def _propose(batch: SiteImport, lot: documents.Lot, on: datetime | None) -> None:
    """Submit the documents of an import; what the register refuses is said, and the drafts are finished without."""
    try:
        batch.batch = documents.propose(batch, lot, by=batch.begun_by, on=on)
    except (Refused, ValidationError) as error:
        batch.message = f"Chưa đề xuất được văn bản vào sổ: {sentences_of(error)} Hãy nhập chúng bằng bảng."


def remove_uploads(batch: SiteImport) -> None:
    """Remove export and ZIP of an import once the transaction holds; their digest stays."""
    names = [file.name for file in (batch.source, batch.package) if file]
    batch.source, batch.package = "", ""
    batch.save(update_fields=["source", "package"])
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


# --- 5. Undoing ------------------------------------------------------------------------------------------------


@transaction.atomic
def undo(batch: SiteImport, *, by, on: datetime | None = None, reason: str) -> SiteImport:
    """Take an import back: its drafts that were not edited, its dossiers, proposals and files; the job does it.

    One that waits because the person before no longer may (`rights.is_left`) goes on in the name of this one. Raises
    Refused without the right, in another state, once something of it was public or is submitted; ValidationError
    without a reason.
    """
    batch = held(batch)
    if not rights.may_begin(by, batch.site):
        raise Refused(NO_BEGINNING)
    goes_on = batch.state == State.UNDOING and rights.is_left(batch)
    if batch.state not in (State.WRITING, State.WRITTEN) and not goes_on:
        raise Refused("Chỉ thu hồi được đợt đã hoặc đang tạo bản nháp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi."})
    if not goes_on:
        undoing.demand_undoable(batch)
    batch.state, batch.undone_by, batch.undo_reason = State.UNDOING, by, reason.strip()[:300]
    batch.asked_at, batch.message = on or timezone.now(), ""
    batch.save(update_fields=["state", "asked_at", "undone_by", "undo_reason", "message"])
    log(instance=batch, action="portal.moving.undo", user=by, data={"reason": batch.undo_reason})
    return batch


def take_back(batch: SiteImport, *, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> bool:
    """Take an import back for a bounded time; tell whether it is finished.

    Raises Refused while it waits for another person (`rights.is_left`).
    """
    rights.demand_person(batch)
    if not undoing.undo_some(batch, seconds=seconds, on=on):
        return False
    with transaction.atomic():
        batch = held(batch)
        batch.rows.all().update(values={})
        batch.state, batch.undone_at, batch.message = State.UNDONE, on or timezone.now(), ""
        batch.save(update_fields=["state", "undone_at", "message"])
        remove_uploads(batch)
        log(instance=batch, action="portal.moving.undone", user=batch.undone_by)
    return True


# --- The job ---------------------------------------------------------------------------------------------------


def work(*, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> int:
    """Continue the imports that were submitted, begun or are taken back, for a bounded time each; count them.

    The periodic job; it throws away what was left alone, too. One that fails stops no other one; its error is raised
    afterwards.
    """
    discard_left_alone(on=on)
    waiting = SiteImport.objects.filter(state__in=SiteImport.IN_WORK).order_by("pk")
    failure = "Không xử lý được đợt chuyển từ cổng cũ"
    return carry_on_each(waiting, lambda batch: step(batch, on=on, seconds=seconds), failure)


def step(batch: SiteImport, *, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> SiteImport:
    """Carry one import on by one bounded step; return it as it then is. What stops it is said in its message."""
    state = batch.state
    try:
        if state == State.CHECKING:
            check(batch, seconds=seconds)
        elif state == State.WRITING:
            write(batch, on=on, seconds=seconds)
        elif state == State.UNDOING:
            take_back(batch, on=on, seconds=seconds)
    except (Refused, ValidationError, Unreadable) as error:
        _note(batch, state, sentences_of(error))
    except Exception:
        _note(batch, state, FAILED)
        raise
    else:
        _note(batch, state, "")
    return SiteImport.objects.get(pk=batch.pk)


def _note(batch: SiteImport, state: str, message: str) -> None:
    """Say what stops an import, "" for nothing, unless it is in another state by now."""
    SiteImport.objects.filter(pk=batch.pk, state=state).exclude(message=message).update(message=message)


def progress_of(batch: SiteImport) -> tuple[int, int]:
    """Return (rows done, rows in all) of what is being done with an import now; 0 in all while that is not known."""
    if batch.state == State.CHECKING:
        return batch.rows_checked, 0
    moving = batch.rows.filter(outcome=Outcome.NEW)
    drafts = moving.exclude(page=None).count()
    if batch.state == State.WRITING:
        return drafts, moving.count()
    return (moving.count() - drafts, moving.count()) if batch.state == State.UNDOING else (0, 0)


def held(batch: SiteImport) -> SiteImport:
    """Return an import as it is stored now, locked."""
    return SiteImport.objects.select_for_update(of=("self",)).select_related("site__parent").get(pk=batch.pk)
