"""What changes hands in a deal: metals, quantities, prices and terms, from tables or from the text of a clause."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.field import Field, Status
from domain.page import ReadPage
from domain.quantity import Amount, Metal, Unit
from extractors.amounts import money
from extractors.deal_terms import read_term, years_in
from extractors.deals import Item
from extractors.fields import blank_field, missing, parsed_field, quantity_field
from extractors.layout import Span, text_in
from extractors.pollutants import metal_field
from extractors.records import Record, records
from extractors.scroll import Paragraph, Place
from extractors.text import DAMAGED_MASS, FACTOR, UnitRead, fold, is_empty, unit_in
from reference.metals import IN_LIST

HEADERS = {
    "serial": r"^序号$|^编号$",
    "amount": r"金额|总价|小计|合价|价款",
    "price": r"单价|价格|^\D*元/(?:千克|公斤|吨|kg|t)",  # also by its unit, where its name is damaged
    "years": r"年限|期限",
    "quantity": r"数量|(?:转让|出让|受让|交易|成交|排放)量|^\D{0,6}量\D{0,2}\((?:千克|公斤|吨|kg|t)",
    "metal": r"种类|污染物|重金属|标的|名称|元素",
    "unit": r"^(?:计量)?单位$",
}
_SUM = re.compile(r"合计|总计|小计|大写|小写|总价|总额|人民币|备注|说明|^注")
_MASS = r"(?:千克|公斤|吨|克|kg|t(?![a-z])|g(?![a-z]))"
_PERIOD = r"(?:月|日|天|季|小?时|h|d)"  # per which no quantity of a deal is told: its figure is none a year
_NOT_SO = rf"(?![/每.]?{_PERIOD})"
_BARE_UNITS = (
    (re.compile(rf"(?<![万百千亿])(?:千克|公斤|kg){_NOT_SO}", re.IGNORECASE), Unit.KG),
    (re.compile(rf"(?<![万百千亿])(?:吨|(?<![a-z])t(?![a-z])){_NOT_SO}", re.IGNORECASE), Unit.TONNE),
    (
        re.compile(
            rf"(?<![千干于十手壬仟午平牛子工毫微万百亿])(?:克|(?<![kmμulhqI|])g(?![a-z])){_NOT_SO}", re.IGNORECASE
        ),
        Unit.GRAM,
    ),
)
_DAMAGED_UNITS = (
    (re.compile(rf"(?:[屯盹砘钝顿肫纯]){_NOT_SO}"), Unit.TONNE),
    (re.compile(rf"(?:{DAMAGED_MASS}){_NOT_SO}", re.IGNORECASE), Unit.KG),
)
_OFTENER = re.compile(rf"(?:每|/){_PERIOD}|[月日季]均")


def mass_unit(text: str) -> UnitRead | None:
    """The unit of a quantity in a deal, where 每年 is often left out (domain 7.1); a price's unit is none."""
    if "元" in text or _OFTENER.search(fold(text)):
        return None
    yearly = unit_in(text)
    if yearly and yearly.certain:
        return yearly
    folded = fold(text)
    found = ((pattern.search(folded), unit) for pattern, unit in _BARE_UNITS)
    bare = next((UnitRead(unit, not FACTOR.search(folded[: at.start()])) for at, unit in found if at), yearly)
    return bare or next((UnitRead(unit, False) for pattern, unit in _DAMAGED_UNITS if pattern.search(folded)), None)


def _head_unit(texts: Sequence[str]) -> UnitRead | None:
    """The unit out of several headings; none where one of them has another than those known (万千克, 千克/月)."""
    told = [(text, mass_unit(text)) for text in texts if "元" not in text]
    if any(unit is None and re.search(_MASS, fold(text), re.IGNORECASE) for text, unit in told):
        return None
    return next((unit for _, unit in told if unit), None)


# ---- prices ----------------------------------------------------------------------------------------------------

_PER = rf"(?P<yuan>万?元)(?:/年)?(?:[/每·*.]|每)?(?:年[·*.])?(?P<mass>{_MASS})"
_PRICE_UNIT = re.compile(rf"{_PER}|每(?P<mass_first>{_MASS})[^\d]{{0,4}}(?P<yuan_last>万?元)?", re.IGNORECASE)
_BESIDE_PRICE = re.compile(
    rf"^(?:每{_MASS}(?:[.·/每]?年)?|人民币|[:为是])+|(?<=元).*$|(?<=\d)[/每]{_MASS}$", re.IGNORECASE
)
_KILOGRAMS = {
    key: Decimal(n) for n, keys in (("1", "千克 公斤 kg"), ("1000", "吨 t"), ("0.001", "克 g")) for key in keys.split()
}


_IN_TEN_THOUSANDS = {10000 / kilograms for kilograms in _KILOGRAMS.values()}  # factors of headings in 万元


