"""What one run of the rules leaves in the ledger: pages, documents, findings, and the review items they open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from domain.copies import seen
from domain.document import present
from domain.dossier import Dossier, RefusedFile
from domain.finding import Evidence, Finding, Outcome, Severity
from domain.page import ReadPage
from storage.database import clean
from storage.prints import keep_prints
from storage.records import ItemState
from storage.schema import documents, files, findings, pages, review_items, runs
from storage.terms import keep_terms

_OWN_COLUMNS = ("number", "file", "index", "sha256", "width", "height", "dpi")
_GRAVITY = {Severity.BLOCK: 0, Severity.REVIEW: 1}


def insert_run(connection: Connection, run: Mapping[str, Any], dossier: Dossier, found: Sequence[Finding]) -> None:
    """Writes a run with all that it found and brings the package's review items up to date."""
    run_id = connection.execute(insert(runs).values(**run).returning(runs.c.id)).scalar_one()
    _insert(connection, pages, run_id, [_flatten_page(page) for page in dossier.pages])
    papers = [present(document) for document in dossier.documents]
    _insert(connection, documents, run_id, [_flatten_document(*pair) for pair in enumerate(papers)])
    _insert(connection, findings, run_id, [_flatten_finding(*pair) for pair in enumerate(found)])
    keep_prints(connection, run["package_id"], seen(dossier))
    keep_terms(connection, run["package_id"], papers)
    _mark_refused(connection, run["package_id"], dossier.refused)
    _refresh_items(connection, run["package_id"], run_id, run["at"], found)


def read_finding(row: Row[Any]) -> Finding:
    """The finding of a row of the findings table."""
    return Finding(
        rule=row.rule,
        outcome=Outcome(row.outcome),
        severity=Severity(row.severity),
        message=row.message,
        subject=row.subject,
        cites=row.cites,
        evidence=tuple(Evidence.model_validate(one) for one in row.evidence),
    )


def _insert(connection: Connection, table: Table, run_id: int, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), [row | {"run_id": run_id} for row in rows])


def _flatten_page(page: ReadPage) -> dict[str, Any]:
    flat = page.page.model_dump(mode="json")
    own = {key: flat.pop(key) for key in _OWN_COLUMNS}
    return own | {"file": clean(own["file"]), "engine": page.reading.engine, "detail": flat}


def _flatten_document(position: int, paper: dict[str, Any]) -> dict[str, Any]:
    own = {key: paper[key] for key in ("type", "version", "pages")}
    return own | {"position": position, "content": paper}


def _flatten_finding(position: int, finding: Finding) -> dict[str, Any]:
    flat = finding.model_dump(mode="json")
    texts = {key: clean(flat[key]) for key in ("subject", "message", "cites")}
    return flat | texts | {"position": position}


def _mark_refused(connection: Connection, package_id: int, refused: Sequence[RefusedFile]) -> None:
    ours = files.c.package_id == package_id
    connection.execute(update(files).where(ours).values(refused_code=None, refused=None))
    connection.execute(delete(files).where(ours, files.c.sha256.is_(None)))
    last = connection.scalar(select(func.max(files.c.position)).where(ours)) or 0
    for number, file in enumerate(refused, start=last + 1):
        marks = {"refused_code": file.code, "refused": clean(file.message)}
        name = clean(file.name)
        known = connection.execute(update(files).where(ours, files.c.name == name).values(marks))
        if not known.rowcount:  # it came out of an archive
            row = {"package_id": package_id, "position": number, "name": name}
            connection.execute(insert(files).values(row | marks))


def _refresh_items(
    connection: Connection, package_id: int, run_id: int, at: datetime, found: Sequence[Finding]
) -> None:
    keys = _number_per_subject(found)
    kept = select(findings.c.id).where(findings.c.run_id == run_id).order_by(findings.c.position)
    finding_ids = connection.scalars(kept).all()
    wanted = {
        key: _describe_item(finding, finding_id)
        for key, finding, finding_id in zip(keys, found, finding_ids, strict=True)
        if finding.holds
    }
    known = _read_items(connection, package_id)
    for key in [*wanted, *(key for key in known if key not in wanted)]:  # in the order of the findings
        _refresh_item(connection, (package_id, *key), at, wanted.get(key), known.get(key))


def _number_per_subject(found: Sequence[Finding]) -> list[tuple[str, str, int]]:
    seen: Counter[tuple[str, str]] = Counter()
    keys = []
    for finding in found:
        pair = (finding.rule, clean(finding.subject))
        keys.append((*pair, seen[pair]))
        seen[pair] += 1
    return keys


def _describe_item(finding: Finding, finding_id: int) -> dict[str, Any]:
    doubt = finding.outcome in (Outcome.UNSURE, Outcome.BROKEN)
    return {"finding_id": finding_id, "gravity": _GRAVITY.get(finding.severity, 1), "doubt": doubt}


def _read_items(connection: Connection, package_id: int) -> dict[tuple[str, str, int], Row[Any]]:
    rows = connection.execute(select(review_items).where(review_items.c.package_id == package_id))
    return {(row.rule, row.subject, row.ordinal): row for row in rows}


def _refresh_item(
    connection: Connection,
    key: tuple[int, str, str, int],
    at: datetime,
    wanted: dict[str, Any] | None,
    known: Row[Any] | None,
) -> None:
    opened = {"state": ItemState.OPEN, "opened_at": at, "closed_at": None}
    if known is None:
        names = ("package_id", "rule", "subject", "ordinal")
        connection.execute(insert(review_items).values(dict(zip(names, key, strict=True)) | opened | (wanted or {})))
    elif wanted is not None:
        # A person's decision stays; only what the rules themselves had settled is opened again.
        again = opened if known.state == ItemState.SETTLED else {}
        _change_item(connection, known, wanted | again)
    elif known.state == ItemState.OPEN:
        _change_item(connection, known, {"state": ItemState.SETTLED, "closed_at": at})


def _change_item(connection: Connection, item: Row[Any], changes: dict[str, Any]) -> None:
    changed = update(review_items).where(review_items.c.id == item.id)
    connection.execute(changed.values(changes | {"edition": item.edition + 1}))
