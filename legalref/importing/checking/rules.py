"""2. What a row would do, and what stands against it."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from base.models import PortalSite
from base.sites import following
from workflows.publishing.approval import current_state

from ...models import LegalDocument
from .. import columns
from ..columns import BY_NAME, WITH_RELATIONS, Lists
from .files import check_files, put_text
from .terms import FILE_TEXT, NOT_OF_ROWS, Checked, Sources
from .versions import build, newest_of, public_of, put_value


def check_new(document: LegalDocument, checked: Checked, sources: Sources) -> None:
    if ended := _ended(document.owner_site):
        checked.wrong("owner_site", ended)
    elif not sources.may_write(document.owner_site):
        checked.wrong("owner_site", f"Bạn không soạn văn bản trên «{document.owner_site}»; hãy chọn trang của mình.")
    _check_posting_sites(checked, sources.lists)
    check_files(checked, sources, None)
    put_text(document, checked, sources)
    _check_rules(document, checked)


def check_existing(checked: Checked, sources: Sources) -> None:
    existing, lists = checked.existing, sources.lists
    is_own = sources.may_write(existing.owner_site)
    if not is_own and not existing.live:
        _refuse_foreign(checked)
        return
    # Of another's document nothing is compared but what readers see: "the same" would tell what its draft says.
    as_it_is = newest_of if is_own else public_of
    newest, document = as_it_is(existing), as_it_is(existing)
    before = _written(newest, checked.values, lists)
    put_value(document, checked.values, lists)
    if "family" in checked.values and not checked.values["family"]:
        document.family = newest.family
    files = check_files(checked, sources, newest)
    has_text = put_text(document, checked, sources, newest)
    after = _written(document, checked.values, lists)
    checked.changes = [BY_NAME[name].header for name in before if before[name] != after[name]]
    checked.changes += [BY_NAME[name].header for name in files]
    if has_text and BY_NAME[FILE_TEXT].header not in checked.changes:
        checked.changes.append(BY_NAME[FILE_TEXT].header)
    if not checked.changes:
        if not any(checked.values.get(name) for name in WITH_RELATIONS):
            checked.problems = []
        return
    if not is_own:
        _refuse_foreign(checked)
        return
    _check_posting_sites(checked, lists, newest)
    document = build(checked.values, lists, existing.owner_site, existing)
    document.full_text = checked.values.get(FILE_TEXT, newest.full_text)
    state = current_state(existing)
    if state is not None:
        checked.wrong("symbol_as_printed", "Văn bản đang chờ duyệt hoặc bị trả lại; hãy xử lý xong rồi nhập lại.")
    elif existing.locked:
        checked.wrong("symbol_as_printed", "Văn bản đang bị khóa để sửa; hãy mở khóa rồi nhập lại.")
    _check_rules(document, checked)


def _check_posting_sites(checked: Checked, lists: Lists, newest: LegalDocument | None = None) -> None:
    """Refuse sites that take nothing new, but for those on which the newest version is to be posted already."""
    sites = [lists.by_key[PortalSite, key] for key in checked.values.get("posting_sites", ())]
    ended = {site: words for site in sites if (words := _ended(site))}
    present = set(newest.posting_sites.all()) if ended and newest else ()
    for site, words in ended.items():
        if site not in present:
            checked.wrong("posting_sites", words)


def _ended(site: PortalSite) -> str:
    """Say why a site takes no document, and where it goes instead; "" for one that takes what is new."""
    if site.state in PortalSite.TAKING:
        return ""
    successor = following(site)
    way = f"ghi trang kế thừa «{successor.name}»" if successor else "bỏ tên trang này"
    return f"Trang «{site.name}» {site.get_state_display().lower()}, không nhận văn bản mới; hãy {way}."


def _refuse_foreign(checked: Checked) -> None:
    """Say of another site's document neither its name nor its state: it may be a draft."""
    checked.existing, checked.changes = None, []
    checked.wrong("symbol_as_printed", "Số này đã có trong sổ của một trang mà bạn không soạn; hãy bỏ dòng này.")


def _written(document: LegalDocument, values: dict, lists: Lists) -> dict[str, str]:
    """What the columns of a row say of a document, without files and texts."""
    return {
        column.name: column.write(document, lists)
        for column in columns.COLUMNS
        if column.name in values and column.put is not None and column.name not in (FILE_TEXT, "owner_site")
    }


def _check_rules(document: LegalDocument, checked: Checked) -> None:
    """Ask the preflight and the form's rules; each finding goes to its column, one a column."""
    known = {found["column"] for found in checked.problems}
    for finding in document.preflight():
        column = finding.field if finding.field in BY_NAME else "Văn bản"
        if not finding.is_blocker:
            if finding.field not in NOT_OF_ROWS:
                checked.remark(column, finding.message)
        elif (BY_NAME[column].header if column in BY_NAME else column) not in known:
            checked.wrong(column, finding.message)
    known |= {found["column"] for found in checked.problems}
    try:
        document.full_clean()
    except ValidationError as error:
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in found.items():
            column = name if name in BY_NAME else "Văn bản"
            if (BY_NAME[column].header if column in BY_NAME else column) not in known:
                checked.wrong(column, " ".join(message for one in errors for message in one.messages))
