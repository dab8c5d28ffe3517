from django.core.management.base import BaseCommand

from accounts.permission_names import name_in_vietnamese
from base.admin.patches.admin_labels import name_roots

from ...models import Opening
from ...setting_up import set_up


class Command(BaseCommand):
    help = "Chuẩn bị cổng: ngôn ngữ, quy tắc thời hạn, lịch làm việc, đơn vị và trang thành phố (bản nháp)."

    def handle(self, *args, **options):
        dossier = set_up()
        name_in_vietnamese()
        name_roots()
        self.stdout.write(f"{dossier}: {dossier.get_state_display()}.")
        if dossier.state != Opening.State.APPROVED:
            self.stdout.write(
                "Tạo tài khoản cho Ban Biên tập, rồi hai người khác nhau gửi và duyệt hồ sơ ở «Các trang thành phần»."
            )
