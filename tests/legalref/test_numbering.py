"""Number books: in order, without gaps, unique to the eye, and what is given up stays visible."""

from datetime import date
from io import BytesIO

import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import TransactionTestCase
from django.urls import reverse
from openpyxl import load_workbook

from base.gate import Refused
from base.models import PortalSite
from legalref import seeding
from legalref.models import BookCancellation, BookEntry, DocumentType, Family, IssuingBody, LegalDocument, NumberBook
from legalref.numbers import numbering
from tests import factories
from tests.city import CityTestCase, build_city, publish
from tests.side_by_side import at_once
from vietnam import document_numbers

TODAY = date(2026, 3, 10)
frozen = time_machine.travel("2026-03-10 09:00:00+07:00", tick=False)


def kinds(*names) -> list[DocumentType]:
    return [DocumentType.objects.get(name=name) for name in names]


def wards_committee(city) -> IssuingBody:
    """The People's Committee of Mỹ Long."""
    return IssuingBody.objects.get_or_create(
        slug="ubnd-phuong-my-long",
        defaults={"name": "Ủy ban nhân dân phường Mỹ Long", "symbol": "UBND", "unit": city.my_long.unit},
    )[0]


def open_book(
    city, *, by=None, site=None, issuer=None, family=Family.LEGAL, types=("Quyết định",), **more
) -> NumberBook:
    seeding.seed_types()
    return numbering.open_book(
        by=by or city.cast.standing_office,
        on=TODAY,
        site=site or city.site,
        issuer=issuer or seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"],
        family=family,
        types=kinds(*types),
        year=2026,
        **more,
    )


def draft_without_number(city, **fields) -> LegalDocument:
    made = LegalDocument(
        live=False,
        owner_site=city.site,
        document_type=kinds("Quyết định")[0],
        family=Family.LEGAL,
        symbol_as_printed="…/2026/QĐ-UBND",
        subject="Về việc thử số",
        not_classified=True,
        main_issuer=seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"],
        **fields,
    )
    made.save()
    made.save_revision(user=city.cast.standing_office, clean=False)
    return made


@frozen
class BookCase(CityTestCase):
    def setUp(self):
        self.clerk = self.cast.standing_office
        self.book = open_book(self.city)

    def take(self, *, on=TODAY, book=None, subject="Về việc gì đó", kind="Quyết định", by=None, **more) -> BookEntry:
        return numbering.take_number(
            book or self.book, by=by or self.clerk, on=on, document_type=kinds(kind)[0], subject=subject, **more
        )


