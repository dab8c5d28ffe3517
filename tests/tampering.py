"""Random tamperings with the audit trail and the archive, as by somebody who holds the database and the disk.

1. `build` makes a trail of some hundred entries and an archive with destroyed copies, sealed and stated outside.
2. A kind of tampering (`TRAIL`, `ARCHIVE`, `OUTSIDE`) bends it: triggers and unique rules are taken away first and put
   back afterwards, seals are computed anew where the forger could; he has not the signing key. Returns what was bent.
3. `Run.tamper` lets the trail's and the archive's `verify` look, and takes everything back: the database by its
   transaction, the files from memory.

Used by `bench/tamper.py` (1,000 of them) and `tests/base/test_tampering.py` (some of each kind).
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, models, transaction
from django.utils import timezone

from base.audit import sealing, verifying
from base.audit import trail as audit
from base.chain import keys, tips
from base.models import AuditChain, AuditEntry, AuditSeal
from base.operations import append_only
from tests import factories
from tests.city import City, publish
from workflows.archive import copies as archive
from workflows.archive import disposal
from workflows.archive import verifying as archive_verifying
from workflows.models import ArchiveCopy, ChainTip, Disposal

LONG_AGO = datetime(2010, 5, 4, 2, tzinfo=UTC)
ACTIONS = ("draft.seen", "file.downloaded", "export.made", "session.in", "session.out", "rights.granted")
WHOLE = 0


@dataclass(frozen=True)
class Bent:
    """What was bent: `trail` the numbers of links of which the first bad one must be named, `copies` likewise of the
    archive, `file` a word that the fault must hold."""

    trail: range | None = None
    copies: range | None = None
    file: str = ""


def link(first: int, last: int | None = None) -> Bent:
    """One link of the trail, or one of a stretch that was written anew at a time."""
    return Bent(trail=range(first, (last or first) + 1))


def copy(first: int, last: int | None = None) -> Bent:
    """One copy of the archive."""
    return Bent(copies=range(first, (last or first) + 1))


# --- The stage --------------------------------------------------------------------------------------


def build(city: City, rng: random.Random, *, entries: int, copies: int) -> None:
    """Make a trail and an archive, sealed in batches of one to four, each stated outside."""
    section, cast = city.section(city.my_long), city.cast
    old = []
    for number in range(3):
        page = factories.article(section, by=cast.contributor, title=f"Tin cũ {number}")
        old.append(archive.seal(page.get_latest_revision(), approved_by=cast.head, on=LONG_AGO))
    row = disposal.propose(old[:2], by=cast.standing_office, reason="Hết thời hạn lưu trữ")
    disposal.decide(
        row,
        by=cast.head,
        accepted=True,
        decision_number="15/QĐ-UBND",
        decision_date=date(2026, 1, 5),
        decision_file=ContentFile(b"%PDF-1.4 da ky", name="quyet-dinh.pdf"),
    )
    for number in range(copies):
        picture = factories.picture(city.my_long) if number % 2 else None
        publish(factories.article(section, by=cast.contributor, title=f"Tin số {number}", picture=picture))
        sealing.seal()
    people = [cast.contributor, cast.editor, cast.head, cast.technical_admin]
    for number in range(entries):
        audit.record(
            rng.choice(ACTIONS),
            by=rng.choice(people),
            object_label=f"Bài số {number}",
            before=f"{number}",
            after="x",
            detail={"what": f"việc {number}", "rows": number},
        )
        if rng.random() < 0.4:
            sealing.seal()
    sealing.seal(everything=True)
    tips.write_daily_tips(on=timezone.now())


# --- What somebody with the database's password does ---------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    """Take the triggers and the unique rule away; the triggers are put back."""
    append_only.remove()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS audit_signed_once")
    yield
    append_only.install()


def another(rng: random.Random, field: models.Field, value):
    """A value of the same kind, and not the same."""
    if isinstance(field, models.JSONField):
        return {**value, "what": rng.random().hex()} if isinstance(value, dict) else [*value, {"name": "thêm"}]
    if isinstance(field, models.DateTimeField):
        return value + timedelta(microseconds=rng.choice([1, -1, 10**6, -(10**12)]))
    if isinstance(field, models.DateField):
        return (value or date(2030, 1, 1)) + timedelta(days=rng.choice([-400, -1, 1, 4000]))
    if isinstance(field, models.IntegerField):
        if field.null and value is not None and rng.random() < 0.3:
            return None
        return (value or 0) + rng.randint(1, 9) + 10**9 * field.unique
    changed = value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    return changed if len(changed) <= field.max_length else changed[1:]


def column_of(rng: random.Random, model, without: set[str]) -> models.Field:
    return rng.choice([field for field in model._meta.concrete_fields if field.attname not in without])


def change(rng: random.Random, row, without: set[str]) -> None:
    """Write another value into a random column of a row."""
    column = column_of(rng, type(row), without)
    value = another(rng, column, getattr(row, column.attname))
    type(row)._base_manager.filter(pk=row.pk).update(**{column.attname: value})


def a_link(rng: random.Random, *, after: int = 1) -> AuditSeal:
    return AuditSeal.objects.get(sequence=rng.randint(after, AuditChain.objects.get().count))


def reseal(first: int) -> None:
    """Compute the chain anew from a link on, and its head: what anybody can who knows how seals are made."""
    previous = AuditSeal.objects.filter(sequence=first - 1).values_list("seal", flat=True).first() or ""
    for each in AuditSeal.objects.filter(sequence__gte=first).order_by("sequence"):
        row = AuditEntry.objects.filter(pk=each.entry_id).values(*audit.FIELDS).get()
        each.digest, each.previous_seal = sealing.entry_digest(row), previous
        previous = each.computed_seal()
        AuditSeal.objects.filter(pk=each.pk).update(digest=each.digest, seal=previous, previous_seal=each.previous_seal)
    AuditChain.objects.update(seal=previous, count=AuditSeal.objects.count())


def stretch(sequence: int) -> Bent:
    """The links between the two tips outside that lie around one: nothing tells them apart once written anew."""
    stated = [head.count for head in tips.read_tips().of_chain["audit"]]
    before = max((count for count in stated if count < sequence), default=0)
    return link(before + 1, sequence)


# --- The kinds: the trail ----------------------------------------------------------------------------


def change_an_entry(rng) -> Bent:
    bent = a_link(rng)
    change(rng, AuditEntry.objects.get(pk=bent.entry_id), {"id"})
    return link(bent.sequence)


def write_rubbish_into_an_entry(rng) -> Bent:
    bent, quoted = a_link(rng), connection.ops.quote_name
    column, value = rng.choice([("at", "rác"), ("detail", '"rác"'), ("actor_id", "rác")])
    if connection.vendor == "postgresql":
        # It takes rubbish as text and as JSON only.
        column, value = "detail", '"rác"'
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE base_auditentry SET {quoted(column)} = %s WHERE id = %s", [value, bent.entry_id])
    return link(bent.sequence)


def change_an_entry_and_write_the_chain_anew(rng) -> Bent:
    bent = a_link(rng)
    change(rng, AuditEntry.objects.get(pk=bent.entry_id), {"id"})
    reseal(bent.sequence)
    return link(bent.sequence)


def delete_an_entry(rng) -> Bent:
    bent = a_link(rng)
    AuditEntry.objects.filter(pk=bent.entry_id)._raw_delete("default")
    return link(bent.sequence)


def delete_an_entry_and_its_link(rng) -> Bent:
    bent = a_link(rng)
    AuditEntry.objects.filter(pk=bent.entry_id)._raw_delete("default")
    AuditSeal.objects.filter(pk=bent.pk)._raw_delete("default")
    return link(bent.sequence)


def delete_an_entry_and_close_the_gap(rng) -> Bent:
    bent = a_link(rng)
    where = stretch(bent.sequence)
    delete = list(AuditSeal.objects.filter(sequence__gt=bent.sequence).order_by("sequence"))
    AuditEntry.objects.filter(pk=bent.entry_id)._raw_delete("default")
    AuditSeal.objects.filter(sequence__gte=bent.sequence)._raw_delete("default")
    for number, each in enumerate(delete, start=bent.sequence):
        each.sequence, each.seal = number, f"{number:064}"
    AuditSeal.objects.bulk_create(delete)
    reseal(bent.sequence)
    return where


def swap_two_entries(rng) -> Bent:
    one, two = sorted(rng.sample(range(1, AuditChain.objects.get().count + 1), 2))
    rows = [AuditEntry.objects.get(pk=AuditSeal.objects.get(sequence=number).entry_id) for number in (one, two)]
    rows[0].pk, rows[1].pk = rows[1].pk, rows[0].pk
    for row in rows:
        row.save(force_update=True)
    return link(one)


def swap_two_links(rng) -> Bent:
    numbers = sorted(rng.sample(range(1, AuditChain.objects.get().count + 1), 2))
    one, two = (AuditSeal.objects.get(sequence=number) for number in numbers)
    AuditSeal.objects.filter(pk__in=[one.pk, two.pk])._raw_delete("default")
    first = one.sequence
    one.sequence, two.sequence = two.sequence, one.sequence
    AuditSeal.objects.bulk_create([one, two])
    return link(first)


def put_an_entry_in(rng) -> Bent:
    """The portal's own job seals it: it cannot know better."""
    at = timezone.now() - timedelta(seconds=rng.choice([0, 60, 86_400, 10**7]))
    AuditEntry.objects.create(action=rng.choice(ACTIONS), actor_name="Cán bộ mẫu 99 (khac)", at=at)
    sealing.seal(everything=True)
    return link(AuditChain.objects.get().count)


