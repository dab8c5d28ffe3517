"""Public things of each kind, for the sets of open data."""

from datetime import date

from faq.models import FaqPage
from tests import factories
from tests.city import City, draft, publish, publish_at_once
from tests.faq.cast import a_topic, questions_page
from tests.legalref.library import public_document, register
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure, an_offering


def public_article(city: City, site=None, **fields):
    """An article in the news of a site, made public at once."""
    return publish_at_once(draft(pages.article(**fields), city.section(site or city.site)))


def sealed_article(city: City, site=None, **fields):
    """The same by two persons, so that it can be taken down."""
    return publish(factories.article(city.section(site or city.site), by=city.cast.standing_office, **fields))


def public_answer(city: City, title: str = "Đèn đường hỏng báo cho ai?") -> FaqPage:
    """An answered question on the city's page of questions."""
    page = FaqPage(
        title=title,
        question_text="Đèn trước nhà tôi hỏng.",
        answer="<p>Gọi <b>phòng Quản lý đô thị</b>.</p>",
        topic=a_topic(),
        asked_on=date(2020, 6, 1),
        answered_on=date(2020, 6, 5),
        asker_shown="Người hỏi mẫu 77",
        signer_name="Cán bộ mẫu 09",
        responsible_unit=city.site.unit,
    )
    return publish_at_once(draft(page, questions_page(city)))


def one_of_each(city: City) -> dict:
    """Return one public thing of each set that tests make: {set: thing}."""
    register(city.site)
    procedure = a_procedure(city, by=city.cast.editor)
    return {
        "trang": public_article(city, title="Hội chợ «xuân» 2021"),
        "van-ban": public_document(city.site, by=city.cast.standing_office, symbol="12/2021/QĐ-UBND"),
        "dich-vu": an_offering(city.my_long, procedure, by=city.cast.editor, contact_phone="02963 000 001"),
        "tra-loi": public_answer(city),
    }
