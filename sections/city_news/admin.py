"""Where the admin meets the city's news on wards' sites; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import views


@hooks.register("register_admin_urls")
def city_news_urls():
    return [
        path("tin-thanh-pho/", views.CityNewsView.as_view(), name="sections_city_news"),
        path("tin-thanh-pho/<int:page_id>/khong-hien/", views.LeaveOffView.as_view(), name="sections_leave_off"),
        path("tin-thanh-pho/hien-lai/<int:pk>/", views.ShowAgainView.as_view(), name="sections_show_again"),
    ]


@hooks.register("register_admin_menu_item")
def city_news_menu_item():
    address = reverse("sections_city_news")
    return ScreenMenuItem("Tin thành phố ở phường, xã", address, name="tin-thanh-pho", icon_name=views.ICON, order=112)
