"""The menu of each role: what the person works with first, eight entries at most, many items of one under headings
of their own, help last.

Rooms register their screens in Wagtail's menus as ever, each shown to whom it concerns. Here they are arranged: what a
person may open is found under the heading where their role looks for it, and what no heading names under the last one.
"""

from copy import copy
from typing import NamedTuple

from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.sidebar import PageExplorerMenuItem

from accounts.roles import roles_of
from base.authority import home_of, sites_of
from base.middleware.admin_gate import leads_in

MOST_ENTRIES = 8
# At most this many items below a heading stand there without headings between them.
MOST_WITHOUT_HEADINGS = 10


class Group(NamedTuple):
    """A heading: label, icon, names of the items below it, or headings of their own; `rest`: what no heading names
    stands here too."""

    label: str
    icon: str
    names: tuple["str | Group", ...]
    rest: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the rest stands here or below a heading here."""
        return self.rest or any(part.is_last for part in self.names if isinstance(part, Group))


class Asked(Menu):
    """The items of a heading; each was asked already whether it is shown, which may cost a query."""

    def menu_items_for_request(self, request):
        return list(self.registered_menu_items)


class OwnPages(MenuItem):
    """The panel of the tree for people of one site: begins at its home.

    Wagtail's begins at the first page above all that a person may work on, Vietnamese and English: the top of the tree.
    To go once it begins at the pages that a person may work on.
    """

    def render_component(self, request):
        home = home_of(request.user)
        if home is None:
            return super().render_component(request)
        return PageExplorerMenuItem(
            self.name, self.label, self.url, home, icon_name=self.icon_name, classname=self.classname
        )


WORK, HELP = "viec-cua-toi", "tro-giup"
DECIDING = ("duyet", "ho-so-dang", "go-bo")
AT_ONCE = ("dang-khan-cap", "go-khan-cap")
PEOPLE = (
    "cau-hoi",
    "gop-y",
    "bieu-mau",
    "bai-gui",
    "bai-cua-don-vi",
    "phan-anh",
    "ho-so-mot-cua",
    "du-lieu-ca-nhan",
    "co-quan-tham-quyen",
)
DOCUMENTS = (
    "van-ban-so",
    "van-ban-moi",
    "so-van-ban",
    "van-ban-can-nhap",
    "van-ban-can-chu-y",
    "thoi-han-dang",
    "quy-tac-dang",
    "nhap-van-ban",
)
CONTENT = (
    "explorer",
    "viet-tin",
    "tu-word",
    "tin-thanh-pho",
    "mau-bai",
    "images",
    "documents",
    "ra-soat",
    "kiem-tra-noi-dung",
    "y-kien-ve-trang",
    "aging-pages",
    "ban-dich",
    "chuyen-huong",
    "chuyen-tu-cong-cu",
    "canh-bao",
    "quoc-tang",
)
CATALOGUES = (
    "danh-muc-chung",
    "co-quan-ban-hanh",
    "loai-van-ban",
    "nganh",
    "linh-vuc",
    "su-kien",
    "doi-tuong",
    "he-muc-do",
    "muc-do",
    "quy-doi",
    "tu-dong-nghia",
    "trang-nen-xem-truoc",
    "snippets",
)
SERVICES = ("thu-tuc", "dich-vu-can-xem-lai", "nhap-thu-tuc", "lo-dich-vu", *CATALOGUES)
REPORTS = (
    "muc-do-day-du",
    "muc-cap-nhat",
    "cham-diem",
    "tieu-chi-cham-diem",
    "ket-qua-dung-han",
    "dong-gop",
    "cau-hoi-theo-linh-vuc",
    "nguoi-doc-tim-gi",
    "nguoi-nhan-tin",
)
MEASURED = Group("Báo cáo, chấm điểm", "clipboard-list", (*REPORTS, "bao-cao-nam"))
OF_THE_BOARD = Group("Ban Biên tập, chuyên mục", "group", ("ban-bien-tap", "dao-tao", "chuyen-muc-moi"))
ARCHIVED = ("luu-tru", "nhat-ky-kiem-tra", "workflows", "workflow-tasks", "locked-pages")
RUNNING = (
    "viec",
    "lich-lam-viec",
    "trang-thanh-phan",
    "don-vi",
    "phan-cong",
    "nhuan-but",
    "nhuan-but-cua-toi",
    MEASURED,
    OF_THE_BOARD,
)
WATCHED = Group("Lưu trữ, nhật ký, luồng duyệt", "history", ARCHIVED)
WATCHED_AND_REST = WATCHED._replace(rest=True)

OF_DECIDING = Group("Duyệt", "check", DECIDING)
OF_PEOPLE = Group("Người dân", "group", PEOPLE)
OF_DOCUMENTS = Group("Văn bản", "doc-full", DOCUMENTS)
# Who only chooses from the city's lists may propose a body that issues documents.
OF_WARD_DOCUMENTS = OF_DOCUMENTS._replace(names=(*DOCUMENTS, "co-quan-ban-hanh"))
OF_CONTENT = Group("Nội dung", "folder-open-inverse", CONTENT)
OF_SERVICES = Group("Dịch vụ công", "tasks", SERVICES)
OTHER = Group("Khác", "list-ul", (), rest=True)

WRITER = (
    Group(
        "Viết bài",
        "edit",
        (
            "viet-tin",
            "bai-cua-don-vi",
            "tu-word",
            "mau-bai",
            "van-ban-moi",
            *DECIDING[:2],
            "canh-bao",
            "tin-thanh-pho",
            "nhuan-but-cua-toi",
        ),
    ),
    Group("Bài của đơn vị", "folder-open-inverse", ("explorer",)),
    Group("Câu hỏi, phản ánh", "help", ("cau-hoi", "phan-anh", "co-quan-tham-quyen")),
    OF_WARD_DOCUMENTS,
    Group("Ảnh và tệp", "image", ("images", "documents")),
    OTHER,
)
WARD = (
    OF_DECIDING,
    OF_PEOPLE,
    Group("Bài của đơn vị", "folder-open-inverse", CONTENT),
    OF_WARD_DOCUMENTS,
    Group("Điều hành", "time", (*RUNNING, WATCHED)),
    OTHER,
)
OFFICE = (
    OF_PEOPLE,
    OF_DOCUMENTS,
    OF_CONTENT,
    OF_SERVICES,
    Group("Điều hành", "time", (*DECIDING, *RUNNING, WATCHED_AND_REST)),
)
BOARD = (
    OF_DECIDING,
    Group("Khẩn cấp", "warning", AT_ONCE),
    OF_PEOPLE,
    OF_CONTENT,
    Group("Văn bản, dịch vụ công", "doc-full", (*DOCUMENTS, *SERVICES)),
    Group("Điều hành", "time", (*RUNNING, WATCHED_AND_REST)),
)
TECHNICAL = (
    Group("Phân công", "group", ("phan-cong", "ban-bien-tap", "dao-tao")),
    Group("Nhật ký", "history", ("nhat-ky-kiem-tra",)),
    Group("Lịch và quy tắc", "calendar", ("lich-lam-viec", "viec")),
    Group("Danh mục", "list-ul", CATALOGUES),
    Group("Hệ thống", "cogs", (), rest=True),
)

ON_DUTY = (Group("Cảnh báo", "warning", ("canh-bao",)), Group("Chờ xem lại", "check", ("duyet",)), OTHER)
ACCOUNTING = (Group("Nhuận bút", "calendar-check", ("nhuan-but", "nhuan-but-cua-toi")), OTHER)

# The first of these roles that a person holds decides; who holds none gets what they may open under one heading.
OF_ROLE = {
    "head": BOARD,
    "deputy_head": BOARD,
    "standing_office": OFFICE,
    "editor": OFFICE,
    "unit_head": WARD,
    "ward_approver": WARD,
    "contributor": WRITER,
    "unit_leader": WRITER,
    "unit_contributor": WRITER,
    "technical_admin": TECHNICAL,
    "accountant": ACCOUNTING,
    "duty": ON_DUTY,
}
# Lists that all sites share and a ward only chooses from in its forms; issuing bodies it may propose.
OF_THE_CITY_ALONE = (frozenset(CATALOGUES) - {"danh-muc-chung", "snippets", "co-quan-ban-hanh"}) | {"quoc-tang"}
# What people without work on content never need, although the screens would open and say that there is nothing.
OF_CONTENT_ALONE = frozenset(
    {"duyet", "ho-so-dang", "go-bo", "luu-tru", "mau-bai", "kiem-tra-noi-dung", "y-kien-ve-trang", "ra-soat"}
)


def arrange(request, items: list) -> list:
    """Return the entries of a person's menu, made of all items, with groups, that Wagtail would show them."""
    roles = roles_of(request.user)
    role = next((key for key in OF_ROLE if key in roles), "")
    groups = OF_ROLE.get(role) or (TECHNICAL if request.user.is_superuser else (OTHER,))
    left = leaves(request, items)
    if "explorer" in left and len(sites_of(request.user)) == 1:
        found = left["explorer"]
        left["explorer"] = OwnPages(found.label, found.url, name=found.name, icon_name=found.icon_name)
    if groups in (TECHNICAL, ACCOUNTING, ON_DUTY, (OTHER,)):
        # Who is on duty finds there what waits for a second look.
        useless = OF_CONTENT_ALONE - ({"duyet"} if groups == ON_DUTY else set())
        left = {name: item for name, item in left.items() if name not in useless}
    if groups == WRITER and not sites_of(request.user):
        # People of a unit write articles, and its head signs; all else is done on a site.
        left = {name: item for name, item in left.items() if name not in OF_CONTENT_ALONE - {"duyet"}}
    if groups == WRITER:
        # A contributor reaches them from the first screen (`reporting/own_work.py`).
        left = {name: item for name, item in left.items() if name not in REPORTS}
    if groups in (WRITER, WARD):
        left = {name: item for name, item in left.items() if name not in OF_THE_CITY_ALONE}
    first, last = left.pop(WORK, None), left.pop(HELP, None)
    # Those that take the rest are asked after all others have taken what they name.
    taken = {place: _below(group, left) for place, group in enumerate(groups) if not group.is_last}
    taken |= {place: _below(group, left) for place, group in enumerate(groups) if group.is_last}
    between = [_entry(group, taken[place]) for place, group in enumerate(groups) if taken[place]]
    entries = [entry for entry in (first, *between, last) if entry is not None]
    return [placed(entry, place) for place, entry in enumerate(entries)]