def put_an_entry_in_with_a_signature(rng) -> Bent:
    known = AuditEntry.objects.get(pk=a_link(rng).entry_id)
    forged = AuditEntry(action="portal.publish", actor_name="Cán bộ mẫu 99 (khac)", signature=known.signature)
    forged.signature = (
        known.signature if rng.random() < 0.5 else f"{known.signature.partition(':')[0]}:{rng.randbytes(32).hex()}"
    )
    forged.save(force_insert=True)
    sealing.seal()
    return link(AuditChain.objects.get().count)


def put_an_entry_in_twice(rng) -> Bent:
    row = AuditEntry.objects.get(pk=a_link(rng).entry_id)
    row.pk = None
    row.save(force_insert=True)
    sealing.seal(everything=True)
    return link(AuditChain.objects.get().count)


def put_a_link_in(rng) -> Bent:
    head = AuditChain.objects.get()
    digest = rng.randbytes(32).hex()
    head.append([AuditSeal(sequence=head.count + 1, entry_id=10**12, digest=digest, sealed_at=timezone.now())])
    tips.write_tips()
    return link(head.count)


def change_a_link(rng) -> Bent:
    bent = a_link(rng)
    change(rng, bent, {"sequence"})
    return link(bent.sequence)


def cut_the_tail(rng) -> Bent:
    """An older copy of the database looks the same."""
    last = a_link(rng, after=max(1, AuditChain.objects.get().count - 40))
    if last.sequence == AuditChain.objects.get().count:
        last = AuditSeal.objects.get(sequence=last.sequence - 1)
    cut = AuditSeal.objects.filter(sequence__gt=last.sequence)
    if rng.random() < 0.7:
        AuditEntry.objects.filter(pk__in=list(cut.values_list("entry_id", flat=True)))._raw_delete("default")
    cut._raw_delete("default")
    AuditChain.objects.update(count=last.sequence, seal=last.seal)
    return link(last.sequence + 1)


