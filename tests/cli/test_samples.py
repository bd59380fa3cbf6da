"""The committed sample packages, from what was recorded on their pages: no planted fault passes, no clean paper is accused.

`make readings` records the readings anew; `make demo` reads the pages themselves.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from cli.examine import judge
from cli.samples import packages, world
from extractors.recorded import beside, load
from reports.accuracy import Accuracy, PackageScore, tally
from validators.registry import rules

SCANS = Path(__file__).parents[2] / "fixtures" / "scans"
SAMPLES = [(package, truth) for package, truth in packages(SCANS) if beside(package).is_file()]


@pytest.fixture(scope="module")
def accuracy() -> Accuracy:
    return tally(_pair(package, truth) for package, truth in SAMPLES)


def _pair(package: Path, truth_file: Path) -> tuple[dict, dict]:
    truth, readings = json.loads(truth_file.read_text(encoding="utf-8")), load(beside(package))
    assert readings is not None
    return truth, judge(readings, date.fromisoformat(truth["today"]), lambda _: world(truth)).model_dump(mode="json")


@pytest.fixture(params=[package.name for package, _ in SAMPLES])
def sample(request: pytest.FixtureRequest, accuracy: Accuracy) -> PackageScore:
    return next(one for one in accuracy.packages if one.package == request.param)


def test_a_planted_fault_is_found_or_at_least_doubted(sample: PackageScore) -> None:
    checked = set(sample.missed) & {rule.code for rule in rules()}
    assert checked <= set(sample.unsure)


def test_nothing_is_held_against_a_paper_that_is_right(sample: PackageScore) -> None:
    assert sample.false_alarms == ()


def test_its_kind_is_told_from_its_documents(sample: PackageScore) -> None:
    assert sample.kind_right


def test_together_they_are_as_accurate_as_the_project_promises(accuracy: Accuracy) -> None:
    figures = accuracy.headline
    assert len(SAMPLES) >= 16
    assert figures["critical_value_right"] >= 0.99
    assert figures["silent_error_share"] <= 0.002


def test_some_pass_without_a_person_and_some_faults_are_named(accuracy: Accuracy) -> None:
    assert accuracy.headline["straight_through"] > 0
    assert {"QTY-001", "QTY-003", "DEM-003", "DEA-003", "TIM-001"} <= {rule.rule for rule in accuracy.rules if rule.hit}
