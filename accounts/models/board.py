"""The register of the Editorial Board (Quy chế Điều 13): who belongs to it, by which decision, who acts for whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from base.models.unit import ValidityQuerySet

from .appointment import AppointmentDecision, NeverDeletedQuerySet, Recorded


class BoardQuerySet(NeverDeletedQuerySet, ValidityQuerySet):
    """Rows of the board's registers by day: `valid(on)`, both days included."""

    def for_lists(self):
        """With all that a list shows."""
        return self.select_related("decision", "ended_by", "person")


class BoardMember(Recorded):
    """One member of the Editorial Board by a decision; a change is a new row.

    `person`: their account, where they have one. A row gives no right: rights follow from appointments alone.
    """

    class Rank(models.IntegerChoices):
        HEAD = 1, "Trưởng ban"
        DEPUTY = 2, "Phó Trưởng ban"
        STANDING = 3, "Ủy viên thường trực"
        MEMBER = 4, "Thành viên"
        SECRETARY = 5, "Thư ký"

    decision = models.ForeignKey(
        AppointmentDecision, verbose_name="theo quyết định", on_delete=models.PROTECT, related_name="board_members"
    )
    rank = models.PositiveSmallIntegerField("chức danh trong Ban Biên tập", choices=Rank.choices)
    name = models.CharField("họ và tên", max_length=150)
    post = models.CharField("chức vụ", max_length=150, blank=True)
    agency = models.CharField("cơ quan, đơn vị", max_length=200, blank=True)
    duties = models.CharField("phụ trách", max_length=300, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="tài khoản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="board_memberships",
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    ended_by = models.ForeignKey(
        AppointmentDecision,
        verbose_name="thôi theo quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = "thành viên Ban Biên tập"
        verbose_name_plural = "thành viên Ban Biên tập"
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rank"], condition=Q(rank=1, valid_to=None), name="one_board_head"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="board_member_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["valid_to", "rank"], name="board_member_end")]

    def __str__(self):
        return f"{self.name}, {self.get_rank_display()}"

    def is_valid(self, on) -> bool:
        """Tell whether they belong to the board on a local date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class BoardDelegation(Recorded):
    """A member acts for another on some matters, from one day to another, by a decision (ủy quyền, Điều 13.2).

    The right to approve in the giver's stead is a delegated appointment; this row is the board's own record.
    """

    decision = models.ForeignKey(
        AppointmentDecision, verbose_name="theo quyết định", on_delete=models.PROTECT, related_name="board_delegations"
    )
    giver = models.ForeignKey(
        BoardMember, verbose_name="người ủy quyền", on_delete=models.PROTECT, related_name="delegations_given"
    )
    taker = models.ForeignKey(
        BoardMember, verbose_name="người được ủy quyền", on_delete=models.PROTECT, related_name="delegations_taken"
    )
    scope = models.CharField("việc được ủy quyền", max_length=300)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = "ủy quyền trong Ban Biên tập"
        verbose_name_plural = "ủy quyền trong Ban Biên tập"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="board_delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="board_delegation_to_another"),
        ]

    def __str__(self):
        return f"{self.giver.name} ủy quyền cho {self.taker.name}"
