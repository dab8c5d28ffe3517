"""The user, and the groups that are roles."""

from django.contrib.auth.models import AbstractUser, Group
from django.db import models


class User(AbstractUser):
    """A person of the admin, known by user name; `full_name` is printed in logs, archive copies and mails."""

    full_name = models.CharField("họ và tên", max_length=150, blank=True)
    position = models.CharField("chức vụ", max_length=150, blank=True)

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"

    def get_full_name(self):
        return self.full_name or super().get_full_name() or self.username

    def __str__(self):
        return self.get_full_name()


class RoleGroup(models.Model):
    """Says that a Wagtail group is one role on one site; made by `roles.sync_site`, never by hand."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role_group")
    role = models.CharField("vai trò", max_length=30)
    site = models.ForeignKey("base.PortalSite", on_delete=models.PROTECT, related_name="role_groups")

    class Meta:
        verbose_name = "nhóm vai trò"
        verbose_name_plural = "nhóm vai trò"
        constraints = [models.UniqueConstraint(fields=["role", "site"], name="one_group_a_role_and_site")]

    def __str__(self):
        return f"{self.role} · {self.site}"
