import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signin import second_factor

from ...demo.refusal import DEMO_MAIL


class Command(BaseCommand):
    help = "In mã xác thực hai bước đang có hiệu lực của một tài khoản trình diễn."

    def add_arguments(self, parser):
        parser.add_argument("account", help="tên đăng nhập, ví dụ truong-ban")

    def handle(self, *args, account, **options):
        if not settings.PORTAL_DEMO:
            raise CommandError("Chỉ dùng cho bản trình diễn (PORTAL_DEMO=true).")
        user = User.objects.filter(username=account, email__endswith=DEMO_MAIL).first()
        if user is None:
            raise CommandError(f"Không có tài khoản trình diễn «{account}»; xem lệnh demo_accounts.")
        device = second_factor.device_of(user)
        if device is None:
            self.stdout.write(f"{account} đăng nhập chỉ bằng mật khẩu, không cần mã.")
            return
        left = device.step - int(time.time()) % device.step
        self.stdout.write(
            f"Mã của {account}: {second_factor.present_code(device)} (đổi sau {left} giây, dùng được một lần)"
        )
