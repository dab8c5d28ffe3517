"""Addresses of the portal: the administration, files, signs of life, and the page trees of all sites."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from accounts.account_page import OwnAccountView
from base import views
from base.admin.dismissible_views import OwnDismissiblesView
from base.files import serving as files
from base.operations import health
from base.operations.watching import metrics
from base.public import routing, security_txt, sitemap  # noqa: F401  the converters
from base.public.look import icon, stylesheet
from base.public.opinions import saying
from legalref.register import api
from opendata import page as open_data
from reporting.scoring import api as score_api
from sections.polls import voting
from servicecatalog.dossiers import api as dossier_api
from servicecatalog.usage import satisfaction
from workflows.dashboard.views import OwnPagesView, WorkQueueView
from workflows.drafts import preview_views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path(".well-known/security-policy/", security_txt.policy, name="security_policy"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("favicon.ico", icon.favicon, name="favicon"),
    re_path(
        r"^giao-dien/(?P<accent>[0-9a-f]{6})-(?P<dark_accent>[0-9a-f]{6})-(?P<dark_text>[0-9a-f]{6})\.css$",
        stylesheet.colours,
        name="site_colours",
    ),
    path("giao-dien/bieu-trung/", icon.emblem, name="city_emblem"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<number:number>.xml", sitemap.section, name="sitemap_section"),
    path("tep/<slug:token>/<str:name>", files.serve, name="file"),
    path("xem-truoc/<str:token>/", preview_views.show, name="workflows_preview"),
    path("xem-truoc/<str:token>/y-kien/", preview_views.answer, name="workflows_preview_answer"),
    path(
        "xem-truoc/<str:token>/tep/<slug:file_token>/<str:name>",
        preview_views.show_file,
        name="workflows_preview_file",
    ),
    path("vb/<number:pk>/", api.short_address, name="legalref_short"),
    path("huu-ich/<number:pk>/", saying.say, name="page_useful"),
    path("huu-ich/<number:pk>/ly-do/", saying.why, name="page_useful_why"),
    path("huu-ich/<number:pk>/cam-on/", saying.thanks, name="page_useful_thanks"),
    path("tham-do/<number:pk>/", voting.vote, name="poll_vote"),
    path("tham-do/<number:pk>/cam-on/", voting.thanks, name="poll_thanks"),
    path("hai-long/<number:pk>/", satisfaction.say, name="servicecatalog_satisfaction"),
    path("api/v1/openapi.json", api.description, name="legalref_api_description"),
    path("api/v1/van-ban/", api.documents, name="legalref_api_documents"),
    path("api/v1/van-ban/<slug:slug>/", api.document, name="legalref_api_document"),
    path("api/cham-diem/v1/openapi.json", score_api.description, name="reporting_api_description"),
    path("api/cham-diem/v1/thang/", score_api.months, name="reporting_api_months"),
    path("api/cham-diem/v1/thang/<str:month>/", score_api.month, name="reporting_api_month"),
    path("api/du-lieu-mo/v1/", include("opendata.urls")),
    path("api/ho-so/v1/openapi.json", dossier_api.description, name="servicecatalog_dossier_api"),
    path("api/ho-so/v1/cap-nhat/", dossier_api.push, name="servicecatalog_push"),
    path("api/ho-so/v1/ho-so/<str:code>/", dossier_api.dossier, name="servicecatalog_pushed"),
    # Signing in comes before Wagtail's own screens of it.
    path("quan-tri/", include("accounts.signin.urls")),
    # So do the dashboard, a user's own pages, their account without a form for a picture, and what they dismiss.
    path("quan-tri/", WorkQueueView.as_view(), name="workflows_dashboard"),
    path("quan-tri/pages/", OwnPagesView.as_view(), name="workflows_own_pages"),
    path("quan-tri/account/", OwnAccountView.as_view(), name="accounts_own"),
    path("quan-tri/dismissibles/", OwnDismissiblesView.as_view(), name="base_dismissibles"),
    path("quan-tri/", include(wagtailadmin_urls)),
    # Wagtail's signing in of readers to private pages, past our own screens: there are no private pages.
    re_path(r"^(?:en/)?_util/login/", views.page_not_found),
    *i18n_patterns(
        path("nhan-tin/", include("subscriptions.urls")),
        path("du-lieu-mo/", open_data.show, name="opendata_page"),
        # Before Wagtail's own view of the same addresses.
        re_path(wagtail_urls.serve_pattern, routing.serve, name="wagtail_serve"),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