def bend_the_head(rng) -> Bent:
    head = AuditChain.objects.get()
    number = head.count + 1
    if rng.random() < 0.3:
        head.delete()
    else:
        change(rng, head, {"id", "name"})
    return link(number)


# --- The kinds: the archive --------------------------------------------------------------------------


def a_copy(rng: random.Random) -> ArchiveCopy:
    return rng.choice(list(ArchiveCopy.objects.order_by("pk")))


def reseal_archive(first: int) -> None:
    """Compute the archive's chain anew from a copy on, and its head."""
    earlier = [*ArchiveCopy.objects.filter(pk__lt=first), *Disposal.objects.filter(copy_id__lt=first)]
    before = max(earlier, key=lambda row: getattr(row, "copy_id", row.pk), default=None)
    previous = before.seal if before else ""
    for row in ArchiveCopy.objects.filter(pk__gte=first).order_by("pk"):
        row.previous_seal = previous
        previous = row.computed_seal()
        ArchiveCopy.objects.filter(pk=row.pk).update(previous_seal=row.previous_seal, seal=previous)
    count = ArchiveCopy.objects.count() + Disposal.objects.count()
    ChainTip.objects.filter(name=ChainTip.NAME).update(seal=previous, count=count)


def change_a_copy(rng) -> Bent:
    bent = a_copy(rng)
    change(rng, bent, {"id"})
    return copy(bent.pk)


