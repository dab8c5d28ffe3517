"""The screens of appointments: who sees what, and what each form makes."""

from datetime import date

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse

from accounts import appointments, decisions
from accounts.models import Appointment, AppointmentDecision, User
from accounts.roles import roles_of
from tests.accounts.decisions import BODY, WithDecisions
from tests.city import fresh, person

OF_ALL = ("accounts_lists",)
OF_ALL_AND_UNIT_HEADS = ("accounts_appointments", "accounts_held")
ACTS = ("accounts_confirm", "accounts_revoke", "accounts_end", "accounts_replace", "accounts_delegate")


class Screens(WithDecisions):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.foreign = person("duyet.my-xuyen", "Cán bộ mẫu 53 của phường bạn", "ward_approver", cls.city.my_xuyen)
        cls.foreign_row = Appointment.objects.get(person=cls.foreign)

    def sign_in(self, who):
        self.client.force_login(getattr(self.cast, who) if isinstance(who, str) else who)

    def get(self, name, *args, **query):
        return self.client.get(reverse(name, args=args), query)

    def typed(self, kind, number="60/QĐ-UBND", **fields):
        return {
            "number": number,
            "signed_on": "20/02/2026",
            "issuing_body": BODY,
            "title": "Về phân công",
            "kind": kind,
            **fields,
        }


