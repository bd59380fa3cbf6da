"""What a dossier asks the ledger: the books of all whom it mentions, and once it is clear what to post."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from itertools import product
from typing import Any, TypeVar

from domain.accounts import Overdrawn
from domain.books import Payment
from domain.copies import seen
from domain.document import values
from domain.dossier import Dossier, Kind
from domain.errors import HeyanError
from domain.field import Doubt, Field, PerMetal, QuantityField, Status, TextField
from domain.finding import Finding, Outcome, Severity
from domain.life import IllegalStep, Step
from domain.likeness import agree, join
from domain.postings import Listing, Party, Posting, Sale, Sold
from domain.quantity import Metal
from extractors.deals import Deal, Item
from extractors.deals import Party as DealParty
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.documents.transfer_agreement import TransferAgreement
from reports.bases import demand_basis, supply_basis
from storage.books import Mentioned
from storage.deals import DealUnclear
from storage.payments import SerialUsed
from validators.compare import fold_code

P = TypeVar("P", Listing, Sale)
# Whose task it is that papers agree: what cannot be posted, since they do not, is doubt there.
COMPARED: dict[Kind | None, str] = {Kind.SUPPLY: "QTY-006", Kind.DEMAND: "DEM-002", Kind.TRANSFER: "DEA-001"}
SIGNS = {"payment": 1, "refund": -1}
NOTHING = Decimal(0)


class Unpostable(HeyanError):
    """A certain value that the ledger needs is lacking, or papers of one type tell different ones."""


Refusal = Overdrawn | SerialUsed | DealUnclear | IllegalStep | Unpostable


def mentioned(dossier: Dossier) -> Mentioned:
    """The companies and payments that the package names, doubtful readings too, its sale where certain, its pages."""
    found = [pair for document in dossier.documents for pair in values(document)]
    return Mentioned(
        codes=frozenset(map(fold_code, _texts(found, "uscc"))),
        serials=frozenset(map(fold_code, _texts(found, "serial"))),
        contracts=frozenset(fold_code(it.number.value) for it in dossier.of(Contract) if it.number.value),
        sale=_certain_sale(dossier),
        pages=seen(dossier),
    )


def posting(dossier: Dossier, case: str) -> Posting:
    """What a clear case posts; certain values only. Raises Unpostable, and then nothing may be posted.

    A clear case has these values by definition: if not, a rule let through what it should have held.
    """
    try:
        if dossier.kind is Kind.TRANSFER:
            return _contracted(dossier, case)
        return _one([_demand(it, dossier) for it in dossier.of(DemandForm)] or _supplies(dossier))
    except Doubt as doubt:
        raise Unpostable("UNPOSTABLE", f"案件 {case} 记账所需的字段缺失或不确定，未记账：{doubt}") from doubt


def objected(dossier: Dossier, findings: Sequence[Finding], trouble: Refusal) -> tuple[Finding, ...]:
    """The findings after fresh books; where no rule among them holds the case, the ledger's refusal does."""
    if any(finding.holds for finding in findings):
        return tuple(findings)
    code, subject = _refused(dossier, trouble)
    outcome = Outcome.UNSURE if isinstance(trouble, DealUnclear | Unpostable) else Outcome.FAILED
    told = {"outcome": outcome, "severity": Severity.BLOCK, "message": trouble.message}
    passed = [it for it in findings if (it.rule, it.subject) == (code, subject)]
    own = passed[0] if passed else Finding(rule=code, subject=subject, **told)
    return (*(it for it in findings if it not in passed), own.model_copy(update=told))


def _refused(dossier: Dossier, trouble: Refusal) -> tuple[str, str]:
    if isinstance(trouble, Unpostable):
        return COMPARED.get(dossier.kind, "DEA-001"), ""
    if isinstance(trouble, SerialUsed):
        return "PAY-004", ""
    if isinstance(trouble, DealUnclear):
        return "DEA-004", ""
    if isinstance(trouble, IllegalStep):
        return "DEA-007" if {Step.REGISTERED, Step.PUBLISHED} & set(trouble.missing) else "TIM-001", ""
    return "QTY-005" if dossier.kind is Kind.SUPPLY else "DEA-004", trouble.metal.value


def agreed(documents: Iterable[Mapping[str, Any]]) -> Sale | None:
    """What the agreement among recorded documents (`domain.document.present`) sells, None where there is none.

    Raises Unpostable where it is in doubt.
    """
    papers = [_recorded(it) for it in documents if it["type"] == "transfer_agreement"]
    try:
        return _sale(papers, ()) if papers else None
    except Doubt as doubt:
        raise Unpostable("UNPOSTABLE", f"协议转让书有字段缺失或不确定，不能据以预留排放量：{doubt}") from doubt


def _certain_sale(dossier: Dossier) -> Sale | None:
    try:
        return _sale(dossier.of(TransferAgreement), dossier.of(Contract))
    except (Doubt, Unpostable):
        return None


def _supplies(dossier: Dossier) -> list[Listing]:
    return [_supply(form, dossier.of(SurplusStatement), dossier) for form in dossier.of(SupplyForm)]


