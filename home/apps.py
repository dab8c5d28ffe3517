from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = "Trang chủ và các trang thành phần"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base import guide

        from . import doors, own_work

        doors.open_own()
        own_work.bring_own()
        guide.register_link("Danh sách «Bắt đầu ở đây»", "home_first_steps")