def write_rubbish_into_a_copy(rng) -> Bent:
    bent = a_copy(rng)
    column, value = rng.choice([("metadata", "0"), ("approved_at", "rác"), ("files", '[{"tên": 1}]')])
    if connection.vendor == "postgresql":
        column, value = "files", '[{"tên": 1}]'
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE workflows_archivecopy SET {column} = %s WHERE id = %s", [value, bent.pk])
    return copy(bent.pk)


def change_a_copy_and_write_the_chain_anew(rng) -> Bent:
    bent = a_copy(rng)
    change(rng, bent, {"id", "seal", "previous_seal"})
    reseal_archive(bent.pk)
    return copy(bent.pk)


def renumber_a_copy(rng) -> Bent:
    bent = a_copy(rng)
    ArchiveCopy.objects.filter(pk=bent.pk).update(id=10**6 + bent.pk)
    return copy(bent.pk)


def delete_a_copy(rng) -> Bent:
    bent = a_copy(rng)
    ArchiveCopy.objects.filter(pk=bent.pk)._raw_delete("default")
    if rng.random() < 0.5:
        reseal_archive(bent.pk)
    return copy(bent.pk)


def swap_two_copies(rng) -> Bent:
    one, two = sorted(rng.sample(list(ArchiveCopy.objects.all()), 2), key=lambda row: row.pk)
    first = one.pk
    ArchiveCopy.objects.filter(pk__in=[one.pk, two.pk])._raw_delete("default")
    one.pk, two.pk = two.pk, one.pk
    if rng.random() < 0.5:
        # Only what they say changes places, not the chain.
        one.seal, two.seal = two.seal, one.seal
        one.previous_seal, two.previous_seal = two.previous_seal, one.previous_seal
    ArchiveCopy.objects.bulk_create([one, two])
    return copy(first)


def cut_the_archive(rng) -> Bent:
    copies = list(ArchiveCopy.objects.order_by("pk"))
    last = rng.randrange(len(copies) - 1)
    ArchiveCopy.objects.filter(pk__gt=copies[last].pk)._raw_delete("default")
    count = ArchiveCopy.objects.count() + Disposal.objects.count()
    ChainTip.objects.update(seal=copies[last].seal, count=count)
    return copy(copies[last + 1].pk)


def put_a_copy_in(rng) -> Bent:
    forged = a_copy(rng)
    forged.pk, forged.title = None, "Tin chưa ai duyệt"
    ChainTip.objects.get(name=ChainTip.NAME).append([forged])
    tips.write_tips()
    return copy(forged.pk)


