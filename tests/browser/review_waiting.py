"""Lays what waits for a review into the database of the environment; prints the numbers of the reviews as JSON.

`page`: an article of Mỹ Long with a picture, public once, returned once, its fault mended. `document`: a decision with
its signed PDF. `faulty`: a draft without a source.
"""

import json
import sys

import django

django.setup(set_prefix=False)

from accounts.models import User  # noqa: E402
from base.models import PortalSite  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402
from tests import factories  # noqa: E402
from tests.city import USERNAMES, publish  # noqa: E402
from tests.files.samples import minimal_pdf  # noqa: E402
from tests.legalref.library import draft_document  # noqa: E402
from workflows.publishing import approval  # noqa: E402

people = {name: User.objects.get(username=USERNAMES[name]) for name in ("contributor", "editor", "standing_office")}
writer, office = people["contributor"], people["standing_office"]
ward, city = PortalSite.objects.get(slug="my-long"), PortalSite.objects.get(slug="long-xuyen")
section = SectionIndexPage.objects.child_of(ward.home_page()).get(slug="tin-tuc")
picture = factories.picture(ward, title="Ra quân", description="Người dân quét đường")
page = publish(factories.article(section, by=writer, title="Ra quân dọn vệ sinh đường phố", picture=picture))


def saved(title: str):
    version = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    version.title = version.draft_title = title
    version.save_revision(user=writer)
    newest = ArticlePage.objects.get(pk=page.pk)
    return approval.submit(newest, by=writer, declaration=True, remark="Đã xem lại.").current_task_state


approval.send_back(saved("Ra quân dọn vệ sinh hẻm"), by=people["editor"], reason="Ghi rõ tên đường.")
document = draft_document(city, by=office, symbol="31/2021/QĐ-UBND", subject="Quy định về vỉa hè")
document.signed_file = factories.file(city, title="Bản ký", name="ban-ky.pdf", content=minimal_pdf())
document.set_full_text("Điều 1. Vỉa hè dành cho người đi bộ.\n\nĐiều 2. Có hiệu lực từ ngày ký.")
document.save_revision(user=office)
waiting = approval.submit(document, by=office, declaration=True, remark="Đã đối chiếu.").current_task_state
faulty = factories.article(section, by=writer, title="Bài chưa có nguồn", source_name="")
json.dump(
    {
        "faulty": faulty.pk,
        "page": saved("Ra quân dọn vệ sinh đường Nguyễn Huệ").pk,
        "document": waiting.pk,
        "number": page.pk,
        "file": document.signed_file.url,
    },
    sys.stdout,
)
