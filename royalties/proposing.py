"""Each publication gets an item by the scale of its day: by a job, some minutes after it.

1. `propose_due` finds what was published and has no item yet. 2. Of a text the genre follows from its page type, its
authors share it in equal parts, but where one of them is a unit a person says who is paid; a translation gets its
portion of the genre; what is not paid is written down as such, with the reason. 3. Each picture that shows a
photographer of ours gets an item of its own, once. 4. What was taken down for a mistake is not paid, as long as no
statement names it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from base.models import PortalImage
from base.sites import site_of
from sections.models import ArticlePage, ClarificationPage, NoticePage
from vietnam.dates import moments_of
from workflows.archive.copies import referenced_files
from workflows.models import Declaration, TakeDown

from . import amounts, contributors, law, tariffs
from .models import Royalty, Scale, ScaleLine, Share

# A scale may be decided late, and a portal may be away for some days.
LOOK_BACK = timedelta(days=100)
MOST_AT_ONCE = 200
# What is no author's work, or not ours.
NOT_PAID = {
    NoticePage: "Thông báo không thuộc diện chi nhuận bút.",
    ArticlePage.Kind.DISCLOSURE: "Công khai thông tin không thuộc diện chi nhuận bút.",
}
REPUBLISHED = "Đăng lại từ nơi khác ({url}) không chi nhuận bút."
OFFERED = "Bài của phường, xã đăng lại trên trang thành phố; chỉ chi một lần."
UNIT_AS_AUTHOR = "Tác giả ghi là đơn vị {names}; hãy ghi người hưởng, hoặc không chi."
TAKEN_DOWN = "Đã gỡ vì sai sót ngày {day}."
GENRE_OF = {
    ArticlePage.Kind.DISSEMINATION: "chinh-luan",
    ArticlePage.Kind.INTRODUCTION: "phong-su",
}
TYPES = (ArticlePage, ClarificationPage, NoticePage)


def propose_due(*, on: datetime) -> int:
    """Make the items of what was published since `LOOK_BACK`, and exclude what was taken down; return how many.

    A page that fails stops no other one; its error is raised afterwards.
    """
    failed, made = [], 0
    for page in _without_item(on):
        try:
            made += propose(page, on=on) is not None
        except Exception as error:  # noqa: BLE001  one bad page must not stop the others; it is raised below
            failed.append((page.pk, error))
    exclude_taken_down()
    if failed:
        raise RuntimeError(
            "Không đề xuất được nhuận bút: " + "; ".join(f"trang {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return made


def _without_item(on: datetime) -> Iterator:
    """Yield the pages that were published and have no item, of the days for which there is a scale."""
    # Pages of other days never get an item: they must not stand before those that do.
    days = _with_scale(on)
    if not days:
        return
    known = Royalty.objects.filter(page_id__isnull=False, picture_id=None).values("page_id")
    for model in TYPES:
        found = model.objects.filter(first_published_at__gte=on - LOOK_BACK, first_published_at__lte=on)
        found = found.filter(days).exclude(pk__in=known).select_related("owner", "locale")
        yield from found.order_by("pk")[:MOST_AT_ONCE]


def _with_scale(on: datetime) -> Q:
    """The days on which a scale holds, of those looked back at, as a condition on pages; an empty one for none."""
    found, today = Q(), timezone.localtime(on).date()
    for first, last in Scale.objects.decided().values_list("valid_from", "valid_to"):
        if (last is None or last >= today - LOOK_BACK) and first <= today:
            begin, end = moments_of(first, last or today)
            found |= Q(first_published_at__gte=begin, first_published_at__lt=end)
    return found


@transaction.atomic
def propose(page, *, on: datetime | None = None) -> Royalty | None:
    """Make the item of a publication by the scale of its day; return it, None where no scale holds on that day."""
    moment = on or timezone.now()
    day = timezone.localtime(page.first_published_at).date()
    scale = tariffs.scale_on(day)
    site = site_of(page)
    if scale is None or site is None or Royalty.objects.filter(page_id=page.pk, picture_id=None).exists():
        return None
    is_translation = page.locale.language_code != settings.LANGUAGE_CODE
    item = Royalty(
        kind=Royalty.Kind.TRANSLATION if is_translation else Royalty.Kind.TEXT,
        site=site,
        page_id=page.pk,
        title=page.title[:300],
        section=page.get_parent().title[:200],
        made_on=day,
        proposed_at=moment,
    )
    fill(item, scale, tariffs.line_of(scale, genre_of(page)))
    if is_translation and (portion := tariffs.line_of(scale, law.TRANSLATION)):
        item.portion = portion.usual
    if reason := not_paid(page):
        item.state, item.reason = Royalty.State.EXCLUDED, reason[:300]
    compute(item)
    item.save()
    item.writers.set(_writers(page))
    _share(item, page.author_name, page.owner, moment)
    if item.state == Royalty.State.PROPOSED:
        _pictures(page, item, scale, moment)
    return item


def _writers(page) -> set[int]:
    """Return the keys of the users who made a page and who declared its public version."""
    declared = Declaration.objects.filter(revision_id=page.live_revision_id).values_list("declared_by", flat=True)
    return {key for key in (page.owner_id, *declared) if key is not None}


def genre_of(page) -> str:
    """Return the code of the genre that a page is proposed as."""
    return "chinh-luan" if isinstance(page, ClarificationPage) else GENRE_OF.get(getattr(page, "kind", ""), "tin")


def not_paid(page) -> str:
    """Return why a publication is not paid; "" of one that is."""
    if url := getattr(page, "original_url", ""):
        return REPUBLISHED.format(url=url)
    if getattr(page, "offered_from_id", None):
        return OFFERED
    return NOT_PAID.get(type(page)) or NOT_PAID.get(getattr(page, "kind", ""), "")


def fill(item: Royalty, scale: Scale, line: ScaleLine | None) -> None:
    """Write into an item what a scale says on its day: genre, source, and what is proposed of rate and price."""
    item.line, item.genre = line, line.label if line else ""
    item.legal_source = scale.legal_source
    if line is None:
        item.rate, item.unit_value = Decimal(0), 0
    elif by_coefficient(scale, line):
        item.rate, item.unit_value = line.usual, tariffs.unit_on(scale, item.made_on)
    else:
        item.rate, item.unit_value = Decimal(1), amounts.whole(line.usual)


def by_coefficient(scale: Scale, line: ScaleLine) -> bool:
    """Tell whether a line's numbers are coefficients, not đồng."""
    return scale.way == Scale.Way.COEFFICIENT and line.kind == ScaleLine.Kind.GENRE


