"""Back to the release that kept forms in the clear, and forward again: also with one that no key opens."""

from datetime import UTC, datetime

from django.test import override_settings

from accounts.models import RescuedText
from tests.migrating import GoingBack

BEFORE = [("accounts", "0007_drop_tables_of_axes")]
LOST, KEPT = "m8d1Yk0t0mXzv2q7p2q6o7l2y5y0cYH3m1f1u8b7Yy8=", "b1Qh0n2c4vXW3o9aZr5t7y8u1i2o3p4a5s6d7f8g9h0="


class KeptForms(GoingBack):
    app = "accounts"

    def kept(self, value, path="/quan-tri/pages/7/edit/"):
        return RescuedText.objects.create(
            user=self.cast.editor,
            label="Bài",
            path=path,
            kept_at=datetime(2026, 6, 1, tzinfo=UTC),
            sealed_fields=f'[["title", "{value}"]]',
        )

    def test_each_lies_in_the_clear_and_is_sealed_again_also_one_whose_key_is_away(self):
        with override_settings(PORTAL_PERSONAL_KEYS=[LOST]):
            away = self.kept("Mất khóa", path="/quan-tri/hoi-dap/7/")
        with override_settings(PORTAL_PERSONAL_KEYS=[KEPT]):
            here = self.kept("Còn khóa")

            older = self.migrate(BEFORE).get_model("accounts", "RescuedText").objects
            self.assertEqual(older.get(pk=here.pk).fields, [["title", "Còn khóa"]])
            self.assertNotIn("Mất khóa", str(older.get(pk=away.pk).fields))

            self.migrate(self.newest)
            self.assertEqual(RescuedText.objects.get(pk=here.pk).fields, [["title", "Còn khóa"]])
            self.assertEqual(RescuedText.objects.get(pk=away.pk).fields, [])
        with override_settings(PORTAL_PERSONAL_KEYS=[KEPT, LOST]):
            found = RescuedText.objects.get(pk=away.pk)
            self.assertEqual((found.fields, found.is_personal), ([["title", "Mất khóa"]], True))
