"""Numbers of documents: taken in order, one at a time, never skipped, never given twice.

1. `open_book`: a book for one issuing body, family and year, and the types that share it.
   `hand_over` gives it to the site that keeps it.
2. `take_number`: the next number and its document in one transaction, under the book's lock: twenty clerks at once get
   one number each, without a gap. A transaction that is rolled back uses no number.
3. `cancel_number`: a document that is given up keeps its number, marked «hủy» with a reason.
4. `register`: the year's book as a spreadsheet. `violations`: what `verify_portal` asks of all books.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import DISPATCH, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import person_text
from base.sites import city_site, following
from base.tables import xlsx
from vietnam import document_numbers
from vietnam.dates import format_short

from ..models import BookCancellation, BookEntry, DocumentType, Family, IssuingBody, LegalDocument, NumberBook


def may_manage_books(user, site: PortalSite) -> bool:
    """Tell whether a user may open books and cancel numbers on a site."""
    return may(user, DISPATCH, site) or (site.kind == PortalSite.Kind.WARD and may(user, WRITE, site))


def may_take(user, site: PortalSite) -> bool:
    """Tell whether a user may take numbers on a site."""
    return may(user, WRITE, site) or may(user, DISPATCH, site)


ENDED = (PortalSite.State.FROZEN, PortalSite.State.CLOSED)


def manager_of(issuer: IssuingBody) -> PortalSite | None:
    """Return the site that keeps the books of an issuing body: that of its unit or of one above it, else the city's.

    Where that site has ended, the one that followed it.
    """
    unit, seen = issuer.unit, set()
    while unit is not None and unit.pk not in seen:
        seen.add(unit.pk)
        site = PortalSite.objects.filter(unit=unit).first()
        if site is not None:
            return (following(site) if site.state in ENDED else site) or city_site()
        unit = unit.parent
    return city_site()


# --- 1. Opening ------------------------------------------------------------------------------------


@transaction.atomic
def open_book(
    *,
    by,
    on: date,
    site: PortalSite,
    issuer: IssuingBody,
    family: str,
    types: list[DocumentType],
    year: int,
    first_number: int = 1,
) -> NumberBook:
    """Open a book for one year; return it.

    Raises Refused without the right or for a closed site, ValidationError when a type already has a book of this
    issuer, family and year, or the year is neither this one nor the next.
    """
    if not may_manage_books(by, site):
        raise Refused("Bạn không có quyền mở sổ đăng ký văn bản của trang này.")
    if site.state in ENDED:
        raise Refused("Trang này đã ngừng cập nhật nên không mở sổ mới.")
    if year not in (on.year, on.year + 1):
        raise ValidationError({"year": f"Chỉ mở được sổ của năm {on.year} hoặc {on.year + 1}."})
    if not types:
        raise ValidationError({"types": "Hãy chọn ít nhất một loại văn bản lấy số trong sổ này."})
    if first_number < 1:
        raise ValidationError({"first_number": "Số đầu tiên phải từ 1 trở lên."})
    manager = manager_of(issuer)
    if manager is not None and manager.pk != site.pk:
        raise ValidationError(
            {"issuer": f"Sổ của {issuer} do {manager} mở; nếu không đúng, hãy sửa «Đơn vị» ở mục «Cơ quan ban hành»."}
        )
    if not issuer.symbol:
        raise ValidationError({"issuer": f"{issuer} chưa có ký hiệu; hãy bổ sung ở mục «Cơ quan ban hành»."})
    # Of two people who open the same book at once the second finds the first's.
    IssuingBody.objects.select_for_update().get(pk=issuer.pk)
    taken = NumberBook.objects.filter(issuer=issuer, family=family, year=year, types__in=types).distinct()
    if taken.exists():
        names = ", ".join(sorted({kind.name for book in taken for kind in book.types.all() if kind in types}))
        raise ValidationError({"types": f"{names} đã có sổ năm {year} của {issuer}; hãy lấy số trong sổ đó."})
    book = NumberBook.objects.create(
        owner_site=site, issuer=issuer, family=family, year=year, first_number=first_number
    )
    book.types.set(types)
    log(instance=book, action="portal.book.open", user=by, data={"year": year, "first": first_number})
    return book


@transaction.atomic
def open_next_year(book: NumberBook, *, by, on: date) -> NumberBook:
    """Open the same book for the year after; return it."""
    return open_book(
        by=by,
        on=on,
        site=book.owner_site,
        issuer=book.issuer,
        family=book.family,
        types=list(book.types.all()),
        year=book.year + 1,
    )


@transaction.atomic
def hand_over(book: NumberBook, *, by, on: datetime | None = None, to: PortalSite, reason: str) -> NumberBook:
    """Give a book with all its numbers to another site; return it.

    For a book that a site opened which does not keep the issuer's, and after a merger. Raises Refused without the right
    on the city's site, ValidationError without a reason or for a site that is closed or has the book already.
    """
    book = NumberBook.objects.select_for_update(of=("self",)).get(pk=book.pk)
    if not may_hand_over(by):
        raise Refused("Chỉ Cơ quan Thường trực của thành phố được bàn giao sổ cho trang khác.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do bàn giao sổ."})
    if to.pk == book.owner_site_id:
        raise ValidationError({"to": "Sổ đang ở trang này; hãy chọn trang nhận khác."})
    if to.state in ENDED:
        raise ValidationError({"to": f"{to} đã ngừng cập nhật; hãy chọn trang đang hoạt động."})
    former, book.owner_site = book.owner_site, to
    book.save(update_fields=["owner_site"])
    log(
        instance=book,
        action="portal.book.hand_over",
        user=by,
        data={"from": former.slug, "to": to.slug, "reason": reason.strip()},
    )
    return book


def may_hand_over(user) -> bool:
    """Tell whether a user may give books from one site to another."""
    city = city_site()
    return city is not None and may(user, DISPATCH, city)


# --- 2. Taking a number ----------------------------------------------------------------------------


@transaction.atomic
def take_number(
    book: NumberBook,
    *,
    by,
    on: date,
    document: LegalDocument | None = None,
    document_type: DocumentType | None = None,
    subject: str = "",
    drafting_unit: str = "",
) -> BookEntry:
    """Take the next number of a book for a document; return the entry.

    `document` is a draft of the register without a number yet: it gets the symbol, and `on` as its date of issue, in
    the same transaction. Without it, `document_type` and `subject` say what the number is for. `drafting_unit` is the
    part after the issuer in an official letter ("123/UBND-VHTT").

    Raises Refused without the right, ValidationError (field → messages) when the date lies outside the book's year, in
    the future or before the number taken last, when the type takes its numbers elsewhere, or when the document has a
    number already.
    """
    if not may_take(by, book.owner_site):
        raise Refused("Bạn không có quyền lấy số trong sổ này.")
    book = NumberBook.objects.select_for_update(of=("self",)).select_related("issuer", "owner_site").get(pk=book.pk)
    if document is not None:
        document = LegalDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
        document = document.get_latest_revision_as_object()
        _demand_without_number(document, book)
        document_type, subject = document.document_type, document.subject
    if document_type is None:
        raise ValidationError({"document_type": "Hãy chọn loại văn bản."})
    if not subject.strip():
        raise ValidationError({"subject": "Hãy ghi trích yếu của văn bản lấy số."})
    if not book.types.filter(pk=document_type.pk).exists():
        raise ValidationError({"document_type": f"{document_type} không lấy số trong sổ này; hãy chọn sổ khác."})
    last = book.entries.order_by("-number").first()
    _demand_date(book, on, last)
    number = last.number + 1 if last else book.first_number
    symbol = symbol_of(book, number, document_type, drafting_unit)
    parsed = document_numbers.parse(symbol, document_type.name)
    entry = BookEntry(
        book=book,
        number=number,
        symbol=symbol,
        issuer_id_then=book.issuer_id,
        family=book.family,
        year=book.year,
        identity=document_numbers.identity(parsed.number, parsed.symbol),
        document_type=document_type,
        document=document,
        subject=subject,
        taken_on=on,
        taken_at=timezone.now(),
        taken_by_id=by.pk,
        taken_by_name=person_text(by),
    )
    if document is not None:
        _give(document, entry, by)
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(
            f"Số {symbol} đã có trong một sổ khác của {book.issuer} năm {book.year}; hãy kiểm tra lại các sổ."
        ) from error
    log(
        instance=document or book,
        action="portal.book.take",
        user=by,
        data={"book": book.pk, "number": number, "symbol": symbol},
    )
    return entry


def symbol_of(book: NumberBook, number: int, document_type: DocumentType, drafting_unit: str = "") -> str:
    """Write the symbol of a number: "01/2020/QĐ-UBND", "05/KH-UBND", "123/UBND-VHTT" (Nghị định 30/2020, Phụ lục I)."""
    year = str(book.year) if book.family == Family.LEGAL else ""
    unit = document_numbers.unify_look_alikes(drafting_unit).strip(" -/").upper()
    letters = "-".join(part for part in (document_type.abbr_in_symbol, book.issuer.symbol, unit) if part)
    return "/".join(part for part in (f"{number:02d}", year, letters) if part)


def _demand_without_number(document: LegalDocument, book: NumberBook) -> None:
    if document.live or document.first_published_at:
        raise ValidationError({"document": "Văn bản này đã đăng; chỉ lấy số cho văn bản còn là bản nháp."})
    if document.number:
        raise ValidationError({"document": f"Văn bản này đã có số {document.symbol}."})
    if document.main_issuer_id != book.issuer_id or document.family != book.family:
        raise ValidationError({"document": "Cơ quan ban hành hoặc nhóm của văn bản không khớp với sổ này."})
    if document.owner_site_id != book.owner_site_id:
        raise ValidationError({"document": "Văn bản này thuộc trang khác nên không lấy số trong sổ này."})


def _demand_date(book: NumberBook, on: date, last: BookEntry | None) -> None:
    if on.year != book.year:
        raise ValidationError({"on": f"Sổ này của năm {book.year}; hãy mở sổ năm {on.year} rồi lấy số ở đó."})
    if on > timezone.localdate():
        raise ValidationError({"on": "Ngày lấy số ở tương lai; hãy lấy số vào ngày ký."})
    if last is not None and on < last.taken_on:
        raise ValidationError(
            {"on": f"Số {last.symbol} đã lấy ngày {format_short(last.taken_on)}; số sau không thể có ngày trước đó."}
        )


def _give(document: LegalDocument, entry: BookEntry, by) -> None:
    document.symbol_as_printed, document.issued_on = entry.symbol, entry.taken_on
    document.full_clean()
    document.save()
    document.save_revision(user=by, log_action=False)


# --- 3. Cancelling ---------------------------------------------------------------------------------


@transaction.atomic
def cancel_number(entry: BookEntry, *, by, on: datetime | None = None, reason: str) -> BookCancellation:
    """Mark a number as «hủy»; it stays in the book. Raises Refused for a public document's, or one cancelled before."""
    entry = BookEntry.objects.select_related("book__owner_site", "document").get(pk=entry.pk)
    NumberBook.objects.select_for_update().get(pk=entry.book_id)
    if not may_manage_books(by, entry.book.owner_site):
        raise Refused("Bạn không có quyền hủy số trong sổ này.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do hủy số."})
    if BookCancellation.objects.filter(entry=entry).exists():
        raise Refused(f"Số {entry.symbol} đã hủy rồi.")
    if entry.document is not None and entry.document.live:
        raise Refused(f"Văn bản {entry.symbol} đang đăng nên không hủy số được; hãy dùng «Bãi bỏ» hoặc «Gỡ bỏ».")
    cancellation = BookCancellation.objects.create(
        entry=entry,
        reason=reason.strip()[:500],
        cancelled_at=on or timezone.now(),
        cancelled_by_id=by.pk,
        cancelled_by_name=person_text(by),
    )
    log(
        instance=entry.document or entry.book,
        action="portal.book.cancel",
        user=by,
        data={"book": entry.book_id, "number": entry.number, "symbol": entry.symbol, "reason": reason},
    )
    return cancellation


