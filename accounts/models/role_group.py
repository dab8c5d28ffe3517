"""The groups that are roles."""

from django.contrib.auth.models import Group
from django.db import models


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
