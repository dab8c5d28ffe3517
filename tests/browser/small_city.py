"""Builds the small city with two decisions in the database of the environment; prints what the stories need as JSON."""

import json
import sys

import django

django.setup(set_prefix=False)

from legalref.models import IssuingBody  # noqa: E402
from servicecatalog.dossiers import recording  # noqa: E402
from tests.city import build_city, with_app  # noqa: E402
from tests.legalref.library import public_document, register  # noqa: E402
from tests.servicecatalog.cast import a_procedure, an_offering  # noqa: E402
from tests.servicecatalog.dossier_cast import CODE, history  # noqa: E402

PEOPLE = ("contributor", "editor", "deputy", "head", "technical_admin", "standing_office", "unit_head")
city = build_city()
register(city.site)
by = city.cast.standing_office
old = public_document(city.site, by=by, symbol="12/2021/QĐ-UBND", subject="Hỗ trợ tiểu thương")
new = public_document(city.site, by=by, symbol="07/2022/QĐ-UBND", subject="Hỗ trợ tiểu thương (mới)")
# The register knows the day on which the city's own body ended; here it is at work.
IssuingBody.objects.filter(unit=city.site.unit).update(valid_to=None)
birth = a_procedure(city, name="Đăng ký khai sinh", keywords="giấy khai sinh\nlàm khai sinh")
an_offering(
    city.my_long, birth, delivery="linked", apply_url="https://example.invalid/nop", apply_to="Cổng Dịch vụ công"
)
recording.record(history((2, 5), (4, 8)), site=city.my_long)
SIGNING = (city.cast.deputy, city.cast.head, city.cast.standing_office, city.cast.unit_head)
apps = {user.username: with_app(user).key for user in SIGNING}
json.dump(
    {
        "apps": apps,
        "section": city.section(city.my_long).pk,
        "unit": city.my_long.unit_id,
        "old": {"pk": old.pk, "name": str(old)},
        "new": {"pk": new.pk, "name": str(new)},
        "dossier": CODE,
        "people": {name: getattr(city.cast, name).username for name in PEOPLE},
    },
    sys.stdout,
)
