"""The committed sample packages, from what was recorded on their pages: the faults planted in them, and nothing else.

`make fixtures` records the readings anew; `make demo` reads the pages themselves.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.eval import packages
from cli.examine import judge
from extractors.recorded import beside, load
from reports.accuracy import PackageScore, score

SCANS = Path(__file__).parents[2] / "fixtures" / "scans"
SAMPLES = (
    [(package, truth) for package, truth in packages(SCANS) if beside(package).is_file()] if SCANS.is_dir() else []
)


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample[0].name)
def sample(request: pytest.FixtureRequest) -> tuple[dict[str, Any], PackageScore]:
    package, truth_file = request.param
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    readings = load(beside(package))
    assert readings is not None
    return truth, score(truth, judge(readings, date.fromisoformat(truth["today"])).model_dump(mode="json"))


def test_every_planted_fault_is_found_and_nothing_else(sample: tuple[dict[str, Any], PackageScore]) -> None:
    _, result = sample
    assert (result.missed, result.false_alarms) == ((), ())


def test_no_critical_field_is_wrong_without_anyone_noticing(sample: tuple[dict[str, Any], PackageScore]) -> None:
    _, result = sample
    assert [error for error in result.errors if error.silent] == []


def test_its_kind_is_told_from_its_documents(sample: tuple[dict[str, Any], PackageScore]) -> None:
    _, result = sample
    assert result.kind_right


def test_a_fault_holds_the_package_back(sample: tuple[dict[str, Any], PackageScore]) -> None:
    truth, result = sample
    assert truth["state"] == "clear" or result.state == "review"
