"""The names of permissions in Vietnamese: «Được sửa văn bản» instead of "Can change legal document".

Django writes the names when it makes the rows, in English, and never again; so they are given here, after each
migration, by `manage.py setup_portal` and `sync_roles`. Nothing but the screen of a group shows them.
"""

from django.contrib.auth.models import Permission
from django.utils import translation

ACTIONS = {
    "add": "Được thêm",
    "change": "Được sửa",
    "choose": "Được chọn",
    "delete": "Được xóa",
    "lock": "Được khóa",
    "publish": "Được đăng",
    "unlock": "Được mở khóa",
    "view": "Được xem",
}
# Rights that are more than an action and a kind of thing.
WHOLE = {
    "access_admin": "Được vào trang quản trị",
    "bulk_delete_page": "Được xóa trang có trang con",
    "submit_translation": "Được gửi bản dịch",
}


def name_in_vietnamese() -> int:
    """Give every permission of an installed model its Vietnamese name; return how many were renamed."""
    renamed = []
    with translation.override("vi"):
        for permission in Permission.objects.select_related("content_type"):
            name = _name(permission)
            if name and name != permission.name:
                permission.name = name
                renamed.append(permission)
    Permission.objects.bulk_update(renamed, ["name"], batch_size=500)
    return len(renamed)


def _name(permission: Permission) -> str:
    """The Vietnamese name of a permission, or nothing where its model is gone or the right is not known here."""
    if permission.codename in WHOLE:
        return WHOLE[permission.codename]
    action, _, model_name = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if model is None or action not in ACTIONS or model_name != permission.content_type.model:
        return ""
    return f"{ACTIONS[action]} {model._meta.verbose_name}"[: Permission._meta.get_field("name").max_length]
