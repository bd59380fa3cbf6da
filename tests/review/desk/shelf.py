"""Packages of `fixtures/scans` taken in for the desk: the real way of a package, with recorded readings for the OCR."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import validators
from domain.dossier import Dossier
from domain.finding import State
from extractors.recorded import beside, load
from extractors.understanding import understand
from reports.postings import mentioned, posting
from reports.verdict import verdict
from review.desk.office import Office
from storage.intake import claim, drop
from storage.results import publish

SCANS = Path(__file__).parents[3] / "fixtures" / "scans"
TODAY = date(2026, 11, 20)


def take_in(office: Office, sample: str, today: date = TODAY) -> str:
    """A sample through claim, understanding, rules and record; gives its case number."""
    with TemporaryDirectory() as work:
        claimed = claim(office.bucket, office.ledger, drop(office.bucket, SCANS / sample), Path(work), today)
    return check(office, claimed.case, read(sample, today))


def read(sample: str, today: date = TODAY) -> Dossier:
    readings = load(beside(SCANS / sample))
    assert readings is not None
    return understand(sample, readings.pages, today, readings.refused)


def check(office: Office, case: str, dossier: Dossier) -> str:
    """Rules and record, as the flow does it; what is clear is posted."""
    findings = validators.check(dossier, office.ledger.books(mentioned(dossier), case))
    told = verdict(dossier, findings, 1.0, case)
    text = told.model_dump_json()
    publish(office.bucket, case, text)
    office.ledger.record(
        case,
        dossier,
        findings,
        state=told.state,
        seconds=1.0,
        ruleset=validators.RULESET,
        verdict=text,
        posting=posting(dossier, case) if told.state is State.CLEAR else None,
    )
    return case