def forge_a_destruction(rng) -> Bent:
    bent = a_copy(rng)
    Disposal.objects.create(
        copy_id=bent.pk,
        title=bent.title,
        previous_seal=bent.previous_seal,
        seal=bent.seal,
        decision="99/QĐ-UBND",
        list_number=rng.choice([None, 1, Disposal.objects.first().list_number]),
        proposed_by_id=1,
        decided_by_id=2,
        decided_by="Cán bộ mẫu 99",
    )
    ArchiveCopy.objects.filter(pk=bent.pk)._raw_delete("default")
    # What was destroyed by the same list can no longer be told from it.
    return copy(Disposal.objects.order_by("copy_id").first().copy_id, bent.pk)


def bend_a_tombstone(rng) -> Bent:
    tombstones = list(Disposal.objects.order_by("copy_id"))
    bent = rng.choice(tombstones)
    if rng.random() < 0.3:
        Disposal.objects.filter(pk=bent.pk)._raw_delete("default")
    else:
        change(rng, bent, {"id", "copy_id", "proposed_by_id", "decided_by_id"})
    return copy(tombstones[0].copy_id, tombstones[-1].copy_id)


def bend_the_archives_head(rng) -> Bent:
    head = ChainTip.objects.get(name=ChainTip.NAME)
    change(rng, head, {"id", "name"})
    return copy(WHOLE)


def bend_an_archived_file(rng) -> Bent:
    bent = a_copy(rng)
    digest = rng.choice(_digests(bent))
    path, what = factories.archived_file(digest), rng.choice(("flip", "cut", "empty", "add", "delete", "exchange"))
    data = path.read_bytes()
    place = rng.randrange(len(data))
    changed = {
        "flip": data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :],
        "cut": data[:place],
        "empty": b"",
        "add": data + b" ",
        "delete": None,
        "exchange": b"%PDF-1.4 khac",
    }[what]
    path.unlink()
    if changed is not None:
        path.write_bytes(changed)
    return copy(next(row.pk for row in ArchiveCopy.objects.order_by("pk") if digest in _digests(row)))


def _digests(row: ArchiveCopy) -> list[str]:
    digests = [row.content_digest, row.html_digest, *(item["digest"] for item in row.files)]
    return [digest for digest in digests if digest]


# --- The kinds: what lies outside the database ---------------------------------------------------------


def tips_file() -> Path:
    return max(Path(settings.PORTAL_SEALS).glob("tips-*.log"))


def bend_a_line(rng) -> Bent:
    path = tips_file()
    lines = path.read_bytes().splitlines(keepends=True)
    number = rng.randrange(len(lines))
    place = rng.randrange(len(lines[number]) - 1)
    lines[number] = lines[number][:place] + bytes([lines[number][place] ^ 1]) + lines[number][place + 1 :]
    path.write_bytes(b"".join(lines))
    return Bent(file=path.name)


def take_a_line_away(rng) -> Bent:
    path = tips_file()
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[rng.randrange(len(lines) - 1)]
    path.write_bytes(b"".join(lines))
    return Bent(file=path.name)


def swap_two_lines(rng) -> Bent:
    path = tips_file()
    lines = path.read_bytes().splitlines(keepends=True)
    one, two = rng.sample(range(len(lines)), 2)
    lines[one], lines[two] = lines[two], lines[one]
    path.write_bytes(b"".join(lines))
    return Bent(file=path.name)


def put_a_line_in(rng) -> Bent:
    """Signed with a key of the forger's own."""
    head = AuditChain.objects.get()
    statement = {
        "chain": "audit",
        "count": head.count,
        "seal": head.seal,
        "at": "2026-01-01",
        "previous": "",
        "key": list(keys.keys())[-1],
    }
    signed = {**statement, "signature": keys._signature(rng.randbytes(32), keys.canonical(statement))}
    path = tips_file()
    path.write_bytes(path.read_bytes() + keys.canonical(signed) + b"\n")
    return Bent(file=path.name)


def cut_the_tips(rng) -> Bent:
    """The last lines, so many that links of the trail are among them, and the day's file with them."""
    path = tips_file()
    lines = path.read_bytes().splitlines(keepends=True)
    of_trail = [number for number, line in enumerate(lines) if b'"chain":"audit"' in line]
    cut = rng.choice(of_trail[1:])
    path.write_bytes(b"".join(lines[:cut]))
    for daily in Path(settings.PORTAL_SEALS).glob("*.json"):
        daily.unlink()
    known = [head.count for head in tips.read_tips().of_chain["audit"]]
    return link(max(known) + 1)


