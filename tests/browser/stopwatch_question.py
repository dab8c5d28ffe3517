"""Asks a question of Mỹ Long in the database of the environment; prints its number."""

import sys

import django

django.setup(set_prefix=False)

from base.models import PortalSite  # noqa: E402
from faq.handling import intake  # noqa: E402
from tests.faq.cast import a_contact  # noqa: E402

received = intake.receive(
    site=PortalSite.objects.get(slug="my-long"),
    title="Đăng ký khai sinh cho con",
    contact=a_contact(),
    text="Tôi muốn hỏi đăng ký khai sinh cho con cần giấy tờ gì và nộp ở đâu?",
)
sys.stdout.write(received.question.number)
