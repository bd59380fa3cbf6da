"""Digests of what a run recorded: its event tells them, so that no row of it changes, goes or comes unseen."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Connection, Text, cast, select

from storage.schema import documents, findings, pages, runs

Rows = dict[str, dict[str, str]]  # by kind and place: the digest of each row of a run
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SHOWN = 16  # hex digits of each row's digest in the event: they only name what the digest over all of them proves


class Kept(NamedTuple):
    """The rows that a run leaves of one kind: the first column is their place."""

    columns: Sequence[Column[Any]]


def _kept(table: Any, *names: str) -> Kept:
    return Kept([table.c[name] for name in names])


KEPT: Mapping[str, Kept] = {
    "pages": _kept(pages, "number", "file", "index", "sha256", "width", "height", "dpi", "engine", "detail", "reading"),
    "documents": _kept(documents, "position", "type", "version", "pages", "content"),
    "findings": _kept(findings, "position", "rule", "outcome", "severity", "subject", "message", "cites", "evidence"),
}


def seal_run(connection: Connection, run_id: int) -> dict[str, Any]:
    """What the event of a run tells of its rows, read back as they were written."""
    rows = read_rows(connection, [run_id])[run_id]
    return {"run": run_id, "rows": {kind: sum_up(found) for kind, found in rows.items()}}


def sum_up(found: Mapping[str, str]) -> dict[str, Any]:
    """The digest over rows by their places, and of each as much as names it."""
    text = "\n".join(f"{place}:{one}" for place, one in sorted(found.items()))
    return {"hash": _sha256(text), "each": {place: one[:_SHOWN] for place, one in found.items()}}


def read_rows(connection: Connection, run_ids: Sequence[int]) -> dict[int, Rows]:
    """The digests of the rows of runs; no more than one row is held at a time."""
    found: dict[int, Rows] = {run_id: {kind: {} for kind in ("run", *KEPT)} for run_id in run_ids}
    for row in connection.execute(select(runs).where(runs.c.id.in_(run_ids))):
        found[row.id]["run"] = {"0": digest([row.at.isoformat(), row.ruleset, row.state, row.seconds])}
    for kind, kept in KEPT.items():
        for run_id, place, one in _digest_all(connection, kept, run_ids):
            found[run_id][kind][place] = one
    return found


def digest(values: Sequence[Any]) -> str:
    """The hash of a row: of its columns as one JSON text, those that hold JSON as the text that is stored."""
    return _sha256(_encode(list(values)))


def _digest_all(connection: Connection, kept: Kept, run_ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    # What is stored is hashed as it is: reading JSON and writing it again would take ten times as long.
    plain = [cast(one, Text) if isinstance(one.type, JSON) else one for one in kept.columns]
    own = kept.columns[0].table.c.run_id
    wanted = select(own, *plain).where(own.in_(run_ids)).order_by(own, kept.columns[0])
    for row in connection.execute(wanted, execution_options={"yield_per": 200}):
        yield row[0], str(row[1]), digest(row[1:])


def differ(told: Mapping[str, Any], found: Rows) -> dict[str, list[tuple[str, str]]]:
    """By kind, which places changed, are missing or were added since a run's event told of its rows."""
    kinds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, sealed in told.items():
        kinds[kind] += compare_rows(sealed, found.get(kind, {}))
    return {kind: places for kind, places in kinds.items() if places}


def compare_rows(sealed: Mapping[str, Any], found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The places of rows that are not as they were told, each with what became of it."""
    each, now = sealed["each"], sum_up(found)
    if now["hash"] == sealed["hash"]:
        return
    for place in sorted({*each, *now["each"]}, key=lambda text: (len(text), text)):
        if place not in now["each"]:
            yield place, "缺失"
        elif place not in each:
            yield place, "为后加"
        elif each[place] != now["each"][place]:
            yield place, "被改动"
    if each == now["each"]:
        yield "?", "被改动"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
