"""The run of a package that counts: the last that read it and was not too late."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select

from storage.schema import runs

SUPERSEDED = "superseded"  # the state of a run that ended when its case was not any more where it had taken it up
RECONCILED = "reconciled"  # the state of a run that read nothing: its findings are what reconciliation found


def newest_run(package_id: Any, state: str | None = None) -> ScalarSelect[int]:
    """The number of a package's newest run that counts, or that has this state, to be asked within a question."""
    wanted = counts() if state is None else runs.c.state == state
    counting = select(runs.c.id).where(runs.c.package_id == package_id, wanted)
    return counting.order_by(runs.c.id.desc()).limit(1).scalar_subquery()


def counts() -> ColumnElement[bool]:
    """Whether a row of `runs` read the package, and is more than a record of what came too late."""
    return runs.c.state.not_in((SUPERSEDED, RECONCILED))
