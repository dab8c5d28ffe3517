"""Who may do what with royalties, and what is a user's own: no user proposes, decides or pays for themselves."""

import re
from collections.abc import Iterable

from accounts.roles import DECIDE_ROYALTIES, PAY_ROYALTIES, PROPOSE_ROYALTIES, holders, may
from base.gate import Refused
from base.sites import city_site
from vietnam.text import fold

from .models import Adjustment, Contributor, Royalty, Statement

WORD = re.compile(r"\w+")
WAY_OUT = (
    " Người trùng tên, hay người khác ký tên trong bài bạn soạn, không phải là bạn khi người khác đã ghi rõ là ai: tài "
    "khoản, hoặc mã số thuế, số định danh (trùng tên thì ghi của cả hai người)."
)
OWN_ITEM = (
    "Khoản này có phần của chính bạn; hãy để người khác của cơ quan Thường trực hoặc Phó Trưởng ban làm." + WAY_OUT
)
OWN_STATEMENT = (
    "Bảng kê có khoản của chính bạn nên bạn không quyết định, không chi được: hãy trả lại để lập riêng khoản đó, "
    "hoặc để người được ủy quyền làm." + WAY_OUT
)
CORRECTED = "Bạn đã sửa khoản trong bảng kê này nên người khác phải quyết định; bạn vẫn trả lại được."
NOT_GIVEN = "Vai trò của bạn không được {what}."


def may_propose(user) -> bool:
    """Tell whether a user corrects items, keeps contributors and tariffs, and submits statements."""
    return may(user, PROPOSE_ROYALTIES)


def may_decide(user) -> bool:
    """Tell whether a user decides tariffs and statements (Quy chế Điều 17.3)."""
    return may(user, DECIDE_ROYALTIES)


def may_pay(user) -> bool:
    """Tell whether a user notes payments."""
    return may(user, PAY_ROYALTIES)


def demand(has_right: bool, what: str) -> None:
    """Raise Refused without a right; `what` it is for."""
    if not has_right:
        raise Refused(NOT_GIVEN.format(what=what))


def people_with(capability: str) -> list:
    """Return the users who hold a capability of royalties."""
    city = city_site()
    return list(holders(capability, city)) if city else []


def is_own(user, contributor: Contributor, *names: str) -> bool:
    """Tell whether a contributor is the user: by the account, or by a name of theirs, of another account too.

    `names`: further ones, as they were at another time. A name with something before or after it is the name too. Two
    people of one name are told apart by their tax codes, once another wrote both down.
    """
    if contributor.user_id == user.pk:
        return True
    account = contributor.user.get_full_name() if contributor.user_id else ""
    known = (contributor.byline, contributor.full_name, account, *names)
    return any(_names(user, name) for name in known) and not _is_namesake(user, contributor)


def _names(user, name: str) -> bool:
    """Tell whether a name is the user's, or has it within: "ThS. Nguyễn Văn Mẫu". One word alone must be all of it."""
    own, words = " ".join(WORD.findall(fold(user.get_full_name()))), " ".join(WORD.findall(fold(name)))
    return bool(own) and (own == words or " " in own and f" {own} " in f" {words} ")


def _is_namesake(user, contributor: Contributor) -> bool:
    if not contributor.tax_code or contributor.identified_by_id in (None, user.pk):
        return False
    own = Contributor.objects.filter(user=user).exclude(identified_by=user).exclude(identified_by=None).first()
    return own is not None and bool(own.tax_code) and own.tax_code != contributor.tax_code


def is_own_item(user, item: Royalty, contributors: Iterable[Contributor] = ()) -> bool:
    """Tell whether one of those who share an item, or are to share it, is the user, or may be.

    May be: the user made or submitted the page, and no other user said who stands behind the name.
    """
    people = [*contributors, *(share.contributor for share in item.shares.all())]
    is_writer = user in item.writers.all()
    return any(is_own(user, one) or is_writer and not _is_known(user, one) for one in people)


def _is_known(user, contributor: Contributor) -> bool:
    """Tell whether another than the user has said who a contributor is."""
    if contributor.user_id is not None:
        return True
    return bool(contributor.tax_code) and contributor.identified_by_id not in (None, user.pk)


def keeps_record(user, contributor: Contributor) -> bool:
    """Tell whether a user may record where the money of a contributor goes: not their own, nor for what they wrote."""
    if is_own(user, contributor):
        return False
    is_new = contributor.pk is None or contributor.user_id is not None
    return is_new or not Royalty.objects.filter(shares__contributor=contributor, writers=user).exists()


def demand_of_others(by, contributors: Iterable[Contributor], message: str = OWN_ITEM) -> None:
    """Raise Refused when one of the contributors is the user who acts."""
    if any(is_own(by, contributor) for contributor in contributors):
        raise Refused(message)


def has_own(user, statement: Statement) -> bool:
    """Tell whether a statement has a line of the user, by the contributor as recorded now or as it was submitted.

    So is a line of a page that the user wrote, under a name of which no other user said whose it is.
    """
    written = set(statement.items.filter(writers=user).values_list("pk", flat=True))
    return any(
        is_own(user, line.contributor, line.byline, line.full_name)
        or line.royalty_id in written
        and not _is_known(user, line.contributor)
        for line in statement.lines.select_related("contributor__user")
    )


def has_corrected(user, statement: Statement) -> bool:
    """Tell whether a user has corrected an item that a statement names."""
    return Adjustment.objects.filter(royalty__statement=statement, made_by=user).exists()


def visible_statements(user):
    """Return the statements that a user may see: all, or for who only pays those that are decided."""
    if may_propose(user) or may_decide(user):
        return Statement.objects.all()
    return Statement.objects.filter(state__in=Statement.FROZEN) if may_pay(user) else Statement.objects.none()
