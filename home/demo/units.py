"""Units and posts of the demo city: who leads it and some of its divisions, its chart, a school, the look of a ward."""

import io
from datetime import date

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw

from base.models import OrganisationUnit, PostHolder, SiteLook
from sections.models import OrganisationPage
from workflows.publishing import record_changes

from ..look import proposing
from ..units import acts, posts
from .people import CITY

SINCE = date(2021, 7, 1)
# (unit, name, post, head of the unit, answers for the content, duties, days of reception).
HOLDERS = (
    (CITY, "Cán bộ mẫu 21", "Chủ tịch Ủy ban nhân dân", True, False, "Lãnh đạo, điều hành chung", "Ngày 05, ngày 20"),
    (CITY, "Cán bộ mẫu 01", "Trưởng ban Biên tập", False, True, "Chịu trách nhiệm nội dung trang", ""),
    ("van-hoa-thong-tin", "Cán bộ mẫu 32", "Trưởng phòng", True, False, "Phụ trách chung", "Thứ Năm hằng tuần"),
    ("giao-duc-dao-tao", "Cán bộ mẫu 15", "Trưởng phòng", True, False, "Phụ trách chung", "Thứ Ba hằng tuần"),
    ("hoi-dong-nhan-dan", "Cán bộ mẫu 33", "Chủ tịch", True, False, "Chủ tọa các kỳ họp", ""),
    ("my-long", "Cán bộ mẫu 10", "Chủ tịch", True, True, "Lãnh đạo, điều hành chung", "Thứ Hai hằng tuần"),
)
LOOK_OF, COLOURS = "my-long", {"accent": "#0b5d4a", "dark_accent": "", "dark_text": ""}
MENU_BEGINS_WITH = ["dich-vu-cong", "hoi-dap"]
LICENCE = "Số 00/GP-SKHCN do Sở Khoa học và Công nghệ cấp ngày 02/03/2026 (dữ liệu minh họa)"
SCHOOL = "Trường Tiểu học Mẫu (minh họa)"


def show_all(city) -> None:
    """Propose and confirm all of it as the standing office and the head do; what is there already stays."""
    office, head = city.people["thuong-truc"], city.people["truong-ban"]
    units = {unit.slug: unit for unit in OrganisationUnit.objects.all()}

    def agree(change) -> None:
        record_changes.confirm(change, by=head, digest=change.digest)

    for slug, name, post, is_head, answers, duties, days in HOLDERS:
        if not PostHolder.objects.filter(unit=units[slug], name=name).exists():
            fields = {
                "is_head": is_head,
                "answers_for_content": answers,
                "duties": f"{duties} (minh họa).",
                "reception_days": days,
            }
            agree(posts.appoint_holder(units[slug], by=office, name=name, post=post, valid_from=SINCE, **fields))
    if not OrganisationUnit.objects.filter(name=SCHOOL).exists():
        agree(
            acts.found_unit(
                by=office,
                name=SCHOOL,
                kind=OrganisationUnit.Kind.SCHOOL,
                parent=units["giao-duc-dao-tao"],
                legal_act="Quyết định 00/QĐ-UBND (minh họa)",
                effective_on=SINCE,
            )
        )
    _licence(city, office, agree)
    _chart(city)
    site = city.sites[LOOK_OF]
    if not SiteLook.objects.filter(site=site).exists():
        agree(proposing.propose_look(site, by=office, emblem=_emblem(), colours=COLOURS))
        agree(proposing.propose_menu(site, by=office, order=MENU_BEGINS_WITH))


def _licence(city, office, agree) -> None:
    site = city.sites[CITY]
    if not SiteLook.objects.filter(site=site).exists():
        none = dict.fromkeys(proposing.COLOURS, "")
        agree(proposing.propose_look(site, by=office, colours=none, licence=LICENCE))


def _emblem() -> ImageFile:
    """A made-up emblem: a disc with waves, drawn here."""
    picture = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((4, 4, 252, 252), fill=COLOURS["accent"], outline="#b98a2f", width=10)
    for top in (110, 150, 190):
        pen.arc((56, top - 40, 200, top + 40), 200, 340, fill="#fffaf2", width=10)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return ImageFile(file, name="bieu-trung-minh-hoa.png")


def _chart(city) -> None:
    site = city.sites[CITY]
    parent = city._section(site, "gioi-thieu")
    if parent is not None and not city._exists(parent, "so-do-to-chuc"):
        summary = "Các đơn vị của thành phố, người đứng đầu và cách liên hệ (dữ liệu minh họa)."
        page = city._page(OrganisationPage, site, parent, "so-do-to-chuc", "Sơ đồ tổ chức", summary, "noi-vu")
        city._publish(page, parent, site, 20)
