"""Under what terms the data may be used and whose they are: what files, catalogue and page say alike."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from base.sites import city_site

NAME = "Được sao chép, chia sẻ, sử dụng lại với điều kiện ghi rõ nguồn và không làm sai lệch nội dung"
NAME_EN = "May be copied, shared and reused on condition that the source is named and the content is not distorted"
ANCHOR = "giay-phep"


def url() -> str:
    """Return the address of the terms: a place of the page on open data."""
    return f"{page_url()}#{ANCHOR}"


def page_url(language: str = settings.LANGUAGE_CODE) -> str:
    """Return the whole address of the page on open data in a language."""
    with translation.override(language):
        return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('opendata_page')}"


def publisher() -> tuple[str, str]:
    """Return the name of the authority whose data they are, and its official mail address or ""."""
    city = city_site()
    return (city.unit.full_name, city.unit.email) if city is not None else (settings.WAGTAIL_SITE_NAME, "")
