"""The stand of the matrix: the small city, the foreign ward, who walks, and what is asked for."""

from tests.city import CityTestCase
from tests.isolation.addresses import Filler, Request, addresses
from tests.isolation.form_fields import OwnFiller
from tests.isolation.matrix import Matrix
from tests.isolation.roles import walkers
from tests.isolation.ward import build, fill_own

# Fields of all kinds of forms: whatever a screen asks for, something of it is there.
POSTED = {
    "title": "Bị đổi",
    "slug": "bi-doi",
    "subject": "Bị đổi",
    "comment": "x",
    "reason": "x",
    "note": "x",
    "decision": "take_down",
    "ground": "error",
    "declaration": "on",
    "on": "2026-01-05",
    "accepted": "yes",
    "confirm": "1",
    "action-publish": "1",
    "action-workflow-action": "1",
    "workflow-action-name": "approve",
    "approve": "1",
    "position": "0",
    "name": "Bị đổi",
    "description": "Bị đổi",
}


class Stand(CityTestCase):
    """Builds everything once a class; `walk` sends requests and gives the report."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.roles = walkers(cls.city)
        cls.own = fill_own(cls.city, cls.city.my_long, cls.cast.contributor)
        cls.ward = build(cls.city)

    def setUp(self):
        self.filler = Filler(self.ward, self.own)
        self.matrix = Matrix(self, self.ward, data={**POSTED, **self.filler.foreign_fields()})

    def own_requests(self, names=None) -> list[Request]:
        """The addresses of the administration filled with numbers of one's own: where forms are met."""
        filler = OwnFiller(self.ward, self.own, self.city.my_long)
        return [
            request
            for address in addresses()
            if names is None or address.name in names
            for request in filler.requests(address)
        ]

    def requests(self, names=None) -> list[Request]:
        """Every way to ask for the addresses of the administration, or for those with these names."""
        return [
            request
            for address in addresses()
            if names is None or address.name in names
            for request in self.filler.requests(address)
        ]
