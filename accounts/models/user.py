"""The user: a person of the administration."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .. import usernames


class User(AbstractUser):
    """A person of the admin, known by user name; `full_name` is printed in logs, archive copies and mails.

    `credentials_epoch` is part of every session's hash: raising it ends all sessions of the person at their next
    request. `is_active` and `rights_until` (the soonest last day of an appointment in force) follow from the
    appointments; `accounts.persons.sync_person` sets them. `suspended_at`: the account was not used for so long that it
    is shut, whatever the appointments say, until the technical admin opens it again (`registers.unused`).
    """

    full_name = models.CharField("họ và tên", max_length=150, blank=True)
    position = models.CharField("chức vụ", max_length=150, blank=True)
    password_changed_at = models.DateTimeField("đổi mật khẩu lúc", null=True, blank=True, editable=False)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False, editable=False)
    credentials_epoch = models.PositiveIntegerField(default=0, editable=False)
    rights_until = models.DateField("có quyền đến ngày", null=True, blank=True, editable=False)
    unused_warned_on = models.DateField("đã báo lâu không dùng ngày", null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField("tạm khóa vì không dùng lúc", null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField("mở lại lúc", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"

    def clean(self):
        super().clean()
        others = User.objects.exclude(pk=self.pk).values_list("username", flat=True)
        stored = User.objects.filter(pk=self.pk).values_list("username", flat=True).first()
        if self.username != stored and (problem := usernames.problem_of(self.username, others)):
            raise ValidationError({"username": problem})

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    def get_full_name(self):
        return self.full_name or super().get_full_name() or self.username

    def __str__(self):
        return self.get_full_name()

    def _get_session_auth_hash(self, secret=None):
        key = f"accounts.User.session.{self.credentials_epoch}"
        return salted_hmac(key, self.password, secret=secret, algorithm="sha256").hexdigest()