def price_factor(text: str) -> Decimal | None:
    """What turns a printed price into 元/千克: 元/吨 → 0.001, 万元/吨 → 10; None where no unit of price is told."""
    match = _PRICE_UNIT.search(fold(text))
    if not match:
        return None
    mass = (match["mass"] or match["mass_first"]).lower()
    yuan = 10000 if (match["yuan"] or match["yuan_last"] or "").startswith("万") else 1
    return Decimal(yuan) / _KILOGRAMS[mass]


def price_field(span: Span | None, page: int, header: Decimal | None) -> Field[Amount]:
    """A price in 元/千克; its own unit wins over the header's, and without any it is in doubt."""
    if span is None:
        return missing("未找到单价")

    def parse(text: str) -> tuple[Decimal, str | None] | None:
        own = price_factor(text)
        read = money(_BESIDE_PRICE.sub("", fold(text)).replace("万元", "元"))
        factor = own or header
        if read is None:
            return None
        if factor is None:
            return read.value, read.doubt or "未找到单价的计量单位"
        if own is None and "万" in text and factor not in _IN_TEN_THOUSANDS:
            return read.value * factor * 10000, read.doubt or "单价以万元书写，与表头单位不一致"
        return read.value * factor, read.doubt

    return parsed_field(Field[Amount], span, page, parse, "单价无法识读")


def money_field(span: Span | None, page: int, scale: int = 1) -> Field[Amount]:
    """An amount in 元; `scale` is 10000 under a header in 万元, unless the figure names 元 itself."""

    def parse(text: str) -> tuple[Decimal, str | None] | None:
        read = money(text)
        return (read.value * (1 if re.search("[元圆]", text) else scale), read.doubt) if read else None

    return parsed_field(Field[Amount], span, page, parse, "金额无法识读")


# ---- tables ----------------------------------------------------------------------------------------------------


class Heads(NamedTuple):
    """What the headings of the items' table say of units."""

    mass: UnitRead | None
    price: Decimal | None
    scale: int


def read_items(pages: Sequence[ReadPage], texts: Sequence[Paragraph]) -> tuple[Item, ...]:
    """The items of the table, else of the text; a name that cannot be read for sure stays as doubt."""
    term = read_term(texts)
    rows = [record for record in _rows(pages) if _is_item(record)]
    if rows:
        heads = _heads(pages, texts)
        items = (_row_item(record, heads, term) for record in rows)
        return tuple({_place(item): item for item in items}.values())
    return tuple(_told_items(texts, term))


def read_sum(pages: Sequence[ReadPage], texts: Sequence[Paragraph]) -> Field[Amount]:
    """The total as the table's own 合计 row has it."""
    rows = (row for row in _rows(pages) if _SUM.search(row.text("serial") + row.text("metal")) and row.inked("amount"))
    row = next(rows, None)
    return money_field(row.span("amount"), row.page, _heads(pages, texts).scale) if row else missing("未找到合计")


def _rows(pages: Sequence[ReadPage]) -> Iterator[Record]:
    return (record for record in records(pages, HEADERS, "metal") if isinstance(record, Record))


def _is_item(record: Record) -> bool:
    """Whether a row names a metal, or none that was read, with a figure, and is no sum."""
    names = "".join(record.text(key) for key in (("serial", "metal") if record.inked("metal") else record.cells))
    filled = any(record.inked(key) for key in ("quantity", "price", "amount"))
    return filled and not _SUM.search(names) and "quantity" in record.cells


def _heads(pages: Sequence[ReadPage], texts: Sequence[Paragraph]) -> Heads:
    """Units out of the headings, else from a line 单位：千克 or 元/千克 above the table."""
    cells = [text_in(cell) for page in pages for grid in page.reading.grids for cell in grid.cells]
    heads = {key: [c for c in cells if re.search(HEADERS[key], c) and len(c) < 24] for key in HEADERS}
    price = next((factor for text in heads["price"] if (factor := price_factor(text))), None)
    lines = [match[1] for text in texts for match in re.finditer(r"单位:([^;.]{1,20})", text.text)]
    parts = [part for line in lines for part in re.split("[、,]", line)]
    price = price or next((factor for part in parts if (factor := price_factor(part))), None)
    mass = _head_unit(heads["quantity"] + parts)
    scale = 10000 if any("万元" in text for text in heads["amount"]) else 1
    return Heads(mass, price, scale)


def _place(item: Item) -> tuple[object, ...]:
    """Where a row stands on the paper: a table that was laid twice gives it twice."""
    return tuple((field.page, field.box) for field in (item.metal, item.quantity, item.unit_price, item.amount))


def _row_item(record: Record, heads: Heads, term: Field[Amount]) -> Item:
    own = _head_unit([record.text("unit")]) if "unit" in record.cells else None
    page = record.page
    told = re.search(_MASS, record.text("unit"), re.IGNORECASE) if "unit" in record.cells else None
    quantity = quantity_field(record.span("quantity"), page, own if told else heads.mass, mass_unit)
    price = price_field(record.span("price"), page, heads.price)
    years = record.span("years")
    item = Item(
        metal=metal_field(record.span("metal"), page) if record.span("metal") else _unnamed(page),
        quantity=quantity,
        unit_price=price,
        years=_years_field(years, page) if years else term,
        amount=money_field(record.span("amount"), page, heads.scale),
    )
    shaky = {"quantity": "quantity", "unit_price": "price", "amount": "amount"}
    return item.model_copy(
        update={key: _shaken(getattr(item, key)) for key, column in shaky.items() if column in record.shaky}
    )


