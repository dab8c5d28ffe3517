"""The effect of followed documents as their followers know it: compared with what readers see now."""

from collections.abc import Iterable

from base.chain.canonical_json import digest
from legalref.life.effect import CORRECTS, RELATIONS
from legalref.models import DocumentRelation, DocumentStatus, LegalDocument

from . import following
from .models import FollowedStatus, Subscription

# Relations of which a follower is told.
ACTING = (CORRECTS, *(code for code, kind in RELATIONS.items() if kind.effect))
_PREFIX = f"{following.DOCUMENT}-"


def begin(followed: str) -> None:
    """Remember the present effect of a document that is followed from now on; other things have none."""
    if not followed.startswith(_PREFIX):
        return
    key = int(followed.removeprefix(_PREFIX))
    for document, found in _digests([key]).items():
        FollowedStatus.objects.get_or_create(document_id=document, defaults={"digest": found})


def changed() -> list[int]:
    """Return the followed documents whose effect is another than remembered, and remember it: each once."""
    keys = Subscription.objects.counting().filter(followed__startswith=_PREFIX).values_list("followed", flat=True)
    wanted = {int(key.removeprefix(_PREFIX)) for key in keys.distinct()}
    known = dict(FollowedStatus.objects.select_for_update().values_list("document_id", "digest"))
    FollowedStatus.objects.filter(document_id__in=known.keys() - wanted).delete()
    found = _digests(wanted)
    different = [key for key, now in found.items() if known.get(key, now) != now]
    for key in different:
        FollowedStatus.objects.filter(document_id=key).update(digest=found[key])
    FollowedStatus.objects.bulk_create(
        [FollowedStatus(document_id=key, digest=now) for key, now in found.items() if key not in known],
        ignore_conflicts=True,
    )
    return sorted(different)


def _digests(keys: Iterable[int]) -> dict[int, str]:
    """Return a digest of what readers see of the effect of some documents that are public."""
    public = list(LegalDocument.objects.public().filter(pk__in=keys).values_list("pk", flat=True))
    stored = {
        key: [code, reason, caution]
        for key, code, reason, caution in DocumentStatus.objects.filter(document__in=public).values_list(
            "document_id", "code", "reason", "caution"
        )
    }
    # What acts on it later too: who follows it is told when it is recorded, and again when it takes effect.
    acting: dict[int, list[int]] = {}
    rows = DocumentRelation.objects.valid().filter(target__in=public, code__in=ACTING).order_by("pk")
    for target, relation in rows.values_list("target_id", "pk"):
        acting.setdefault(target, []).append(relation)
    return {key: digest([stored.get(key), acting.get(key, [])]) for key in public}
