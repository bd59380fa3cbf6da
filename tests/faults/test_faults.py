"""All faults that the intake must survive, done for real (`make faults`); the table is printed at the end of the run."""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.breaking import SECRETS
from bench.faults import FAULTS, show, suffer_all


@pytest.mark.skipif("FAULTS" not in os.environ, reason="minutes of both cores: make faults")
@pytest.mark.timeout(2400)
def test_whatever_fails_nothing_is_lost_or_doubled(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same as `python -m bench.faults`, with few kills and short outages."""
    told = list(suffer_all(tmp_path, kills=2, away=3.0))
    table = Console(file=StringIO(), width=150)
    show(told, table)
    record_property("table", table.file.getvalue())  # type: ignore[attr-defined]
    said = "".join(log.read_text(errors="replace") for log in tmp_path.glob("worker-*.log"))
    assert "heyan.watcher" in said  # whatever failed was told, and no key in it
    assert [name for name, secret in SECRETS.items() if secret in said] == []
    assert "X-Amz-Signature" not in said
    assert len(told) == len(FAULTS)
    assert [one for one in told if not one.survived and one.harm is not None] == []
    # What cannot be done on every machine says why it was not.
    assert {one.name for one in told if one.harm is None} <= {one.name for one in told if one.note}
    assert any(one.survived and "kill -9" in one.name for one in told)
