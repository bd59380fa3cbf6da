"""Review items brought up to date: what the newest run objects to, and what people decided of it.

A decision stays whatever the rules say next. Only a waiver rests on facts: where these changed, it waits again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, or_, select, update

from domain.decision import Act, Decision, Ending, fingerprint, in_force, is_approved, last_word
from domain.finding import Finding, Outcome, Severity
from storage import events
from storage.database import clean
from storage.decided import read_decisions
from storage.findings import read_finding
from storage.holding import FREE
from storage.newest import RECONCILED, newest_run
from storage.records import ItemState
from storage.schema import findings, packages, review_items

SYSTEM = "system"
WAITING = frozenset({ItemState.OPEN, ItemState.PENDING})
_GRAVITY = {Severity.BLOCK: 0, Severity.REVIEW: 1}
_ENDED = frozenset(Ending)
_GONE = frozenset({Ending.RETURNED, Ending.REFUSED})

Key = tuple[str, str, int]  # rule, subject, and which of several findings of the rule on that subject


class Held(NamedTuple):
    """A finding of the newest run that holds the case back, by its row's id."""

    id: int
    finding: Finding
    facts: str


class Word(NamedTuple):
    """What people said: the decisions on an item, when the case was opened again, and the time now."""

    own: Sequence[Decision]
    again: datetime | None
    at: datetime


def refresh_items(connection: Connection, package_id: int, at: datetime) -> None:
    """Brings the items of a package up to date with its newest run and all decisions."""
    wanted = _holding(connection, package_id)
    known = _read_items(connection, package_id)
    decided = read_decisions(connection, package_id)
    again = max((one.at for one in in_force(decided) if one.act is Act.REOPEN), default=None)
    package = connection.execute(select(packages).where(packages.c.id == package_id)).one()
    for key in [*wanted, *(key for key in known if key not in wanted)]:  # in the order of the findings
        if key in known:
            own = [one for one in decided if one.item == known[key].id]
            _refresh(connection, package, known[key], wanted.get(key), Word(own, again, at))
        else:
            _open(connection, package, key, wanted[key], at)


def list_wrong_items(connection: Connection, package: Row[Any]) -> Iterator[str]:
    """The items of a package that do not stand where its newest findings and the decisions put them."""
    wanted, known = _holding(connection, package.id), _read_items(connection, package.id)
    decided = read_decisions(connection, package.id) if known else ()
    yield from (f"事项 {key[0]}（{key[1]}）缺失" for key in wanted if key not in known)
    for key, item in known.items():
        own = [one for one in decided if one.item == item.id]
        judged = judge(wanted[key].facts, own) if key in wanted else ItemState.SETTLED
        state = _settled_if_ended(package, item.rule, judged)
        if state != item.state:
            yield f"事项 {item.id}（{key[0]}）的状态应为 {state}，现为 {item.state}"


def is_reconciled(rule: str) -> bool:
    """Whether a rule speaks of all cases together, so that its items wait in cases that have passed as well."""
    return rule.startswith("REC-")


def judge(facts: str, decided: Sequence[Decision]) -> ItemState:
    """Where an item stands whose finding still holds, by the decisions on it."""
    word = last_word(decided)
    if word is None:
        return ItemState.OPEN
    if word.act is Act.CONFIRM:
        return ItemState.CONFIRMED
    if word.facts != facts:
        return ItemState.OPEN
    waits = word.after == ItemState.PENDING and not is_approved(word, decided)
    return ItemState.PENDING if waits else ItemState.WAIVED


def number_per_subject(found: Sequence[Finding]) -> list[Key]:
    """What the items of these findings go by."""
    seen: Counter[tuple[str, str]] = Counter()
    keys = []
    for finding in found:
        pair = (finding.rule, clean(finding.subject))
        keys.append((*pair, seen[pair]))
        seen[pair] += 1
    return keys


def _holding(connection: Connection, package_id: int) -> dict[Key, Held]:
    numbers = (newest_run(package_id), newest_run(package_id, RECONCILED))
    wanted = select(findings).where(or_(*(findings.c.run_id == number for number in numbers)))
    rows = connection.execute(wanted.order_by(findings.c.run_id, findings.c.position)).all()
    found = [read_finding(row) for row in rows]
    keyed = zip(number_per_subject(found), rows, found, strict=True)
    return {key: Held(row.id, finding, fingerprint(finding)) for key, row, finding in keyed if finding.holds}


def _read_items(connection: Connection, package_id: int) -> dict[Key, Row[Any]]:
    own = [review_items.c[name] for name in ("id", "rule", "subject", "ordinal", "state", "edition", "opened_at")]
    told = [findings.c[name] for name in ("outcome", "severity", "message", "cites", "evidence")]
    wanted = select(*own, *told).join(findings, findings.c.id == review_items.c.finding_id)
    rows = connection.execute(wanted.where(review_items.c.package_id == package_id))
    return {(row.rule, row.subject, row.ordinal): row for row in rows}


def _open(connection: Connection, package: Row[Any], key: Key, held: Held, at: datetime) -> None:
    own = {"package_id": package.id, "state": _settled_if_ended(package, key[0], ItemState.OPEN), "opened_at": at}
    names = dict(zip(("rule", "subject", "ordinal"), key, strict=True))
    connection.execute(insert(review_items).values(own | names | _describe(held)))


def _refresh(connection: Connection, package: Row[Any], item: Row[Any], held: Held | None, said: Word) -> None:
    judged = ItemState.SETTLED if held is None else judge(held.facts, said.own)
    state = _settled_if_ended(package, item.rule, judged)
    changed = state != item.state or (held is not None and held.facts != fingerprint(read_finding(item)))
    told = _describe(held) if held else {}
    if changed:
        told |= {"state": state, "edition": item.edition + 1} | _times(item, state, said.again, said.at)
    if told:
        connection.execute(update(review_items).where(review_items.c.id == item.id).values(told))
    word = last_word(said.own)
    if held and word and word.act is Act.WAIVE and word.facts != held.facts and state != item.state:
        _tell_reopened(connection, package, item, word)


def _times(item: Row[Any], state: ItemState, again: datetime | None, at: datetime) -> dict[str, Any]:
    """When it was opened and closed; whoever has it lets go of it once it does not wait for them any more.

    What comes back after a correction or its undoing is the same mismatch, due when it was: only where the case itself
    was opened again since (`again`) do its days begin anew.
    """
    if state not in WAITING:
        return {"closed_at": at, "holder": None, "lease_until": None}
    new = {"opened_at": again} if again and item.state not in WAITING and again > item.opened_at else {}
    return {"closed_at": None} | new | (FREE if state is ItemState.PENDING else {})


def _settled_if_ended(package: Row[Any], rule: str, state: ItemState) -> ItemState:
    """Nothing waits in a case that went back, was refused or is verified, but for what came to light afterwards."""
    ended = _GONE if is_reconciled(rule) else _ENDED
    return ItemState.SETTLED if package.state in ended and state in WAITING else state


def _describe(held: Held) -> dict[str, Any]:
    doubt = held.finding.outcome in (Outcome.UNSURE, Outcome.BROKEN)
    return {"finding_id": held.id, "gravity": _GRAVITY.get(held.finding.severity, 1), "doubt": doubt}


def _tell_reopened(connection: Connection, package: Row[Any], item: Row[Any], word: Decision) -> None:
    told = {"item": item.id, "rule": item.rule, "subject": item.subject, "decision": word.number}
    events.append(connection, package.case_number, SYSTEM, "waiver_reopened", told)
