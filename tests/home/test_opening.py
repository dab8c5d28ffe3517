from tests.city import CityTestCase


class Quick(CityTestCase):
    def test_city(self):
        r = self.client.get("/")
        self.assertEqual(r.status_code, 200)
        r = self.client.get("/my-long/")
        self.assertEqual(r.status_code, 200)
