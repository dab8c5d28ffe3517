from django.core.management.base import BaseCommand

from accounts.permission_names import name_in_vietnamese
from accounts.roles import sync_site
from base.models import PortalSite


class Command(BaseCommand):
    help = "Làm cho các nhóm và quyền của mọi trang khớp với bảng vai trò (accounts/roles.py)."

    def handle(self, *args, **options):
        for site in PortalSite.objects.select_related("unit"):
            groups = sync_site(site)
            self.stdout.write(f"{site}: {len(groups)} nhóm")
        self.stdout.write(f"{name_in_vietnamese()} quyền được đặt tên tiếng Việt")
