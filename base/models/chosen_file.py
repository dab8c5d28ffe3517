"""Files that were chosen in a form and wait there until it is sent for good."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models

from .files import random_name


class ChosenContent(models.Model):
    """A file chosen in a form, kept on the server because a browser never gives a chosen file back.

    `name` is what its sender called it.
    """

    file = models.FileField("tệp", upload_to=random_name, storage=default_storage, max_length=200)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveIntegerField("kích thước (byte)")
    stored_at = models.DateTimeField("giữ từ lúc", db_index=True)

    class Meta:
        abstract = True


class ChosenFile(ChosenContent):
    """A file chosen in a form of the administration that came back with an error; only its sender can send it.

    `sent_at`: when it was sent with the form; unless the form comes back once more, it goes soon after.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người chọn", on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField("gửi lúc", null=True)

    class Meta:
        verbose_name = "tệp giữ cho biểu mẫu"
        verbose_name_plural = "các tệp giữ cho biểu mẫu"
        ordering = ["pk"]

    def __str__(self):
        return f"Tệp giữ số {self.pk}"
