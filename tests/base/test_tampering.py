"""Every kind of tampering with the audit trail and the archive is found, and the first bad entry named."""

import random

from tests import tampering
from tests.city import CityTestCase

SEED = 20260


class Tampering(CityTestCase):
    def test_each_kind_is_found_and_the_first_bad_entry_named(self):
        rng = random.Random(SEED)
        tampering.build(self.city, rng, entries=30, copies=4)
        run = tampering.Run(rng)
        self.assertEqual(run.violations(), [])

        for kind in tampering.KINDS:
            run.tamper(kind)

        self.assertEqual(run.misses, [])
        self.assertEqual(run.found, dict.fromkeys(run.tried, 1))
        self.assertEqual(len(run.tried), 33)
        self.assertEqual(run.violations(), [])
