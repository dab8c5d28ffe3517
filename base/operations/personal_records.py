"""How many records with personal data of citizens the portal holds: they decide its security level.

A system with personal data of 10,000 users or more is of level 3 and needs another set of safeguards (Nghị định
85/2016/NĐ-CP). Counted are the rows that still hold any of it: of every model that names its encrypted columns in
`PERSONAL` and says in `purged_at` when they were emptied, or which of its rows hold any (`rows_with_personal_data`).
"""

from functools import reduce
from operator import add

from django.apps import apps
from django.db.models import Model
from django.db.models.functions import Length

LEVEL_3_FROM = 10_000
# Purging or applying for another level takes weeks: the warning comes before.
WARN_FROM = 9_000


def holding_models() -> list[type[Model]]:
    """Return the models whose rows hold personal data of citizens."""
    return [
        model
        for model in apps.get_models()
        if hasattr(model, "PERSONAL") and (hasattr(model, "purged_at") or hasattr(model, "rows_with_personal_data"))
    ]


def held() -> list[tuple[str, int]]:
    """Return (what, how many records) for each model, in Vietnamese, sorted by name; one query each."""
    found = []
    for model in holding_models():
        length = reduce(add, (Length(name) for name in model.PERSONAL))
        holding = getattr(model, "rows_with_personal_data", None)
        rows = holding() if holding else model._base_manager.filter(purged_at=None)
        rows = rows.annotate(held=length).filter(held__gt=0)
        found.append((str(model._meta.verbose_name), rows.count()))
    return sorted(found)


def warning(count: int) -> str:
    """Return what the office must do about `count` records, "" for nothing."""
    if count >= LEVEL_3_FROM:
        return (
            f"Đang giữ {count} bản ghi có dữ liệu cá nhân, từ {LEVEL_3_FROM} phải là hệ thống thông tin cấp độ 3; hãy "
            "xóa bản ghi hết hạn hoặc lập hồ sơ đề xuất cấp độ."
        )
    if count >= WARN_FROM:
        return (
            f"Đang giữ {count} bản ghi có dữ liệu cá nhân, sắp đến {LEVEL_3_FROM} (cấp độ 3); hãy rà soát thời hạn giữ."
        )
    return ""
