"""Every fault of a deal is named by the rules it breaks, and by no others, if all is read right."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest

from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.field import Field
from domain.finding import Outcome
from domain.page import Box, ReadPage, Word
from domain.quantity import Metal, Printed, Unit, half_step
from extractors.deals import Item, Party
from extractors.documents.contract import Contract
from extractors.documents.other import Other
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from extractors.seal_roles import understand_seals
from fixtures.make.faults import FAULTS, Unfit, plant
from fixtures.make.invent.trios import SHAPES, Names, invent_trio
from fixtures.make.invent.variants import vary_deal
from fixtures.make.models import Package, Paper
from fixtures.make.papers import deal_nouns as deals
from fixtures.make.papers import deal_text, state_documents
from tests.validators.papers import stamped, sure
from tests.validators.test_faults import blur
from validators import check
from validators.registry import rules
from validators.runner import UNKNOWN

TYPES: dict[str, type[Document]] = {
    "transfer_agreement": TransferAgreement,
    "contract": Contract,
    "payment_slip": PaymentSlip,
}
OURS = {rule.code for rule in rules()}
DEALS = [name for name, fault in FAULTS.items() if "transfer" in fault.kinds]
BLIND = {"sealed_by_stranger"}  # whose name a seal bears is not for the rules on readings of the contract


def dossier(package: Package) -> Dossier:
    """The package as a reader without fault would understand it, a page for each paper."""
    papers = list(enumerate(package.papers, 1))
    documents = tuple(document for number, paper in papers for document in read(paper, number))
    return Dossier(
        package=package.name,
        kind=Kind.TRANSFER,
        today=package.today,
        documents=documents,
        pages=understand_seals(documents, [show(paper, number) for number, paper in papers]),
    )


def show(paper: Paper, number: int) -> ReadPage:
    """A page with the words of a part sale where the paper has them."""
    shown = stamped(paper, number)
    part = {"buyer": "本次转让为部分转让", "seller": "剩余的富余排放量，可由其依规再次出让"}.get(
        getattr(paper.body, "part", ""), ""
    )
    word = Word(text=part, box=Box(0, 0, 1, 1), confidence=0.9)
    return shown.model_copy(update={"reading": shown.reading.model_copy(update={"words": (word,)})})


def read(paper: Paper, number: int) -> Iterator[Document]:
    if paper.type == "other":
        yield Other(pages=(number,), label="cover")
        return
    for told in state_documents(paper):
        fields = {key: field(key, value, number) for key, value in told["fields"].items()}
        extra = sold(paper, told, number) if paper.type != "payment_slip" else {}
        yield TYPES[paper.type](pages=(number,), **fields | extra)


def field(key: str, value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return Party(**{k: sure(v, number) for k, v in value.items()})
    if value is None:
        return Field()
    if key in ("total", "total_in_words", "amount", "amount_in_words"):
        return sure(Decimal(value), number, f"{Decimal(value):.2f}")
    return sure(date.fromisoformat(value) if key.endswith(("_on", "_from", "_to")) else value, number)


def sold(paper: Paper, told: dict[str, Any], number: int) -> dict[str, Any]:
    """Items as printed, and the seals by the names on them; the day of signing stands on the last page."""
    items = zip(paper.body.items, told["items"], strict=True)
    owners = {paper.body.transferor.name: "transferor", paper.body.transferee.name: "transferee"}
    seals = [owners[stamp.text] for stamp in paper.stamps if stamp.text in owners and paper.tone == "colour"]
    lost = {"signed_on": Field()} if -1 in paper.lost else {}
    return {
        "items": tuple(item(body, said, paper.body.look, number) for body, said in items),
        "seals": tuple(sure(side, number) for side in seals),
        **lost,
    }


def item(body: deals.Item, said: dict[str, Any], look: deals.Look, number: int) -> Item:
    unit = Unit.TONNE if look.unit.startswith("吨") else Unit.KG
    shown = deal_text.show_quantity(body, look)
    mark = Printed(number=shown, unit=unit, half_step=half_step(shown, unit))
    years = sure(None, number, "") if said["years"] is None else sure(Decimal(said["years"]), number)
    amount = sure(Decimal(said["amount"]), number, f"{Decimal(said['amount']):.2f}") if "amount" in said else Field()
    return Item(
        metal=sure(Metal(said["metal"]), number),
        quantity=sure(Decimal(said["quantity"]), number, shown, printed=mark),
        unit_price=sure(Decimal(said["unit_price"]), number),
        years=years,
        amount=amount,
    )


@cache
def clean_deals() -> tuple[Package, ...]:
    """The deals of some trios of every shape, plain and with what deals may carry besides."""
    trios = [invent_trio(f"rules/{n}/{shape}", shape, Names(n)) for n in range(10) for shape in SHAPES]
    found = [deal for trio in trios for deal in trio.deals]
    return (*found, *(vary_deal(deal) for deal in found))


def planted(name: str) -> list[Package]:
    """The first few invented deals that have a place for the fault."""
    found = []
    for deal in clean_deals():
        try:
            found.append(plant(deal, name))
        except Unfit:
            continue
    assert found, f"no deal fits {name}"
    return found[:6]


@pytest.mark.parametrize("name", [name for name in DEALS if name not in BLIND])
def test_a_planted_fault_is_named_and_nothing_else(name: str) -> None:
    for package in planted(name):
        findings = check(dossier(package), package.books or UNKNOWN)
        failed = {f.rule: f.message for f in findings if f.outcome is Outcome.FAILED}
        declared, either = OURS & set(package.declared), set(package.either)
        assert declared <= set(failed) <= set(package.declared) | either, (package.seed, failed)
        unsure = {f.rule for f in findings if f.outcome is Outcome.UNSURE}
        assert set(package.unsure) <= unsure | set(failed), (package.seed, unsure)


def test_a_clean_deal_is_clear() -> None:
    for package in clean_deals():
        findings = check(dossier(package), package.books or UNKNOWN)
        held = [(f.rule, f.outcome, f.message) for f in findings if f.holds]
        assert not held, (package.seed, held)


def test_doubt_alone_never_fails_nor_breaks_a_rule() -> None:
    for number, package in enumerate(clean_deals()):
        clean, rng = dossier(package), Random(number)
        blurred = clean.model_copy(update={"documents": tuple(blur(paper, rng) for paper in clean.documents)})
        findings = check(blurred, package.books or UNKNOWN)
        assert not [(f.rule, f.message) for f in findings if f.holds and f.outcome is not Outcome.UNSURE]


def test_without_the_books_a_clean_deal_is_doubt_and_never_a_failure() -> None:
    for package in clean_deals():
        findings = check(dossier(package))
        assert not [(f.rule, f.message) for f in findings if f.holds and f.outcome is not Outcome.UNSURE]
        assert Outcome.UNSURE in {f.outcome for f in findings}
