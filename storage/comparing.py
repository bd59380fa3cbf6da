"""The records against the log: which row of a case is not what was told of it when it was written."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Table, select, union

from domain.decision import Decision, Ending
from domain.finding import State
from domain.page import Frozen
from storage.accounts import list_case_entries
from storage.book_tables import entries
from storage.decided import read_many_decisions, tell_decision
from storage.decision_tables import decisions
from storage.life_tables import steps
from storage.listings import tell
from storage.recording import hash_verdict
from storage.records import RECEIVED
from storage.refreshing import list_wrong_items
from storage.schema import events as log
from storage.schema import files, packages, runs
from storage.sealing import Rows, differ, read_rows

SEALING = "sealing began"  # runs up to the number that this event tells were recorded before events told of rows
_AT_ONCE = 50  # cases
_NAMES = {"run": "核验记录", "pages": "第 {} 页", "documents": "第 {} 份文书", "findings": "第 {} 条规则结论"}
_STATES = frozenset({RECEIVED, *State, *Ending})

Told = list[tuple[Row[Any], dict[str, Any]]]  # a case's events with what they tell


class Difference(Frozen):
    """A row that is not as the log tells it: of which case, and what is wrong."""

    case: str
    why: str

    def __str__(self) -> str:
        return f"案件 {self.case}：{self.why}"


def compare(connection: Connection, most: int = 100) -> tuple[Difference, ...]:
    """The first differences between the records and the log, by case; as few cases are held at a time as can be."""
    return tuple(islice(_compare_all(connection), most))


def _compare_all(connection: Connection) -> Iterator[Difference]:
    old = _first_sealed(connection)
    for cases in _list_cases(connection):
        yield from _Part(connection, cases, old).compare()


def _first_sealed(connection: Connection) -> int:
    found = connection.scalar(select(log.c.detail).where(log.c.what == SEALING, log.c.case_number.is_(None)))
    return int(json.loads(found)["runs"]) if found else 0


def _list_cases(connection: Connection) -> Iterator[list[str]]:
    """All numbers that a package, a decision, an entry or an event has, some at a time."""
    named = (log.c.case_number, packages.c.case_number, decisions.c.case_number, entries.c.case_number)
    last = ""
    while True:
        parts = [select(one.label("case")).where(one > last).distinct().order_by(one).limit(_AT_ONCE) for one in named]
        every = union(*(select(part.subquery().c.case) for part in parts)).subquery()
        found = list(connection.scalars(select(every.c.case).order_by(every.c.case).limit(_AT_ONCE)))
        if not found:
            return
        yield found
        last = found[-1]


class _Part:
    """Some cases, with what the tables and the log have of them."""

    def __init__(self, connection: Connection, cases: Sequence[str], old: int) -> None:
        self.connection, self.cases, self.old = connection, cases, old
        self.events: defaultdict[str, Told] = defaultdict(list)
        for row in connection.execute(select(log).where(log.c.case_number.in_(cases)).order_by(log.c.id)):
            self.events[row.case_number].append((row, json.loads(row.detail)))
        self.packages = _group(connection, packages, "case_number", cases)
        ids = [row.id for rows in self.packages.values() for row in rows]
        self.files, self.runs = (
            _group(connection, files, "package_id", ids),
            _group(connection, runs, "package_id", ids),
        )
        self.rows = read_rows(connection, [row.id for rows in self.runs.values() for row in rows])
        self.decided = read_many_decisions(connection, cases)
        self.entries = list_case_entries(connection, cases)
        self.steps = _group(connection, steps, "case_number", cases)

    def compare(self) -> Iterator[Difference]:
        for case in self.cases:
            for why in self._judge(case):
                yield Difference(case=case, why=why)

    def _judge(self, case: str) -> Iterator[str]:
        told, found = self.events[case], {row.version: row for row in self.packages[case]}
        received = {detail.get("version", 1) for event, detail in told if event.what == "received"}
        yield from (f"版本 {version} 的记录缺失" for version in sorted(received - set(found)))
        yield from (f"版本 {version} 为后加，日志中没有收件记录" for version in sorted(set(found) - received))
        for version in sorted(received & set(found)):
            own = [pair for pair in told if pair[1].get("version", 1) == version]
            yield from (f"版本 {version} {why}" for why in self._judge_version(found[version], own))
        yield from _judge_decisions(self.decided.get(case, ()), told)
        yield from _judge_steps(self.steps.get(case, ()), told)
        yield from _judge_entries([tell((one,))[0] for one in self.entries.get(case, ())], told)

    def _judge_version(self, package: Row[Any], told: Told) -> Iterator[str]:
        yield from _judge_received(package, self.files[package.id], told)
        yield from _judge_state(package, told)
        wrong = list(_judge_runs({row.id: self.rows[row.id] for row in self.runs[package.id]}, told, self.old))
        yield from wrong
        if not wrong:  # else nobody could say what follows from its findings
            yield from list_wrong_items(self.connection, package)


def _group(connection: Connection, table: Table, name: str, values: Sequence[Any]) -> Mapping[Any, list[Row[Any]]]:
    grouped: defaultdict[Any, list[Row[Any]]] = defaultdict(list)
    column = table.c[name]
    for row in connection.execute(select(table).where(column.in_(values)).order_by(table.c.id)):
        grouped[row._mapping[name]].append(row)
    return grouped


def _judge_received(package: Row[Any], kept: Sequence[Row[Any]], told: Told) -> Iterator[str]:
    detail = next(detail for event, detail in told if event.what == "received")
    now = {"receipt": package.receipt, "package": package.name, "content_hash": package.content_hash}
    now["files"] = [row.sha256 for row in sorted(kept, key=lambda row: row.position) if row.sha256]
    names = {"receipt": "回执号", "package": "材料名称", "content_hash": "内容哈希", "files": "原件清单"}
    yield from (f"{names[key]}被改动" for key in names if detail.get(key, now[key]) != now[key])


def _judge_state(package: Row[Any], told: Told) -> Iterator[str]:
    state = verdict = None
    for event, detail in told:
        state = _state_after(event, detail) or state
        verdict = detail.get("verdict", verdict)
    if state != package.state:
        yield f"的状态应为 {state}，现为 {package.state}"
    if verdict != (package.verdict and hash_verdict(package.verdict)):
        yield "的核验结论被改动"


def _state_after(event: Row[Any], detail: Mapping[str, Any]) -> str | None:
    """The state that an event gives the package; None where it leaves it as it is."""
    if event.what in ("received", "retried"):
        return RECEIVED
    if event.what == "quarantined":
        return State.QUARANTINED
    if event.what == "replaced":
        return str(detail["state"])
    state = detail.get("case_state")
    if event.what == "checked" and state is None and event.actor == "system":  # of the first versions
        state = detail.get("state")
    if event.what == "decided" and state is None and not {"item", "place"} & detail.keys():
        state = detail.get("after")
    return state if event.what in ("checked", "decided") and state in _STATES else None


def _judge_runs(found: Mapping[int, Rows], told: Told, old: int) -> Iterator[str]:
    sealed = {detail["run"]: detail["rows"] for _, detail in told if "rows" in detail}
    for number in sorted({*sealed, *found}):
        if number not in found:
            yield f"第 {number} 次核验的记录缺失"
        elif number in sealed:
            for kind, places in differ(sealed[number], found[number]).items():
                yield from (f"第 {number} 次核验{_NAMES[kind].format(_count(kind, it))}{why}" for it, why in places)
        elif number > old:
            yield f"第 {number} 次核验为后加，日志中没有"


def _count(kind: str, place: str) -> str:
    return place if kind == "pages" or not place.isdecimal() else str(int(place) + 1)


def _judge_decisions(found: Sequence[Decision], told: Told) -> Iterator[str]:
    events = {detail["number"]: (event, detail) for event, detail in told if event.what == "decided"}
    rows = {one.number: one for one in found}
    for number in sorted({*events, *rows}):
        if number not in rows:
            yield f"第 {number} 项人工决定缺失"
        elif number not in events:
            yield f"第 {number} 项人工决定为后加，日志中没有"
        elif not _is_told(rows[number], *events[number]):
            yield f"第 {number} 项人工决定被改动"


def _is_told(decision: Decision, event: Row[Any], detail: Mapping[str, Any]) -> bool:
    plain = {key: value for key, value in detail.items() if key != "case_state"}
    near = abs((event.at - decision.at).total_seconds()) < 60
    return near and decision.actor == event.actor and tell_decision(decision) == plain


def _judge_steps(found: Sequence[Row[Any]], told: Told) -> Iterator[str]:
    """Steps that a migration derived from older records were not told one by one."""
    rows = [_name_step(row) for row in found if not row.detail.get("derived")]
    events = [(event.what, event.actor, detail["subject"], detail["on"]) for event, detail in told if _is_step(event)]
    if rows != events:
        yield f"办理步骤与日志不符（应有 {len(events)} 步，现有 {len(rows)} 步）"


def _name_step(row: Row[Any]) -> tuple[str, str, str, str]:
    return f"{'undone' if row.undoes else 'step'} {row.step}", row.actor, row.subject, str(row.on)


def _is_step(event: Row[Any]) -> bool:
    return bool(event.what.startswith(("step ", "undone ")))


def _judge_entries(found: Sequence[Any], told: Told) -> Iterator[str]:
    listed = [entry for _, detail in told for entry in detail.get("entries", ())]
    if found != listed:
        number = next((n for n, pair in enumerate(zip(found, listed, strict=False)) if pair[0] != pair[1]), None)
        number = min(len(found), len(listed)) if number is None else number
        yield f"第 {number + 1} 笔台账分录与日志不符（应有 {len(listed)} 笔，现有 {len(found)} 笔）"
