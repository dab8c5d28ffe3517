"""Whether the object store answers the portal and refuses strangers: for `/readyz`."""

from django.conf import settings
from django.core.files.storage import default_storage

from ..operations.health import FAILED, OK, Finding
from .storage import StoreAway

CHECK = "files"


def check() -> Finding:
    """Ask the store with the portal's key, then as a stranger: readers have all pages without it."""
    if not settings.PORTAL_S3_BUCKET:
        return Finding(CHECK, OK, "Tệp nằm trong thư mục dữ liệu.")
    if not default_storage.has_room(1):
        detail = "Kho tệp (S3) không trả lời: tệp, ảnh chưa mở được, cổng chưa nhận tệp."
        return Finding(CHECK, FAILED, detail, stops_serving=False)
    try:
        is_open = default_storage.answers_strangers()
    except StoreAway:
        return Finding(CHECK, FAILED, "Kho tệp (S3) trả lời thất thường.", stops_serving=False)
    if is_open:
        detail = "Kho tệp (S3) cho người lạ đọc: bản nháp, tệp riêng đang lộ; hãy đóng quyền công khai của kho ngay."
        return Finding(CHECK, FAILED, detail, stops_serving=False)
    return Finding(CHECK, OK, "Kho tệp (S3) trả lời, từ chối người lạ.")
