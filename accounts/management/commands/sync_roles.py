from django.core.management.base import BaseCommand

from base.admin.patches.admin_labels import name_roots
from base.models import PortalSite

from ...permission_names import name_in_vietnamese
from ...persons import fix_people
from ...roles import sync_site


class Command(BaseCommand):
    help = "Làm cho nhóm và quyền khớp với bảng vai trò (accounts/roles.py) và với các phân công đang hiệu lực."

    def handle(self, *args, **options):
        for site in PortalSite.objects.select_related("unit"):
            groups = sync_site(site)
            self.stdout.write(f"{site}: {len(groups)} nhóm")
        fixed = fix_people()
        self.stdout.write(f"{len(fixed)} tài khoản được sửa theo phân công")
        name_roots()
        self.stdout.write(f"{name_in_vietnamese()} quyền được đặt tên tiếng Việt")
