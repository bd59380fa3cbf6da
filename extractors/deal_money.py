"""What a deal costs: the total in figures and in words, read apart, and the arithmetic that settles doubts."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.field import Field, Status
from domain.quantity import Amount, Printed, half_step
from extractors.amounts import WORDS, money, money_in_words
from extractors.deals import Item
from extractors.fields import parsed_field
from extractors.scroll import Paragraph, Place

_TOTAL = re.compile(
    r"总(?:价(?:款|格|额)?|金额|额)|(?:合同|转让|交易|成交|出让|受让)(?:价款|金额|款)|合计|共计|总计|价款(?:为|是|:)"
)
_WHOLE = re.compile(r"总(?:价(?:款|格|额)?|金额)|合同(?:价款|金额)")
_PART = re.compile(r"保证金|定金|首付|预付|违约金|分期|第[一二三]期|尾款|余款|%|％|手续费")
_NUMBER = r"\d[\d.,OolI]*\d|\d"
_MONEY = re.compile(
    rf"(?P<value>(?:人民币|RMB|CN[YT]|[¥￥Y])+:?(?:{_NUMBER})万?[元圆]?|(?:{_NUMBER})万?[元圆]|"
    rf"(?<=元\)|小写|写\))[:为]?(?:{_NUMBER}))(?![\d/每*]|\.[年千吨])"
)
_IN_WORDS = re.compile(rf"[{WORDS}]{{3,}}")
_SURE_WORDS = re.compile(r"[壹贰叁肆伍陆柒捌玖貳參陸].*[元圆圓園园]|[壹贰叁肆伍陆柒捌玖貳參陸].*[拾佰仟万萬]")
_NAMED = re.compile(r"(?:大写\)?|人民[币市巾])[:为]*(?P<value>[^\d,.;:()¥￥]{2,40})")


def read_totals(texts: Sequence[Paragraph], summed: Field[Amount]) -> tuple[Field[Amount], Field[Amount]]:
    """The total in figures and in words, each as it stands; the first sentence that names a total has them.

    `summed` is what the table's 合计 row says; it counts where no sentence gives the figures.
    """
    stretches = list(_stretches(texts))
    words = next((place for stretch in stretches if (place := _words_in(*stretch)).span), None)
    figures = next((place for stretch in stretches if (place := _figures_in(*stretch)).span), None)
    if words is None:
        words = next((place for text in texts if (place := _words_in(text, 0, len(text.text))).span), Place(None, 1))
    in_words = parsed_field(Field[Amount], *words, money_in_words, "大写金额无法识读")
    total = parsed_field(Field[Amount], *figures, _total, "金额无法识读") if figures else summed
    figures_told = [parsed_field(Field[Amount], *place, _total, "金额无法识读") for place in _whole_totals(texts)]
    total, in_words = agree(total, in_words)
    return _contradicted(total, [*figures_told, summed]), in_words


def _whole_totals(texts: Sequence[Paragraph]) -> Iterator[Place]:
    """The figures of every sentence that names the whole price, and no part of it before them."""
    for text, start, end in _stretches(texts):
        if _WHOLE.match(text.text, start) and not _PART.search(text.text, max(0, start - 12), start):
            place = _figures_in(text, start, end)
            if place.span:
                yield place


def _contradicted(total: Field[Amount], told: Sequence[Field[Amount]]) -> Field[Amount]:
    """The total in doubt, without a value that could be settled, where the paper surely states another."""
    others = [one.raw for one in told if one.certain and one.value not in (None, total.value)]
    if total.value is None or not others:
        return total
    both = " / ".join(dict.fromkeys([total.raw, *others]))
    return total.model_copy(
        update={"status": Status.UNSURE, "value": None, "raw": both, "why": "同一文件内总价前后不一致"}
    )


def _stretches(texts: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, int, int]]:
    """From every mention of a total to the end of its sentence, or to where the text comes to an instalment."""
    for text in texts:
        for start, end in text.sentences():
            match = _TOTAL.search(text.text, start, end)
            if match:
                part = _PART.search(text.text, match.end(), end)
                yield text, match.start(), part.start() if part else end


def _words_in(text: Paragraph, start: int, end: int) -> Place:
    for match in _IN_WORDS.finditer(text.text, start, end):
        if _SURE_WORDS.search(match[0]) and money_in_words(match[0]):
            return text.cut(*match.span())
    for match in _NAMED.finditer(text.text, start, end):
        if _SURE_WORDS.search(match["value"]):
            return text.cut(*match.span("value"))
    return Place(None, text.pages[0])


def _figures_in(text: Paragraph, start: int, end: int) -> Place:
    match = _MONEY.search(text.text, start, end)
    return text.cut(*match.span("value")) if match else Place(None, text.pages[0])


def _total(text: str) -> tuple[Decimal, str | None] | None:
    return money(text.lstrip(":为"))


# ---- what settles a doubt --------------------------------------------------------------------------------------


def agree(figures: Field[Amount], words: Field[Amount]) -> tuple[Field[Amount], Field[Amount]]:
    """Figures and words of one amount: where both give the same, neither is in doubt; where they differ, what was read
    with less than full trust is, whoever else read it alike (a tick through the last 0 makes every reader see a 9)."""
    if figures.value is not None and figures.value == words.value:
        return _settled(figures, "大小写金额"), _settled(words, "大小写金额")
    if figures.value is None or words.value is None:
        return figures, words
    return _mistrusted(figures), _mistrusted(words)


_TRUSTED = 0.8  # a character read with less does not stand against the other spelling of its amount


def _mistrusted(field: Field[Amount]) -> Field[Amount]:
    if field.confidence >= _TRUSTED or not field.certain:
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "大小写金额不一致，且本处识读置信度低"})


def _settled(field: Field[Amount], by: str) -> Field[Amount]:
    if field.certain or field.value is None:
        return field
    return field.model_copy(update={"status": Status.CERTAIN, "why": f"{by}识读一致"})


def settle(items: Sequence[Item], total: Field[Amount]) -> tuple[tuple[Item, ...], Field[Amount]]:
    """Doubts settled where quantity × price × years comes out: as an item's own amount, or together as the total.

    Nothing that was read is changed, but a quantity that lost its point gets it back where only there the product is
    the item's sure amount. A product says nothing where both quantity and price lack their unit.
    """
    pointed = tuple(point_again(item) for item in items)
    own = tuple(_settle_item(item) if _comes_out(item) else _doubt_cut(item) for item in pointed)
    products = [_product(item) for item in own]
    if not products or None in products or sum(p for p in products if p is not None) != total.value:
        return own, total
    return tuple(_settle_item(item) for item in own), _settled(total, "与各项数量乘以单价之和")


def point_again(item: Item) -> Item:
    """An item whose doubtful quantity was read without its point (009000吨) with that point, told by the amount.

    Where nothing tells it, a figure that begins with 0 has no value: a thousand times as much is none.
    """
    quantity = item.quantity
    number = quantity.printed.number if quantity.printed else ""
    lost = (number.startswith("0") and len(number) > 1) or "小数点" in (quantity.why or "")
    if quantity.certain or not lost or "." in number or lacks_unit(quantity) or _comes_out(item):
        return item
    pointed = [with_point for one in _points(number) if _comes_out(with_point := _requantified(item, one))]
    if len(pointed) == 1 and item.amount.certain:
        return _settle_item(pointed[0])
    value = None if number.startswith("0") else quantity.value
    return item.model_copy(update={"quantity": quantity.model_copy(update={"value": value})})


def _points(number: str) -> list[str]:
    """A figure with a point wherever one may have stood; before a first 0 that may be the second one."""
    return [f"{number[:n]}.{number[n:]}" for n in range(1, len(number))] + [f"0.{number}"] * number.startswith("0")


def _requantified(item: Item, number: str) -> Item:
    unit = item.quantity.printed.unit if item.quantity.printed else None
    if unit is None:
        return item
    print_ = Printed(number=number, unit=unit, half_step=half_step(number, unit))
    changed = {"value": Decimal(number) * unit.kilograms, "printed": print_}
    return item.model_copy(update={"quantity": item.quantity.model_copy(update=changed)})


def _doubt_cut(item: Item) -> Item:
    """An amount that is only how the sure product of its item begins (261 of 261,000) was cut off."""
    product, amount = _product(item), item.amount
    sure = item.quantity.certain and item.unit_price.certain and amount.certain
    if not sure or product is None or amount.value is None or not 0 < amount.value < product:
        return item
    if not f"{product:f}".startswith(f"{amount.value.normalize():f}"):
        return item
    doubt = {"status": Status.UNSURE, "why": "金额可能不完整"}
    return item.model_copy(update={"amount": amount.model_copy(update=doubt)})


def _comes_out(item: Item) -> bool:
    product = _product(item)
    return product is not None and item.amount.value == product


def _product(item: Item) -> Decimal | None:
    """An item's price in 元; None where a factor was not read, or its units prove nothing."""
    quantity, price, years = item.quantity, item.unit_price, item.years
    if quantity.value is None or price.value is None or (years.value is None and not years.certain):
        return None
    if lacks_unit(quantity) and "单位" in (price.why or ""):
        return None
    return quantity.value * price.value * (1 if years.value is None else years.value)


def lacks_unit(quantity: Field[Amount]) -> bool:
    """Whether a quantity's unit was not read: its number alone settles nothing."""
    return quantity.printed is None or quantity.printed.unit is None


_OF_ITEM = ("quantity", "unit_price", "years", "amount")


def _settle_item(item: Item) -> Item:
    keys = ("unit_price", "years", "amount") if lacks_unit(item.quantity) else _OF_ITEM
    return item.model_copy(update={key: _settled(getattr(item, key), "与数量乘以单价") for key in keys})
