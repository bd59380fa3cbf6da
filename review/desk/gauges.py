"""The office's figures in the text format of Prometheus, read at most every few seconds."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock
from time import monotonic

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from review.desk.office import Office
from storage.field_figures import FieldFigures, read_field_figures
from storage.figures import Figures, read_figures

SECONDS = 5.0  # anybody may ask; the database is not asked more often
FIELD_SECONDS = 60.0  # how fields are read: many documents are gone through, and little changes


class Gauges:
    """What `/metrics` says. May be shared by threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = Lock()
        self._read_at = self._fields_read_at = 0.0
        self._body = b""
        self._fields: FieldFigures | None = None

    def text(self) -> bytes:
        """The figures as text; raises StorageAway."""
        with self._lock:
            if not self._body or monotonic() - self._read_at > SECONDS:
                figures = read_figures(self._office.ledger.database)
                self._body = _write([*_tell(figures, self._office.clock()), *_tell_fields(self._read_fields())])
                self._read_at = monotonic()
            return self._body

    def _read_fields(self) -> FieldFigures:
        if self._fields is None or monotonic() - self._fields_read_at > FIELD_SECONDS:
            self._fields, self._fields_read_at = read_field_figures(self._office.ledger.database), monotonic()
        return self._fields


def _write(metrics: list[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Collected(metrics))
    return generate_latest(registry)


class _Collected:
    """Metrics for a registry to collect."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        """For prometheus-client."""
        return self._metrics


def _tell(figures: Figures, now: datetime) -> Iterator[Metric]:
    age = (now - figures.oldest).total_seconds() if figures.oldest else 0.0
    yield _plain("heyan_queue_open_items", "Review items that wait for a person", figures.waiting)
    yield _plain("heyan_queue_oldest_seconds", "Age of the oldest waiting review item", max(age, 0.0))
    yield _by("heyan_cases", "Cases by the state of their newest version", "state", figures.cases)
    yield _plain("heyan_quarantined", "Cases that could not be processed", figures.cases.get("quarantined", 0))
    yield _plain("heyan_pages_read", "Pages read in all packages", figures.pages)
    yield _by("heyan_findings", "Findings of the first runs of the last 1000 packages", "outcome", figures.outcomes)
    yield _plain("heyan_unsure_ratio", "Share of those findings in doubt", _share(figures.outcomes, "unsure"))
    clear = _share(figures.first_runs, "clear")
    yield _plain("heyan_straight_through_ratio", "Share of these packages that passed without a person", clear)
    yield _by("heyan_webhook_deliveries", "Messages to webhooks", "state", figures.deliveries)
    yield _plain("heyan_uploads_unclaimed", "Uploads that are not a case yet", figures.unclaimed_uploads)


def _tell_fields(figures: FieldFigures) -> Iterator[Metric]:
    yield _by_two("heyan_fields", "Fields read in the last 50 packages", "field", figures.fields)
    yield _by_two("heyan_readings", "The same fields by the engines that read them", "engine", figures.engines)
    yield _plain("heyan_recent_run_seconds", "Seconds that these packages took, all stages", figures.seconds)
    yield _by("heyan_recent_stage_seconds", "The same by stage", "stage", figures.stages)
    yield _plain("heyan_recent_pages", "Pages of these packages", figures.pages)


def _by_two(name: str, text: str, label: str, values: Mapping[tuple[str, str], int]) -> Metric:
    made = GaugeMetricFamily(name, text, labels=[label, "status"])
    for pair, number in sorted(values.items()):
        made.add_metric(list(pair), number)
    return made


def _plain(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    made = GaugeMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        made.add_metric([value], number)
    return made


def _share(values: Mapping[str, int], of: str) -> float:
    whole = sum(number for value, number in values.items() if value != "not_applicable")
    return values.get(of, 0) / whole if whole else 0.0