class Taking(BookCase):
    def test_numbers_follow_each_other(self):
        self.assertEqual([self.take().symbol for _ in range(3)], [f"0{n}/2026/QĐ-UBND" for n in (1, 2, 3)])

    def test_a_draft_gets_number_symbol_and_date_in_one_step(self):
        document = draft_without_number(self.city)

        entry = numbering.take_number(self.book, by=self.clerk, on=TODAY, document=document)

        document.refresh_from_db()
        newest = document.get_latest_revision_as_object()
        for version in (document, newest):
            self.assertEqual((version.symbol, version.issued_on, version.number), ("01/2026/QĐ-UBND", TODAY, "01"))
        self.assertEqual((entry.document_id, entry.subject), (document.pk, "Về việc thử số"))

    def test_a_document_that_cannot_be_saved_takes_no_number(self):
        document = draft_without_number(self.city)
        document.handed_over_on = date(2026, 1, 1)
        document.save_revision(user=self.clerk, clean=False)

        with self.assertRaises(ValidationError):
            numbering.take_number(self.book, by=self.clerk, on=TODAY, document=document)

        self.assertEqual(self.take().number, 1)

    def test_a_document_takes_one_number_only(self):
        document = draft_without_number(self.city)
        numbering.take_number(self.book, by=self.clerk, on=TODAY, document=document)

        with self.assertRaisesMessage(ValidationError, "đã có số 01/2026/QĐ-UBND"):
            numbering.take_number(self.book, by=self.clerk, on=TODAY, document=document)

    def test_symbols_of_each_family(self):
        letters = open_book(self.city, family=Family.ADMINISTRATIVE, types=("Công văn", "Kế hoạch"))

        self.assertEqual(self.take(book=letters, kind="Kế hoạch").symbol, "01/KH-UBND")
        self.assertEqual(self.take(book=letters, kind="Công văn", drafting_unit="vhtt").symbol, "02/UBND-VHTT")

    def test_dates_run_with_the_numbers(self):
        self.take(on=date(2026, 3, 5))
        for day, words in (
            (date(2026, 3, 4), "trước đó"),
            (date(2026, 3, 11), "tương lai"),
            (date(2025, 12, 31), "Sổ này của năm 2026"),
        ):
            with self.subTest(day=day), self.assertRaisesMessage(ValidationError, words):
                self.take(on=day)
        self.assertEqual(self.take(on=date(2026, 3, 5)).number, 2)

    def test_each_year_begins_anew_in_a_book_of_its_own(self):
        self.take()
        with time_machine.travel("2027-01-02 08:00:00+07:00"):
            following = numbering.open_next_year(self.book, by=self.clerk, on=date(2027, 1, 2))

            self.assertEqual(self.take(book=following, on=date(2027, 1, 2)).symbol, "01/2027/QĐ-UBND")

    def test_a_book_taken_over_goes_on_from_its_first_number(self):
        book = open_book(self.city, family=Family.ADMINISTRATIVE, types=("Thông báo",), first_number=57)

        self.assertEqual(self.take(book=book, kind="Thông báo").symbol, "57/TB-UBND")

    def test_one_type_has_one_book_a_year(self):
        with self.assertRaisesMessage(ValidationError, "Quyết định đã có sổ năm 2026"):
            open_book(self.city, types=("Quyết định", "Chỉ thị"))

    def test_types_of_another_book_are_refused(self):
        with self.assertRaisesMessage(ValidationError, "không lấy số trong sổ này"):
            self.take(kind="Chỉ thị")

    def test_numbers_that_look_alike_cannot_both_stand_in_a_year(self):
        self.take()
        row = BookEntry.objects.get()
        other = open_book(self.city, types=("Nghị quyết",))
        for printed in ("01/2026/QÐ-UBND", "O1/2026/QД-UВND", "１/2026/QĐ–UBND", "1/2026/qd-ubnd"):
            number, _, symbol = printed.partition("/2026/")
            row.pk, row.book, row.number, row.symbol = None, other, row.number + 1, printed
            row.identity = document_numbers.identity(number, symbol)
            with self.subTest(printed=printed), self.assertRaises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)

    def test_entries_are_neither_changed_nor_removed(self):
        entry = self.take()
        for change in (
            lambda: BookEntry.objects.filter(pk=entry.pk).update(number=9),
            lambda: BookEntry.objects.filter(pk=entry.pk).delete(),
            lambda: BookEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
        ):
            with self.assertRaises(DatabaseError), transaction.atomic():
                change()
        self.assertEqual(BookEntry.objects.get().number, 1)

    def test_only_people_who_write_or_dispatch_on_the_site_take_numbers(self):
        for who in (self.cast.contributor, self.cast.technical_admin, self.cast.accountant, self.cast.superuser):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                self.take(by=who)
        with self.assertRaises(Refused):
            opened = open_book(
                self.city,
                by=self.cast.contributor,
                site=self.city.my_long,
                issuer=wards_committee(self.city),
                types=("Chỉ thị",),
            )
            self.take(by=self.cast.contributor_my_xuyen, book=opened, kind="Chỉ thị")

    def test_a_ward_keeps_its_own_books(self):
        book = open_book(
            self.city,
            by=self.cast.contributor,
            site=self.city.my_long,
            issuer=wards_committee(self.city),
            family=Family.ADMINISTRATIVE,
            types=("Thông báo",),
        )

        self.assertEqual(self.take(book=book, kind="Thông báo", by=self.cast.unit_head).number, 1)

    def test_a_closed_site_opens_no_book(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(state=PortalSite.State.CLOSED)
        self.city.my_long.refresh_from_db()

        with self.assertRaises(Refused):
            open_book(self.city, by=self.clerk, site=self.city.my_long, types=("Chỉ thị",))


class Cancelling(BookCase):
    def test_the_number_stays_with_its_reason_and_is_not_given_again(self):
        entry = self.take()

        numbering.cancel_number(entry, by=self.clerk, reason="Soạn nhầm")

        self.assertEqual(self.take().number, 2)
        self.assertTrue(BookEntry.objects.get(number=1).is_cancelled)
        self.assertEqual(BookCancellation.objects.get().reason, "Soạn nhầm")
        self.assertEqual(numbering.violations(), [])

    def test_needs_a_reason_and_happens_once(self):
        entry = self.take()
        with self.assertRaises(ValidationError):
            numbering.cancel_number(entry, by=self.clerk, reason=" ")
        numbering.cancel_number(entry, by=self.clerk, reason="Soạn nhầm")
        with self.assertRaisesMessage(Refused, "đã hủy rồi"):
            numbering.cancel_number(entry, by=self.clerk, reason="Lại")

    def test_the_number_of_a_public_document_is_not_cancelled(self):
        document = draft_without_number(self.city, effective_from=TODAY)
        entry = numbering.take_number(self.book, by=self.clerk, on=TODAY, document=document)
        publish(LegalDocument.objects.get(pk=document.pk), by=self.clerk)

        with self.assertRaisesMessage(Refused, "đang đăng"):
            numbering.cancel_number(entry, by=self.clerk, reason="Soạn nhầm")


class Preflight(BookCase):
    def problems(self, document) -> list[str]:
        return [found.message for found in document.preflight() if "sổ" in found.message.lower() and found.is_blocker]

    def test_a_number_that_was_not_taken_stops_the_document(self):
        document = factories.document(self.city.site, symbol="05/2026/QĐ-UBND", issued_on=TODAY)

        self.assertIn("chưa được lấy", " ".join(self.problems(document)))

    def test_a_number_taken_on_paper_may_be_entered_after_it_was_taken_here(self):
        self.take(subject="Về việc thử nghiệm")
        document = factories.document(self.city.site, symbol="01/2026/QĐ-UBND", issued_on=TODAY)

        self.assertEqual(self.problems(document), [])

    def test_a_cancelled_number_and_one_of_another_document_stop_it(self):
        mine = draft_without_number(self.city)
        numbering.take_number(self.book, by=self.clerk, on=TODAY, document=mine)
        entry = self.take()
        numbering.cancel_number(entry, by=self.clerk, reason="Soạn nhầm")
        other = factories.document(self.city.site, symbol="02/2026/QĐ-UBND", issued_on=TODAY)

        self.assertIn("đã hủy", " ".join(self.problems(other)))
        other.symbol_as_printed = "1/2026/QĐ-UBND"
        other.derive()
        self.assertIn("văn bản khác", " ".join(self.problems(other)))

    def test_years_and_types_without_a_book_are_not_asked(self):
        document = factories.document(self.city.site, issued_on=date(2020, 6, 5))

        self.assertEqual(self.problems(document), [])

    def test_the_same_number_with_a_leading_zero_is_a_twin(self):
        factories.document(self.city.site, symbol="07/2020/QĐ-UBND")

        with self.assertRaisesMessage(ValidationError, "Đã có"):
            factories.document(self.city.site, symbol="7/2020/QД-UBND")

    def test_numbers_that_only_look_different_are_twins(self):
        factories.document(self.city.site, symbol="31/2020/QĐ-UBND")

        for symbol in ("31/2020/Qđ-UBND", "31/2020/QD-UBND", "٣١/2020/QĐ-UBND", "３１/2020/QĐ-UBND"):
            with self.subTest(symbol=symbol), self.assertRaisesMessage(ValidationError, "Đã có"):
                factories.document(self.city.site, symbol=symbol)

    def test_letters_of_another_alphabet_are_refused_by_name(self):
        with self.assertRaisesMessage(ValidationError, "không phải chữ Việt"):
            factories.document(self.city.site, symbol="32/2020/QĐ-ՍBND")

    def test_a_third_document_with_one_number_has_an_address_of_its_own(self):
        sites = [self.city.site, self.city.my_long, self.city.my_xuyen, self.city.dong_xuyen]

        addresses = [factories.document(site, symbol="31/2020/QĐ-UBND").slug for site in sites]

        assert len(set(addresses)) == 4 and None not in addresses, addresses

    def test_another_sites_draft_takes_no_number_and_is_not_named(self):
        same = {"symbol": "33/2020/QĐ-UBND", "issued_on": date(2020, 5, 4)}
        squatter = factories.document(self.city.my_long, **same)

        rightful = publish(factories.document(self.city.site, **same), by=self.clerk)

        assert rightful.live
        blockers = [finding.message for finding in LegalDocument.objects.get(pk=squatter.pk).preflight()]
        assert any("Đã có" in message for message in blockers)
        with self.assertRaisesMessage(ValidationError, "Đã có"):
            factories.document(self.city.my_xuyen, **same)


@frozen
class WhoseBook(CityTestCase):
    def of_ward(self, **more):
        return open_book(self.city, by=self.cast.unit_head, site=self.city.my_long, **more)

    def test_a_ward_opens_no_book_of_the_city(self):
        with self.assertRaisesMessage(ValidationError, "do Trang thông tin điện tử thành phố Long Xuyên mở"):
            self.of_ward()

        assert open_book(self.city).owner_site == self.city.site

    def test_a_ward_opens_the_book_of_its_own_committee(self):
        assert self.of_ward(issuer=wards_committee(self.city)).owner_site == self.city.my_long

    def test_the_standing_office_hands_a_book_over_with_its_numbers(self):
        book = open_book(self.city)
        NumberBook.objects.filter(pk=book.pk).update(owner_site=self.city.my_long)
        book = NumberBook.objects.get(pk=book.pk)
        numbering.take_number(
            book, by=self.cast.unit_head, on=TODAY, document_type=kinds("Quyết định")[0], subject="Lấy ở phường"
        )
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(
            reverse("legalref_hand_over_book", args=[book.pk]),
            {"to": self.city.site.pk, "reason": "Sổ của Ủy ban nhân dân thành phố"},
        )

        assert answer.status_code == 302
        book = NumberBook.objects.get(pk=book.pk)
        assert book.owner_site == self.city.site and book.entries.count() == 1
        taken = numbering.take_number(
            book, by=self.cast.standing_office, on=TODAY, document_type=kinds("Quyết định")[0], subject="Số tiếp theo"
        )
        assert taken.number == 2

    def test_a_ward_hands_nothing_over(self):
        with self.assertRaises(Refused):
            numbering.hand_over(open_book(self.city), by=self.cast.unit_head, to=self.city.my_long, reason="Muốn")


class Screens(BookCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.clerk)

    def at(self, name, *args):
        return reverse(name, args=args)

    def test_a_clerk_takes_a_number_and_cancels_it(self):
        document = draft_without_number(self.city)
        address = self.at("legalref_take_number", self.book.pk)
        self.assertContains(self.client.get(address), "Về việc thử số")

        answer = self.client.post(address, {"document": document.pk, "on": "10/03/2026"}, follow=True)

        self.assertContains(answer, "Đã lấy số 01/2026/QĐ-UBND")
        gone = self.client.post(
            self.at("legalref_cancel_number", self.book.pk, 1), {"reason": "Soạn nhầm"}, follow=True
        )
        self.assertContains(gone, "Soạn nhầm")

    def test_the_only_type_of_a_book_is_chosen_already_and_of_several_none(self):
        one = self.client.get(self.at("legalref_take_number", self.book.pk)).context["form"]
        self.assertEqual(one["document_type"].value(), kinds("Quyết định")[0].pk)

        several = open_book(self.city, family=Family.ADMINISTRATIVE, types=("Kế hoạch", "Thông báo"))
        form = self.client.get(self.at("legalref_take_number", several.pk)).context["form"]

        self.assertIsNone(form["document_type"].value())

    def test_a_mistake_names_the_field_and_keeps_what_was_typed(self):
        answer = self.client.post(
            self.at("legalref_take_number", self.book.pk),
            {"document_type": kinds("Quyết định")[0].pk, "subject": "Trích yếu đã gõ", "on": "11/03/2026"},
        )

        self.assertContains(answer, "Ngày lấy số ở tương lai")
        self.assertContains(answer, "Trích yếu đã gõ")

    def test_books_are_opened_on_the_screen(self):
        answer = self.client.post(
            self.at("legalref_open_book"),
            {
                "site": self.city.site.pk,
                "issuer": self.book.issuer_id,
                "family": Family.ADMINISTRATIVE,
                "types": [kind.pk for kind in kinds("Kế hoạch", "Thông báo")],
                "year": 2026,
                "first_number": 1,
            },
            follow=True,
        )

        self.assertContains(answer, "Đã mở sổ")
        self.assertContains(self.client.get(self.at("legalref_books")), "Thông báo, Kế hoạch")

    def test_the_next_years_book(self):
        answer = self.client.post(self.at("legalref_next_book", self.book.pk), follow=True)

        self.assertContains(answer, "Đã mở sổ năm 2027")
        again = self.client.post(self.at("legalref_next_book", self.book.pk), follow=True)
        self.assertContains(again, "đã có sổ năm 2027")

    def test_the_register_lists_every_number_with_the_cancelled_ones(self):
        self.take(subject="=1+1")
        numbering.cancel_number(self.take(), by=self.clerk, reason="Soạn nhầm")

        answer = self.client.get(self.at("legalref_book_register", self.book.pk))

        rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.iter_rows()]
        self.assertEqual([row[1] for row in rows[3:]], ["01/2026/QĐ-UBND", "02/2026/QĐ-UBND"])
        self.assertEqual(rows[3][4], "=1+1")
        self.assertIn("Soạn nhầm", rows[4][6])

    def test_another_sites_book_is_not_there(self):
        for who, status in ((self.cast.contributor_my_xuyen, 404), (self.cast.accountant, 302)):
            self.client.force_login(who)
            for name, *args in (
                ("legalref_book", self.book.pk),
                ("legalref_take_number", self.book.pk),
                ("legalref_book_register", self.book.pk),
                ("legalref_cancel_number", self.book.pk, 1),
            ):
                with self.subTest(who=who.username, name=name):
                    self.assertEqual(self.client.get(self.at(name, *args)).status_code, status)


