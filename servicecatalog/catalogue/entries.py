"""What the list of services is made of: parameters, filters, rows."""

from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from base.public.index.filters import Filter
from base.public.navigation import Link

# Enough that whatever a field holds stands on one page: no service is further than three clicks from the front page.
SERVICES_A_PAGE = 100
QUERY, PAGE, SORT = "q", "trang", "xep"
SECTOR, FIELD, EVENT, LEVEL, RUNG, AGENCY, APPLICANT = (
    "nganh",
    "linh-vuc",
    "su-kien",
    "muc-do",
    "cap",
    "co-quan",
    "doi-tuong",
)
LABELS = {
    SECTOR: (gettext_lazy("Ngành"), gettext_lazy("Mọi ngành")),
    FIELD: (gettext_lazy("Lĩnh vực"), gettext_lazy("Mọi lĩnh vực")),
    EVENT: (gettext_lazy("Sự kiện trong đời"), gettext_lazy("Mọi sự kiện")),
    LEVEL: (gettext_lazy("Mức độ trực tuyến"), gettext_lazy("Mọi mức độ")),
    RUNG: (gettext_lazy("Cấp thực hiện"), gettext_lazy("Mọi cấp")),
    AGENCY: (gettext_lazy("Cơ quan thực hiện"), gettext_lazy("Mọi cơ quan")),
    APPLICANT: (gettext_lazy("Đối tượng"), gettext_lazy("Mọi đối tượng")),
}
FILTERS = tuple(LABELS)
PARAMETERS = (QUERY, PAGE, SORT, *FILTERS)
RUNGS = (
    ("at_province", "tinh", gettext_lazy("Cấp tỉnh")),
    ("at_district", "huyen", gettext_lazy("Cấp huyện")),
    ("at_ward", "xa", gettext_lazy("Cấp xã")),
    ("at_other", "khac", gettext_lazy("Cơ quan khác")),
)
BY_FIELD, BY_NAME = "linh-vuc", "ten"
NONE = "chua-xep"
LONGEST_VALUE = 60


@dataclass
class Fact:
    """What one service is listed by; `values`: {filter: {value: label}}, several where it has several."""

    key: int
    code: str
    name: str
    native_name: str
    summary: str
    folded: str
    spelt: str
    order: tuple
    field_name: str
    sector_name: str
    slug: str = ""
    own_key: int | None = None
    places: int = 0
    level: object = None
    is_illustrative: bool = False
    values: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A service as the list shows it: `name` is safe HTML with the typed words marked."""

    name: SafeString
    url: str
    summary: str
    code: str
    level: object
    places: int
    is_native: bool
    is_illustrative: bool

    @property
    def shows(self) -> tuple | None:
        """All that the list shows of it; None where typed words are marked, which few will type again."""
        level = self.level.label if self.level else None
        own = (self.name, self.url, self.summary, self.code, level, self.places, self.is_native, self.is_illustrative)
        return None if "<mark" in self.name else own


@dataclass(frozen=True)
class Section:
    """The services of one field under its branch, in the order of the lists; without a heading in other orders."""

    heading: str
    sector: str
    anchor: str
    entries: list[Entry]


@dataclass
class Catalogue:
    """What the template of the catalogue needs."""

    query: str
    sort: str
    filters: list[Filter]
    sections: list[Section]
    paging: PaginatorPage
    everything: int
    is_filtered: bool
    is_near: bool
    is_city: bool
    outages: list
    guides: list[Link]
    turns: list

    @property
    def total(self) -> int:
        return self.paging.paginator.count

    def filter(self, name: str) -> Filter:
        return next(one for one in self.filters if one.name == name)

    @property
    def ways_in(self) -> list[tuple[str, Filter]]:
        """The filters that are also shown as links while nothing is chosen: life events, then fields."""
        return [(name, self.filter(name)) for name in (EVENT, FIELD)] if not self.is_filtered else []


def place_of(code: str) -> str:
    """Return where a procedure stands below a catalogue: "1.001193" -> "thu-tuc/1-001193/" (addresses have no dots)."""
    return f"thu-tuc/{code.replace('.', '-')}/"
