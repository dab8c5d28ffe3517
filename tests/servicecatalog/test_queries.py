"""How many questions a page of the catalogue asks when it is made anew, however much there is."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicecatalog.models import DossierComponent, ProcedureChannel, ProcedureFee, ProcedureStep
from tests.city import CityTestCase, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering

# Everything of the request: the site, the page, the frame around it, inside a transaction, where nothing is remembered.
SERVICE, FIGURES, FIGURES_OF_CITY = 31, 17, 13


class Queries(CityTestCase):
    def asked(self, path: str) -> int:
        self.client.get(path)
        with CaptureQueriesContext(connection) as caught:
            self.assertEqual(self.client.get(path).status_code, 200)
        return len(caught)

    def test_of_a_service_are_few_and_do_not_grow_with_its_parts(self):
        procedure = a_procedure(self.city)
        path = f"/my-long/dich-vu-cong/{an_offering(self.city.my_long, procedure).slug}/"
        few = self.asked(path)
        for number in range(5):
            procedure.steps.add(ProcedureStep(title=f"Bước {number}", body="<p>Làm.</p>"))
            procedure.channels.add(ProcedureChannel(way="online", amount=number + 1))
            procedure.fees.add(ProcedureFee(label=f"Phí {number}", amount=1000))
            procedure.components.add(DossierComponent(name=f"Giấy {number}", originals=1))
        procedure.save_revision()
        publish_at_once(procedure)

        self.assertEqual(self.asked(path), few)
        self.assertLessEqual(few, SERVICE)

    def test_of_its_use_are_few(self):
        an_offering(self.city.my_long, a_procedure(self.city))

        self.assertLessEqual(self.asked("/my-long/dich-vu-cong/thong-ke/"), FIGURES)
        self.assertLessEqual(self.asked("/dich-vu-cong/thong-ke/"), FIGURES_OF_CITY)
