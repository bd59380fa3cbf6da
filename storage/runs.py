"""What one run of the rules leaves in the ledger: pages, documents, findings, and the review items they open."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from domain.copies import seen
from domain.document import present
from domain.dossier import Dossier, RefusedFile
from domain.finding import Finding
from domain.page import ReadPage
from storage.database import clean
from storage.prints import keep_prints
from storage.recorded import keep_readings
from storage.refreshing import refresh_items
from storage.schema import documents, files, findings, pages, runs
from storage.terms import keep_terms

_OWN_COLUMNS = ("number", "file", "index", "sha256", "width", "height", "dpi")


def insert_run(connection: Connection, run: Mapping[str, Any], dossier: Dossier, found: Sequence[Finding]) -> int:
    """Writes a run with all that it found and brings the package's review items up to date; gives its number."""
    run_id = keep_run(connection, run, dossier, found)
    keep_prints(connection, run["package_id"], seen(dossier))
    keep_terms(connection, run["package_id"], [present(document) for document in dossier.documents])
    _mark_refused(connection, run["package_id"], dossier.refused)
    refresh_items(connection, run["package_id"], run["at"])
    return run_id


def keep_run(connection: Connection, run: Mapping[str, Any], dossier: Dossier, found: Sequence[Finding]) -> int:
    """Writes a run with all that it found, and nothing that follows from it; gives its number."""
    run_id: int = connection.execute(insert(runs).values(**run).returning(runs.c.id)).scalar_one()
    keys = keep_readings(connection, dossier.pages, run["at"])
    _insert(connection, pages, run_id, [_flatten_page(page) | {"reading": keys[page.number]} for page in dossier.pages])
    papers = [present(document) for document in dossier.documents]
    _insert(connection, documents, run_id, [_flatten_document(*pair) for pair in enumerate(papers)])
    _insert(connection, findings, run_id, [flatten_finding(*pair) for pair in enumerate(found)])
    return run_id


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


def flatten_finding(position: int, finding: Finding) -> dict[str, Any]:
    """A finding as its row."""
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
