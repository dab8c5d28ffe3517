"""Traces for those who ask for them (OpenTelemetry): where the time of a request went; off without PORTAL_TRACES_URL.

1. `TraceMiddleware` (behind the outermost, only with the setting) makes a span of each request that Django answers, and
one of each question that it asks the database. 2. A share of them (`PORTAL_TRACES_SHARE`) is sent by OTLP, by a thread
beside.

No personal datum is in them: of an address the pattern of its route, of a question its kind and table, of an error its
type. No query, parameter, address of a reader, account or text. The request's number leads to its lines of the log.
"""

import re
from functools import cache
from importlib import import_module

from django.conf import settings
from django.db import connection

from ...request_facts import current_request

SERVICE = "portal"
SEND_SECONDS = 5
TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]\w*)"?', re.IGNORECASE)
KIND = re.compile(r"\s*\(?\s*([A-Za-z]+)")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "-"


class TraceMiddleware:
    """Make a span of a request and of its questions to the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with tracer().start_as_current_span("request", record_exception=False, set_status_on_exception=False) as span:
            with connection.execute_wrapper(_question):
                response = self.get_response(request)
            match, facts = request.resolver_match, current_request.get()
            method = request.method if request.method in METHODS else UNKNOWN
            route = match.route if match is not None else UNKNOWN
            span.update_name(f"{method} {route}")
            span.set_attributes(
                {
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": response.status_code,
                    "portal.request_id": facts.id if facts is not None else "",
                }
            )
            if response.status_code >= 500:
                span.set_status(_library("opentelemetry.trace").StatusCode.ERROR)
            return response


@cache
def tracer():
    """Return what makes the spans that are sent to the collector of the settings."""
    sender = _library("opentelemetry.exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter(
        endpoint=settings.PORTAL_TRACES_URL, timeout=SEND_SECONDS
    )
    return made(_library("opentelemetry.sdk.trace.export").BatchSpanProcessor(sender), settings.PORTAL_TRACES_SHARE)


def made(processor, share: float):
    """Return a tracer of a share of the requests (0 to 1) whose spans go to a processor of the library."""
    sdk = _library("opentelemetry.sdk.trace")
    sampler = _library("opentelemetry.sdk.trace.sampling").ParentBasedTraceIdRatio(share)
    resource = _library("opentelemetry.sdk.resources").Resource({"service.name": SERVICE})
    provider = sdk.TracerProvider(sampler=sampler, resource=resource)
    provider.add_span_processor(processor)
    return provider.get_tracer(SERVICE)


def _question(execute, sql, params, many, context):
    """Ask the database within a span that says of what kind the question is, and of which table."""
    kind, table = KIND.match(sql), TABLE.search(sql)
    kind = kind[1].upper() if kind else UNKNOWN
    table = table[1] if table else ""
    with tracer().start_as_current_span(
        f"{kind} {table}".strip(), record_exception=False, set_status_on_exception=False
    ) as span:
        span.set_attributes(
            {"db.system.name": connection.vendor, "db.operation.name": kind, "db.collection.name": table}
        )
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(_library("opentelemetry.trace").StatusCode.ERROR)
            raise


@cache
def _library(name: str):
    """A module of OpenTelemetry, which is installed only where traces are asked for."""
    return import_module(name)
