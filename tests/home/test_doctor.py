"""What the break-glass account can no longer do on a screen, and how a broken host is repaired."""

from io import StringIO

from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import Site

from base.models import AuditEntry
from home import doctor, opening
from tests.city import CityTestCase


class HostsHaveNoScreen(CityTestCase):
    def test_a_superuser_alone_changes_no_host_and_sends_no_address_elsewhere(self):
        self.client.force_login(self.cast.superuser)
        host = self.city.my_long.wagtail_site

        for name, arguments in (
            ("wagtailsites:edit", [host.pk]),
            ("wagtailsites:delete", [host.pk]),
            ("wagtailsites:add", []),
            ("wagtailsites:index", []),
            ("wagtailredirects:add", []),
            ("wagtailredirects:index", []),
            ("wagtailredirects:start_import", []),
        ):
            with self.subTest(name=name):
                assert self.client.get(reverse(name, args=arguments)).status_code == 404
                assert self.client.post(reverse(name, args=arguments), {}).status_code == 404
        assert Site.objects.filter(pk=host.pk).exists()

    def test_the_menu_offers_neither(self):
        self.client.force_login(self.cast.superuser)
        shown = self.client.get(reverse("wagtailadmin_home")).content.decode()
        assert reverse("wagtailsites:index") not in shown
        assert reverse("wagtailredirects:index") not in shown


class Doctor(CityTestCase):
    def run_it(self, *arguments):
        out, errors = StringIO(), StringIO()
        try:
            call_command("doctor", *arguments, stdout=out, stderr=errors)
        except SystemExit as end:
            return end.code, out.getvalue() + errors.getvalue()
        return 0, out.getvalue() + errors.getvalue()

    def test_a_whole_portal_has_nothing_wrong(self):
        assert doctor.problems() == []
        assert self.run_it() == (0, "0 lỗi.\n")

    def test_what_broke_is_named_and_put_right(self):
        city, ward = self.city.site.wagtail_site, self.city.my_long.wagtail_site
        section = self.city.section(self.city.my_long)
        other = self.city.my_xuyen.wagtail_site
        breaks = {
            "không mở trang chủ": lambda: Site.objects.filter(pk=ward.pk).update(root_page=section),
            "không có tên miền": lambda: Site.objects.filter(pk=other.pk).delete(),
            "không là trang mặc định": lambda: Site.objects.filter(pk=city.pk).update(is_default_site=False),
            "không thuộc trang nào": lambda: Site.objects.create(
                hostname="lua-dao.example", port=443, root_page=city.root_page
            ),
        }
        for text, break_it in breaks.items():
            with self.subTest(text=text):
                break_it()

                code, said = self.run_it()
                assert code == 1 and text in said

                code, said = self.run_it("--repair", "--reason", "Khôi phục sau sự cố")
                assert code == 0 and text in said
                assert doctor.problems() == []
                assert Site.objects.get(is_default_site=True).root_page_id == self.city.home.pk
        assert AuditEntry.objects.filter(action="site.repaired").count() == len(breaks)

    def test_a_portal_that_moved_gets_its_new_address(self):
        with self.settings(PORTAL_HOST="portal.example.invalid"):
            assert "portal.example.invalid" in doctor.problems()[0].text
            doctor.repair(reason="Cổng chuyển tên miền")
            assert doctor.problems() == []
        default = Site.objects.get(is_default_site=True)
        assert (default.hostname, default.port) == ("portal.example.invalid", opening.public_port())

    def test_a_repair_needs_a_reason(self):
        with self.assertRaises(CommandError):
            call_command("doctor", "--repair", stdout=StringIO())
