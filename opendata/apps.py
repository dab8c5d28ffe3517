from django.apps import AppConfig


class OpendataConfig(AppConfig):
    name = "opendata"
    verbose_name = "Dữ liệu mở"

    def ready(self):
        # Models can be imported only once every app is loaded.
        from base.operations import throttle
        from base.public import navigation

        from . import files, page

        throttle.register_addresses(beginnings={files.PREFIX: "bulk"})
        navigation.register_open_data(page.address)
