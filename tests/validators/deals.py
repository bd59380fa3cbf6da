"""A buyer's package and a deal by hand, the rest of the case of domain.md section 10, and the books behind them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Balance, Books, InventoryRow, Notice, Submission
from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.field import Field
from domain.page import PageReading, Word
from domain.quantity import Metal, Printed, Unit, half_step
from extractors.deals import Item, Party
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaRow, EiaTable
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from tests.validators.papers import BOX, CODE, NAME, Case, kilograms, page, printed, seal_of, sure

BUYER_CODE = "91520500MA6JDEM04B"
BUYER = "铜仁（贵州）冶炼有限公司"
SUPPLY_PROJECT, PROJECT = "熔炼烟气深度治理工程", "年产5万吨电铅扩建项目"
AGREED, OPENED, SIGNED, PAID, TODAY = (
    date(2024, 8, 1),
    date(2024, 8, 5),
    date(2024, 9, 10),
    date(2024, 9, 12),
    date(2024, 9, 20),
)
DASH = sure(None, 3, "—")


def cells(row: str, unit: Unit = Unit.TONNE) -> list[Field[Any]]:
    """The cells of a table's row as printed, `—` for none."""
    return [DASH if cell == "—" else _cell(cell, unit) for cell in row.split()]


def _cell(number: str, unit: Unit) -> Field[Any]:
    mark = Printed(number=number, unit=unit, half_step=half_step(number, unit))
    return sure(Decimal(number) * unit.kilograms, 3, number, printed=mark)


REPORT = ("existing_actual", "existing_permitted", "this_project", "replaced", "regional_offset", "total_after",
          "change")  # fmt: skip
SHEET = ("existing_actual", "existing_permitted", "under_construction", "this_project", "replaced", "total_after",
         "change")  # fmt: skip


def eia_row(name: str, row: str, metal: Metal | None = Metal.PB, columns: tuple[str, ...] = REPORT,
            unit: Unit = Unit.TONNE) -> EiaRow:  # fmt: skip
    """A row of an EIA table from its printed cells."""
    medium = "water" if name.startswith("总") else "air"
    figures = dict(zip(columns, cells(row, unit), strict=True))
    return EiaRow(medium=sure(medium, 3), pollutant=sure(name, 3), metal=sure(metal, 3, name), **figures)


ROWS = (eia_row("铅及其化合物", "0.0860 — 0.0300 — 0.0300 0.1160 0.0000"),
        eia_row("总铅", "0.0120 — 0.0075 — 0.0075 0.0195 0.0000"))  # fmt: skip
EIA = EiaTable(
    pages=(3,),
    form=sure("report", 3),
    project=sure(PROJECT, 3),
    builder=sure("铜仁(贵州)冶炼有限公司", 3),
    unit=sure("吨/年", 3),
    rows=ROWS,
    net_new={Metal.PB: printed("0.0375", Unit.TONNE, 3, rows=4)},
)
DEMAND = DemandForm(
    pages=(1,),
    name=sure(BUYER),
    uscc=sure(BUYER_CODE),
    project=sure(f"“{PROJECT}”"),
    construction=sure("扩建"),
    industry=sure("铅锌冶炼"),
    county=sure("铜仁市万山区"),
    ratio=sure(Decimal("1.2"), raw="1.2:1"),
    filled_on=sure(date(2024, 5, 1)),
    new_emission=kilograms("37.5"),
    demand=kilograms("45.0"),
)
BUYERS_LICENCE = BusinessLicence(
    pages=(2,),
    uscc=sure(BUYER_CODE, 2),
    name=sure(BUYER, 2),
    established_on=sure(date(2018, 3, 1), 2),
    valid_from=sure(date(2018, 3, 1), 2),
    valid_to=sure(None, 2, "长期"),
)


def item(quantity: str = "45.0", price: str = "12000", amount: str | None = "540000", years: str | None = None,
         metal: Metal = Metal.PB, **more: Any) -> Item:  # fmt: skip
    """A metal that changes hands, as printed."""
    found = {
        "metal": sure(metal),
        "quantity": printed(quantity),
        "unit_price": sure(Decimal(price)),
        "years": sure(None if years is None else Decimal(years), raw="—" if years is None else years),
        "amount": Field() if amount is None else sure(Decimal(amount)),
    }
    return Item(**(found | more))


