"""A scale, a budget and two items of last month in the database of the environment; prints the month as "10/2026"."""

import sys
from datetime import date, timedelta
from decimal import Decimal

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.sites import city_site  # noqa: E402
from royalties import contributors, items, seeding, tariffs  # noqa: E402
from royalties.models import Budget  # noqa: E402
from workflows import deadlines  # noqa: E402

office, head = (User.objects.get(username=name) for name in ("thuong-truc", "truong-ban"))
made_on = deadlines.today().replace(day=1) - timedelta(days=1)
source = {"legal_source": "Biểu mức dùng khi thử", "valid_from": date(made_on.year, 1, 1)}
seeding.load_law()
line = {"kind": "tariff", "code": "trang", "label": "Nhập một trang", "unit": "trang"}
line |= {"least": Decimal(9_500), "usual": Decimal(12_000), "most": Decimal(14_000)}
scale = tariffs.propose_scale(by=office, lines=[line], name="Biểu thử", way="amount", **source)
tariffs.decide(scale, by=head, accepted=True)
budget = tariffs.propose(Budget, by=office, line="Chi tạo lập thông tin", amount=50_000_000, **source)
tariffs.decide(budget, by=head, accepted=True)
for pages, name in ((20, "Cán bộ mẫu 71"), (35, "Cán bộ mẫu 72")):
    items.add(
        by=office,
        site=city_site(),
        title=f"Số hóa {pages} trang hồ sơ quy hoạch",
        made_on=made_on,
        line=scale.lines.get(),
        value=Decimal(12_000),
        quantity=Decimal(pages),
        shares=[(contributors.of_name(name), Decimal(100))],
        reason="Theo biên bản nghiệm thu",
    )
sys.stdout.write(f"{made_on:%m/%Y}")