class WhoSees(Screens):
    def test_the_admin_the_head_and_the_standing_office_see_everything(self):
        for who in ("technical_admin", "head", "standing_office", "superuser"):
            self.sign_in(who)
            for name in (*OF_ALL, *OF_ALL_AND_UNIT_HEADS):
                with self.subTest(who=who, name=name):
                    self.assertEqual(self.get(name).status_code, 200)
            self.assertContains(self.get("accounts_appointments", site=self.city.my_xuyen.pk), "Cán bộ mẫu 53")

    def test_a_unit_head_sees_his_own_ward_alone(self):
        self.sign_in("unit_head")

        for name in OF_ALL_AND_UNIT_HEADS:
            with self.subTest(name):
                response = self.get(name)
                self.assertContains(response, "Cán bộ mẫu 10")
                for text in ("của phường bạn", "Cán bộ mẫu 02", "Cán bộ mẫu 07", self.city.my_xuyen.name):
                    self.assertNotContains(response, text)
        filtered = self.get("accounts_appointments", site=self.city.my_xuyen.pk)
        self.assertNotContains(filtered, "của phường bạn")
        held = self.get("accounts_held", first="01/03/2026", site=self.city.my_xuyen.pk)
        self.assertNotContains(held, "của phường bạn")

    def test_a_unit_head_finds_nothing_at_the_addresses_of_another_ward(self):
        self.sign_in("unit_head")

        for name, pk in (
            ("accounts_appointment", self.foreign_row.pk),
            ("accounts_person", self.foreign.pk),
            *((name, self.foreign_row.pk) for name in ACTS),
        ):
            with self.subTest(name):
                self.assertEqual(self.get(name, pk).status_code, 404)
                self.assertIn(self.client.post(reverse(name, args=[pk]), {}).status_code, (404, 405))
        self.assertEqual(self.client.post(reverse("accounts_send_activation", args=[self.foreign.pk])).status_code, 404)

    def test_a_unit_head_changes_nothing_even_in_his_own_ward(self):
        self.sign_in("unit_head")
        own = self.of(self.cast.contributor)
        self.assertEqual(self.get("accounts_appointment", own.pk).status_code, 200)
        rows = Appointment.objects.order_by("pk").values_list("pk", "state", "valid_to", "ended_by")
        before = list(rows)

        for name, pk in (("accounts_account", own.person_id), *((name, own.pk) for name in ACTS)):
            with self.subTest(name):
                typed = self.typed(
                    "end", reason="Thôi", last_day="02/03/2026", compared="on", full_name="X", email="x@example.invalid"
                )
                self.client.post(reverse(name, args=[pk]), typed)
                self.assertEqual(list(rows.all()), before)
        self.assertEqual(fresh(self.cast.contributor).full_name, "Cán bộ mẫu 01")
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())

    def test_a_decision_shows_a_unit_head_the_rows_of_his_ward_and_no_scan_that_names_others(self):
        scan = SimpleUploadedFile("quyet-dinh.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
        decision = AppointmentDecision.objects.get(number="01/QĐ-UBND")
        decision.file = decisions.store_file(scan, decision, self.admin)
        decision.save()
        self.sign_in("unit_head")

        response = self.get("accounts_decision", decision.pk)

        self.assertContains(response, "Cán bộ mẫu 10")
        self.assertNotContains(response, "của phường bạn")
        self.assertEqual(self.get("accounts_decision_scan", decision.pk).status_code, 404)
        self.sign_in("head")
        self.assertEqual(self.get("accounts_decision_scan", decision.pk).status_code, 200)

    def test_a_decision_on_other_wards_alone_is_not_there_for_a_unit_head(self):
        decision = self.decision(number="70/QĐ-UBND")
        Appointment.objects.filter(pk=self.foreign_row.pk).update(decision=decision)
        self.sign_in("unit_head")

        self.assertEqual(self.get("accounts_decision", decision.pk).status_code, 404)

    def test_everybody_else_is_turned_away(self):
        for who in ("contributor", "editor", "deputy", "ward_approver", "accountant"):
            self.sign_in(who)
            for name in (*OF_ALL, *OF_ALL_AND_UNIT_HEADS, "accounts_record"):
                with self.subTest(who=who, name=name):
                    self.assertNotEqual(self.get(name).status_code, 200)
                    self.assertNotContains(self.get(name, follow=True), "của phường bạn", status_code=302)

    def test_only_the_admin_gets_the_form_that_records(self):
        for who in ("head", "standing_office", "unit_head"):
            self.sign_in(who)
            with self.subTest(who):
                self.assertNotEqual(self.get("accounts_record").status_code, 200)
                self.assertNotContains(self.get("accounts_appointments"), f'href="{reverse("accounts_record")}"')
        self.sign_in("technical_admin")
        self.assertEqual(self.get("accounts_record").status_code, 200)
        self.assertContains(self.get("accounts_appointments"), f'href="{reverse("accounts_record")}"')

    def test_units_short_of_approvers_stand_out_in_words_and_in_red(self):
        self.city.my_long.approval_mode = "delegated"
        self.city.my_long.save()
        self.sign_in("technical_admin")

        for name in ("accounts_appointments", "wagtailadmin_home"):
            with self.subTest(name):
                self.assertRegex(self.get(name).content.decode(), r"(?is)thiếu người duyệt")
        listed = self.get("accounts_appointments").content.decode()
        self.assertEqual(listed.count('class="appointments__short"'), 1)
        self.assertRegex(listed, r'(?s)class="appointments__short">\s*<td class="title">[^<]*Mỹ Long')


class Acting(Screens):
    def setUp(self):
        super().setUp()
        self.sign_in("technical_admin")

    def row(self, number, **fields):
        names = ("person", "full_name", "position", "username", "email", "role", "site", "valid_from", "valid_to")
        return {f"form-{number}-{name}": fields.get(name, "") for name in names}

    def rows(self, *rows):
        data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
        for number, fields in enumerate(rows):
            data |= self.row(number, **fields)
        return data

    def test_one_decision_appoints_a_person_with_an_account_and_a_new_one(self):
        response = self.client.post(
            reverse("accounts_record"),
            self.typed("appoint")
            | self.rows(
                {
                    "person": self.newcomer.pk,
                    "role": "contributor",
                    "site": self.city.my_long.pk,
                    "valid_from": "02/03/2026",
                    "valid_to": "31/12/2026",
                },
                {
                    "full_name": "Cán bộ mẫu 54",
                    "username": "moi.2",
                    "email": "moi.2@example.invalid",
                    "role": "editor",
                    "site": self.city.site.pk,
                    "valid_from": "02/03/2026",
                },
            ),
        )

        decision = AppointmentDecision.objects.get(number="60/QĐ-UBND")
        self.assertRedirects(response, reverse("accounts_decision", args=[decision.pk]))
        self.assertEqual(roles_of(fresh(self.newcomer)), {"contributor"})
        self.assertEqual(roles_of(User.objects.get(username="moi.2")), {"editor"})
        self.assertEqual(self.of(self.newcomer).valid_to, date(2026, 12, 31))

    def test_a_row_that_is_wrong_leaves_nothing_behind_and_loses_nothing_typed(self):
        response = self.client.post(
            reverse("accounts_record"),
            self.typed("appoint")
            | self.rows(
                {
                    "full_name": "Cán bộ mẫu 54",
                    "username": "moi.2",
                    "email": "moi.2@example.invalid",
                    "role": "editor",
                    "site": self.city.site.pk,
                    "valid_from": "02/03/2026",
                },
                {"person": self.newcomer.pk, "role": "head", "site": self.city.my_long.pk, "valid_from": "02/03/2026"},
            ),
        )

        self.assertContains(response, "không có trên")
        self.assertContains(response, 'value="moi.2@example.invalid"')
        self.assertFalse(User.objects.filter(username="moi.2").exists())
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())

    def test_all_that_is_wrong_with_decision_and_rows_is_said_at_once(self):
        response = self.client.post(
            reverse("accounts_record"),
            self.typed("appoint", signed_on="09/03/2026", title="")
            | self.rows(
                {
                    "full_name": "Cán bộ mẫu 54",
                    "username": self.newcomer.username,
                    "email": "moi.2@example.invalid",
                    "role": "head",
                    "site": self.city.my_long.pk,
                    "valid_from": "02/03/2026",
                    "valid_to": "01/03/2026",
                },
            ),
        )

        for said in (
            "Hãy ghi trích yếu của quyết định.",
            "Ngày ký ở sau hôm nay",
            "không có trên",
            "Ngày cuối ở trước ngày bắt đầu",
            f"Đã có tài khoản «{self.newcomer.username}»",
        ):
            with self.subTest(said):
                self.assertContains(response, said)

    def test_one_more_row_keeps_what_was_typed_and_judges_nothing(self):
        response = self.client.post(
            reverse("accounts_record"),
            {"number": "60/QĐ-UBND", "kind": "appoint", "add_row": "1", **self.rows({"full_name": "Cán bộ mẫu 54"})},
        )

        self.assertContains(response, 'value="60/QĐ-UBND"')
        self.assertContains(response, 'value="Cán bộ mẫu 54"')
        self.assertContains(response, 'name="form-1-full_name"')
        self.assertNotContains(response, "error-message")

    def test_revoking_ends_at_once_with_the_decision_recorded_on_the_way(self):
        row = self.of(self.cast.contributor)

        response = self.client.post(
            reverse("accounts_revoke", args=[row.pk]), self.typed("end", reason="Chuyển công tác")
        )

        self.assertRedirects(response, reverse("accounts_appointment", args=[row.pk]))
        row.refresh_from_db()
        self.assertEqual((row.state, row.ended_by.number), ("revoked", "60/QĐ-UBND"))

    def test_a_day_that_cannot_be_keeps_no_decision(self):
        row = self.appoint(valid_to=date(2026, 6, 30))

        response = self.client.post(
            reverse("accounts_end", args=[row.pk]), self.typed("end", last_day="01/12/2026", reason="Thôi")
        )

        self.assertContains(response, "muốn kéo dài cần phân công mới")
        self.assertContains(response, 'value="60/QĐ-UBND"')
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())

    def test_replacing_and_delegating_by_the_form(self):
        for name, kind in (("accounts_replace", "replace"), ("accounts_delegate", "delegate")):
            with self.subTest(name):
                row = Appointment.objects.filter(role="contributor", site=self.city.my_long).in_force().last()
                other = User.objects.create(username=kind, full_name=f"Người {kind}", email="a@example.invalid")
                response = self.client.post(
                    reverse(name, args=[row.pk]),
                    self.typed(kind, f"{kind}/QĐ", person=other.pk, valid_from="02/03/2026", valid_to="15/03/2026"),
                )
                self.assertEqual(response.status_code, 302, response.content.decode()[-2000:])
                made = self.of(other)
                self.assertEqual((made.state, made.replaces or made.delegated_from), ("in_force", row))

    def test_the_second_person_confirms_after_comparing(self):
        row = self.appoint("ward_approver")
        self.assertNotContains(self.get("accounts_appointment", row.pk), reverse("accounts_confirm", args=[row.pk]))
        self.sign_in("head")
        self.assertContains(self.get("accounts_appointments"), "Chờ bạn xác nhận")

        self.client.post(reverse("accounts_confirm", args=[row.pk]), {})
        row.refresh_from_db()
        self.assertIsNone(row.confirmed_at)
        self.client.post(reverse("accounts_confirm", args=[row.pk]), {"compared": "on"})

        row.refresh_from_db()
        self.assertEqual((row.confirmed_by, row.state), (self.cast.head, "in_force"))

    def test_it_waits_among_the_decisions_of_the_second_person_alone(self):
        row = self.appoint("ward_approver")
        screen, one = (reverse(name, args=[row.pk]) for name in ("accounts_confirm", "accounts_appointment"))
        recorder = self.client.get(reverse("wagtailadmin_home"), {"loai": "phan-cong"})
        self.assertContains(recorder, one)
        self.assertNotContains(recorder, screen)

        self.sign_in("head")

        self.assertContains(self.client.get(reverse("wagtailadmin_home"), {"loai": "quyet-dinh"}), screen)
        self.assertNotContains(self.client.get(reverse("wagtailadmin_home")), f'href="{one}"')

    def test_the_recorder_s_confirmation_is_refused(self):
        row = self.appoint("ward_approver")

        response = self.client.post(reverse("accounts_confirm", args=[row.pk]), {"compared": "on"})

        row.refresh_from_db()
        self.assertIsNone(row.confirmed_at)
        self.assertContains(response, "không tự xác nhận được")


