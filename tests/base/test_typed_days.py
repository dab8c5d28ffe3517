"""A day that no calendar has is refused by name, and no picker writes another one into the field."""

import json

from django import forms
from django.test import SimpleTestCase
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput

from sections.models import ArticlePage


class Typed(SimpleTestCase):
    def refusals(self, field, written) -> list[str]:
        form = type("Asked", (forms.Form,), {"on": field})({"on": written})
        return form.errors.get("on", [])

    def test_day_is_refused_by_name(self):
        for field in (
            forms.DateField(input_formats=["%d/%m/%Y"]),
            forms.DateTimeField(),
            forms.DateField(error_messages={"invalid": "Không đọc được ngày."}),
        ):
            with self.subTest(field=field):
                said = self.refusals(field, "31/02/2026")

                self.assertEqual(said, ["Ngày 31/02/2026 không có; hãy kiểm tra ngày, tháng và năm."])

    def test_moment_is_refused_by_the_name_of_its_day(self):
        self.assertEqual(
            self.refusals(forms.DateTimeField(), "31/04/2026 08:00"),
            ["Ngày 31/04/2026 không có; hãy kiểm tra ngày, tháng và năm."],
        )

    def test_days_of_the_calendar_go_through_and_nonsense_keeps_the_fields_own_words(self):
        field = forms.DateField(input_formats=["%d/%m/%Y"], error_messages={"invalid": "Không đọc được ngày."})

        self.assertEqual(self.refusals(field, "29/02/2024"), [])
        self.assertEqual(self.refusals(field, "hôm qua"), ["Không đọc được ngày."])

    def test_day_of_a_page_is_refused_by_name_as_well(self):
        form_class = ArticlePage.get_edit_handler().get_form_class()
        field = form_class.base_fields["go_live_at"]

        with self.assertRaisesMessage(forms.ValidationError, "Ngày 31/02/2026 không có"):
            field.clean("31/02/2026 08:00")


class Picker(SimpleTestCase):
    def test_leaves_the_field_as_it_was_typed(self):
        for widget in (AdminDateInput(), AdminDateTimeInput(), AdminTimeInput()):
            with self.subTest(widget=widget):
                config = json.loads(widget.get_context("on", "", {"id": "id_on"})["widget"]["config_json"])

                self.assertIs(config["validateOnBlur"], False)
