"""The public addresses of following by mail, in Vietnamese and below `/en/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.follow, name="subscriptions_follow"),
    path("da-gui/", views.sent, name="subscriptions_sent"),
    path("lien-ket/", views.ask_for_link, name="subscriptions_link"),
    path("xac-nhan/<str:token>/", views.confirm, name="subscriptions_confirm"),
    path("quan-ly/<str:token>/", views.manage, name="subscriptions_manage"),
    path("thoi/<str:token>/", views.leave, name="subscriptions_leave"),
]
