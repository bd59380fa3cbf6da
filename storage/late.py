"""What a machine's run brings too late: kept, told by the log, and without effect on a case that went on."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row

from domain.decision import Ending
from storage import events
from storage.cases import find_package
from storage.newest import SUPERSEDED
from storage.recording import Run
from storage.records import Claimed
from storage.runs import keep_run
from storage.sealing import seal_run

_ENDED = frozenset(Ending)


def is_late(connection: Connection, case: str, since: Claimed | None) -> bool:
    """Whether a case is not any more where a run took it up: another version, another run, a person's decision.

    Without `since` only what people ended stays theirs. Raises UnknownCase.
    """
    newest = find_package(connection, case)
    if since is None:
        return newest.state in _ENDED
    return (newest.version, newest.edition) != (since.version, since.edition)


def record_late(connection: Connection, case: str, run: Run, since: Claimed | None, actor: str) -> None:
    """Keeps what a run read and found with the version that it took up; nothing follows from it."""
    package = find_package(connection, case, since.version if since else None)
    row = {"package_id": package.id, "at": datetime.now(UTC), "ruleset": run.ruleset, "seconds": run.seconds}
    run_id = keep_run(connection, row | {"state": SUPERSEDED}, run.dossier, run.findings)
    holding = sum(finding.holds for finding in run.findings)
    told = {"ruleset": run.ruleset, "findings": len(run.findings), "holding": holding, "found": run.state}
    told |= seal_run(connection, run_id)
    tell_late(connection, package, actor, told)


def tell_late(connection: Connection, package: Row[Any], actor: str, told: dict[str, Any]) -> None:
    """The event of something that came too late; `state` is the one that stays."""
    own = {"version": package.version, "state": package.state}
    events.append(connection, package.case_number, actor, SUPERSEDED, own | told)
