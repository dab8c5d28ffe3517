"""A dossier (hồ sơ đăng): pages and records of several kinds that one person submits and another approves as one."""

from django.apps import apps
from django.conf import settings
from django.db import models
from wagtail.models import Page, Revision

from base.models import PortalSite


class PublicationBundle(models.Model):
    """What becomes public in one transaction or not at all; `publishing/bundles/` has the actions.

    `site`: that of its items, or the city's where they are of several; who works there sees it. While it is submitted,
    each item names the version that was declared. `publish_at`: nothing of it is public before that hour; none means at
    its approval. `failure`: why it could not be published at its hour, while that is tried again or it is returned.
    """

    class State(models.TextChoices):
        COLLECTING = "collecting", "Đang gom"
        SUBMITTED = "submitted", "Chờ duyệt"
        SCHEDULED = "scheduled", "Đã duyệt, chờ giờ đăng"
        RETURNED = "returned", "Trả lại"
        PUBLISHED = "published", "Đã đăng"
        DROPPED = "dropped", "Đã bỏ"

    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("tên hồ sơ", max_length=200)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.COLLECTING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người lập", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("lập lúc")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người gửi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("gửi lúc", null=True)
    remark = models.TextField("ý kiến của người gửi", blank=True)
    publish_at = models.DateTimeField("đăng lúc", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người quyết định",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    reason = models.TextField("lý do trả lại", blank=True)
    failure = models.TextField("vì sao chưa đăng được", blank=True)

    class Meta:
        verbose_name = "hồ sơ đăng"
        verbose_name_plural = "hồ sơ đăng"
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["site", "state"], name="bundle_of_site"),
            models.Index(fields=["state", "publish_at"], name="bundle_by_hour"),
        ]

    def __str__(self):
        return self.title

    @property
    def owner_site(self) -> PortalSite:
        """Whose it is, asked as of a page or record (`accounts.roles.owner_site`)."""
        return self.site

    @property
    def is_open(self) -> bool:
        """Whether it can still change and become public."""
        return self.state in OPEN


# Declared, and out of the writers' hands: its versions and their files stay as they are.
WAITING = (PublicationBundle.State.SUBMITTED, PublicationBundle.State.SCHEDULED)
OPEN = (*WAITING, PublicationBundle.State.COLLECTING, PublicationBundle.State.RETURNED)


class BundleItem(models.Model):
    """One page or record of a dossier.

    `object_type`: the label of its model, "wagtailcore.Page" for every page. `revision`: the version that was
    submitted; none while the dossier is being put together.
    """

    bundle = models.ForeignKey(PublicationBundle, on_delete=models.CASCADE, related_name="items")
    object_type = models.CharField("loại", max_length=100)
    object_id = models.CharField("số", max_length=255)
    title = models.CharField("tiêu đề", max_length=300)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người đưa vào", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "nội dung của hồ sơ đăng"
        verbose_name_plural = "nội dung của hồ sơ đăng"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "object_type", "object_id"], name="bundle_item_once"),
        ]
        indexes = [models.Index(fields=["object_type", "object_id"], name="bundle_item_of")]

    def __str__(self):
        return self.title

    @property
    def key(self) -> str:
        """Its page or record as a form names it, e.g. "wagtailcore.Page/12"."""
        return f"{self.object_type}/{self.object_id}"

    @property
    def thing(self):
        """Its page, as the specific type, or record, as it is stored; None when it was deleted, or its kind removed."""
        try:
            found = apps.get_model(self.object_type)._base_manager.filter(pk=self.object_id).first()
        except (LookupError, ValueError):
            return None
        return found.specific if isinstance(found, Page) else found


def type_of(thing) -> str:
    """Return the label by which a dossier names a page or record."""
    return (Page if isinstance(thing, Page) else thing)._meta.label


def open_items_of(thing):
    """Return the items of open dossiers that are a page or record."""
    found = BundleItem.objects.filter(object_type=type_of(thing), object_id=str(thing.pk), bundle__state__in=OPEN)
    return found.select_related("bundle")


def waiting_bundle(thing) -> PublicationBundle | None:
    """Return the submitted dossier that a page or record is in, one that waits for its hour too, if any."""
    item = open_items_of(thing).filter(bundle__state__in=WAITING).first()
    return item.bundle if item is not None else None
