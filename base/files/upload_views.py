"""Several pictures uploaded at once: first their files, then a form for each, which wants its description."""

from wagtail.images.forms import get_image_form
from wagtail.images.views import multiple

from ..admin.screen_access import SITE_MEMBERS


class AddPicturesView(multiple.AddView):
    """Stands before Wagtail's own at the same address.

    The script sends files alone, so that nothing else can be asked of them; what was sent is a picture without a
    description, which no text may use (`picture_descriptions`), until the form below it has been filled in.
    """

    screen_access = SITE_MEMBERS
    without_version = "The file just chosen; no page uses it."

    def get_upload_form_class(self):
        return get_image_form(self.model, fields=("title", "file", "collection"))
