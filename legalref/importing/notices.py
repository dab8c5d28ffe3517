"""Who is told by mail, through the outbox, that a batch waits for him; on his desk it stands by `..own_work`."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import User

from ..models import ImportBatch
from .rights import approvers, changes_effect, undo_deciders

State = ImportBatch.State
ASKED_TO_APPROVE = "Lô văn bản chờ duyệt: {batch}"
ASKED_TO_DECIDE = "Lô văn bản chờ quyết định thu hồi: {batch}"


def ask_for_approval(batch: ImportBatch) -> None:
    """Tell those who can approve a batch that it is written; part of the change that writes it."""
    rows = batch.rows.filter(is_settled=False).exclude(revision=None).count()
    text = f"{batch} của {batch.owner_site} đã ghi {rows} văn bản thành bản nháp và chờ người thứ hai duyệt."
    if changes_effect(batch):
        text += " Lô có quan hệ làm thay đổi hiệu lực văn bản."
    _mail(approvers(batch), ASKED_TO_APPROVE.format(batch=batch), text, batch)


def ask_to_decide_undo(batch: ImportBatch) -> None:
    """Tell those who may decide it that somebody wants to take a published batch back."""
    text = f"Có đề nghị thu hồi {batch} của {batch.owner_site}; cần người thứ hai quyết định."
    _mail(undo_deciders(batch), ASKED_TO_DECIDE.format(batch=batch), text, batch)


def _mail(people: Iterable[User], subject: str, text: str, batch: ImportBatch) -> None:
    address = settings.WAGTAILADMIN_BASE_URL + reverse("legalref_import", args=[batch.pk])
    for person in people:
        if person.email:
            send_mail(subject, f"{text}\n{address}", None, [person.email])
