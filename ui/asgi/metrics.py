"""Metrics for Prometheus: requests, durations, questions, and the size of the library."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ui.service.service import Service

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The metrics of one server; requests are labelled by route, never by address."""

    def __init__(self, service: Service) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tongzhu_requests",
            "Requests served.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "tongzhu_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._questions = Counter(
            "tongzhu_questions",
            "Questions answered, by whether the library has the answer.",
            ("found",),
            registry=self._registry,
        )
        self.in_flight = Gauge(
            "tongzhu_requests_in_flight", "Requests being served.", registry=self._registry
        )
        self._registry.register(_LibraryCollector(service))

    def record_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method, str(status)).inc()
        self._durations.labels(route).observe(seconds)

    def record_answer(self, *, is_answered: bool) -> None:
        """Count a question."""
        self._questions.labels(str(is_answered).lower()).inc()

    def render(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)


class _LibraryCollector(Collector):
    """The size of the library and the use of the answer cache, looked up when they are read."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> list[Metric]:
        """Return the current metrics."""
        state, (hits, misses) = self._service.get_status(), self._service.get_cache_statistics()
        values = {
            "tongzhu_library_generation": ("The library's generation.", state.generation),
            "tongzhu_library_publications": ("Publications.", state.counts.publications),
            "tongzhu_library_passages": ("Passages.", state.counts.passages),
            "tongzhu_answers_cached": ("Answers given from the cache, this generation.", hits),
            "tongzhu_answers_computed": ("Answers computed, this generation.", misses),
        }
        return [GaugeMetricFamily(name, help_, value) for name, (help_, value) in values.items()]
