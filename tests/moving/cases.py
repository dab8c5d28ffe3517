"""What the tests of moving in share: an export submitted, checked, written and published by the cast."""

from moving import imports
from moving.models import MovedRow, SiteImport
from sections.models import ArticlePage
from tests.city import CityTestCase, fresh
from workflows.models import PublicationBundle
from workflows.publishing import bundles

from . import exports

# Seconds of a step that does all it has to, on a busy machine too.
LONG_ENOUGH = 3600.0


class MovingCase(CityTestCase):
    def setUp(self):
        self.by = self.cast.editor
        self.section = self.city.section(self.city.site)

    def submit(self, source, *, by=None, section=None, format="wordpress", **more) -> SiteImport:
        more = {"hosts": exports.HOST, **more}
        return imports.submit(section or self.section, by=by or self.by, format=format, source=source, **more)

    def checked(self, source, **more) -> SiteImport:
        return self.step(self.submit(source, **more))

    def written(self, source, **more) -> SiteImport:
        batch = imports.begin(self.checked(source, **more), by=self.by)
        return self.step(batch)

    def step(self, batch) -> SiteImport:
        """One step, however slow the machine is."""
        return imports.step(batch, seconds=LONG_ENOUGH)

    def rows(self, batch) -> dict[str, MovedRow]:
        return {row.title: row for row in batch.rows.order_by("number")}

    def page(self, title: str) -> ArticlePage:
        return ArticlePage.objects.get(title=title)

    def published(self, batch) -> None:
        """Let two persons publish all dossiers of an import."""
        for bundle in PublicationBundle.objects.filter(pk__in=batch.rows.values("bundle")):
            bundle = bundles.submit(bundle, by=self.by, declaration=True, remark="Đã xem lại.")
            bundles.approve(bundle, by=fresh(self.cast.head))
