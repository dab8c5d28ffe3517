"""What a picture says to those who cannot see it is asked once: a page takes over what its picture says."""

from django.urls import reverse

from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase
from tests.forms import send

WORDS = "Người dân quét đường vào buổi sáng"


class Descriptions(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.contributor)
        self.page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)

    def saved_with(self, description: str, **fields) -> str:
        """Save the page with a picture of that description; return what the page says of it then."""
        image = factories.picture(self.city.my_long, description=description)
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        answer = send(self.client, edit, ArticlePage, lead_image=str(image.pk), **fields)
        assert answer.status_code == 302, answer.context["form"].errors
        return ArticlePage.objects.get(pk=self.page.pk).get_latest_revision_as_object().lead_image_alt

    def test_a_page_without_words_of_its_own_says_what_its_picture_says(self):
        assert self.saved_with(WORDS) == WORDS

    def test_what_a_writer_wrote_for_the_page_stays(self):
        assert self.saved_with(WORDS, lead_image_alt="Đoàn viên ra quân") == "Đoàn viên ra quân"

    def test_a_description_that_is_too_long_for_the_place_is_left_to_the_writer(self):
        assert self.saved_with(WORDS * 7) == ""
