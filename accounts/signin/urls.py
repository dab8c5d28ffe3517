"""Addresses of signing in. Those that Wagtail has as well stand before Wagtail's own, at the same place."""

from django.urls import path

from . import factor_views, first_views, password_views, session_views, views
from .single_sign_on import views as sso_views

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="accounts_sign_in"),
    path("logout/", views.SignOutView.as_view(), name="accounts_sign_out"),
    path("xac-thuc/", factor_views.VerifyView.as_view(), name="accounts_verify"),
    path("xac-thuc/cai-dat/", factor_views.EnrolView.as_view(), name="accounts_enrol"),
    path("xac-thuc/doi/", factor_views.FactorView.as_view(), name="accounts_factor"),
    path("doi-mat-khau/", password_views.ChangePasswordView.as_view(), name="accounts_change_password"),
    path("password_reset/", password_views.AskResetView.as_view(), name="accounts_ask_reset"),
    path("password_reset/done/", password_views.ResetAskedView.as_view(), name="accounts_reset_asked"),
    path("password_reset/confirm/<uidb64>/<token>/", password_views.LinkView.as_view(), name="accounts_reset"),
    path("kich-hoat/<uidb64>/<token>/", password_views.ActivateView.as_view(), name="accounts_activate"),
    path("dang-nhap-chung/", sso_views.BeginView.as_view(), name="accounts_sso"),
    path("dang-nhap-chung/tra-loi/", sso_views.BackView.as_view(), name="accounts_sso_back"),
    path("dang-nhap-chung/gan/", sso_views.JoinView.as_view(), name="accounts_sso_join"),
    path("dang-nhap-chung/bo-gan/", sso_views.SeparateView.as_view(), name="accounts_sso_separate"),
    path("dang-nhap-chung/dang-xuat/", sso_views.LeaveView.as_view(), name="accounts_sso_leave"),
    path("tai-khoan-dau-tien/<token>/", first_views.FirstAccountsView.as_view(), name="accounts_first"),
    path("phien/", session_views.StateView.as_view(), name="accounts_state"),
    path("phien/tep/", session_views.MaySendView.as_view(), name="accounts_may_send"),
    path("phien/giu-lai/", session_views.RescueView.as_view(), name="accounts_keep"),
    path("phien-lam-viec/ket-thuc/", session_views.EndSessionView.as_view(), name="accounts_end_others"),
    path("phien-lam-viec/<int:pk>/ket-thuc/", session_views.EndSessionView.as_view(), name="accounts_end_session"),
]
