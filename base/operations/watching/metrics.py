"""`/metrics`: figures for Prometheus, in the format of OpenMetrics; there for those who watch the portal alone."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, exposition
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from .. import health
from . import folder
from .measures import figures_of, measures


class Measured:
    """A collector of the library: reads the measures when it is asked."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield a family for each measure."""
        for measure in measures():
            family = GaugeMetricFamily(measure.name, measure.text, labels=[measure.label] if measure.label else [])
            for label, value in figures_of(measure):
                family.add_metric([label] if measure.label else [], value)
            yield family


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all figures, 404 to strangers."""
    if not health.is_watcher(request):
        raise Http404
    registry = CollectorRegistry()
    if own := folder.own_folder():
        MultiProcessCollector(registry, path=str(own))
    registry.register(Measured())
    write, content_type = exposition.choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(write(registry), content_type=content_type)