class Held(Screens):
    def setUp(self):
        super().setUp()
        self.sign_in("head")

    def test_shows_who_held_a_right_on_any_day_even_of_one_that_ended(self):
        row = self.appoint()
        with time_machine.travel(date(2026, 4, 10), tick=False):
            appointments.revoke(
                row, by=fresh(self.admin), decision=self.decision("end", "61/QĐ-UBND"), reason="Thôi việc"
            )

        for day, shown in (("01/03/2026", False), ("02/03/2026", True), ("10/04/2026", True), ("11/04/2026", False)):
            with self.subTest(day):
                response = self.get("accounts_held", first=day, role="contributor", site=self.city.my_long.pk)
                (self.assertContains if shown else self.assertNotContains)(response, "Cán bộ mẫu 52")

    def test_who_holds_a_right_today_is_printed_without_a_day_being_typed(self):
        self.client.force_login(self.cast.technical_admin)

        shown = self.client.get(reverse("accounts_held"))
        printed = self.client.get(reverse("accounts_held"), QueryDict(shown.context["print_query"]).dict())

        self.assertEqual(printed["Content-Type"], "application/pdf")

    def test_is_printed_as_pdf(self):
        response = self.client.get(reverse("accounts_held"), {"first": "02/03/2026", "in": "pdf"})

        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.content.startswith(b"%PDF-"))

    def test_a_span_that_runs_backwards_says_so(self):
        response = self.get("accounts_held", first="02/03/2026", last="01/03/2026")

        self.assertContains(response, "Ngày sau ở trước ngày đầu")
        self.assertEqual(response.context["rows"], [])
