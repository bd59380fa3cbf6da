"""When a case waited for a resubmission: from its return or quarantine until somebody took that back."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from domain.decision import Act
from storage.schema import events as log

_CLOCKS = timedelta(minutes=1)  # by which the store's clock may differ from the database's
_TOLD = ("quarantined", "retried", "decided")


class Wait(NamedTuple):
    """From when until when a version of a case waited."""

    since: datetime
    until: datetime


def was_waiting(connection: Connection, package: Row[Any], handed_in: Sequence[datetime]) -> bool:
    """Whether a version of a case waited for another one, though it does not any more, at any of these times."""
    if not handed_in:
        return False
    first, last = min(handed_in) - _CLOCKS, max(handed_in) + _CLOCKS
    return any(wait.since <= last and first <= wait.until for wait in _waits(connection, package))


def _waits(connection: Connection, package: Row[Any]) -> Iterator[Wait]:
    wanted = select(log).where(log.c.case_number == package.case_number, log.c.what.in_(_TOLD)).order_by(log.c.id)
    since = None
    for event in connection.execute(wanted):
        detail = json.loads(event.detail)
        if detail.get("version") != package.version:
            continue
        if event.what == "quarantined" or detail.get("act") == Act.RETURN:
            since = since or event.at
        elif since and (event.what == "retried" or detail.get("act") == Act.UNDO):
            yield Wait(since, event.at)
            since = None