def leaves(request, items: list) -> dict[str, MenuItem]:
    """Return the items that lead somewhere by their names, those of groups too.

    Of two with one name the second has that of its group as well.
    """
    found = {}
    for item in sorted(items, key=lambda one: one.order):
        if isinstance(item, SubmenuMenuItem):
            for name, leaf in leaves(request, item.menu.menu_items_for_request(request)).items():
                if name in found:
                    name, leaf = f"{item.name}/{name}", placed(leaf, label=f"{leaf.label} ({item.label})")
                found[name] = leaf
        elif leads_in(request.user, item.url):
            found[item.name] = item
    return found


def _below(group: Group, left: dict[str, MenuItem]) -> list[MenuItem]:
    """Take from the items that are left what stands below a heading; few stand without headings between them."""
    parts: list[MenuItem | tuple[Group, list[MenuItem]]] = []
    for part in group.names:
        if isinstance(part, Group):
            parts.append((part, _below(part, left)))
        elif part in left:
            parts.append(left.pop(part))
    if group.rest:
        parts += left.values()
        left.clear()
    count = sum(len(part[1]) if isinstance(part, tuple) else 1 for part in parts)
    found = []
    for part in parts:
        if not isinstance(part, tuple):
            found.append(part)
        elif count > MOST_WITHOUT_HEADINGS and len(part[1]) > 1:
            found.append(_entry(*part))
        else:
            found += part[1]
    return found


def _entry(group: Group, items: list) -> MenuItem:
    """A heading with its items; the one item itself where there is but one, under the name of the heading."""
    if len(items) == 1:
        return placed(items[0], label="" if group.rest else group.label)
    below = Asked(items=[placed(item, place) for place, item in enumerate(items)])
    return SubmenuMenuItem(group.label, below, name=f"nhom-{group.icon}", icon_name=group.icon)


def placed(item: MenuItem, order: int = 0, label: str = "") -> MenuItem:
    """Return an item at another place, with another label if one is given; Wagtail's own is shared by all people."""
    item = copy(item)
    item.order, item.label = order, label or item.label
    return item
