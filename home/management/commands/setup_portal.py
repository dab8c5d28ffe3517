from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.permission_names import name_in_vietnamese
from base.admin.patches.admin_labels import name_roots

from ... import emblem
from ...models import Opening
from ...setting_up import set_up

TO_BRING = (
    "Cần thay trước khi mở trang, ở màn hình «Đơn vị», đơn vị thành phố: biểu trưng và màu của cơ quan («Biểu trưng, "
    "màu sắc»; verify_portal báo lỗi khi biểu trưng còn là hình tạm); điện thoại, thư điện tử, người chịu trách nhiệm. "
    "«Khả năng tiếp cận» và «Quyền riêng tư» đã có bản nháp trong mục Giới thiệu; hãy đọc lại trước khi gửi duyệt hồ "
    "sơ."
)


class Command(BaseCommand):
    help = "Chuẩn bị cổng: ngôn ngữ, quy tắc thời hạn, lịch làm việc, đơn vị và trang thành phố (bản nháp)."

    def handle(self, *args, **options):
        dossier = set_up(with_examples=settings.PORTAL_DEMO)
        name_in_vietnamese()
        name_roots()
        self.stdout.write(f"{dossier}: {dossier.get_state_display()}.")
        if dossier.state != Opening.State.APPROVED:
            self.stdout.write(
                "Tạo tài khoản cho Ban Biên tập, rồi hai người khác nhau gửi và duyệt hồ sơ ở «Các trang thành phần»."
            )
            if not settings.PORTAL_DEMO:
                self.stdout.write(TO_BRING)
        elif not settings.PORTAL_DEMO and emblem.is_placeholder():
            self.stdout.write(emblem.TO_CHANGE)
