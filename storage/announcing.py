"""Results of deals announced by the province (guide 4(6)), each under its number, with what the text has to tell."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from domain.dossier import Kind
from domain.life import IllegalStep, Step
from domain.page import Frozen
from domain.postings import Sale
from domain.quantity import Amount, Metal, plain
from storage import events
from storage.book_tables import sales
from storage.deal_steps import find_listings, told_deal
from storage.life_tables import announcements
from storage.numbers import take_number
from storage.publishing import update_listings
from storage.steps import step, steps_of, take


class Announced(Frozen):
    """What was announced: per metal kg/a and, where one price holds, 元/千克; `completed_on` is when it was paid."""

    deal: str
    number: str
    on: date
    sale: Sale
    quantities: dict[Metal, Amount]
    prices: dict[Metal, Amount]
    completed_on: date
    filed_on: date


def announce(connection: Connection, case: str, on: date, actor: str) -> str:
    """Announces the result of the deal that a case told of, and updates supply and demand; gives its number.

    Raises IllegalStep.
    """
    deal = told_deal(connection, case)
    if deal is None:
        raise IllegalStep("NO_AGREEMENT", f"案件 {case} 没有登记的成交，无可公告")
    taken = {it.step: it.on for it in steps_of(connection, [deal])}
    filed_on = taken.get(Step.FILED)
    if filed_on is not None and on < filed_on:
        raise IllegalStep("TOO_EARLY", f"案件 {case} 的公告日期 {on} 早于报备日期 {filed_on}")
    number = f"GG-{on.year}-{take_number(connection, f'announcement-{on.year}'):04d}"
    take(connection, step(Step.ANNOUNCED, deal, on, case), actor, detail={"number": number})
    sale = _contracted(connection, deal)
    row = {"deal": deal, "number": number, "on": on, "at": datetime.now(UTC), "actor": actor}
    told = {"figures": figures_of(sale), "content": content_of(sale, taken)}
    connection.execute(insert(announcements).values(row | told))
    events.append(connection, case, actor, "announced", {"deal": deal, "number": number, "on": str(on)} | told)
    update_listings(connection, _listings(connection, sale), on, actor, number)
    return number


def read_announced(connection: Connection) -> tuple[Announced, ...]:
    """All announcements that stand, oldest first."""
    wanted = select(announcements).where(announcements.c.taken_back_at.is_(None)).order_by(announcements.c.id)
    return tuple(_present(row) for row in connection.execute(wanted))


def _listings(connection: Connection, sale: Sale) -> list[str]:
    sides = ((sale.transferor, Kind.SUPPLY), (sale.transferee, Kind.DEMAND))
    return [
        case
        for party, kind in sides
        for item in sale.items
        for case in find_listings(connection, party, kind, item.metal)
    ]


def _contracted(connection: Connection, deal: str) -> Sale:
    own = (sales.c.deal == deal, sales.c.stage == "contracted", sales.c.taken_back_at.is_(None))
    return Sale.model_validate(
        connection.scalar(select(sales.c.content).where(*own).order_by(sales.c.id.desc()).limit(1))
    )


def figures_of(sale: Sale) -> dict[str, dict[str, str | None]]:
    """kg/a and 元/千克 per metal, as an announcement has them."""
    found: dict[str, dict[str, str | None]] = {}
    for metal in dict.fromkeys(item.metal for item in sale.items):
        items = [item for item in sale.items if item.metal is metal]
        prices = {item.unit_price for item in items}
        price = next(iter(prices)) if len(prices) == 1 else None
        quantity = sum((item.quantity for item in items), Decimal(0))
        found[metal.value] = {"quantity": plain(quantity), "unit_price": None if price is None else plain(price)}
    return found


def content_of(sale: Sale, taken: Mapping[Step, date]) -> dict[str, Any]:
    """What guide 4(6) names: both parties and their projects, metals, quantities, prices, the day of completion."""
    paid = [it.paid_on for it in sale.payments if it.paid_on is not None]
    completed = max([sale.signed_on or sale.agreed_on, *paid])
    days = {"completed_on": str(completed), "filed_on": str(taken[Step.FILED])}
    return {"sale": sale.model_dump(mode="json", exclude={"payments"})} | days


def _present(row: Row[Any]) -> Announced:
    prices = {metal: told["unit_price"] for metal, told in row.figures.items() if told["unit_price"] is not None}
    return Announced(
        deal=row.deal,
        number=row.number,
        on=row.on,
        sale=Sale.model_validate(row.content["sale"]),
        quantities={Metal(metal): Decimal(told["quantity"]) for metal, told in row.figures.items()},
        prices={Metal(metal): Decimal(price) for metal, price in prices.items()},
        completed_on=row.content["completed_on"],
        filed_on=row.content["filed_on"],
    )
