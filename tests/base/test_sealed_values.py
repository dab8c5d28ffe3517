"""Seals and statements as they stand in a portal that runs: what was sealed once stays valid, to the byte.

Every digest, signature and line here was made once and is written out. A test that fails says that the portals which
run would find their own trail and archive tampered with: change the code, never these values.
"""

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import time_machine
from django.test import TestCase, override_settings

from base.audit import sealing, verifying
from base.chain import keys, tips
from base.models import AuditChain, AuditEntry, AuditSeal
from workflows.archive import copies as archive
from workflows.archive import verifying as archive_verifying
from workflows.models import ArchiveCopy, ChainTip, Disposal

NOON = datetime(2026, 11, 25, 5, 0, 0, 120, tzinfo=UTC)
KEY_LINE = "k1-00c0ffee " + "5a" * 32 + "\n"

# number, previous seal, seal
COPY_SEALS = [
    (31, "", "63dbbcfbe7e24562f18fd97d0473465227ce32346a93317203c210720dde1351"),
    (
        32,
        "63dbbcfbe7e24562f18fd97d0473465227ce32346a93317203c210720dde1351",
        "90f4c7084661c1921a0766e3428b7bd4df6bea8ac64caf0ce0999fdebecee5ce",
    ),
]
DESTROYED = "079a6366314dbd55853783a20c135a3a908e711ceb84fc169438d912f07b69ce"
SIGNATURES = {
    10: "",
    11: "k1-00c0ffee:ce60ded318e1699fb7bc7ae050c7ecdf79a7f7db070fbcff11a684be8b27a217",
    12: "k1-00c0ffee:8b0b04cd5edf21fa9bb8c30eb1ef00dcb51bbae6e6d41d2a07f0b878bf042999",
    14: "k1-00c0ffee:ea0ef9ff6ee9d4df7956b47c8e08eab5f8dfadb95eacf8acc0597372ffbdcd95",
}
# sequence, entry, digest of the entry, seal
LINKS = [
    (
        1,
        10,
        "d54581e5fcf3028b6866ca0c1f59f55d0b3530de79b66b56cb136ec70d73108f",
        "fda48febf107925cb083e5a904206b89f2d86392e4357a8bc78cf5dde3246560",
    ),
    (
        2,
        11,
        "84cc56154943e493b0b670ae9589501aa79e49df142b9fdd329b6da55cc17670",
        "69cd326a1fbcd5e83fca8192275c29c1573af734aa8d2e8ff26ac3c8b68128d8",
    ),
    (
        3,
        12,
        "dadaab34e1af4eed23bd2e4b9cdd4b197a25c80ba9b3db58a39aab48a4171193",
        "34c158d09ffa4ead6f6c87a805c7b70ea276f1d04b48bdbd52d37c304eec2426",
    ),
    (
        4,
        14,
        "55dd63027b7f926bdb1453cf128e3409ae63bff57a68984155a9e50bb2bf6f82",
        "1a861c935855a7b6c159492bd94f48e38398cd58b394518fa6877f0bf60b2a75",
    ),
]
TIPS_FILE = (
    '{"at":"2026-11-25T05:00:00.000120+00:00","chain":"audit","count":4,"key":"k1-00c0ffee","previous":"",'
    '"seal":"1a861c935855a7b6c159492bd94f48e38398cd58b394518fa6877f0bf60b2a75",'
    '"signature":"a90ba71fc40f1d5619f81a83e0786a2ed4e75a0e7699b05f408b82f8b72d1fb3"}\n'
    '{"at":"2026-11-25T05:00:00.000120+00:00","chain":"archive","count":2,"key":"k1-00c0ffee",'
    '"previous":"a90ba71fc40f1d5619f81a83e0786a2ed4e75a0e7699b05f408b82f8b72d1fb3",'
    '"seal":"90f4c7084661c1921a0766e3428b7bd4df6bea8ac64caf0ce0999fdebecee5ce",'
    '"signature":"c950d9857b8699db84e95c123206af6539375b1513f4df3dd944470d637d4c08"}\n'
)
LINE_OF_THE_DAYS_FILE = (
    '{"at":"2026-11-25T05:00:00.000120+00:00",'
    '"digest":"f290ecab8200450f39a3ae03849adad3657d2841b5a067d8b8f42d4900d7491d","file":"2026-11-25.json",'
    '"key":"k1-00c0ffee","previous":"c950d9857b8699db84e95c123206af6539375b1513f4df3dd944470d637d4c08",'
    '"signature":"f2ab0154c90fab46f0e7ace6f3b28b2418e7ec6cda01c18cb1e82b1fe166c2ae"}\n'
)
DAYS_FILE = (
    '{"at":"2026-11-25T05:00:00.000120+00:00","day":"2026-11-25","heads":{"archive":{"count":2,'
    '"seal":"90f4c7084661c1921a0766e3428b7bd4df6bea8ac64caf0ce0999fdebecee5ce"},"audit":{"count":4,'
    '"seal":"1a861c935855a7b6c159492bd94f48e38398cd58b394518fa6877f0bf60b2a75"}},"key":"k1-00c0ffee",'
    '"signature":"7cf81a006d807cab6727ca36d797e843c865d66de2b3a2e5ce12e8d9f337d414"}\n'
)