def bend_the_days_file(rng) -> Bent:
    path = next(Path(settings.PORTAL_SEALS).glob("*.json"))
    if rng.random() < 0.4:
        path.unlink()
    else:
        data = path.read_bytes()
        place = rng.randrange(len(data) - 1)
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    return Bent(file=path.name)


TRAIL = (
    change_an_entry,
    write_rubbish_into_an_entry,
    change_an_entry_and_write_the_chain_anew,
    delete_an_entry,
    delete_an_entry_and_its_link,
    delete_an_entry_and_close_the_gap,
    swap_two_entries,
    swap_two_links,
    put_an_entry_in,
    put_an_entry_in_with_a_signature,
    put_an_entry_in_twice,
    put_a_link_in,
    change_a_link,
    cut_the_tail,
    bend_the_head,
)
ARCHIVE = (
    change_a_copy,
    write_rubbish_into_a_copy,
    change_a_copy_and_write_the_chain_anew,
    renumber_a_copy,
    delete_a_copy,
    swap_two_copies,
    cut_the_archive,
    put_a_copy_in,
    forge_a_destruction,
    bend_a_tombstone,
    bend_the_archives_head,
    bend_an_archived_file,
)
OUTSIDE = (bend_a_line, take_a_line_away, swap_two_lines, put_a_line_in, cut_the_tips, bend_the_days_file)
KINDS: tuple[Callable[[random.Random], Bent], ...] = (*TRAIL, *ARCHIVE, *OUTSIDE)


# --- The run -----------------------------------------------------------------------------------------


class TakenBack(Exception):
    """Ends the transaction of one tampering."""


@dataclass
class Run:
    """Tampers again and again with what `build` made; counts by kind, and tells each miss as a sentence."""

    rng: random.Random
    tried: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def __post_init__(self):
        self._files = _files()

    def tamper(self, kind: Callable[[random.Random], Bent]) -> None:
        """Bend, look, take back."""
        trail, copies, bent = self._look(kind)
        name = kind.__name__
        self.tried[name] = self.tried.get(name, 0) + 1
        self.found[name] = self.found.get(name, 0) + bool(trail or copies)
        is_named = _is_named(bent, trail, copies)
        self.named[name] = self.named.get(name, 0) + is_named
        if not is_named:
            said = [*map(str, trail[:2]), *map(str, copies[:2])] or ["không có lỗi nào"]
            self.misses.append(f"{name}: {bent}; {'; '.join(said)}")

    def violations(self) -> list[str]:
        """What is wrong without any tampering; nothing, or the run is worth nothing."""
        return [*map(str, _verify_trail()), *map(str, archive_verifying.verify())]

    def _look(self, kind):
        tips._last_written.clear()
        seen = None
        try:
            with transaction.atomic():
                with unguarded():
                    bent = kind(self.rng)
                seen = _verify_trail(), archive_verifying.verify(), bent
                raise TakenBack
        except TakenBack:
            self._put_files_back()
        return seen

    def _put_files_back(self) -> None:
        for path in _files().keys() - self._files.keys():
            path.unlink()
        for path, data in self._files.items():
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)


def _verify_trail() -> list[verifying.LinkViolation]:
    return verifying.verify(on=timezone.now() + timedelta(minutes=5)).violations


def _is_named(bent: Bent, trail: list[verifying.LinkViolation], copies: list[archive_verifying.CopyViolation]) -> bool:
    if bent.file:
        return any(bent.file in fault.message for fault in trail)
    if bent.trail is not None:
        return bool(trail) and trail[0].place in bent.trail
    return bool(copies) and copies[0].place in bent.copies


def _files() -> dict[Path, bytes]:
    roots = [Path(settings.PORTAL_SEALS), Path(settings.ARCHIVE_ROOT)]
    return {path: path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}
