"""The generation of a site: tells copies of its pages from before a change from those after it."""

from django.db import models


class SiteGeneration(models.Model):
    """How often the public face of a site has changed; raised by `base.public.index.readers_see_changed` only.

    `value`: a cached page with another value is out of date.
    `urgent_value`: raised together with `value` by what must be seen at once (an emergency publication, a file that
    was replaced, a merger; with several machines a take-down); then no old copy is shown again, not even while the
    new page is being made.
    """

    site = models.OneToOneField(
        "base.PortalSite", verbose_name="trang", on_delete=models.CASCADE, related_name="generation"
    )
    value = models.BigIntegerField("thế hệ", default=0)
    urgent_value = models.BigIntegerField("thế hệ khẩn", default=0)

    class Meta:
        verbose_name = "thế hệ trang"
        verbose_name_plural = "thế hệ các trang"

    def __str__(self):
        return f"{self.site_id}: {self.value}"
