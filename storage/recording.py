"""A run of the rules with its verdict, as one thing to record."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, update

from domain.dossier import Dossier
from domain.finding import Finding, State
from domain.page import Frozen
from storage import events
from storage.cases import find_package
from storage.drawing import draw_once
from storage.runs import insert_run
from storage.schema import packages
from storage.sealing import seal_run


class Run(Frozen):
    """What a run read and found; `verdict` is kept as given, `seconds` is how long it took, `stages` of which each."""

    dossier: Dossier
    findings: tuple[Finding, ...]
    state: State
    seconds: float
    ruleset: str
    verdict: str
    stages: Mapping[str, float] = {}


def record_run(
    connection: Connection, case: str, run: Run, actor: str, state: str | None = None, ending: str | None = None
) -> Row[Any]:
    """Writes a run of a case's newest version; gives its package as it was before.

    `state` is the package's from now on, the run's where not given; `ending` is the one that the same transaction
    brings about once its items were looked at. Raises UnknownCase.
    """
    dossier, now = run.dossier, datetime.now(UTC)
    summary = {"kind": dossier.kind, "page_count": len(dossier.pages), "seconds": run.seconds, "verdict": run.verdict}
    package = change_package(
        connection, case, summary | {"state": state or run.state, "reason_code": None, "reason": None}
    )
    row = {"package_id": package.id, "at": now, "ruleset": run.ruleset, "state": run.state, "seconds": run.seconds}
    run_id = insert_run(connection, row, dossier, run.findings)
    holding = sum(finding.holds for finding in run.findings)
    told = {"version": package.version, "ruleset": run.ruleset, "findings": len(run.findings), "holding": holding}
    told |= {"stages": dict(run.stages)} if run.stages else {}
    sealed = {"state": run.state, "verdict": hash_verdict(run.verdict), "case_state": ending or state or run.state}
    sealed |= seal_run(connection, run_id)
    events.append(connection, case, actor, "checked", told | sealed)
    if (state or run.state) == State.CLEAR:
        draw_once(connection, case)
    return package


def change_package(connection: Connection, case: str, changes: Mapping[str, Any]) -> Row[Any]:
    """Changes the newest version of a case, which is another edition then; gives it as it was. Raises UnknownCase."""
    package = find_package(connection, case)
    new = dict(changes) | {"edition": package.edition + 1}
    connection.execute(update(packages).where(packages.c.id == package.id).values(new))
    return package


def hash_verdict(verdict: str) -> str:
    """What the log keeps of a verdict: the SHA-256 (hex) of its text."""
    return hashlib.sha256(verdict.encode()).hexdigest()
