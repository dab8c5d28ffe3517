"""A Word file between the two steps of its import."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from wagtail.models import Page

from base.models import PortalSite
from base.models.files import random_name


class WordUpload(models.Model):
    """A Word file, examined, that waits for its sender's decision; only they see it, and it goes after some hours.

    `page`: the page under which a draft is to be made, or, with `adds_to_page`, the one whose draft gets the text.
    """

    file = models.FileField("tệp", upload_to=random_name, storage=default_storage, max_length=200)
    name = models.CharField("tên tệp", max_length=200)
    digest = models.CharField("mã băm SHA-256", max_length=64)
    owner_site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(Page, verbose_name="trang đích", on_delete=models.CASCADE, related_name="+")
    adds_to_page = models.BooleanField("thêm vào bài có sẵn", default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người tải lên", on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField("tải lên lúc", db_index=True)

    class Meta:
        verbose_name = "tệp Word chờ nhập"
        verbose_name_plural = "tệp Word chờ nhập"
        ordering = ["pk"]

    def __str__(self):
        return self.name
