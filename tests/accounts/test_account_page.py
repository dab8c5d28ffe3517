"""A person's own account page, and how the administration names him."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.users.models import UserProfile

from accounts.models import Appointment
from tests.city import CityTestCase, fresh


class OwnPage(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.contributor)

    def page(self):
        return self.client.get(reverse("wagtailadmin_account"))

    def test_shows_who_one_is_and_what_one_is_appointed_to(self):
        response = self.page()

        for text in ("Cán bộ mẫu 01", "cong-tac-vien.my-long@example.invalid", "Cộng tác viên", "01/QĐ-UBND"):
            with self.subTest(text):
                self.assertContains(response, text)

    def test_shows_nobody_else_s_appointments(self):
        self.assertNotContains(self.page(), "Cán bộ mẫu 02")
        self.assertEqual(Appointment.objects.filter(person__full_name="Cán bộ mẫu 02").count(), 1)

    def test_asks_for_no_name_and_no_picture(self):
        response = self.page()

        for name in ("name_email-first_name", "name_email-last_name", "avatar-avatar", 'type="file"', "multipart"):
            with self.subTest(name):
                self.assertNotContains(response, name)

    def test_takes_neither_a_name_nor_a_picture_that_is_sent_all_the_same(self):
        drawn = BytesIO()
        Image.new("RGB", (40, 40)).save(drawn, "PNG")
        picture = SimpleUploadedFile("toi.png", drawn.getvalue(), "image/png")

        self.client.post(
            reverse("wagtailadmin_account"),
            {
                "name_email-first_name": "Tên",
                "name_email-last_name": "Lạ",
                "name_email-email": "la@example.invalid",
                "avatar-avatar": picture,
                "theme-theme": "dark",
                "theme-contrast": "system",
                "theme-density": "default",
            },
        )

        after, profile = fresh(self.cast.contributor), UserProfile.get_for_user(self.cast.contributor)
        self.assertEqual((after.first_name, after.last_name), ("", ""))
        self.assertEqual(after.email, "cong-tac-vien.my-long@example.invalid")
        self.assertFalse(profile.avatar)
        self.assertEqual(profile.theme, "dark")

    def test_saving_leaves_the_session_as_it_is(self):
        before = self.client.cookies["sessionid"].value

        response = self.client.post(
            reverse("wagtailadmin_account"),
            {"theme-theme": "light", "theme-contrast": "system", "theme-density": "default"},
        )

        self.assertRedirects(response, reverse("wagtailadmin_account"))
        self.assertEqual(self.client.cookies["sessionid"].value, before)

    def test_is_kept_by_nobody_and_shown_to_nobody_who_is_not_signed_in(self):
        self.assertIn("no-store", self.page().headers["Cache-Control"])
        self.client.logout()

        self.assertRedirects(
            self.page(),
            f"{reverse('wagtailadmin_login')}?next={reverse('wagtailadmin_account')}",
            fetch_redirect_response=False,
        )


class Frame(CityTestCase):
    def test_names_the_person_by_the_full_name_with_the_picture_of_all(self):
        UserProfile.objects.create(user=self.cast.head, avatar="avatar_images/cu.png")
        self.client.force_login(self.cast.head)

        response = self.client.get(reverse("wagtailadmin_home"))

        self.assertContains(response, '"name": "C\\u00e1n b\\u1ed9 m\\u1eabu 07"')
        self.assertContains(response, "Cán bộ mẫu 07")
        self.assertContains(response, "default-user-avatar")
        for text in ("cu.png", "#avatar-section", "guide.wagtail.org"):
            with self.subTest(text):
                self.assertNotContains(response, text)
