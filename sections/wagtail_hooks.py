"""Where the admin meets this room: the offer of a ward's clarification to the city."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet

from accounts.roles import WRITE, may
from base.admin.screen_access import ScreenMenuItem
from base.sites import site_of

from . import new_section_views, views, write_views
from .models import ClarificationPage
from .viewsets import FreshnessAmountViewSet
from .word_import import admin as word_admin

register_snippet(FreshnessAmountViewSet)
word_admin.register_hooks()


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path(
            "giai-thich/<int:page_id>/gui-len-thanh-pho/",
            views.OfferToCityView.as_view(),
            name="sections_offer_to_city",
        ),
        path("chuyen-muc-moi/", new_section_views.NewSectionsView.as_view(), name="sections_new_sections"),
        path(
            "chuyen-muc-moi/so.xlsx", new_section_views.NewSectionsFileView.as_view(), name="sections_new_sections_xlsx"
        ),
        path("chuyen-muc-moi/ghi/", new_section_views.OpenSectionView.as_view(), name="sections_open_section"),
        path("chuyen-muc-moi/<int:pk>/", new_section_views.BudgetView.as_view(), name="sections_new_section"),
        path("viet-tin/", write_views.WriteNewsView.as_view(), name="sections_write_news"),
        path("viet-tin/tu-word/", write_views.WriteFromWordView.as_view(), name="sections_write_from_word"),
    ]


@hooks.register("register_admin_menu_item")
def write_menu_item():
    return ScreenMenuItem("Tin bài mới", reverse("sections_write_news"), name="viet-tin", icon_name="edit", order=110)


@hooks.register("register_admin_menu_item")
def write_from_word_menu_item():
    address = reverse("sections_write_from_word")
    return ScreenMenuItem("Tin bài từ tệp Word", address, name="tu-word", icon_name="upload", order=111)


@hooks.register("register_admin_menu_item")
def new_sections_menu_item():
    address = reverse("sections_new_sections")
    return ScreenMenuItem("Chuyên mục mới", address, name="chuyen-muc-moi", icon_name="folder-open-inverse", order=285)


@hooks.register("register_page_header_buttons")
def page_header_buttons(page, user, view_name, next_url=None):
    """Offer the button on a ward's clarification that has not been offered yet."""
    if page.specific_class is not ClarificationPage or page.depth < 2:
        return
    site = site_of(page)
    if site is None or site.is_city or not may(user, WRITE, site):
        return
    if not ClarificationPage.objects.filter(offered_from_id=page.pk).exists():
        address = reverse("sections_offer_to_city", args=[page.pk])
        yield Button("Gửi lên trang thành phố", address, icon_name="upload", priority=54)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action(
        "portal.dissemination.propose", "Soạn sẵn bài tuyên truyền", "Soạn sẵn bài tuyên truyền về một văn bản"
    )
    actions.register_action(
        "sections.clarification.offer",
        "Gửi bài giải thích lên trang thành phố",
        "Đã gửi bài giải thích lên trang thành phố",
    )
    actions.register_action("portal.new_section.open", "Ghi chuyên mục mới", "Đã ghi chuyên mục mới")
    actions.register_action(
        "portal.new_section.budget", "Ghi kinh phí chuyên mục", "Đã ghi kinh phí của chuyên mục mới"
    )