def entries() -> list[AuditEntry]:
    """One of the time before there were signatures, two that bear witness to copies, one to a destruction."""
    rows = [
        {"id": 10, "at": NOON - timedelta(days=900), "action": "draft.seen", "actor_name": "Hệ thống"},
        {
            "id": 11,
            "at": NOON - timedelta(seconds=9),
            "actor_id": 4,
            "actor_name": "Cán bộ mẫu 02 (truong)",
            "actor_text": "Trưởng ban, 15/QĐ-UBND",
            "site_slug": "my-long",
            "action": "archive.kept",
            "object_type": "sections.ArticlePage",
            "object_id": "7",
            "object_label": "Tin số 31",
            "after": "c1" * 32,
            "address": "192.0.2.0",
            "request_id": "0123456789abcdef",
            "session": "0123456789ab",
            "detail": {"copy": 31, "seal": COPY_SEALS[0][2]},
        },
        {
            "id": 12,
            "at": NOON - timedelta(seconds=8),
            "action": "archive.kept",
            "detail": {"copy": 32, "seal": COPY_SEALS[1][2]},
        },
        {
            "id": 14,
            "at": NOON - timedelta(seconds=7),
            "action": "portal.disposal.destroy",
            "object_type": "workflows.DisposalList",
            "object_id": "9",
            "before": "b1" * 32,
            "detail": {"destroyed": DESTROYED, "count": 1},
        },
    ]
    return [AuditEntry(**row, signature=SIGNATURES[row["id"]]) for row in rows]


def copies() -> list[ArchiveCopy]:
    """Two copies; the first has run out of its time."""
    return [
        ArchiveCopy(
            pk=pk,
            object_type="sections.ArticlePage",
            object_id="7",
            revision_id=70 + pk,
            title=f"Tin số {pk}",
            site_slug="my-long",
            language="vi",
            address="https://example.invalid/tin/",
            metadata={"title": "Tin", "số": [1, None, True]},
            content_digest="c1" * 32,
            files=[
                {
                    "type": "base.PortalFile",
                    "id": 3,
                    "name": "Tệp",
                    "path": "a/b.pdf",
                    "digest": "d1" * 32,
                    "size": 9,
                    "shown": {},
                }
            ],
            submitted_by="Cán bộ mẫu 01 (can-bo)",
            approved_by="Cán bộ mẫu 02 (truong)",
            ground="Kế hoạch 5",
            approved_at=datetime(2006, 11, 24, 3, 4, 5, 600, tzinfo=UTC),
            retention_class="news",
            retention_until=date(2016, 12, 31),
            previous_seal=previous,
            seal=seal,
        )
        for pk, previous, seal in COPY_SEALS
    ]


