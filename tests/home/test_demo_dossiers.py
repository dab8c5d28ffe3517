"""The dossiers of the demo: in every state, late ones too, each a history that counts wholly."""

from datetime import datetime

import time_machine

from home.demo import dossiers
from servicecatalog.dossiers import recording
from servicecatalog.models import DossierEvent, DossierStatus, DossierSummary
from tests.city import CityTestCase
from tests.servicecatalog.dossier_cast import VIETNAM


class DemoDossiers(CityTestCase):
    def test_stand_in_every_state_and_are_made_once(self):
        now = datetime(2026, 11, 25, 10, tzinfo=VIETNAM)
        sites = {"my-long": self.city.my_long, "long-xuyen": self.city.site}
        with time_machine.travel(now, tick=False):
            made = dossiers.record_all(sites, now)
            stands = {recording.standing_of(row).standing for row in DossierSummary.objects.all()}
            again = dossiers.record_all(sites, now)

        self.assertEqual((made, again), (DossierSummary.objects.filter(is_illustrative=True).count(), 0))
        self.assertEqual(set(DossierSummary.objects.values_list("status", flat=True)), set(DossierStatus.values) - {8})
        self.assertEqual(
            stands - {recording.Standing.NO_LIMIT}, set(recording.Standing) - {recording.Standing.NO_LIMIT}
        )
        self.assertEqual(list(DossierEvent.objects.exclude(set_aside="").values_list("set_aside", flat=True)), [])