def _years_field(span: Span, page: int) -> Field[Amount]:
    if is_empty(span.text):
        return blank_field(span, page, span.box)
    return parsed_field(Field[Amount], span, page, years_in, "年限无法识读")


def _unnamed(page: int) -> Field[Metal]:
    return Field[Metal](status=Status.UNSURE, page=page, why="金属名称无法识读")


def _shaken(field: Field[Amount]) -> Field[Amount]:
    if field.status is Status.MISSING:
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "单元格位置存疑"})


# ---- clauses ---------------------------------------------------------------------------------------------------

_NUMBER = r"\d[\d.,OolI]*"
_YEARLY = rf"(?:{_MASS}|{DAMAGED_MASS})(?:[/每1lI|]?(?:[年a]|{_PERIOD}))?"
_ITEM = re.compile(
    r"(?:(?:种类|污染物|重金属|标的物?)(?:名称)?[:为](?P<listed>[^,;:.]{1,8})[,;](?:转让|交易|出让)?(?:数量|量)[^\d,;.]|"
    rf"(?P<metal>{IN_LIST})(?:\([A-Za-z]{{2}}\)|及其化合物)*"
    r"(?:污染物)?(?:的)?(?:富余)?(?:排放)?(?:指标|总量|量)?(?:数量)?[:为是共计,]{0,3})"
    rf"(?P<quantity>{_NUMBER}{_YEARLY})",
    re.IGNORECASE,
)
_PRICE = re.compile(
    rf"(?P<value>每{_MASS}(?:[.·/每]?年)?(?:人民币|[:为是])*[¥￥]?{_NUMBER}万?元|[¥￥]?{_NUMBER}万?元(?:/年)?(?:/|每|·|\*){_MASS}(?:[/·*每]年)?)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?:金额|价款|小计|合价|合计|计|款)(?:为|是|:|人民币)*(?P<value>[¥￥]?{_NUMBER}万?元)(?![/每·*])", re.IGNORECASE
)


def _told_items(texts: Sequence[Paragraph], term: Field[Amount]) -> list[Item]:
    """Items told in sentences; of two quantities of one metal that with its own price counts, else both are in doubt.

    What a seller holds (经核定的富余铅排放量100千克) may be told beside what it sells.
    """
    told = list(_mentions(texts, term))
    kept = [item for item, priced in told if priced or not any(_same_metal(item, other) for other, p in told if p)]
    return [_doubled(item) if sum(_same_metal(item, other) for other in kept) > 1 else item for item in kept]


def _same_metal(item: Item, other: Item) -> bool:
    return item.metal.value is not None and item.metal.value == other.metal.value


def _doubled(item: Item) -> Item:
    doubt = {"status": Status.UNSURE, "why": "同一金属有两处不同数量"}
    return item.model_copy(update={"quantity": item.quantity.model_copy(update=doubt)})


def _mentions(texts: Sequence[Paragraph], term: Field[Amount]) -> Iterator[tuple[Item, bool]]:
    """A metal with its quantity, and the price and amount up to the next metal; whether it has a price of its own."""
    told = [(text, match) for text in texts for match in _ITEM.finditer(text.text)]
    seen: set[tuple[str, str]] = set()
    for index, (text, match) in enumerate(told):
        key = (_metal(match), match["quantity"])
        if key in seen:
            continue
        seen.add(key)
        end = told[index + 1][1].start() if index + 1 < len(told) and told[index + 1][0] is text else len(text.text)
        yield _told_item(texts, text, match, end, term), bool(_first(text, _PRICE, match.end(), end).span)


def _metal(match: "re.Match[str]") -> str:
    return match["listed"] or match["metal"]


def _told_item(
    texts: Sequence[Paragraph], text: Paragraph, match: "re.Match[str]", end: int, term: Field[Amount]
) -> Item:
    own = _first(text, _PRICE, match.end(), end)
    price = own if own.span else next((p for t in texts if (p := _first(t, _PRICE, 0, len(t.text))).span), own)
    return Item(
        metal=metal_field(*text.cut(*match.span("listed" if match["listed"] else "metal"))),
        quantity=quantity_field(*text.cut(*match.span("quantity")), None, mass_unit),
        unit_price=price_field(*price, None),
        years=term,
        amount=money_field(*_first(text, _AMOUNT, match.end(), end)),
    )


def _first(text: Paragraph, pattern: "re.Pattern[str]", start: int, end: int) -> Place:
    match = pattern.search(text.text, start, end)
    return text.cut(*match.span("value")) if match else Place(None, text.pages[0])
