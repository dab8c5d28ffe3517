"""The audit trail: what is written, about whom, and what never is."""

from base import audit
from base.models import AuditEntry
from tests.city import CityTestCase


class Record(CityTestCase):
    def test_takes_actor_site_and_object_from_what_it_is_given(self):
        home = self.city.my_long.home_page()

        entry = audit.record("draft.seen", by=self.cast.contributor, obj=home)

        self.assertEqual(entry.actor_name, "Cán bộ mẫu 01 (cong-tac-vien.my-long)")
        self.assertEqual(entry.actor_text, "Cộng tác viên · Mỹ Long")
        self.assertEqual(entry.site_slug, "my-long")
        self.assertEqual((entry.object_type, entry.object_id), ("home.WardHomePage", str(home.pk)))

    def test_a_refused_screen_is_one_entry(self):
        self.client.force_login(self.cast.contributor)

        self.client.get("/quan-tri/users/")

        entry = AuditEntry.objects.get(action="refused")
        self.assertEqual(entry.actor_id, self.cast.contributor.pk)
        self.assertEqual(entry.site_slug, "my-long")
