"""A paper before it has a format: paragraphs and tables of typed cells, so that all formats say the same."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.page import Frozen
from domain.printing import printable
from domain.quantity import Metal
from validators.wording import METALS

Cell = str | Decimal | int | date | None


class Sort(StrEnum):
    """What a column holds: `key`s are codes and hashes, quantities kg/a, money 元."""

    TEXT = "text"
    KEY = "key"
    QUANTITY = "quantity"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"


class Column(NamedTuple):
    """`key` is what CSV and JSON readers go by; `width` its share of a line, 0: on no printed page."""

    key: str
    title: str
    sort: Sort = Sort.TEXT
    width: int = 10


class Chart(Frozen):
    """Bars per group, a colour a series; `shares` shows how each group's whole is made up, whatever its size.

    `unit` stands at the axis.
    """

    title: str
    unit: str
    groups: tuple[str, ...]
    series: tuple[tuple[str, tuple[Decimal, ...]], ...]
    shares: bool = False


class Table(Frozen):
    """`name` is the sheet's; the `heading` stands above it on printed pages, `headed` tells whether columns do."""

    name: str
    heading: str = ""
    headed: bool = True
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    charts: tuple[Chart, ...] = ()


class Sheet(Frozen):
    """A whole paper. `head` stands below the title, `below` after the tables; `file` names it, without ending."""

    file: str
    title: str
    head: tuple[str, ...] = ()
    to: str = ""
    opening: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    empty: str = ""
    below: tuple[str, ...] = ()
    signed: str
    on: date
    turned: bool = False


def show(cell: Cell, sort: Sort = Sort.TEXT) -> str:
    """A cell as it is printed; what is unknown is a dash."""
    if cell is None:
        return "—"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}" if sort is Sort.MONEY else _thousands(cell)
    return f"{cell:,}" if isinstance(cell, int) else printable(cell)


def metal_name(metal: Metal) -> str:
    """铅（Pb）."""
    return f"{METALS[metal]}（{metal.value}）"


def _thousands(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
