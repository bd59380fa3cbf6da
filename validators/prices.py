"""The money of a deal's paper: items by quantity, price and term, and their total."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from domain.field import Doubt
from domain.quantity import Metal, plain
from extractors.deals import Deal
from validators.compare import Check, every
from validators.figures import Figure, differ, figure
from validators.items import YUAN, item_cell, of_metal
from validators.places import Place, place
from validators.registry import Problem
from validators.wording import METALS, label, title

CENT = Decimal("0.01")


def sum_field(paper: Deal, key: str) -> Place[Decimal]:
    """`total` or `total_in_words` of a deal's paper, in 元."""
    return place(paper, key, label(paper, key), getattr(paper, key), YUAN)


def item_problems(paper: Deal) -> Iterator[Check]:
    """A check for each item that prints its own amount."""
    for index in range(len(paper.items)):
        amount = item_cell(paper, index, "amount")
        if not (amount.missing or amount.blank):
            yield partial(_item_problem, paper, index, amount)


def total_problem(paper: Deal) -> Problem | None:
    """A total other than the sum of all products."""
    products = [_product(paper, index) for index in range(len(paper.items))]
    value, slack = (sum((getattr(it, key) for it in products), Decimal(0)) for key in ("value", "slack"))
    words = "＋".join(it.shown for it in products)
    sums = words if len(products) == 1 else f"{plain(value)} {YUAN}（{words}）"
    evidence = tuple(item for it in products for item in it.evidence)
    return _disagree(sum_field(paper, "total"), Figure(value, slack, "按数量与单价计算", sums, evidence, YUAN))


def agreed_prices(agreement: Deal, contract: Deal, metal: Metal) -> Problem | None:
    """Whether both papers print the same prices and terms of a metal; a paper need not print a term."""
    return every(
        partial(_same_values, agreement, contract, metal, "unit_price"),
        partial(_same_values, agreement, contract, metal, "years"),
    )


def _same_values(agreement: Deal, contract: Deal, metal: Metal, key: str) -> Problem | None:
    sides = [[item_cell(paper, i, key) for i in of_metal(paper, metal)] for paper in (agreement, contract)]
    if key == "years" and not all(it.field.certain and it.field.value is not None for side in sides for it in side):
        return None  # a term on one paper alone shows in that paper's arithmetic
    left, right = (sorted(it.known for it in side) for side in sides)
    if left == right:
        return None
    words = [f"{title(paper.type)}“{label(paper, key)}（{METALS[metal]}）”为{'、'.join(it.shown for it in side)}"
             for paper, side in zip((agreement, contract), sides, strict=True)]  # fmt: skip
    return Problem(f"{words[0]}，{words[1]}，二者不一致", tuple(it.evidence for side in sides for it in side))


def _item_problem(paper: Deal, index: int, amount: Place[Decimal]) -> Problem | None:
    return _disagree(amount, _product(paper, index))


def _product(paper: Deal, index: int) -> Figure:
    """Quantity × price (× years); `slack` is what the digits of the quantity leave open, in 元."""
    quantity, price = figure(item_cell(paper, index, "quantity")), item_cell(paper, index, "unit_price")
    years = item_cell(paper, index, "years")
    term = Decimal(1) if years.blank or years.missing else Decimal(years.known)
    value = quantity.value * price.known * term
    times = f"×{plain(term)}" if term != 1 else ""
    words = f"{plain(value)} {YUAN}（{plain(quantity.value)}×{plain(price.known)}{times}）"
    evidence = (*quantity.evidence, price.evidence, years.evidence)
    stands = f"按“{label(paper, 'quantity')}×{label(paper, 'unit_price')}”计算"
    return Figure(value, quantity.slack * price.known * term, stands, words, evidence, YUAN)


def _disagree(printed: Place[Decimal], product: Figure) -> Problem | None:
    """A problem from one 分 on; raises Doubt where a quantity rounded on paper explains the difference."""
    stated = Figure(printed.known, _rounding(printed), printed.stands, printed.shown, (printed.evidence,), YUAN)
    exact = Figure(product.value, Decimal(0), product.stands, product.shown, product.evidence, YUAN)
    problem = differ(stated, exact)
    if problem and abs(stated.value - exact.value) <= _ten_thousands(printed):
        raise Doubt(printed.field, why=f"{problem.message}，金额以万元为单位印出，可能经过舍入")
    if problem and differ(stated, product) is None:
        raise Doubt(printed.field, why=f"{problem.message}，差额在数量的印出精度之内")
    if problem and (unread := _unread_term(printed)):
        raise Doubt(unread.field, why=f"{problem.message}，且{unread.doubt}")
    return problem


def _unread_term(printed: Place[Decimal]) -> Place[Decimal] | None:
    """A term that was not found may be the factor that is lacking; a paper that prints none says so for certain."""
    paper = printed.document
    assert isinstance(paper, Deal)
    terms = (item_cell(paper, index, "years") for index in range(len(paper.items)))
    return next((it for it in terms if it.missing), None)


def _rounding(printed: Place[Decimal]) -> Decimal:
    """What rounding to money may leave: half a 分, or half a 元 where an amount is printed in whole 元."""
    decimals = re.search(r"\d[.．]\d", printed.field.raw)
    return CENT / 2 if decimals or "万" in printed.field.raw else Decimal(1) / 2


def _ten_thousands(printed: Place[Decimal]) -> Decimal:
    """Half of the last digit of an amount printed in 万元, 0 for any other."""
    number = re.search(r"\d(?:[.．](\d+))?万", re.sub(r"\s", "", printed.field.raw))
    return Decimal(5000).scaleb(-len(number[1] or "")) if number else Decimal(0)
