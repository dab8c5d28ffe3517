"""Who may do what with royalties, and what is a user's own: no user proposes, decides or pays for themselves."""

from collections.abc import Iterable

from accounts.roles import DECIDE_ROYALTIES, PAY_ROYALTIES, PROPOSE_ROYALTIES, holders, may
from base.gate import Refused
from base.sites import city_site
from vietnam.text import fold

from .models import Contributor, Royalty, Statement

OWN_ITEM = "Khoản này có phần của chính bạn; hãy để người khác của cơ quan Thường trực hoặc Phó Trưởng ban làm."
OWN_STATEMENT = (
    "Bảng kê có khoản của chính bạn nên bạn không quyết định, không chi được: hãy trả lại để lập riêng khoản đó, "
    "hoặc để người được ủy quyền làm."
)
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


def is_own(user, contributor: Contributor) -> bool:
    """Tell whether a contributor is the user: by the account, or by a name without an account that is theirs."""
    if contributor.user_id is not None:
        return contributor.user_id == user.pk
    own = fold(user.get_full_name())
    return own in (contributor.folded, fold(contributor.full_name))


def demand_of_others(by, contributors: Iterable[Contributor], message: str = OWN_ITEM) -> None:
    """Raise Refused when one of the contributors is the user who acts."""
    if any(is_own(by, contributor) for contributor in contributors):
        raise Refused(message)


def contributors_of(item: Royalty) -> list[Contributor]:
    """Return who shares an item."""
    return [share.contributor for share in item.shares.select_related("contributor__user")]


def has_own(user, statement: Statement) -> bool:
    """Tell whether a statement has a line of the user, by the contributor as recorded now or as it was submitted."""
    own = fold(user.get_full_name())
    return any(
        is_own(user, line.contributor)
        or line.contributor.user_id is None
        and own in (fold(line.byline), fold(line.full_name))
        for line in statement.lines.select_related("contributor__user")
    )


def visible_statements(user):
    """Return the statements that a user may see: all, or for who only pays those that are decided."""
    if may_propose(user) or may_decide(user):
        return Statement.objects.all()
    return Statement.objects.filter(state__in=Statement.FROZEN) if may_pay(user) else Statement.objects.none()