def _supply(form: SupplyForm, statements: Sequence[SurplusStatement], dossier: Dossier) -> Listing:
    offered = _figures(form.offered)
    stated: dict[Metal, QuantityField] = {}
    for fields in (*(statement.surplus for statement in statements), form.surplus):
        stated |= fields
    surplus = {metal: field for metal, field in stated.items() if field.certain or metal in offered}
    return Listing(
        kind=Kind.SUPPLY,
        uscc=fold_code(form.uscc.known),
        name=form.name.known,
        on=dossier.today,
        project=_first(form.project, *(statement.project for statement in statements)),
        figures=offered,
        surplus=_figures(dict.fromkeys(offered, QuantityField()) | surplus),
        basis=supply_basis(form, dossier),
    )


def _demand(form: DemandForm, dossier: Dossier) -> Listing:
    return Listing(
        kind=Kind.DEMAND,
        uscc=fold_code(form.uscc.known),
        name=form.name.known,
        on=dossier.today,
        project=_first(form.project),
        figures=_figures(form.demand),
        basis=demand_basis(dossier),
    )


def _contracted(dossier: Dossier, case: str) -> Sale:
    sale = _sale(dossier.of(TransferAgreement), dossier.of(Contract))
    if sale.signed_on is None:
        raise Unpostable("UNPOSTABLE", f"案件 {case} 没有交易合同，未记账")
    return sale.model_copy(update={"payments": tuple(_payments(dossier, case, sale))})


def _sale(agreements: Sequence[TransferAgreement], contracts: Sequence[Contract]) -> Sale:
    told: Sequence[Contract | None] = contracts or (None,)
    return _one([_agreed(*papers) for papers in product(agreements, told)])


def _recorded(told: Mapping[str, Any]) -> TransferAgreement:
    flat = {key: value for key, value in told.items() if key != "fields"}
    return TransferAgreement.model_validate(flat | told["fields"])


def _agreed(agreement: TransferAgreement, contract: Contract | None) -> Sale:
    told: Deal = contract or agreement
    return Sale(
        transferor=_party(agreement, told, "transferor", "supply_project"),
        transferee=_party(agreement, told, "transferee", "demand_project"),
        items=tuple(sorted(map(_sold, told.items), key=lambda item: list(Metal).index(item.metal))),
        agreed_on=agreement.signed_on.known,
        agreement=_first(agreement.number),
        contract=_first(contract.number) if contract else None,
        noticed_on=contract.notice_from.value if contract and contract.notice_from.certain else None,
        signed_on=contract.signed_on.known if contract else None,
        total=told.total.known,
    )


def _party(agreement: Deal, told: Deal, side: str, project: str) -> Party:
    """One side: what the contract leaves out, the agreement tells."""
    parties: tuple[DealParty, ...] = (getattr(told, side), getattr(agreement, side))
    return Party(
        uscc=fold_code(_printed(*(party.uscc for party in parties))),
        name=_printed(*(party.name for party in parties)),
        project=_first(getattr(told, project), getattr(agreement, project)),
    )


def _printed(*fields: TextField) -> str:
    """The first field that is there at all; raises Doubt where it is in doubt."""
    return next((field for field in fields if field.status is not Status.MISSING), fields[0]).known


def _sold(item: Item) -> Sold:
    years = item.years.value if item.years.certain else None
    return Sold(metal=item.metal.known, quantity=item.quantity.known, unit_price=item.unit_price.known, years=years)


def _payments(dossier: Dossier, case: str, sale: Sale) -> Iterator[Payment]:
    """Each payment and refund once: a reprint is the same."""
    seen = set()
    for slip in dossier.of(PaymentSlip):
        kind = slip.kind.known
        if kind not in SIGNS or (told := (kind, fold_code(slip.serial.known))) in seen:
            continue
        seen.add(told)
        yield Payment(
            case=case,
            serial=told[1],
            amount=SIGNS[kind] * abs(slip.amount.known),
            paid_on=slip.paid_on.known,
            contract=sale.contract and fold_code(sale.contract),
            bank=_first(slip.bank),
            transferor=sale.transferor.uscc,
            transferee=sale.transferee.uscc,
        )


def _figures(fields: PerMetal) -> dict[Metal, Decimal]:
    """The figures above zero; a paper that certainly leaves a metal empty states none of it. Raises Doubt."""
    empty = [metal for metal, field in fields.items() if field.certain and field.value is None]
    found = {metal: NOTHING if metal in empty else field.known for metal, field in fields.items()}
    return {metal: quantity for metal, quantity in found.items() if quantity > 0}


def _one(told: Sequence[P]) -> P:
    """What papers of one type tell alike, be it in other letters; a copy of a form in the package says nothing new."""
    if not told:
        raise Unpostable("UNPOSTABLE", "没有记账所需的文书，未记账")
    return reduce(_joined, told)


def _joined(one: P, other: P) -> P:
    if not agree(one, other):
        raise Unpostable("UNPOSTABLE", "多份文书所载内容不一致，未记账")
    joined: P = join(one, other)
    return joined


def _first(*fields: TextField) -> str | None:
    """The first certain text."""
    return next((field.value for field in fields if field.certain and field.value), None)


def _texts(found: Sequence[tuple[str, Field[Any]]], name: str) -> Iterator[str]:
    for path, field in found:
        if path.rpartition(".")[2] == name and field.value:
            yield field.value
