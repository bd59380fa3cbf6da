"""Every fault of a buyer's package is named by the rules it breaks, and by no others, if all is read right."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.field import Field, Status
from domain.finding import Outcome
from domain.quantity import Metal, Printed, Unit
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaRow, EiaTable
from extractors.documents.other import Other
from extractors.seal_roles import understand_seals
from fixtures.make.faults import FAULTS, Unfit, plant
from fixtures.make.invent.buyers import invent_buyer
from fixtures.make.models import Package, Paper
from fixtures.make.papers import eia_table as tables
from fixtures.make.papers import state_paper
from tests.validators.papers import stamped, sure
from validators import check
from validators.registry import rules

TYPES: dict[str, type[Document]] = {
    "business_licence": BusinessLicence,
    "demand_form": DemandForm,
    "eia_table": EiaTable,
}
OURS = {rule.code for rule in rules()}
BUYERS = [name for name, fault in FAULTS.items() if fault.kinds == ("demand",)]


def dossier(package: Package) -> Dossier:
    """The package as a reader without fault would understand it, a page for each paper."""
    papers = list(enumerate(package.papers, 1))
    documents = tuple(document(paper, number) for number, paper in papers)
    return Dossier(
        package=package.name,
        kind=Kind.DEMAND,
        today=package.today,
        documents=documents,
        pages=understand_seals(documents, [stamped(paper, number) for number, paper in papers]),
    )


def document(paper: Paper, number: int) -> Document:
    if paper.type == "other":
        return Other(pages=(number,), label="cover")
    told = state_paper(paper)
    read = {key: field(key, value, paper, number) for key, value in told["fields"].items()}
    extra = emissions(paper.body, told, number) if paper.type == "eia_table" else {}
    return TYPES[paper.type](pages=(number,), **read, **extra)


def field(key: str, value: Any, paper: Paper, number: int) -> Any:
    """A bare value of the truth as a field, or as fields per metal."""
    if isinstance(value, dict):
        return {Metal(metal): quantity(figure, paper.body.decimals) for metal, figure in value.items()}
    if value is None:
        return sure(None, number, "长期") if key == "valid_to" else Field()
    if key == "ratio":
        return sure(Decimal(value), number)
    return sure(date.fromisoformat(value) if key.endswith(("_on", "_from", "_to")) else value, number)


def quantity(value: str | None, decimals: int) -> Field[Any]:
    """A figure in kg/a; where the unit is unknown the figure is in doubt for that."""
    step = Decimal(5).scaleb(-decimals - 1)
    if value is None:
        mark = Printed(number="1", unit=None, half_step=step)
        return Field[Any](value=Decimal(1), page=1, confidence=0.99, status=Status.UNSURE, printed=mark, why="单位")
    return sure(Decimal(value), printed=Printed(number=value, unit=Unit.KG, half_step=step))


def emissions(body: tables.EiaTable, told: dict[str, Any], number: int) -> dict[str, Any]:
    """Rows and net new emission, each figure at the precision its cell prints."""
    heavy = [row for row in body.rows if row.heavy]
    return {
        "rows": tuple(eia_row(body, row, said, number) for row, said in zip(heavy, told["rows"], strict=True)),
        "net_new": {Metal(m): sure(Decimal(v), number) for m, v in told["net_new"].items()},
    }


def eia_row(body: tables.EiaTable, row: tables.EiaRow, said: dict[str, Any], number: int) -> EiaRow:
    cells = {key: cell(body, row, key, said[key], number) for key in tables.COLUMNS[body.form]}
    metal = sure(Metal(said["metal"]) if said["metal"] else None, number)
    return EiaRow(medium=sure(said["medium"], number), pollutant=sure(said["pollutant"], number), metal=metal, **cells)


def cell(body: tables.EiaTable, row: tables.EiaRow, key: str, value: str | None, number: int) -> Field[Any]:
    if value is None:
        return sure(None, number, row.blank)
    shown = tables.show(body, row, key)
    digits = len(shown.partition(".")[2])
    step = Decimal(5).scaleb(tables.KILOGRAMS[row.unit] - digits - 1)
    return sure(Decimal(value), number, printed=Printed(number=shown, unit=Unit.KG, half_step=step))


def planted(name: str) -> list[Package]:
    """The first few invented packages that have a place for the fault."""
    found = []
    for draft in range(80):
        try:
            found.append(plant(invent_buyer(f"rules/{draft}", "b"), name))
        except Unfit:
            continue
    assert found, f"no package fits {name}"
    return found[:4]


@pytest.mark.parametrize("name", BUYERS)
def test_a_planted_fault_is_named_and_nothing_else(name: str) -> None:
    for package in planted(name):
        findings = check(dossier(package))
        failed = {f.rule: f.message for f in findings if f.outcome is Outcome.FAILED}
        declared = set(package.declared)
        assert OURS & declared <= set(failed) <= declared | set(package.either), (package.seed, failed)
        unsure = {f.rule for f in findings if f.outcome is Outcome.UNSURE}
        undecided = {*package.unsure, "DEM-006"} if package.unsure else set()  # DEM-006 only where ⑤ is filled
        assert unsure <= undecided | (OURS if "DOC-001" in declared else set()), unsure


@pytest.mark.parametrize("number", range(60))
def test_a_clean_buyer_is_clear(number: int) -> None:
    findings = check(dossier(invent_buyer(f"clean/{number}", "b")))
    assert not [(f.rule, f.outcome, f.message) for f in findings if f.holds]
