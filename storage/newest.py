"""The run of a package that counts: the last one that was not too late."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select

from storage.schema import runs

SUPERSEDED = "superseded"  # the state of a run that ended when its case was not any more where it had taken it up


def newest_run(package_id: Any) -> ScalarSelect[int]:
    """The number of a package's newest run that counts, to be asked within a question."""
    counting = select(runs.c.id).where(runs.c.package_id == package_id, counts())
    return counting.order_by(runs.c.id.desc()).limit(1).scalar_subquery()


def counts() -> ColumnElement[bool]:
    """Whether a row of `runs` is more than a record of what came too late."""
    return runs.c.state != SUPERSEDED
