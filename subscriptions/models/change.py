"""What became of public things, and who was told of it."""

from django.db import models
from django.db.models import Q

from .subscriber import Subscriber, Subscription


class PublicChange(models.Model):
    """One change that readers can see; only ever added, and purged when no person is told of it any more.

    Of a page or of a document of the register, by its key: what it is called is read when a person is told. `followed`:
    what is followed itself went ("muc-12"). `of`: the change whose thing went afterwards. `corrections`: how many a
    page had then. `spread_at`: when it was given to the subscriptions that it concerns.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", "Đăng"
        CHANGED = "changed", "Thay đổi quan trọng"
        CORRECTED = "corrected", "Đính chính"
        STATUS = "status", "Thay đổi hiệu lực"
        GONE = "gone", "Gỡ bỏ"
        LOST = "lost", "Mục theo dõi không còn"

    # Those after which a thing can be seen.
    SHOWING = (Kind.PUBLISHED, Kind.CHANGED, Kind.CORRECTED, Kind.STATUS)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    page_id = models.BigIntegerField(null=True)
    document_id = models.BigIntegerField(null=True)
    followed = models.CharField(max_length=80, blank=True)
    of = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="end")
    corrections = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "thay đổi công khai"
        verbose_name_plural = "thay đổi công khai"
        indexes = [
            models.Index(fields=["at"], name="change_to_spread", condition=Q(spread_at=None)),
            models.Index(fields=["page_id", "at"], name="change_of_page"),
            models.Index(fields=["document_id", "at"], name="change_of_document"),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self):
        return f"Thay đổi số {self.pk}"


class Mailing(models.Model):
    """One mail of news to a person. `shown` is a digest of what it says is public: asked again before it leaves."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="mailings")
    written_at = models.DateTimeField(db_index=True)
    shown = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "thư tin"
        verbose_name_plural = "thư tin"

    def __str__(self):
        return f"Thư tin số {self.pk}"


class Telling(models.Model):
    """One change for one subscription: its row is unique, so no person is told twice, and stays until told.

    Told when it has a `mailing`; `dropped_at`: no person has to be told any more, because it went before. `is_urgent`:
    told at once, however often its person wants to hear.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="tellings")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="tellings")
    change = models.ForeignKey(PublicChange, on_delete=models.CASCADE, related_name="tellings")
    is_urgent = models.BooleanField(default=False)
    mailing = models.ForeignKey(Mailing, null=True, on_delete=models.SET_NULL, related_name="tellings")
    dropped_at = models.DateTimeField(null=True)

    PENDING = Q(mailing=None, dropped_at=None)
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "tin của một đăng ký"
        verbose_name_plural = "tin của các đăng ký"
        constraints = [models.UniqueConstraint(fields=["subscription", "change"], name="one_telling_a_change")]
        indexes = [
            models.Index(
                fields=["subscriber", "change"], name="telling_pending", condition=Q(mailing=None, dropped_at=None)
            )
        ]

    def __str__(self):
        return f"Tin số {self.pk}"


class FollowedStatus(models.Model):
    """The status of a followed document as its followers know it: a digest of what readers see of its effect."""

    document_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "hiệu lực đã báo"
        verbose_name_plural = "hiệu lực đã báo"

    def __str__(self):
        return f"Hiệu lực của văn bản {self.document_id}"