class Invariants(BookCase):
    def test_a_whole_book_has_no_faults(self):
        self.take()
        numbering.cancel_number(self.take(), by=self.clerk, reason="Soạn nhầm")
        self.take()

        self.assertEqual(numbering.violations(), [])

    def test_a_gap_is_named(self):
        self.take()
        row = BookEntry.objects.get()
        row.pk, row.number, row.identity = None, 3, "3/qdubnd"
        row.save(force_insert=True)

        self.assertIn("không liên tục ở số 3", numbering.violations()[0])


class TwentyClerks(TransactionTestCase):
    def test_twenty_at_once_get_twenty_numbers_without_a_gap(self):
        with frozen:
            with transaction.atomic():
                city = build_city()
            book = open_book(city)
            kind, clerk = kinds("Quyết định")[0], city.cast.standing_office

            def take(number):
                def call():
                    if number % 5 == 4:
                        with transaction.atomic():
                            numbering.take_number(
                                book, by=clerk, on=TODAY, document_type=kind, subject=f"Việc {number}"
                            )
                            raise ValueError("given up")
                    return numbering.take_number(book, by=clerk, on=TODAY, document_type=kind, subject=f"Việc {number}")

                return call

            results = at_once([take(number) for number in range(20)])

            taken = sorted(entry.number for entry in results if isinstance(entry, BookEntry))
            self.assertEqual(taken, list(range(1, 17)), results)
            self.assertEqual(sum(isinstance(result, ValueError) for result in results), 4)
            self.assertEqual(numbering.violations(), [])

    def test_two_who_open_one_book_at_once_open_one(self):
        with frozen:
            with transaction.atomic():
                city = build_city()
            seeding.seed_types()
            seeding.seed_issuers()

            results = at_once([lambda: open_book(city)] * 2)

            self.assertEqual(NumberBook.objects.count(), 1)
            self.assertEqual(sorted(type(result).__name__ for result in results), ["NumberBook", "ValidationError"])
