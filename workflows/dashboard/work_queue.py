"""Việc của tôi: what waits for a person, from all rooms, in one query.

1. `KINDS`: the kinds of work in the order of the screen. Rooms add rows for them (`register_source`, from
`AppConfig.ready`): a function that gives `rows`, and one that gives the address of the screen where the work is done.
2. `Scope`: who the person is, on which sites they work, which work is their own. 3. `queue_screen.groups_of`: every
queryset that concerns the person goes into one union, so that the screen costs the same however much there is.
4. `queue_screen.notices_of`: what they should know besides (`register_notice`); `shortcuts_for`: what they may begin
with (`register_shortcut`).
What a row says of its time comes from the deadlines (`deadlines`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from textwrap import shorten

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    F,
    IntegerField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.responsibility import Post, capabilities_of, own_work, posts, sites_worked_on
from accounts.roles import works_on
from base.authority import own_home_paths
from base.models import PortalSite
from base.sites import all_sites, city_site

from .. import deadlines
from ..models import Deadline
from ..publishing.approval import acts_for_board

# Rows that are read; beyond them the screen says "more than".
MOST = 2000
# So long the menu shows a number that was counted for another screen.
COUNTED_FOR_SECONDS = 60
# A notice stands on one line; a longer one is folded.
LONGEST_NOTICE = 110
# At most this many deadlines are read, the soonest first.
MOST_DEADLINES = 500


@dataclass(frozen=True)
class Kind:
    """One kind of work: its word in a row, its heading, the text shown when there is none; a rare kind is hidden then.

    `waits_for_others`: what the person has passed on. It is shown beside their decisions, not among their work.
    """

    key: str
    label: str
    heading: str
    empty: str
    is_rare: bool = False
    waits_for_others: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("cho-duyet", "Duyệt", "Bài chờ tôi duyệt", "Không có bài nào chờ duyệt."),
    Kind("ky", "Ký", "Câu trả lời, bài giải thích, phiếu chấm điểm chờ tôi ký", "Không có gì chờ ký."),
    Kind("go-bo", "Gỡ bỏ", "Đề nghị gỡ bỏ chờ tôi quyết định", "Không có đề nghị gỡ bỏ nào."),
    Kind("quyet-dinh", "Quyết định", "Đề nghị khác chờ tôi quyết định", "Không có đề nghị nào khác."),
    Kind("tra-lai", "Trả lại", "Trả lại cho tôi, cần sửa", "Không có bài nào bị trả lại."),
    Kind("cau-hoi", "Câu hỏi", "Câu hỏi chờ tôi", "Không có câu hỏi nào chờ."),
    Kind("nguoi-dan", "Người dân", "Góp ý, phản ánh, yêu cầu của người dân", "Không có ý kiến nào chờ xem."),
    Kind("van-ban", "Văn bản", "Văn bản phải đăng", "Không có văn bản nào chờ đăng."),
    Kind("thoi-han", "Thời hạn", "Việc khác có thời hạn", "Không còn việc nào khác có thời hạn."),
    Kind(
        "can-sua",
        "Cần sửa",
        "Nội dung đang đăng cần sửa (liên kết hỏng, thiếu mô tả ảnh…)",
        "Không thấy nội dung hỏng.",
    ),
    Kind("ra-soat", "Rà soát", "Trang đến hạn rà soát", "Không có trang nào đến hạn rà soát."),
    Kind("xem-lai", "Dịch vụ công", "Thủ tục cần xem lại", "Không có thủ tục nào cần xem lại.", is_rare=True),
    Kind("gui-len", "Gửi lên", "Bài phường, xã, đơn vị gửi lên", "Không có bài nào gửi lên."),
    Kind("hen-gio", "Hẹn giờ", "Đã duyệt, hẹn giờ đăng", "Không có bài nào hẹn giờ."),
    Kind("binh-luan", "Bình luận", "Bình luận trên bài của tôi", "Không có bình luận nào chưa giải quyết."),
    Kind("ban-nhap", "Bản nháp", "Bản nháp của tôi", "Không có bản nháp nào dở dang."),
    Kind("phan-cong", "Phân công", "Phân công cần chú ý", "Không có phân công nào cần chú ý."),
    Kind("giu-lai", "Giữ lại", "Văn bản giữ lại khi phiên trước kết thúc", "Không có văn bản giữ lại."),
    Kind(
        "da-gui",
        "Đã gửi",
        "Tôi đã gửi, chờ người khác quyết định",
        "Không có gì đang chờ người khác.",
        waits_for_others=True,
    ),
)
RETURNED = "tra-lai"
BY_KEY = {kind.key: kind for kind in KINDS}
WORK = frozenset(kind.key for kind in KINDS if not kind.waits_for_others)
# What the screen "Chờ duyệt" shows whole: each is a decision of this person. What they passed on is shown beside it.
DECISIONS = frozenset({"cho-duyet", "ky", "go-bo", "quyet-dinh"})
HANDED_ON = frozenset(kind.key for kind in KINDS if kind.waits_for_others)


# --- Who ---------------------------------------------------------------------------------------------


@dataclass
class Scope:
    """A person and their work queue on a day; asks the database once for each thing."""

    user: object
    moment: datetime

    @cached_property
    def today(self) -> date:
        return deadlines.local_date(self.moment)

    @cached_property
    def sites(self) -> list[PortalSite]:
        """The sites on whose content they work."""
        return sites_worked_on(self.user)

    @cached_property
    def home_paths(self) -> list[str]:
        """The tree paths of the home pages of their sites, in all languages."""
        return own_home_paths(self.user)

    @cached_property
    def is_of_city(self) -> bool:
        city = city_site()
        return city is not None and works_on(self.user, city)

    @cached_property
    def own_work(self) -> set[tuple[str, int]]:
        """(capability, site key) of their own work.

        Each role counts at the site where they hold it; a role at the city also at the wards that have no user for it.
        """
        return own_work(self.user, lambda: self._staff)

    @cached_property
    def _staff(self) -> list[Post]:
        return posts()

    def holders(self, capability: str) -> dict[int, set[int]]:
        """The keys of the people whose own work something is, by the key of their site."""
        found: dict[int, set[int]] = {}
        for role, site_id, person_id in self._staff:
            if capability in capabilities_of(role):
                found.setdefault(site_id, set()).add(person_id)
        return found

    def own_sites(self, capability: str) -> list[int]:
        """The keys of the sites where a capability is their own work."""
        return sorted(site_id for found, site_id in self.own_work if found == capability)

    def board(self, capability: str) -> list[int]:
        """The keys of the sites for whose approving body they have a capability."""
        return [site.pk for site in all_sites() if acts_for_board(self.user, capability, site)]


# --- What rooms bring --------------------------------------------------------------------------------

COLUMNS = ("kind", "source", "key", "title", "note", "at", "site", "deadline", "last_day")
_FIELDS = {
    "kind": CharField(max_length=40),
    "source": CharField(max_length=40),
    "key": CharField(max_length=80),
    "title": TextField(),
    "note": TextField(),
    "at": DateTimeField(),
    "site": IntegerField(),
    "deadline": IntegerField(),
    "last_day": DateField(),
}


@dataclass(frozen=True)
class Rows:
    """What waits from one source, and the value of each column, as the name of a field or an expression.

    A column becomes part of the query when it is asked for: who only counts pays for none.
    """

    found: QuerySet
    given: dict[str, object]

    def of(self, *names: str, **fixed: str) -> QuerySet:
        """Return tuples of the columns of these names as a queryset; `fixed`: columns with one value for all rows."""
        shaped = {
            f"desk_{name}": Cast(Value(fixed[name]), _FIELDS[name])
            if name in fixed
            else _shaped(name, self.given[name])
            for name in names
        }
        return self.found.annotate(**shaped).values_list(*shaped)


@dataclass(frozen=True)
class Source:
    """Rows of one kind from one room.

    `find(scope)`: what `rows` returns, None when it does not concern the person; `address(key)`: the screen where
    the work is done; `more`: the name of a screen with all of it ("" for none); `waiting`: see `out_of`.
    """

    key: str
    kind: str
    find: Callable[[Scope], Rows | None]
    address: Callable[[str], str]
    more: str = ""
    waiting: Callable[[], QuerySet] | None = None


@dataclass(frozen=True)
class WorkNotice:
    """Something a person should know: what it is, and where it is corrected."""

    text: str
    address: str
    label: str
    is_grave: bool = True

    @property
    def is_long(self) -> bool:
        """Whether the screen shows its beginning, and the rest on demand."""
        return len(self.text) > LONGEST_NOTICE

    @property
    def beginning(self) -> str:
        return shorten(self.text, LONGEST_NOTICE, placeholder=" …")


# Records whose deadlines have a group of their own and are not among the other things that are due; rooms add theirs.
SHOWN_ELSEWHERE: set[type[Model]] = set()
SOURCES: dict[str, Source] = {}
_shortcuts: dict[str, tuple[str, Callable[[Scope], bool]]] = {}
WARNINGS: list[Callable[[Scope], Iterable[WorkNotice]]] = []


def register_source(key: str, kind: str, find, address, more: str = "") -> None:
    """Let a room bring rows of one kind; `address`: name of a screen that takes the key, or a function of the key."""
    at = address if callable(address) else lambda key, name=address: reverse(name, args=[key])
    SOURCES[key] = Source(key, BY_KEY[kind].key, find, at, more, getattr(find, "waiting", None))


def out_of(waiting: Callable[[], QuerySet]) -> Callable:
    """State of what the rows of a source are a part, for any person on any day; while there is none, the menu, which
    only counts, does not ask the source.
    """

    def state(find):
        find.waiting = waiting
        return find

    return state


def register_notice(find: Callable[[Scope], Iterable[WorkNotice]]) -> None:
    """Let a room tell a person something at the top of the screen."""
    if find not in WARNINGS:
        WARNINGS.append(find)


def register_shortcut(label: str, screen: str, concerns: Callable[[Scope], bool]) -> None:
    """Let a room offer what people begin with from here: a label, the name of a screen, and for whom."""
    _shortcuts[label] = (screen, concerns)


def shortcuts_for(scope: Scope) -> list[tuple[str, str]]:
    """Return (label, address) of what a person may begin with."""
    return [(label, reverse(screen)) for label, (screen, concerns) in _shortcuts.items() if concerns(scope)]


def rows(queryset: QuerySet, *, title, key="pk", note="", at=None, site=None, deadline=None, last_day=None) -> Rows:
    """Give the rows of a source the shape they all have; each value is the name of a field or an expression."""
    given = {
        "key": key,
        "title": title,
        "note": note,
        "at": at,
        "site": site,
        "deadline": deadline,
        "last_day": last_day,
    }
    return Rows(queryset.order_by(), given)


def _shaped(name: str, value):
    kind = _FIELDS[name]
    if value is None or value == "":
        return Cast(Value(value), kind)
    value = F(value) if isinstance(value, str) else value
    # A moment is left as it is: a cast would make a number of it on SQLite.
    return value if isinstance(kind, DateTimeField | DateField) else Cast(value, kind)


def deadlines_of(model: type[Model]) -> dict[str, Subquery]:
    """Return `deadline` and `last_day` for rows that are records of a model: those of its soonest open deadline."""
    kind = ContentType.objects.get_for_model(model)
    return soonest(Deadline.objects.filter(content_type=kind, object_id=Cast(OuterRef("pk"), CharField(max_length=64))))


def soonest(deadline_rows: QuerySet) -> dict[str, Subquery]:
    """Return `deadline` and `last_day` of the soonest open one of `deadline_rows`, which names the outer row."""
    found = deadline_rows.open()
    return {"deadline": Subquery(found.values("pk")[:1]), "last_day": Subquery(found.values("last_day")[:1])}
