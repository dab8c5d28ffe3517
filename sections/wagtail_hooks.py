"""Where the admin meets this room: clarifications offered to the city and signed, new sections, writing news."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet

from accounts.roles import WRITE, may
from base.admin.screen_access import ScreenMenuItem
from base.sites import site_of

from . import new_section_views, signing, views, write_views
from .city_news import admin as city_news_admin  # noqa: F401  registers its own hooks
from .models import ClarificationPage
from .unit_articles import admin as unit_articles_admin  # noqa: F401  registers its own hooks
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
        path("giai-thich/<int:page_id>/xin-chu-ky/", views.AskSignatureView.as_view(), name="sections_ask_signature"),
        path("giai-thich/ky/<int:pk>/", views.SignClarificationView.as_view(), name="sections_sign_clarification"),
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
    """Offer the buttons on a clarification: the signature of its unit, and the offer of a ward's to the city."""
    if page.specific_class is not ClarificationPage or page.depth < 2:
        return
    if signing.may_ask(user, page.specific):
        yield Button("Xin chữ ký", reverse("sections_ask_signature", args=[page.pk]), icon_name="edit", priority=53)
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
    for action, label, message in (
        ("ask", "Xin chữ ký bài giải thích", "Đã xin chữ ký của thủ trưởng đơn vị"),
        ("sign", "Ký bài giải thích", "Thủ trưởng đơn vị đã ký bài giải thích"),
        ("return", "Trả lại bài giải thích", "Thủ trưởng đơn vị đã trả lại bài giải thích"),
    ):
        actions.register_action(f"sections.clarification.{action}", label, message)
    actions.register_action("portal.new_section.open", "Ghi chuyên mục mới", "Đã ghi chuyên mục mới")
    actions.register_action(
        "portal.new_section.budget", "Ghi kinh phí chuyên mục", "Đã ghi kinh phí của chuyên mục mới"
    )
