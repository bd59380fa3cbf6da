"""Every fault that the generator can plant is named by the rules it breaks, and by no others, if all is read right."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from domain.document import Document, Row, Version
from domain.dossier import Dossier, Kind
from domain.field import Field, Status
from domain.finding import Outcome
from domain.quantity import Metal, Printed, Unit
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.other import Other
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import OtherMetal, SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.outlet_limits import Limit, Subtotal
from extractors.seal_roles import understand_seals
from fixtures.make.faults import FAULTS, Unfit, plant
from fixtures.make.invent.packages import invent_package
from fixtures.make.models import Package, Paper
from fixtures.make.papers import state_paper
from tests.validators.papers import stamped, sure
from validators import check
from validators.registry import rules
from validators.runner import UNKNOWN

TYPES = {
    "business_licence": BusinessLicence,
    "permit_certificate": PermitCertificate,
    "permit_copy": PermitCopy,
    "supply_form": SupplyForm,
    "surplus_statement": SurplusStatement,
}
LABELS = {"receipt": "registration_receipt", "food": "other_licence", "cover": "cover", "blank": "blank"}
OURS = {rule.code for rule in rules()}


def dossier(package: Package) -> Dossier:
    """The package as a reader without fault would understand it, a page for each paper."""
    papers = list(enumerate(package.papers, 1))
    documents = tuple(document(paper, number) for number, paper in papers)
    return Dossier(
        package=package.name,
        kind=Kind.SUPPLY,
        today=package.today,
        documents=documents,
        pages=understand_seals(documents, [stamped(paper, number, package.looks.dpi) for number, paper in papers]),
    )


def document(paper: Paper, number: int) -> Document:
    """One paper as a document whose fields are all certain."""
    if paper.type == "other":
        return Other(pages=(number,), label=LABELS[paper.body.subject])
    kind = TYPES[paper.type]
    told = state_paper(paper)
    fields = {key: value for key, value in told["fields"].items() if key in kind.model_fields}
    read = {key: field(key, value, paper, number) for key, value in fields.items()}
    version = Version(paper.version) if paper.version else None
    tables = dict(copy_tables(told, paper, number)) if kind is PermitCopy else {}
    return kind(version=version, pages=(number,), **read, **tables)


def field(key: str, value: Any, paper: Paper, number: int) -> Any:
    """A bare value of the truth as a field, or as a mapping or list of fields."""
    if key == "other_metals":
        return tuple(OtherMetal(name=sure(row["name"]), offered=quantity(row["offered"], paper)) for row in value)
    if isinstance(value, dict):
        return {Metal(metal): quantity(figure, paper) for metal, figure in value.items()}
    if value is None:
        return sure(None, number, "长期") if key == "valid_to" else Field()
    return sure(date.fromisoformat(value) if key.endswith(("_on", "_from", "_to")) else value, number)


def quantity(value: str | None, paper: Paper) -> Field[Any]:
    """A figure in kg/a at the paper's precision; where the unit is unknown the figure is in doubt for that."""
    step = Decimal(5).scaleb(-paper.body.decimals - 1)
    if value is None:
        mark = Printed(number="1", unit=None, half_step=step)
        return Field[Any](value=Decimal(1), page=1, confidence=0.99, status=Status.UNSURE, printed=mark, why="单位")
    return sure(Decimal(value), printed=Printed(number=value, unit=Unit.KG, half_step=step))


def copy_tables(told: dict[str, Any], paper: Paper, number: int) -> Iterator[tuple[str, Any]]:
    """Limit rows, printed sums of metals, and totals with the tolerance of their rows."""
    yield "limits", tuple(limit(row, number) for row in told["limits"])
    yield "subtotals", tuple(subtotal(row, number) for row in paper.body.totals)
    steps = {
        m: sum((half(r["annual"][0]) for r in told["limits"] if r["metal"] == m), Decimal(0)) for m in told["totals"]
    }
    yield (
        "totals",
        {
            Metal(m): sure(Decimal(v), number, printed=Printed(number=v, unit=Unit.KG, half_step=steps[m]))
            for m, v in told["totals"].items()
        },
    )


def half(tonnes: str | None) -> Decimal:
    return Decimal("0.05") if tonnes else Decimal(0)


def limit(row: dict[str, Any], number: int) -> Limit:
    texts = {key: sure(value, number) for key, value in row.items() if key not in ("metal", "annual")}
    metal = sure(Metal(row["metal"]) if row["metal"] else None, number)
    return Limit(**texts, metal=metal, annual=tuple(annual(year, number) for year in row["annual"]))


def annual(year: str | None, number: int) -> Field[Any]:
    if year is None:
        return sure(None, number, "/")
    mark = Printed(number=year, unit=Unit.TONNE, half_step=half(year))
    return sure(Decimal(year), number, printed=mark)


def subtotal(row: Any, number: int) -> Subtotal:
    return Subtotal(
        medium=sure(row.medium, number),
        scope=sure("all" if row.block == "plant" else row.block, number),
        pollutant=sure(row.pollutant, number),
        metal=sure(Metal(row.metal) if row.metal else None, number),
        annual=tuple(annual(None if year is None else str(year), number) for year in row.annual),
    )


def planted(name: str) -> Package:
    """The first invented package that has a place for the fault."""
    for draft in range(60):
        try:
            return plant(invent_package(f"rules/{draft}", "p"), name)
        except Unfit:
            continue
    raise AssertionError(f"no package fits {name}")


SELLERS = [name for name, fault in FAULTS.items() if "supply" in fault.kinds]


@pytest.mark.parametrize("name", [name for name in SELLERS if OURS & set(FAULTS[name].codes)])
def test_a_planted_fault_is_named_and_nothing_else(name: str) -> None:
    package = planted(name)
    findings = check(dossier(package), package.books or UNKNOWN)
    failed = {f.rule: f.message for f in findings if f.outcome is Outcome.FAILED}
    assert OURS & set(package.declared) <= set(failed) <= set(package.declared) | set(package.either), failed


@pytest.mark.parametrize("number", range(30))
def test_a_clean_package_is_clear(number: int) -> None:
    findings = check(dossier(invent_package(f"clean/{number}", "p", "typical")))
    assert not [(f.rule, f.message) for f in findings if f.holds]


def blur(thing: Any, rng: Random) -> Any:
    """A document, row or table some of whose fields are in doubt or were not found."""
    if isinstance(thing, Field):
        worse = rng.choice((thing.model_copy(update={"status": Status.UNSURE}), Field[Any]()))
        return worse if rng.random() < 0.1 else thing
    if isinstance(thing, Document | Row):
        return thing.model_copy(update={key: blur(getattr(thing, key), rng) for key in type(thing).model_fields})
    if isinstance(thing, dict):
        return {key: blur(item, rng) for key, item in thing.items()}
    return tuple(blur(item, rng) for item in thing) if isinstance(thing, tuple) else thing


@pytest.mark.parametrize("number", range(30))
def test_doubt_alone_never_fails_nor_breaks_a_rule(number: int) -> None:
    clean = dossier(invent_package(f"blurred/{number}", "p", "typical"))
    rng = Random(number)
    findings = check(clean.model_copy(update={"documents": tuple(blur(paper, rng) for paper in clean.documents)}))
    assert not [(f.rule, f.message) for f in findings if f.outcome in (Outcome.FAILED, Outcome.BROKEN)]
    assert Outcome.UNSURE in {f.outcome for f in findings}
