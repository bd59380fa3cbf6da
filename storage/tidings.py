"""Which events of the log others are told of, and what: a case's new state, a reconciliation's numbers; no names."""

import json
from datetime import UTC
from typing import Any

from sqlalchemy import Row

from domain.decision import Act, Ending
from domain.finding import State
from storage.records import RECEIVED

SYSTEM = "system"
_STATES = frozenset({RECEIVED, *State, *Ending})
_OF_CASES = frozenset({Act.RETURN, Act.REFUSE, Act.VERIFY, Act.REOPEN, Act.UNDO})


def tell(event: Row[Any]) -> dict[str, Any] | None:
    """The message of an event of the log; None where it changes no case's state and ends no reconciliation."""
    if event.case_number is None:
        return _tell_reconciled(event) if event.what == "reconciled" else None
    detail = json.loads(event.detail)
    state = _state_after(event, detail)
    if state not in _STATES:
        return None
    told = {"type": "case.state", "event": event.id, "at": _moment(event)}
    return told | {"case": event.case_number, "version": _version(detail), "state": state}


def _tell_reconciled(event: Row[Any]) -> dict[str, Any]:
    """A line of a reconciliation's summary, and its numbers."""
    detail = json.loads(event.detail)
    own = {key: detail[key] for key in ("run", "day", "line", "new", "gone", "open") if key in detail}
    return {"type": "reconciliation", "event": event.id, "at": _moment(event)} | own


def _moment(event: Row[Any]) -> str:
    return str(event.at.astimezone(UTC).isoformat(timespec="seconds"))


def _state_after(event: Row[Any], detail: dict[str, Any]) -> str | None:
    if event.what in ("received", "retried"):
        return RECEIVED
    if event.what == "quarantined":
        return State.QUARANTINED
    if event.what == "checked" and event.actor == SYSTEM:  # what runs under a decision leaves the case where it is
        return str(detail.get("state"))
    if event.what == "decided" and detail.get("act") in _OF_CASES and not {"item", "place"} & detail.keys():
        return detail.get("after")
    return None


def _version(detail: dict[str, Any]) -> int:
    return int(detail.get("version") or 1)