def problem_with_number(document: LegalDocument) -> str:
    """Return what is wrong with a document's number as its book sees it, "" when nothing is.

    A document of a year and type that has a book must have taken its number there, and it must not be cancelled.
    Numbers before the book's first were given before the book was kept here.
    """
    if not document.number or not document.year:
        return ""
    book = NumberBook.objects.filter(
        issuer_id=document.main_issuer_id, family=document.family, year=document.year, types=document.document_type_id
    ).first()
    if book is None:
        return ""
    key = document_numbers.identity(document.number, document.suffix)
    entry = book.entries.filter(identity=key).select_related("cancellation").first()
    if entry is None:
        digits = "".join(char for char in document.number if char.isdigit())
        if digits and int(digits) < book.first_number:
            return ""
        return f"Số {document.symbol} chưa được lấy trong «{book}»; hãy lấy số ở mục «Sổ văn bản»."
    if entry.is_cancelled:
        return f"Số {document.symbol} đã hủy trong sổ; hãy lấy số khác."
    if entry.document_id not in (None, document.pk):
        return f"Số {document.symbol} trong sổ thuộc về văn bản khác: «{entry.subject[:100]}»."
    return ""


# --- 4. Register and invariants --------------------------------------------------------------------


def register(book: NumberBook) -> bytes:
    """Return a year's book as an XLSX file: one row a number, cancelled ones with their reason."""
    entries = list(book.entries.select_related("document_type", "cancellation"))
    columns = [
        ("Số", 8, "number"),
        ("Số, ký hiệu", 22, "symbol"),
        ("Ngày", 12, "taken_on"),
        ("Loại", 18, "document_type.name"),
        ("Trích yếu", 60, "subject"),
        ("Người lấy số", 30, "taken_by_name"),
        ("Ghi chú", 40, _cancelled),
    ]
    lines = [str(book), f"Số đầu tiên: {book.first_number}. Đã lấy: {len(entries)} số."]
    return xlsx.write([xlsx.sheet(f"Sổ {book.year}", lines, columns, entries)])


def _cancelled(entry: BookEntry) -> str:
    if not entry.is_cancelled:
        return ""
    day = format_short(timezone.localdate(entry.cancellation.cancelled_at))
    return f"Hủy {day}: {entry.cancellation.reason}"


def violations() -> list[str]:
    """Return a line for each book whose numbers have a gap or disagree with their documents."""
    found = []
    for book in NumberBook.objects.select_related("issuer").prefetch_related("types"):
        entries = list(book.entries.select_related("document"))
        numbers = [entry.number for entry in entries]
        wanted = list(range(book.first_number, book.first_number + len(numbers)))
        if numbers != wanted:
            first = next(number for number, right in zip(numbers, wanted, strict=True) if number != right)
            found.append(f"«{book}»: số không liên tục ở số {first}.")
        for entry in entries:
            document = entry.document
            if document is None or not document.live:
                continue
            if document_numbers.identity(document.number, document.suffix) != entry.identity:
                found.append(f"«{book}»: số {entry.symbol} khác số {document.symbol} của văn bản đang đăng.")
    return found
