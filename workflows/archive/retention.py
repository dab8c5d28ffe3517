"""How long archive copies are kept: classes and rules as data, changed by the owner with a source.

A copy keeps the day it was given at approval; it may go only when that day *and* the term of its class as it is now
have passed. So a longer term protects what is there already, a shorter one hastens nothing.
"""

from datetime import date

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import ADMINISTER, DISPATCH, may
from base.gate import Refused
from base.queries import sql
from base.sites import city_site

from ..models import RetentionClass, RetentionRule
from ..models.disposal import NEWS


def class_key_of(obj) -> str:
    """Return the key of the class a thing's copies get: by rule, else by its model, else that of news."""
    return class_and_terms_of(obj)[0]


def class_and_terms_of(obj) -> tuple[str, dict[str, int | None]]:
    """Return the same with the years of each class by its key (`terms`); one query."""
    rows = sql.read(
        "SELECT c.key, c.years, r.id FROM workflows_retentionclass c LEFT JOIN workflows_retentionrule r "
        "ON r.retention_class_id = c.id AND r.object_type = %s ORDER BY c.id",
        [obj._meta.label],
    )
    ruled = [key for key, _years, rule in rows if rule is not None]
    return (ruled or [getattr(obj, "retention_class", NEWS)])[0], {key: years for key, years, _rule in rows}


def terms() -> dict[str, int | None]:
    """Return the years of each class by its key, None for those kept permanently."""
    return dict(RetentionClass.objects.values_list("key", "years"))


def labels() -> dict[str, str]:
    """Return the name of each class by its key."""
    return dict(RetentionClass.objects.values_list("key", "label"))


def end_of(key: str, approved_on: date, known: dict[str, int | None] | None = None) -> date | None:
    """Return the last day a copy of a class must be kept; None, also for an unknown class, means permanently.

    `known`: the `terms`, for a caller that asks about many copies.
    """
    years = (terms() if known is None else known).get(key)
    return None if years is None else years_after(approved_on, years)


def years_after(day: date, years: int) -> date:
    """Return the same day some years later; where that year has no 29 February, the day after its 28th.

    What is kept for some years is never kept a day less (Bộ luật Dân sự 2015, Điều 148.4).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def kinds_of_content() -> list[tuple[str, str, str]]:
    """Return (label, name, key of the class without a rule) of each model whose approved versions are kept, by name."""
    found = [
        (model._meta.label, str(model._meta.verbose_name).capitalize(), getattr(model, "retention_class", NEWS))
        for model in apps.get_models()
        if hasattr(model, "preflight") and not model._meta.abstract
    ]
    return sorted(found, key=lambda pair: pair[1])


def may_set_terms(user) -> bool:
    """Tell whether a user may change terms: the technical administrator or the standing office of the board."""
    site = city_site()
    return site is not None and (may(user, ADMINISTER, site) or may(user, DISPATCH, site))


def label_of(key: str) -> str:
    """Return the name of a class by its key; "" for one that is not there."""
    return RetentionClass.objects.filter(key=key).values_list("label", flat=True).first() or ""


@transaction.atomic
def set_term(retention_class: RetentionClass, *, by, years: int | None, source: str) -> RetentionClass:
    """Change the term of a class, with the document it follows from; None means permanently."""
    _demand_right(by)
    if not source.strip():
        raise ValidationError({"source": "Hãy ghi căn cứ của thời hạn (số, ngày văn bản)."})
    if years is not None and not 2 <= years <= 70:
        raise ValidationError({"years": "Thời hạn có số năm phải từ 2 đến 70 năm; để trống nếu lưu vĩnh viễn."})
    row = RetentionClass.objects.select_for_update().get(pk=retention_class.pk)
    before, row.years, row.source = row.term, years, source.strip()
    row.save(update_fields=["years", "source"])
    log(instance=row, action="portal.retention.set", user=by, data={"before": before, "after": row.term})
    return row


@transaction.atomic
def add_class(*, by, key: str, label: str, years: int | None, source: str) -> RetentionClass:
    """Add a class of copies."""
    _demand_right(by)
    if RetentionClass.objects.filter(key=key).exists():
        raise ValidationError({"key": "Mã này đã có; hãy chọn mã khác."})
    row = RetentionClass.objects.create(key=key, label=label.strip(), years=None, source=source.strip() or "-")
    return set_term(row, by=by, years=years, source=source)


@transaction.atomic
def set_rule(object_type: str, *, by, retention_class: RetentionClass | None) -> RetentionRule | None:
    """Put the copies of a kind of content into a class from now on; None goes back to what the model says."""
    _demand_right(by)
    if object_type not in {label for label, *_ in kinds_of_content()}:
        raise ValidationError({"object_type": "Hãy chọn một loại nội dung trong danh sách."})
    if retention_class is None:
        RetentionRule.objects.filter(object_type=object_type).delete()
        row = None
    else:
        row, _ = RetentionRule.objects.update_or_create(
            object_type=object_type, defaults={"retention_class": retention_class}
        )
    log(
        instance=retention_class or RetentionClass.objects.first(),
        action="portal.retention.rule",
        user=by,
        data={"object_type": object_type, "class": retention_class.key if retention_class else ""},
    )
    return row


def has_ended(copy, on: date | None = None, known: dict[str, int | None] | None = None) -> bool:
    """Tell whether a copy may be destroyed on a day: its own day has passed, and so has its class's term as it is."""
    today = on or timezone.localdate()
    if copy.retention_until is None or copy.retention_until >= today:
        return False
    now = end_of(copy.retention_class, timezone.localtime(copy.approved_at).date(), known)
    return now is not None and now < today


def _demand_right(by) -> None:
    if not may_set_terms(by):
        raise Refused("Chỉ cán bộ quản trị và cơ quan Thường trực được sửa thời hạn lưu trữ.")
