"""Scores Mỹ Long for the month that is over and submits the sheet, in the database of the environment; prints its name.

The head finds it on the first screen.
"""

import sys

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from reporting import seeding  # noqa: E402
from reporting.models.score_sheet import first_of_month  # noqa: E402
from reporting.scoring import sheets  # noqa: E402
from reporting.scoring.measuring import month_before  # noqa: E402
from workflows import deadlines  # noqa: E402

office = User.objects.get(username="thuong-truc")
seeding.load_criteria()
measured = sheets.measure(month_before(first_of_month(deadlines.today())))
sheet = next(sheet for sheet in measured if sheet.site.slug == "my-long")
for line in sheet.lines.filter(measured=None):
    sheets.correct(line, by=office, points=line.max_points, reason="Đã kiểm tra tại chỗ.")
sheets.submit([sheet], by=office)
sys.stdout.write(f"Phiếu chấm điểm {sheet.site_name}")