SELLER_SIDE = Party(name=sure(NAME), uscc=sure(CODE), account_name=sure(NAME), account=sure("6222 0001"))
BUYER_SIDE = Party(name=sure(BUYER), uscc=sure(BUYER_CODE))
SHARED: dict[str, Any] = {
    "transferor": SELLER_SIDE,
    "transferee": BUYER_SIDE,
    "supply_project": sure(SUPPLY_PROJECT),
    "demand_project": sure(PROJECT),
    "items": (item(),),
    "total": sure(Decimal(540000)),
    "total_in_words": sure(Decimal(540000), raw="伍拾肆万元整"),
    "seals": (sure("transferor"), sure("transferee")),
}
AGREEMENT = TransferAgreement(pages=(1,), number=sure("XY-1"), signed_on=sure(AGREED), **SHARED)
CONTRACT = Contract(pages=(2,), number=sure("HT-1"), signed_on=sure(SIGNED, 2), **SHARED)
SLIP = PaymentSlip(
    pages=(3,),
    payer_name=sure(BUYER, 3),
    payee_name=sure(NAME, 3),
    payee_account=sure("62220001", 3),
    amount=sure(Decimal(540000), 3),
    amount_in_words=sure(Decimal(540000), 3),
    paid_on=sure(PAID, 3),
    serial=sure("2024091200017", 3),
    reprint=sure(False, 3),
    kind=sure("payment", 3),
)
LISTED = (
    Submission(case="S-1", kind=Kind.SUPPLY, uscc=CODE, name=NAME, verified_on=date(2024, 7, 1),
               project=SUPPLY_PROJECT, figures={Metal.PB: Decimal("45.0")}),
    Submission(case="D-1", kind=Kind.DEMAND, uscc=BUYER_CODE, name=BUYER, verified_on=date(2024, 7, 2),
               project=PROJECT, figures={Metal.PB: Decimal("45.0")}),
)  # fmt: skip
SELLERS = Balance(uscc=CODE, metal=Metal.PB, verified=Decimal("46.4"), free=Decimal("45.0"))
BUYERS = Balance(uscc=BUYER_CODE, metal=Metal.PB, needed=Decimal("45.0"), open=Decimal("45.0"))
BOOKS = Books(
    complete=True,
    submissions=LISTED,
    balances=(SELLERS, BUYERS),
    notices=(Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=OPENED, number="XY-1"),),
)


def _case(kind: Kind, documents: tuple[Document, ...]) -> Case:
    seals = (seal_of(BUYER),) if kind is Kind.DEMAND else (seal_of(), seal_of(BUYER))
    pages = tuple(page(number, seals) for number in range(1, 4))
    return Case(Dossier(package="deal", kind=kind, today=TODAY, documents=documents, pages=pages), BOOKS)


BUYER_CASE = _case(Kind.DEMAND, (DEMAND, BUYERS_LICENCE, EIA))
DEAL = _case(Kind.TRANSFER, (AGREEMENT, CONTRACT, SLIP))


def both(case: Case, **changes: Any) -> Case:
    """The deal with agreement and contract changed alike."""
    return case.change(TransferAgreement, None, **changes).change(Contract, None, **changes)


def knowing(case: Case, **changes: Any) -> Case:
    """The case judged against changed books."""
    return replace(case, books=case.books.model_copy(update=changes))


def on_the_spot(case: Case) -> Case:
    """The case judged without a ledger."""
    return replace(case, books=Books())


def saying(case: Case, number: int, text: str) -> Case:
    """The case with words on a page."""
    word = Word(text=text, box=BOX, confidence=0.99)
    reading = PageReading(sha256="0" * 64, engine="none", words=(word,))
    pages = (p if p.number != number else p.model_copy(update={"reading": reading}) for p in case.dossier.pages)
    return case.with_(pages=tuple(pages))


def inventory(quantity: str, metal: Metal = Metal.PB, year: int = 2023) -> InventoryRow:
    amount = Decimal(quantity)
    return InventoryRow(uscc=CODE, name=NAME, metal=metal, year=year, quantity=amount, place="清单.xlsx 第3行")
