"""Where the admin meets the search."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from base.admin.screen_access import ScreenMenuItem

from .screens import searched_views
from .screens.viewsets import BestBetViewSet, EquivalentViewSet

register_snippet(EquivalentViewSet)
register_snippet(BestBetViewSet)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("tim-kiem/da-tim/", searched_views.SearchedView.as_view(), name="search_searched"),
        path("tim-kiem/da-tim.xlsx", searched_views.SearchedFileView.as_view(), name="search_searched_xlsx"),
    ]


@hooks.register("register_admin_menu_item")
def searched_menu_item():
    address = reverse("search_searched")
    return ScreenMenuItem("Người đọc tìm gì", address, name="nguoi-doc-tim-gi", icon_name="search", order=287)