def compute(item: Royalty) -> None:
    """Compute the amount of an item from what is stored in it."""
    item.amount = amounts.amount_of(item.rate, item.unit_value, portion=item.portion, extra=item.extra)


def _share(item: Royalty, author: str, writer, moment: datetime) -> None:
    """Divide an item among those whom its text or picture names; with a unit among them, among no user yet."""
    units = contributors.names_of_units()
    names = contributors.names_in(author, units)
    if of_units := [name for name in names if contributors.parts_of(name) in units]:
        item.reason = item.reason or UNIT_AS_AUTHOR.format(names=", ".join(f"«{name}»" for name in of_units))[:300]
        item.save(update_fields=["reason"])
        return
    share_equally(item, [contributors.of_name(name, writer=writer, on=moment) for name in names])


def share_equally(item: Royalty, people: list) -> None:
    """Divide an item among people in equal parts, the parts too add up to 100."""
    people = list(dict.fromkeys(people))
    parts = [Decimal(part) / 100 for part in amounts.divided(10_000, [Decimal(1)] * len(people))] if people else []
    write_shares(item, list(zip(people, parts, strict=True)))


def write_shares(item: Royalty, shares: list[tuple]) -> None:
    """Store who shares an item, of (contributor, part in per cent); the đồng add up to its amount."""
    item.shares.all().delete()
    parts = amounts.divided(item.amount, [part for _person, part in shares]) if shares else []
    for (person, part), amount in zip(shares, parts, strict=True):
        Share.objects.create(royalty=item, contributor=person, part=part, amount=amount)


def _pictures(page, item: Royalty, scale: Scale, moment: datetime) -> None:
    """Make the items of the pictures that a page shows, of photographers of ours; a picture is paid once."""
    line = tariffs.line_of(scale, "anh")
    own = [
        file
        for file in referenced_files(page)
        if isinstance(file, PortalImage) and file.photographer and file.licence == PortalImage.Licence.OWN
    ]
    paid = set(Royalty.objects.filter(picture_id__in=[file.pk for file in own]).values_list("picture_id", flat=True))
    for file in own:
        if line is None or file.pk in paid:
            continue
        picture = Royalty(
            kind=Royalty.Kind.PICTURE,
            site=item.site,
            page_id=page.pk,
            picture_id=file.pk,
            title=f"Ảnh «{file.title}»"[:300],
            section=item.section,
            made_on=item.made_on,
            proposed_at=moment,
        )
        fill(picture, scale, line)
        compute(picture)
        picture.save()
        picture.writers.set(item.writers.all())
        _share(picture, file.photographer, page.owner, moment)


@transaction.atomic
def exclude_taken_down() -> int:
    """Exclude the open items of pages that were taken down for a mistake; return how many.

    One that a person has put back since, with a reason, stays.
    """
    # Held against a statement that takes them at the same moment, and looked at again once they are.
    items = Royalty.objects.select_for_update().filter(state=Royalty.State.PROPOSED, statement=None)
    gone = taken_down_for_error(items.filter(page_id__isnull=False).values_list("page_id", flat=True))
    count = 0
    for item in items.filter(page_id__in=gone):
        if item.changed_at is not None and item.changed_at > gone[item.page_id]:
            continue
        day = timezone.localtime(gone[item.page_id]).date()
        item.state, item.reason = Royalty.State.EXCLUDED, TAKEN_DOWN.format(day=f"{day:%d/%m/%Y}")
        item.save(update_fields=["state", "reason"])
        log(instance=item, action="portal.royalty.item", user=None, data={"royalty_state": item.state})
        count += 1
    return count


def taken_down_for_error(page_keys) -> dict[int, datetime]:
    """Return when pages were taken down for a mistake, by the key of the page; those that are."""
    found = TakeDown.objects.filter(
        page_id__in=list(page_keys), ground=TakeDown.Ground.ERROR, state=TakeDown.State.TAKEN_DOWN
    )
    return dict(found.values_list("page_id", "decided_at"))
