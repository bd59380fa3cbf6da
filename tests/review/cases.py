"""Cases in a ledger as the flow leaves them, from the recorded readings of the samples: nothing is read anew."""

import json
from datetime import date
from functools import cache
from pathlib import Path

import validators
from domain.dossier import Dossier
from domain.page import PageReading, ReadPage, Word
from domain.people import Role, User
from extractors.recorded import Readings, load
from extractors.understanding import understand
from reports.postings import mentioned, posting
from reports.verdict import verdict
from storage.ledger import Ledger
from storage.records import Drop, FileRecord

SCANS = Path(__file__).parents[2] / "fixtures/scans"
TODAY = date(2026, 11, 23)
WANG = User(id=1, name="wang", display="王审核", role=Role.REVIEWER)
LI = User(id=2, name="li", display="李审核", role=Role.REVIEWER)
BOSS = User(id=3, name="zhao", display="赵负责", role=Role.SUPERVISOR)
OFFICER = User(id=4, name="chen", display="陈经办", role=Role.OFFICER)


@cache
def read(name: str) -> Readings:
    """What was read on a sample."""
    found = load(SCANS / f"{name}.readings.json.gz")
    assert found is not None
    return found


def misread(pages: tuple[ReadPage, ...], number: int, was: str, now: str) -> tuple[ReadPage, ...]:
    """The pages with a print misread alike by every reader, wherever it stands on one of them."""
    return tuple(_misread(page, was, now) if page.number == number else page for page in pages)


def _misread(page: ReadPage, was: str, now: str) -> ReadPage:
    text = page.reading.model_dump_json()
    assert json.dumps(was, ensure_ascii=False)[1:-1] in text
    return page.model_copy(update={"reading": PageReading.model_validate_json(text.replace(was, now))})


def day_of(name: str) -> date:
    """The day on which a sample is handed in."""
    path = SCANS / f"{name}.truth.json" if (SCANS / f"{name}.truth.json").exists() else None
    path = path or next(iter((SCANS / name).glob("truth.json")), None) or SCANS / f"{Path(name).stem}.truth.json"
    return date.fromisoformat(json.loads(path.read_text(encoding="utf-8")).get("today", str(TODAY)))


@cache
def understood(name: str, pages: tuple[ReadPage, ...] | None = None) -> Dossier:
    """A sample, or other pages in its stead, as the program understands it."""
    readings = read(name)
    return understand(readings.package, pages or readings.pages, day_of(name), readings.refused)


def enter(ledger: Ledger, dossier: Dossier, content: str) -> str:
    """A package through claim, check and settle; the case number."""
    file = FileRecord(position=1, name="1.pdf", sha256=content.rjust(64, "0"), size=3, media="application/pdf")
    drop = Drop(package=dossier.package, content_hash=content.rjust(64, "c"), submitted_on=dossier.today, files=(file,))
    case = ledger.claim(drop).case
    record(ledger, case, dossier)
    return case


def record(ledger: Ledger, case: str, dossier: Dossier) -> None:
    findings = validators.check(dossier, ledger.books(mentioned(dossier), case))
    told = verdict(dossier, findings, 1.0, case)
    ledger.record(
        case,
        dossier,
        findings,
        state=told.state,
        seconds=1.0,
        ruleset=validators.RULESET,
        verdict=told.model_dump_json(),
        posting=posting(dossier, case) if told.state == "clear" else None,
    )


__all__ = ["BOSS", "LI", "OFFICER", "TODAY", "WANG", "Word", "enter", "misread", "read", "record", "understood"]
