"""What a deal's paper sells: its items by metal, and their figures."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from domain.field import Doubt
from domain.quantity import Metal, Unit, plain
from extractors.deals import Deal, Item
from validators.figures import Figure, figure
from validators.places import Place, cell, named, shown
from validators.wording import LABELS, METALS, title

YUAN = "元"
UNITS = {"quantity": Unit.KG.value, "unit_price": "元/千克", "years": "年", "amount": YUAN}


def item_cell(deal: Deal, index: int, key: str) -> Place[Any]:
    """A field of one item; its label names the metal."""
    item = deal.items[index]
    words = LABELS[key] + (f"（{_metal_word(item)}）" if key != "metal" else "")
    return cell(deal, f"items[{index}]", item, key, words, UNITS.get(key))


def metals_sold(deal: Deal) -> set[Metal]:
    """The metals of all items; raises Doubt where there are none or one's metal is not certain."""
    return {metal for _, metal in _metals(deal) if metal}


def of_metal(deal: Deal, metal: Metal) -> list[int]:
    """The items of a metal; raises Doubt as `metals_sold` does."""
    return [index for index, sold in _metals(deal) if sold is metal]


def sold(deal: Deal, metal: Metal) -> Figure:
    """How much of a metal the paper sells in all of its items (0 where it has none)."""
    parts = [figure(item_cell(deal, index, "quantity")) for index in of_metal(deal, metal)]
    if len(parts) == 1:
        return parts[0]
    value = sum((part.value for part in parts), Decimal(0))
    slack = sum((part.slack for part in parts), Decimal(0))
    evidence = tuple(item for part in parts for item in part.evidence)
    return Figure(value, slack, f"{title(deal.type)}各项数量（{METALS[metal]}）合计", shown(value, Unit.KG), evidence)


def money(place: Place[Decimal]) -> Figure:
    """An amount in 元: a contract's money is exact, whatever its printed digits."""
    return Figure(place.known, Decimal(0), place.stands, f"{plain(place.known)} {YUAN}", (place.evidence,), YUAN)


def _metals(deal: Deal) -> Iterator[tuple[int, Metal | None]]:
    if not deal.items:
        raise Doubt(why=f"{named(deal)}未读到交易标的")
    for index in range(len(deal.items)):
        metal = item_cell(deal, index, "metal")
        if not metal.field.certain:
            raise Doubt(metal.field, why=metal.doubt)
        yield index, metal.field.value


def _metal_word(item: Item) -> str:
    return METALS[item.metal.value] if item.metal.value else item.metal.raw or "种类不明"
