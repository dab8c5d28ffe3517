"""Where the admin meets royalties: the screens, menu entries and the words of the log lines."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from .views import contributors, items, months, own, statements, tariffs

BELOW = "nhuan-but/"
URLS = (
    ("", months.MonthsView, "royalties_months"),
    ("con-treo/", months.UnclaimedView, "royalties_unclaimed"),
    ("cua-toi/", own.OwnRoyaltiesView, "royalties_own"),
    ("thang/<int:year>/<int:month>/", months.MonthView, "royalties_month"),
    ("thang/<int:year>/<int:month>/trinh/", months.SubmitMonthView, "royalties_submit"),
    ("khoan/them/", items.AddItemView, "royalties_item_add"),
    ("khoan/<int:pk>/", items.ItemView, "royalties_item"),
    ("khoan/<int:pk>/dieu-chinh/", items.ChangeItemView, "royalties_item_change"),
    ("khoan/<int:pk>/khong-chi/", items.ExcludeItemView, "royalties_item_exclude"),
    ("khoan/<int:pk>/dua-lai/", items.IncludeItemView, "royalties_item_include"),
    ("bang-ke/<int:pk>/", statements.StatementView, "royalties_statement"),
    ("bang-ke/<int:pk>/chi/", statements.PayView, "royalties_pay"),
    ("bang-ke/<int:pk>/nguoi-nhan/", statements.PayeesView, "royalties_payees"),
    ("bang-ke/<int:pk>/tai/<str:extension>/", statements.StatementFileView, "royalties_statement_file"),
    ("muc-chi/", tariffs.TariffsView, "royalties_tariffs"),
    ("muc-chi/<slug:kind>/them/", tariffs.NewTariffView, "royalties_tariff_add"),
    ("muc-chi/<slug:kind>/<int:pk>/", tariffs.TariffView, "royalties_tariff"),
    ("nguoi-huong/", contributors.ContributorsView, "royalties_contributors"),
    ("nguoi-huong/them/", contributors.NewContributorView, "royalties_contributor_add"),
    ("nguoi-huong/<int:pk>/", contributors.ContributorView, "royalties_contributor"),
    ("nguoi-huong/<int:pk>/doi-chieu/", contributors.ConfirmContributorView, "royalties_contributor_confirm"),
)
ACTIONS = (
    ("item", "Điều chỉnh khoản nhuận bút", "Điều chỉnh khoản nhuận bút, thù lao"),
    ("contributor", "Ghi người hưởng nhuận bút", "Ghi thông tin người hưởng nhuận bút"),
    ("contributor_checked", "Đối chiếu người hưởng nhuận bút", "Xác nhận đã đối chiếu người hưởng nhuận bút"),
    ("tariff_proposed", "Đề xuất mức chi", "Đề xuất mức chi nhuận bút"),
    ("tariff_decided", "Quyết định mức chi", "Quyết định mức chi nhuận bút"),
    ("submitted", "Trình bảng kê nhuận bút", "Trình bảng kê nhuận bút, thù lao"),
    ("decided", "Quyết định bảng kê nhuận bút", "Quyết định bảng kê nhuận bút, thù lao"),
    ("returned", "Trả lại bảng kê nhuận bút", "Trả lại bảng kê nhuận bút, thù lao"),
    ("paid", "Ghi chi nhuận bút", "Ghi việc chi nhuận bút, thù lao"),
)


@hooks.register("register_admin_urls")
def royalty_urls():
    return [path(BELOW + address, view.as_view(), name=name) for address, view, name in URLS]


@hooks.register("register_admin_menu_item")
def months_menu_item():
    return ScreenMenuItem(
        "Nhuận bút, thù lao", reverse("royalties_months"), name="nhuan-but", icon_name="calendar-check", order=66
    )


@hooks.register("register_admin_menu_item")
def own_menu_item():
    return ScreenMenuItem(
        "Nhuận bút của tôi", reverse("royalties_own"), name="nhuan-but-cua-toi", icon_name="user", order=67
    )


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.royalty.{name}", label, message)
