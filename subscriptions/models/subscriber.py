"""Who is told by mail, and of what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from base.operations.encryption import EncryptedTextField


class Subscriber(models.Model):
    """One letter box, told in one mail a period; its row goes as a whole when its person leaves.

    `mail_digest` is a keyed digest of the letter box, by which it is found again, `domain_digest` one of its host, by
    which mails to one host are counted. `word` is in the links to its person; another one ends all links. Of a
    suppressed one nothing but `mail_digest` is kept, until `purge_on`: no mail goes there meanwhile.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Chờ xác nhận"
        ACTIVE = "active", "Đang nhận tin"
        SUPPRESSED = "suppressed", "Ngừng gửi"

    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", gettext_lazy("Ngay khi có tin")
        DAILY = "daily", gettext_lazy("Mỗi ngày một thư")
        WEEKLY = "weekly", gettext_lazy("Mỗi tuần một thư")

    class Suppressed(models.TextChoices):
        BOUNCED = "bounced", "Thư bị trả lại"
        COMPLAINED = "complained", "Người nhận báo thư rác"

    email = EncryptedTextField("thư điện tử", blank=True)
    mail_digest = models.CharField(max_length=64, unique=True)
    domain_digest = models.CharField(max_length=64, blank=True)
    word = models.CharField(max_length=32)
    language = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    frequency = models.CharField("nhịp gửi", max_length=10, choices=Frequency.choices, default=Frequency.DAILY)
    state = models.CharField("tình trạng", max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    consent_text = models.TextField("nội dung đã đồng ý", blank=True)
    consented_at = models.DateTimeField("đồng ý lúc", null=True, blank=True)
    asked_at = models.DateTimeField("đăng ký lúc")
    # When a button of a mail was pressed last, by which its person says that the mails are still wanted.
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    reminded_at = models.DateTimeField("hỏi lại lúc", null=True, blank=True)
    mailed_at = models.DateTimeField("gửi tin lần cuối", null=True, blank=True)
    bounces = models.PositiveSmallIntegerField("số lần thư bị trả lại", default=0)
    bounced_on = models.DateField("thư bị trả lại ngày", null=True, blank=True)
    suppressed_for = models.CharField("lý do ngừng gửi", max_length=12, choices=Suppressed.choices, blank=True)
    purge_on = models.DateField("xóa từ ngày", null=True, blank=True)

    PERSONAL = ("email",)
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "người đăng ký nhận tin"
        verbose_name_plural = "người đăng ký nhận tin"
        indexes = [models.Index(fields=["state", "asked_at"], name="subscriber_unconfirmed")]

    def __str__(self):
        return f"Đăng ký nhận tin số {self.pk}"

    @classmethod
    def rows_with_personal_data(cls):
        """Return the rows that hold an address."""
        return cls.objects.exclude(state=cls.State.SUPPRESSED)

    @property
    def masked_email(self) -> str:
        """The address as far as its person recognises it: "n…@example.invalid"."""
        name, at, host = self.email.partition("@")
        return f"{name[:1]}…{at}{host}"


class SubscriptionQuerySet(models.QuerySet):
    """Subscriptions by whether they count."""

    def counting(self):
        """Those that were confirmed and not left."""
        return self.filter(ended_at=None, subscriber__state=Subscriber.State.ACTIVE).exclude(confirmed_at=None)


class Subscription(models.Model):
    """One thing that a person follows: `followed` names it as `following.py` does ("muc-12").

    `words` are those of a search. One is told of what happened since `confirmed_at`; when what is followed goes, it
    ends with a last mail.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    followed = models.CharField("theo dõi", max_length=80)
    words = EncryptedTextField("từ tìm", blank=True)
    asked_at = models.DateTimeField("đăng ký lúc")
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    PERSONAL = ("words",)
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "đăng ký nhận tin"
        verbose_name_plural = "đăng ký nhận tin"
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "followed"], condition=Q(ended_at=None), name="one_subscription_a_thing"
            )
        ]
        indexes = [models.Index(fields=["followed"], name="subscription_of_thing")]

    def __str__(self):
        return f"Mục theo dõi số {self.pk}"
