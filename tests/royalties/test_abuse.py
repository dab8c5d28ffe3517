"""Nobody acts on what is their own, on no road and in no role; nobody sees what another gets, on no screen.

Two tables: what may be done × how something is a person's own, and each address × each role. An address or an action
that the tables do not name fails here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial

from django.core import mail
from django.db import transaction
from django.forms import BaseForm, FileField
from django.urls import reverse

from base.gate import Refused
from base.models import AuditEntry, PortalImage
from royalties import contributors, forms, items, proposing, rights, statements, tariffs, wagtail_hooks
from royalties.models import BaseSalary, Budget, Contributor, Royalty, Scale, Share, Statement, TaxRule
from tests.base.test_files import store_image
from tests.city import appointed, person
from tests.isolation.oracle import _unpacked, body_of
from tests.royalties.cast import IN_JULY, RoyaltyCase, at, scale_lines
from tests.royalties.test_screens import SHARE_ROWS
from tests.royalties.test_statements import LATER, MONTH
from workflows.models import ArchiveCopy, Declaration

NAME, PEN_NAME = "Cán bộ mẫu 64", "Sông Hậu"
PAYMENT = {"paid_on": LATER, "voucher": "PC 1"}


class ManyRoles(RoyaltyCase):
    """One person who proposes, decides and pays, and each way in which an item may be theirs."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.many = person("kiem-nhiem", NAME, "standing_office", cls.city.site)
        for role in ("deputy_head", "head", "accountant"):
            appointed(cls.many, role, cls.city.site)
        cls.second = person("thuong-truc.2", "Cán bộ mẫu 61", "standing_office", cls.city.site)
        pen = Contributor.objects.create(byline=PEN_NAME, full_name=NAME, recorded_at=at(IN_JULY))
        picture = store_image(cls.city.my_long, photographer=NAME, licence=PortalImage.Licence.OWN)
        cls.item_of(IN_JULY, title="Bài có ảnh", picture=picture)
        cls.ways = {
            "a name without an account": cls.item_of(IN_JULY, title="Dưới tên", author=NAME),
            "a co-author's name": cls.item_of(IN_JULY, title="Viết chung", author=f"Cán bộ mẫu 01, {NAME}"),
            "a photographer": Royalty.objects.get(kind=Royalty.Kind.PICTURE),
            "a pen name": cls.item_of(IN_JULY, title="Bút danh", author=PEN_NAME),
            "an account": cls.item_of(IN_JULY, title="Của tài khoản", by=cls.many),
        }
        cls.others = cls.item_of(IN_JULY, title="Bài của người khác", by=cls.cast.contributor_my_xuyen)
        cls.own = {"account": contributors.of_user(cls.many), "pen name": pen}
        cls.numbers = {"line": cls.scale.lines.get(code="tin"), "value": Decimal(2), "reason": "Bài hay"}
        cls.to_others = [(contributors.of_user(cls.cast.editor), Decimal(100))]

    def setUp(self):
        self.travel(LATER)
        self.many = self.again(self.many)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back whatever the block did."""
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)

    def waiting(self, item: Royalty) -> Statement:
        """A statement with this item alone, submitted by another."""
        rest = set(Royalty.objects.exclude(pk=item.pk).values_list("pk", flat=True))
        return statements.submit(MONTH, by=self.second, left_out=rest)

    def decided(self, item: Royalty) -> Statement:
        """The same decided by another head."""
        return statements.decide(self.waiting(item), by=self.head)

    def excluded(self, item: Royalty) -> Royalty:
        return items.exclude(item, by=self.second, reason="Chưa rõ")


# What may be done with an item: name → (what another did before, the action).
ACTS = {
    "change": (None, lambda case, item: items.change(item, by=case.many, shares=shares_of(item), **case.numbers)),
    "give away": (None, lambda case, item: items.change(item, by=case.many, shares=case.to_others, **case.numbers)),
    "exclude": (None, lambda case, item: items.exclude(item, by=case.many, reason="Trùng")),
    "include": ("excluded", lambda case, item: items.include(item, by=case.many, reason="Không trùng")),
    "decide": ("waiting", lambda case, statement: statements.decide(statement, by=case.many)),
    "pay": ("decided", lambda case, statement: statements.note_payment(statement, by=case.many, **PAYMENT)),
}


def shares_of(item: Royalty) -> list:
    """Who shares an item, as they are."""
    return [(share.contributor, share.part) for share in item.shares.all()]


def stored() -> list:
    """Everything that says what a person gets."""
    return [list(model.objects.order_by("pk").values()) for model in (Royalty, Share, Contributor, Statement)]


TARIFF_SCREENS = {"royalties_tariff", "royalties_tariff_add"}
ACTING = {
    *TARIFF_SCREENS,
    "royalties_contributor",
    "royalties_contributor_add",
    "royalties_contributor_confirm",
    "royalties_item_add",
    "royalties_item_change",
    "royalties_item_exclude",
    "royalties_item_include",
    "royalties_pay",
    "royalties_statement",
    "royalties_submit",
}


class OnesOwn(ManyRoles):
    def test_no_action_takes_what_is_ones_own_in_any_way(self):
        for way, item in self.ways.items():
            for name, (before, act) in ACTS.items():
                with self.subTest(name, way=way), self.undone():
                    given = getattr(self, before)(item) if before else item
                    rows = stored()
                    with self.assertRaisesMessage(Refused, "của chính bạn"):
                        act(self, given)
                    assert stored() == rows

    def test_the_same_person_does_all_of_it_with_what_is_anothers(self):
        for name, (before, act) in ACTS.items():
            with self.subTest(name), self.undone():
                given = getattr(self, before)(self.others) if before else self.others
                rows = stored()
                act(self, given)
                assert stored() != rows

    def test_an_acting_head_does_not_decide_or_pay_what_is_theirs(self):
        acting = self.cast.deputy
        item = self.item_of(IN_JULY, title="Bài của Phó Trưởng ban", by=acting)
        for role in ("head", "accountant"):
            appointed(acting, role, self.city.site)
        self.many = self.again(acting)

        for name in ("decide", "pay"):
            before, act = ACTS[name]
            with self.subTest(name), self.undone():
                given = getattr(self, before)(item)
                with self.assertRaisesMessage(Refused, "của chính bạn"):
                    act(self, given)

    def test_what_is_ones_own_stays_out_of_ones_own_statement(self):
        statement = statements.submit(MONTH, by=self.many)

        listed = {item.title for item in statement.items.all()}
        assert listed == {"Bài có ảnh", "Bài của người khác"}
        assert all(self.again(item).is_open for item in self.ways.values())

    def test_nobody_puts_themselves_into_anothers_item_or_a_new_one(self):
        place = {"site": self.city.site, "title": "Nhập 20 trang", "made_on": IN_JULY}
        for way, own in self.own.items():
            half = [(own, Decimal(50)), (self.to_others[0][0], Decimal(50))]
            fields = {"by": self.many, "shares": half, **self.numbers}
            for name, act in (
                ("change", partial(items.change, self.others, **fields)),
                ("add", partial(items.add, **place, **fields)),
            ):
                with self.subTest(name, way=way), self.undone():
                    rows = stored()
                    with self.assertRaisesMessage(Refused, "của chính bạn"):
                        act()
                    assert stored() == rows

    def test_nobody_records_where_their_own_money_goes(self):
        named = contributors.of_name("Người cộng tác")
        for name, act in (
            ("account", lambda: contributors.record(by=self.many, contributor=self.own["account"], phone="09")),
            ("pen name", lambda: contributors.record(by=self.many, contributor=self.own["pen name"], phone="09")),
            ("a new record", lambda: contributors.record(by=self.many, byline="Khác", full_name=NAME)),
            ("another's record", lambda: contributors.record(by=self.many, contributor=named, full_name=NAME)),
        ):
            with self.subTest(name), self.undone():
                rows = stored()
                with self.assertRaisesMessage(Refused, "của chính bạn"):
                    act()
                assert stored() == rows

    def test_a_pen_name_is_found_by_the_name_it_was_submitted_with(self):
        statement = self.waiting(self.ways["a pen name"])
        contributors.record(by=self.second, contributor=self.own["pen name"], full_name="Người Khác")

        with self.assertRaisesMessage(Refused, "của chính bạn"):
            statements.decide(statement, by=self.many)

    def test_no_screen_takes_it_either(self):
        own, number = self.ways["an account"], self.numbers["line"].pk
        contributor, waiting = self.own["account"].pk, self.waiting(self.ways["a co-author's name"])
        paid = self.decided(self.ways["a name without an account"])
        form = {"line": number, "value": "2", "quantity": "1", "portion": "100", "extra": "0", "reason": "Hay"}
        shares = {**SHARE_ROWS, "phan-0-contributor": contributor, "phan-0-part": "100"}
        new = {"title": "Nhập trang", "site": self.city.site.pk, "made_on": "01/08/2026"}
        tries = (
            ("royalties_item_change", [own.pk], form | shares),
            ("royalties_item_change", [self.others.pk], form | shares),
            ("royalties_item_exclude", [own.pk], {"reason": "Trùng"}),
            ("royalties_item_include", [own.pk], {"reason": "Không trùng"}),
            ("royalties_item_add", [], form | shares | new),
            ("royalties_contributor", [contributor], {"byline": NAME, "organisation": "Nơi khác"}),
            ("royalties_contributor_add", [], {"byline": NAME}),
            ("royalties_contributor_confirm", [contributor], {}),
            ("royalties_statement", [waiting.pk], {"decision": "decide", "note": ""}),
            ("royalties_pay", [paid.pk], {"paid_on": "03/08/2026", "voucher": "PC 1"}),
        )
        self.client.force_login(self.many)

        for name, args, data in tries:
            with self.subTest(name, args=args):
                rows = stored()
                answer = self.client.post(reverse(name, args=args), data)
                assert answer.status_code in (200, 302)
                assert stored() == rows
        assert {name for name, _args, _data in tries} | TARIFF_SCREENS | {"royalties_submit"} == ACTING

    def test_nobody_decides_the_tariff_or_budget_that_they_proposed(self):
        days = {"valid_from": date(2026, 12, 1), "legal_source": "QĐ 9"}
        lines = [line for line in scale_lines() if line["kind"] == "tariff"]
        proposals = {
            Scale: lambda: tariffs.propose_scale(by=self.many, name="Mới", way="amount", lines=lines, **days),
            BaseSalary: lambda: tariffs.propose(BaseSalary, by=self.many, amount=2_600_000, **days),
            TaxRule: lambda: tariffs.propose(TaxRule, by=self.many, percent=5, threshold=1, **days),
            Budget: lambda: tariffs.propose(Budget, by=self.many, line="Chi", amount=1, **days),
        }

        for model, propose in proposals.items():
            row = propose()
            with self.subTest(model), self.assertRaisesMessage(Refused, "Bạn đã đề xuất"):
                tariffs.decide(row, by=self.many, accepted=True)
            assert tariffs.decide(row, by=self.head, accepted=True).accepted

    def test_nothing_of_royalties_comes_in_by_a_file(self):
        of_room = [form for form in vars(forms).values() if isinstance(form, type) and issubclass(form, BaseForm)]

        assert len(of_room) > 10
        files = [form for form in of_room for field in form.base_fields.values() if isinstance(field, FileField)]
        assert files == []


class UnderAnotherName(RoyaltyCase):
    """What a user wrote under a pen name, and what bears a name like theirs."""

    def setUp(self):
        self.travel(LATER)
        self.second = self.second_office()
        self.acts = (
            ("change", lambda item, by: items.change(item, by=by, shares=shares_of(item), **self.numbers)),
            ("exclude", lambda item, by: items.exclude(item, by=by, reason="Trùng")),
        )
        self.numbers = {"line": self.scale.lines.get(code="tin"), "value": Decimal(2), "reason": "Hay"}

    def submitted(self, item: Royalty) -> Statement:
        return statements.submit(item.month, by=self.second)

    def payee(self, item: Royalty) -> Contributor:
        return item.shares.get().contributor

    def test_who_wrote_or_submitted_a_page_does_not_act_on_its_pen_name(self):
        made = self.item_of(IN_JULY, by=self.office, author="Hoa Sen")
        page = self.published(IN_JULY, author="Sao Mai")
        Declaration.objects.create(revision_id=page.live_revision_id, declared_by=self.office)
        declared = proposing.propose(page, on=at(IN_JULY, 10))

        for item in (made, declared):
            for name, act in self.acts:
                with self.subTest(name, item=str(item)), self.assertRaisesMessage(Refused, "của chính bạn"):
                    act(item, self.office)
            with self.assertRaisesMessage(Refused, "tên ký dưới bài bạn soạn"):
                contributors.record(by=self.office, contributor=self.payee(item), bank_account="0123")
        with self.assertRaisesMessage(Refused, "khoản của chính bạn do người khác trình"):
            statements.submit(IN_JULY, by=self.office)
        items.change(made, by=self.second, shares=shares_of(made), **self.numbers)

    def test_who_decides_or_pays_did_not_write_it_under_a_pen_name(self):
        statement = self.submitted(self.item_of(IN_JULY, by=self.head, author="Hoa Sen"))

        with self.assertRaisesMessage(Refused, "khoản của chính bạn"):
            statements.decide(statement, by=self.head)
        self.client.force_login(self.head)
        shown = self.client.get(reverse("royalties_statement", args=[statement.pk])).content.decode()
        assert "mã số thuế, số định danh" in shown
        assert 'value="decide"' not in shown and 'value="return"' in shown

    def test_a_pen_name_is_anothers_once_another_said_whose(self):
        item = self.item_of(IN_JULY, by=self.office, author="Hoa Sen")
        of_head = self.item_of(IN_JULY, by=self.head, author="Sao Mai")
        contributors.record(by=self.second, contributor=self.payee(item), tax_code="8001", full_name="Người Mẫu A")
        contributors.record(by=self.second, contributor=self.payee(of_head), tax_code="8002", full_name="Người Mẫu B")

        items.change(item, by=self.office, shares=shares_of(item), **self.numbers)
        statement = self.submitted(of_head)

        assert statements.decide(statement, by=self.head).is_frozen
        with self.assertRaisesMessage(Refused, "tên ký dưới bài bạn soạn"):
            contributors.record(by=self.office, contributor=self.payee(item), bank_account="0123")

    def test_what_one_said_oneself_before_the_page_was_there_says_nothing(self):
        contributors.record(by=self.office, byline="Hoa Sen", tax_code="8001", full_name="Người Mẫu A")
        item = self.item_of(IN_JULY, by=self.office, author="Hoa Sen")

        for name, act in self.acts:
            with self.subTest(name), self.assertRaisesMessage(Refused, "của chính bạn"):
                act(item, self.office)

    def test_a_page_of_another_account_is_anothers_whoever_typed_it(self):
        author = contributors.of_user(self.cast.contributor)
        item = self.item_of(IN_JULY, by=self.office, author=author.byline)

        assert self.payee(item) == author
        items.change(item, by=self.office, shares=shares_of(item), **self.numbers)

    def test_names_that_are_ones_own(self):
        user = self.head
        user.full_name = "Nguyễn Văn An"
        for byline, is_own in (
            ("nguyen van an", True),
            ("ThS. Nguyễn Văn An", True),
            ("Nguyễn Văn An (Văn phòng)", True),
            ("BS Nguyễn-Văn-An", True),
            ("Nguyễn Văn Anh", False),
            ("Văn An", False),
            ("Trần Nguyễn Văn", False),
        ):
            with self.subTest(byline):
                assert rights.is_own(user, contributors.of_name(byline)) is is_own

    def test_two_accounts_of_one_name_are_told_apart_by_what_others_wrote_down(self):
        namesake = person("dong-ten", self.head.get_full_name(), "contributor", self.city.my_long)
        item = self.item_of(IN_JULY, by=namesake)
        statement = self.submitted(item)
        own, other = contributors.of_user(self.head), contributors.of_user(namesake)
        with self.assertRaisesMessage(Refused, "của chính bạn"):
            statements.decide(statement, by=self.head)

        contributors.record(by=self.second, contributor=other, tax_code="8001")
        with self.assertRaisesMessage(Refused, "của chính bạn"):
            statements.decide(statement, by=self.head)
        contributors.record(by=self.second, contributor=own, tax_code="8001")
        with self.assertRaisesMessage(Refused, "của chính bạn"):
            statements.decide(statement, by=self.head)
        contributors.record(by=self.second, contributor=own, tax_code="8002")

        assert statements.decide(statement, by=self.head).is_frozen

    def test_who_corrected_an_item_does_not_decide_it_but_may_send_it_back(self):
        item = self.item_of(IN_JULY)
        items.change(item, by=self.cast.deputy, shares=shares_of(item), **self.numbers)
        statement = self.submitted(item)
        appointed(self.cast.deputy, "head", self.city.site)
        acting = self.again(self.cast.deputy)

        with self.assertRaisesMessage(Refused, "Bạn đã sửa khoản"):
            statements.decide(statement, by=acting)
        statements.send_back(statement, by=acting, reason="Xem lại")

        assert statements.decide(self.submitted(item), by=self.head).is_frozen


# --- Who sees what ---------------------------------------------------------------------------------

PROPOSING, SEEING = {"deputy", "standing_office"}, {"deputy", "standing_office", "head"}
NOBODY: set[str] = set()
# Address → who meets there what another gets, or where it goes; superusers read as a last resort and act on nothing.
MEETS = {
    "royalties_months": SEEING | {"accountant"},
    "royalties_own": {"contributor_my_xuyen"},
    "royalties_month": SEEING,
    "royalties_submit": PROPOSING,
    "royalties_item_add": NOBODY,
    "royalties_item": SEEING,
    "royalties_item_change": PROPOSING,
    "royalties_item_exclude": NOBODY,
    "royalties_item_include": NOBODY,
    "royalties_statement": SEEING | {"accountant"},
    "royalties_statement_file": SEEING | {"accountant"},
    "royalties_pay": NOBODY,
    "royalties_payees": {"accountant"},
    "royalties_tariffs": NOBODY,
    "royalties_tariff_add": NOBODY,
    "royalties_tariff": NOBODY,
    "royalties_contributors": PROPOSING,
    "royalties_contributor_add": NOBODY,
    "royalties_contributor": PROPOSING,
    "royalties_contributor_confirm": NOBODY,
    "royalties_unclaimed": PROPOSING,
}

# Other screens on which something of royalties stands, or by which somebody may look for it.
ELSEWHERE = (
    "/quan-tri/",
    "/quan-tri/viec-cua-toi/",
    "/quan-tri/nhat-ky-kiem-tra/",
    "/quan-tri/nhat-ky-kiem-tra/?q=Bài có giá&since=01/07/2026",
    "/quan-tri/nhat-ky-kiem-tra/?export=xlsx",
    "/quan-tri/reports/site-history/",
    "/quan-tri/reports/site-history/?export=csv",
    "/quan-tri/luu-tru/",
    "/quan-tri/luu-tru/?q=Bảng kê",
    "/quan-tri/thu-gui-di/",
    "/quan-tri/pages/search/?q=Bài có giá",
    "/quan-tri/bao-cao/dong-gop/",
    "/quan-tri/bao-cao/dong-gop/tai/csv/",
    "/tim-kiem/?q=Bài có giá",
    "/api/v1/van-ban/",
)
SECRET = ("346.610", "346610", "361.790", "361790", "708.400", "708400", "1,37", "1.37", "1,43", "0123456789")


class AnothersMoney(RoyaltyCase):
    """One author with an item that is decided and one that is proposed, on every screen as everybody."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        author = cls.cast.contributor_my_xuyen
        second = person("thuong-truc.2", "Cán bộ mẫu 61", "standing_office", cls.city.site)
        with_price = cls.item_of(IN_JULY, title="Bài có giá", by=author)
        cls.payee = contributors.of_user(author)
        line = cls.scale.lines.get(code="tin")
        cls.item = cls.item_of(IN_JULY, title="Bài chưa quyết định", by=author)
        contributors.record(by=second, contributor=cls.payee, bank_account="0123456789")
        for item, value in ((with_price, "1.37"), (cls.item, "1.43")):
            to_author = [(cls.payee, Decimal(100))]
            items.change(item, by=second, line=line, value=Decimal(value), shares=to_author, reason="Bài dài")
        left_out = {cls.item.pk}
        cls.statement = statements.submit(MONTH, by=second, left_out=left_out, on=at(LATER, 8))
        statements.decide(cls.statement, by=cls.head, on=at(LATER, 9))
        cls.people = {name: user for name, user in vars(cls.cast).items() if name != "superuser"}
        cls.people |= {"another of the ward": person("xuyen.2", "Cán bộ mẫu 65", "ward_approver", cls.city.my_xuyen)}
        cls.people |= {"head of the ward": person("xuyen.3", "Cán bộ mẫu 66", "unit_head", cls.city.my_xuyen)}

    def setUp(self):
        # More than a month later, when the item that is proposed should have been decided.
        self.travel(date(2026, 8, 17))

    def address(self, name: str) -> str:
        """The address of a screen, filled with what is another's."""
        numbers = {
            "royalties_month": [2026, 7],
            "royalties_submit": [2026, 7],
            "royalties_statement_file": [self.statement.pk, "xlsx"],
            "royalties_tariff_add": ["bieu-muc"],
            "royalties_tariff": ["bieu-muc", self.scale.pk],
            "royalties_contributor": [self.payee.pk],
            "royalties_contributor_confirm": [self.payee.pk],
        }
        by_part = {"_item_": self.item.pk, "_statement": self.statement.pk, "_pay": self.statement.pk}
        one = next((pk for part, pk in by_part.items() if part in f"{name}_" and not name.endswith("_add")), None)
        return reverse(name, args=numbers.get(name, [] if one is None else [one]))

    def meets(self, address: str, method: str = "get") -> bool:
        """Whether the answer at an address holds something of another's money; a file of it is such an answer."""
        answer = getattr(self.client, method)(address, HTTP_HOST="testserver")
        assert answer.status_code < 500, address
        text = _unpacked(body_of(answer))
        return any(word.encode() in text for word in SECRET)

    def test_each_screen_of_royalties_shows_it_to_those_whose_work_it_is_and_to_the_author(self):
        found = {name: set() for name in MEETS}
        for role, user in self.people.items():
            self.client.force_login(user)
            for name in MEETS:
                if self.meets(self.address(name), "post" if name == "royalties_payees" else "get"):
                    found[name].add(role)

        assert found == MEETS
        assert {name for _address, _view, name in wagtail_hooks.URLS} == set(MEETS)

    def test_no_other_screen_says_it_to_anybody(self):
        copy = ArchiveCopy.objects.get(object_type=Statement._meta.label)
        lines = AuditEntry.objects.filter(action__startswith="portal.royalty").values_list("pk", flat=True)
        assert len(lines) >= 4
        more = [reverse("workflows_archive_copy", args=[copy.pk]), reverse("workflows_archive_html", args=[copy.pk])]
        more += [reverse("base_audit_entry", args=[pk]) for pk in lines]

        for role in ("contributor", "head", "standing_office", "technical_admin", "head of the ward", "accountant"):
            self.client.force_login(self.people[role])
            for address in (*ELSEWHERE, *more):
                with self.subTest(role, address=address):
                    assert not self.meets(address)

    def test_people_of_a_ward_do_not_read_in_the_trail_that_something_was_changed(self):
        address = reverse("base_audit") + "?action=portal.royalty.item"
        for role in ("head of the ward", "another of the ward"):
            self.client.force_login(self.people[role])
            with self.subTest(role):
                self.assertNotContains(self.client.get(address), "Bài có giá")
        self.client.force_login(self.cast.technical_admin)
        self.assertContains(self.client.get(address), "Bài có giá")

    def test_mails_say_the_sum_to_who_decides_and_pays_and_to_the_author_nothing(self):
        statement = statements.decide(statements.submit(MONTH, by=self.office), by=self.head)
        statements.note_payment(statement, by=self.cast.accountant, paid_on=date(2026, 8, 17), voucher="PC 2")

        told = {to for one in mail.outbox for to in one.to}
        says = {to for one in mail.outbox for to in one.to if any(word in one.body for word in SECRET)}
        assert says == {user.email for user in (self.office, self.head, self.cast.accountant)}
        assert told - says == {self.cast.contributor_my_xuyen.email}
