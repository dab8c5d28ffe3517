"""Registers of the demo city: the Editorial Board, two trainings, a new section and the practice site; illustrations."""

from datetime import date, timedelta

from accounts import decisions
from accounts.models import AppointmentDecision, BoardMember, Training, User
from accounts.registers import board, training
from base.models import PortalSite
from sections import new_sections
from sections.models import NewSection

from .. import opening
from ..data.units import IN_FORCE

MARK = "(dữ liệu minh họa)"
BODY = "Chủ tịch Ủy ban nhân dân thành phố Long Xuyên"
Rank = BoardMember.Rank
# (rank, user name or name, post, agency, duties)
MEMBERS = [
    (Rank.HEAD, "truong-ban", "", "Ủy ban nhân dân thành phố", "phụ trách chung, quyết định mức chi"),
    (Rank.DEPUTY, "pho-truong-ban", "", "Phòng Văn hóa và Thông tin", "duyệt tin, bài"),
    (Rank.STANDING, "thuong-truc", "", "Phòng Văn hóa và Thông tin", "cơ quan Thường trực"),
    (Rank.MEMBER, "bien-tap", "", "Phòng Văn hóa và Thông tin", "biên tập tin, bài"),
    (Rank.MEMBER, "Cán bộ mẫu 31", "Phó Trưởng phòng", "Phòng Y tế", "thông tin y tế"),
    (Rank.SECRETARY, "Cán bộ mẫu 32", "Chuyên viên", "Văn phòng HĐND và UBND", "thư ký"),
]


def fill(people: dict[str, User], city: PortalSite, today: date) -> None:
    """Fill the registers; what is there is left as it is. `people`: the cast by user name."""
    office = people["thuong-truc"]
    if not BoardMember.objects.exists():
        _set_up_board(people, office)
    if not Training.objects.exists():
        _hold_trainings(office, today)
    if not NewSection.objects.exists():
        _open_section(city, office)
    opening.open_practice(by=office)


def _set_up_board(people: dict[str, User], office: User) -> None:
    decision = decisions.record_decision(
        by=office,
        number="10/QĐ-UBND (minh họa)",
        signed_on=IN_FORCE,
        kind=AppointmentDecision.Kind.BOARD,
        issuing_body=BODY,
        title=f"Thành lập Ban Biên tập {MARK}",
    )
    for rank, who, post, agency, duties in MEMBERS:
        person = people.get(who)
        name = "" if person else who
        facts = {"post": post, "agency": agency, "duties": duties, "valid_from": IN_FORCE}
        board.enter(decision, by=office, rank=rank, name=name, person=person, **facts)


def _hold_trainings(office: User, today: date) -> None:
    """One of last year that all attended, one of this year that every second person did."""
    for held, title, every in (
        (date(today.year - 1, 11, 20), f"Biên tập tin, bài trên cổng {MARK}", 1),
        (today - timedelta(days=20), f"An toàn thông tin cho người đưa tin {MARK}", 2),
    ):
        made = training.record(
            by=office,
            title=title,
            field=Training.Field.SECURITY if every == 2 else Training.Field.EDITING,
            document="Kế hoạch 12/KH-VHTT (minh họa)",
            organiser="Phòng Văn hóa và Thông tin",
            held_from=held,
            held_to=held,
            hours=8,
        )
        keys = [trainee.key for trainee in training.trainees(today)][::every]
        training.attend(made, by=office, results=dict.fromkeys(keys, "attended"))


def _open_section(city: PortalSite, office: User) -> None:
    row = new_sections.open_section(
        by=office,
        site=city,
        title="Chuyển đổi số",
        summary=f"Tin, bài về chuyển đổi số của thành phố {MARK}.",
        directing_document="Công văn 45/UBND-VX (minh họa)",
        directed_on=IN_FORCE,
    )
    new_sections.record_budget(
        row,
        by=office,
        proposal="Tờ trình 12/TTr-VHTT (minh họa)",
        budget_line="Chi sự nghiệp văn hóa thông tin",
        amount=12_000_000,
    )