def destroy(copy: ArchiveCopy) -> None:
    Disposal.objects.create(
        pk=5,
        copy_id=copy.pk,
        title=copy.title,
        previous_seal=copy.previous_seal,
        seal=copy.seal,
        object_type=copy.object_type,
        object_id=copy.object_id,
        content_digest=copy.content_digest,
        retention_until=copy.retention_until,
        list_number=9,
        decision="15/QĐ-UBND, 01/02/2037",
        proposed_by_id=1,
        proposed_by="Cán bộ mẫu 03 (van-thu)",
        decided_by_id=2,
        decided_by="Cán bộ mẫu 04 (chu-tich)",
    )
    ArchiveCopy.objects.filter(pk=copy.pk).delete()


class SealedValues(TestCase):
    def setUp(self):
        folder = Path(tempfile.mkdtemp(prefix="seals-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "audit_keys").write_text(KEY_LINE)
        self.seals = folder / "seals"
        self.seals.mkdir()
        places = override_settings(PORTAL_SEALS=self.seals, PORTAL_AUDIT_KEYS=folder / "audit_keys")
        places.enable()
        self.addCleanup(places.disable)
        tips._last_written.clear()
        clock = time_machine.travel(NOON, tick=False)
        clock.start()
        self.addCleanup(clock.stop)
        AuditEntry.objects.bulk_create(entries())
        ArchiveCopy.objects.bulk_create(copies())
        ChainTip.objects.create(name="archive", seal=COPY_SEALS[-1][2], count=2)
        destroy(ArchiveCopy.objects.get(pk=31))

    def test_what_stands_in_database_and_files_verifies(self):
        previous = ""
        for sequence, entry_id, digest, seal in LINKS:
            AuditSeal.objects.create(
                sequence=sequence, entry_id=entry_id, digest=digest, previous_seal=previous, seal=seal, sealed_at=NOON
            )
            previous = seal
        AuditChain.objects.create(name="audit", seal=previous, count=4)
        (self.seals / "heads-2026-11.log").write_text(TIPS_FILE + LINE_OF_THE_DAYS_FILE)
        (self.seals / "2026-11-25.json").write_text(DAYS_FILE)

        self.assertEqual(verifying.verify(on=NOON + timedelta(minutes=5)).violations, [])
        self.assertEqual(archive_verifying.verify_rows(), [])

    def test_a_month_in_which_the_name_of_the_file_changed_goes_on_where_it_stopped(self):
        sealing.seal(everything=True)
        (self.seals / "tips-2026-11.log").rename(self.seals / "heads-2026-11.log")

        tips.write_daily_tips(on=NOON)

        self.assertEqual((self.seals / "heads-2026-11.log").read_text(), TIPS_FILE)
        self.assertEqual((self.seals / "tips-2026-11.log").read_text(), LINE_OF_THE_DAYS_FILE)
        self.assertEqual(tips.read_tips().violations, [])

    def test_entries_get_the_links_and_statements_that_they_got(self):
        sealing.seal(everything=True)
        tips.write_daily_tips(on=NOON)

        links = AuditSeal.objects.order_by("sequence").values_list("sequence", "entry_id", "digest", "seal")
        self.assertEqual(list(links), LINKS)
        self.assertEqual((self.seals / "tips-2026-11.log").read_text(), TIPS_FILE + LINE_OF_THE_DAYS_FILE)
        self.assertEqual((self.seals / "2026-11-25.json").read_text(), DAYS_FILE)

    def test_entries_copies_and_destructions_get_the_signatures_and_seals_that_they_got(self):
        signed = {
            entry.pk: keys.sign_entry({name: getattr(entry, name) for name in sealing.FIELDS})
            for entry in entries()
            if entry.signature
        }

        self.assertEqual({10: "", **signed}, SIGNATURES)
        self.assertEqual([copy.computed_seal() for copy in copies()], [seal for _, _, seal in COPY_SEALS])
        self.assertEqual(archive.destruction_digest(9), DESTROYED)
