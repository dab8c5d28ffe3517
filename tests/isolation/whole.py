"""The whole matrix, in several processes: what `make matrix` runs (`tools/matrix.py`).

PORTAL_MATRIX_ROLES names the roles of this process, PORTAL_MATRIX_STEP how many requests of a pattern one is taken of
(1: all), PORTAL_MATRIX_REPORT the file for the outcome. PORTAL_MATRIX_ONLY: beginnings of the names of addresses; then
only these are walked, with all their requests, as everybody.
"""

import json
import os
import sys
from pathlib import Path

from tests.isolation.addresses import addresses
from tests.isolation.stand import Stand

# Whoever could do most harm asks for everything; the others for a part each, another part each.
STEPS = {"contributor": 1, "ward_approver": 2}
OTHERS = 4


class WholeMatrix(Stand):
    def test_people_of_other_wards_meet_nothing_of_the_foreign_ward(self):
        many = int(os.environ.get("PORTAL_MATRIX_STEP", "1"))
        wanted = os.environ.get("PORTAL_MATRIX_ROLES", "").split() or list(self.roles)
        only = tuple(os.environ.get("PORTAL_MATRIX_ONLY", "").split())
        names = {address.name for address in addresses() if (address.name or "").startswith(only)} if only else None
        admin, own = self.requests(names), self.own_requests(names)
        public = self.filler.public() if names is None else []

        for place, (role, user) in enumerate(self.roles.items()):
            if role not in wanted:
                continue
            step = many if only else STEPS.get(role, OTHERS) * many
            self.matrix.sample(role, user, admin, step=step, start=place)
            self.matrix.sample(role, user, public, step=step, start=place, methods=("GET",))
            if user is not None:
                self.matrix.walk_forms(role, user, own, step=step, start=place)
            sys.stdout.write(f"{role}: {self.matrix.report}\n")
            sys.stdout.flush()

        report = self.matrix.report
        if target := os.environ.get("PORTAL_MATRIX_REPORT"):
            Path(target).write_text(json.dumps(report.as_data(), ensure_ascii=False))
        assert report.leaks == [], "\n".join(map(str, report.leaks[:40]))
