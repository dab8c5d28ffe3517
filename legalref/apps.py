from django.apps import AppConfig


class LegalrefConfig(AppConfig):
    name = "legalref"
    verbose_name = "Văn bản"
