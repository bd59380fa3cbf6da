"""Money in figures (¥540,000.00, 54万元) and in words (伍拾肆万元整); pure functions over text (domain 7.2)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice, product
from typing import NamedTuple

from extractors.text import fold


class Money(NamedTuple):
    """An amount in 元; `doubt` says in Chinese why its characters leave doubt, None where they do not."""

    value: Decimal
    doubt: str | None = None


# ---- in words --------------------------------------------------------------------------------------------------

_DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"仟": 1000, "佰": 100, "拾": 10}
# 繁体 and other spellings that a bank accepts (domain 7.2).
_SPELLINGS = str.maketrans("〇貳參参陸萬億圆圓正", "零贰叁叁陆万亿元元整")
# Spellings that bills forbid, and what OCR makes of the right ones: read, but never beyond doubt.
_LOOKS = {
    **dict(zip("一二两三四五六七八九十百", "壹贰贰叁肆伍陆柒捌玖拾佰", strict=True)),
    **dict.fromkeys("弍弐式武贴", "贰"),
    **dict.fromkeys("叄叅", "叁"),
    **dict.fromkeys("壶壸壺壱豆", "壹"),
    **dict.fromkeys("肄", "肆"),
    **dict.fromkeys("隆陡陛", "陆"),
    **dict.fromkeys("染渠梁", "柒"),
    **dict.fromkeys("别扒", "捌"),
    **dict.fromkeys("玫玟", "玖"),
    **dict.fromkeys("捨恰抬", "拾"),
    **dict.fromkeys("伯栢", "佰"),
    **dict.fromkeys("千阡扦", "仟"),
    **dict.fromkeys("园员", "元"),
    **dict.fromkeys("雾霉", "零"),
    **dict.fromkeys("方", "万"),
    **dict.fromkeys("忆乙", "亿"),
    **dict.fromkeys("任件", "伍仟"),  # either: the place in the amount tells which
}
_MOST_READINGS = 64
WORDS = "".join([*_DIGITS, *_PLACES, "〇貳參参陸萬億圆圓正万亿元角分整", *_LOOKS])
_PREFIX = re.compile(r"^(?:\(?(?:金额)?\(?大写\)?:?)?(?:人民[币市巾])?(?:\(?大写\)?)?:?")
_SHAPE = re.compile(
    r"(?:(?P<yuan>[^元角分整]+)元)?(?P<low>[零壹贰叁肆伍陆柒捌玖角分]*)(?P<end>整?)|(?P<bare>[^元角分整]{2,})整"
)
_LOW = re.compile(r"零?(?:(?P<jiao>[零壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[零壹贰叁肆伍陆柒捌玖])分)?")
_ZERO_LOST = "大写金额缺少“零”或位数，存疑"


def money_in_words(text: str) -> Money | None:
    """The value of an amount in words; None where any character is not read or several values are possible.

    零 may stand or be left out where bills allow both; where its absence could be a lost character, there is doubt.
    """
    bare = _PREFIX.sub("", fold(text)).translate(_SPELLINGS)
    guessed = any(char in _LOOKS for char in bare)
    read = {money for reading in _readings(bare) if (money := _amount(reading))}
    if len({money.value for money in read}) != 1:
        return None
    money = min(read, key=lambda one: one.doubt is not None)
    return money._replace(doubt="大写金额的字符存疑") if guessed else money


def _readings(text: str) -> Iterator[str]:
    """The text with every look-alike put right, in each of the ways that are possible."""
    return islice(map("".join, product(*(_LOOKS.get(char, char) for char in text))), _MOST_READINGS)


def _amount(text: str) -> Money | None:
    match = _SHAPE.fullmatch(text)
    if not match:
        return None
    if match["bare"]:
        lost = _whole(match["bare"])
        return Money(lost.value, "大写金额缺少“元”") if lost else None
    whole = _whole(match["yuan"]) if match["yuan"] else Money(Decimal(0))
    low = _small_change(match["low"])
    if whole is None or low is None or not (match["yuan"] or match["low"]):
        return None
    ended = match["yuan"] and (match["end"] or "分" in match["low"])
    cut_off = None if ended else "大写金额首尾可能不完整"
    return Money(whole.value + low.value, whole.doubt or low.doubt or cut_off)


def _small_change(text: str) -> Money | None:
    match = _LOW.fullmatch(text)
    if not match or text == "零":
        return None
    jiao, fen = (_DIGITS[match[key]] if match[key] else 0 for key in ("jiao", "fen"))
    lost = re.search("零[角分]", text) and text != "零角零分"  # a digit may be lost before 角 or 分
    return Money(Decimal(jiao * 10 + fen) / 100, _ZERO_LOST if lost else None)


def _whole(text: str) -> Money | None:
    """Whole 元: what stands before 亿, then below; 万 at most once on either side."""
    high, yi, low = text.rpartition("亿")
    above = _below_yi(high) if yi else Money(Decimal(0))
    below = _below_yi(low, bool(yi)) if low else Money(Decimal(0))
    if above is None or below is None or (yi and not above.value):
        return None
    return Money(above.value * 10**8 + below.value, above.doubt or below.doubt)


def _below_yi(text: str, follows: bool = False) -> Money | None:
    high, wan, low = text.rpartition("万")
    above = _section(high, follows) if wan else Money(Decimal(0))
    below = _section(low, bool(wan) or follows) if low or not wan else Money(Decimal(0))
    if above is None or below is None or (wan and not above.value and not follows):
        return None
    gap = follows and wan == "" and below.value >= 1000 and not low.startswith("零")  # 亿 and then 仟: where is 万?
    return Money(above.value * 10**4 + below.value, above.doubt or below.doubt or (_ZERO_LOST if gap else None))


def _section(text: str, follows: bool) -> Money | None:
    """Up to four digits with their places in falling order; `follows` tells that 万 or 亿 stands before them."""
    value, last, zero, doubt = 0, 10000, not follows, None
    for digit, place in _steps(text):
        if digit == 0 and not place:
            zero = True
            continue
        place = place or 1
        if digit < 0 or place >= last:
            return None
        gap = place * 10 < last
        if gap != zero and (gap or last < 10000):
            doubt = _ZERO_LOST
        value, last, zero = value + digit * place, place, False
    return Money(Decimal(value), doubt or ("大写金额缺少“壹”" if text.lstrip("零").startswith("拾") else None))


def _steps(text: str) -> Iterator[tuple[int, int]]:
    """Digits with their places (0 where none follows): 肆拾玖 → (4, 10), (9, 0); -1 for anything out of order."""
    matches = list(re.finditer(r"([零壹贰叁肆伍陆柒捌玖])([仟佰拾])?|^零*(拾)", text))
    if "".join(match[0] for match in matches) != text:
        yield -1, 0
    for match in matches:
        if match[3]:
            yield 1, 10
        else:
            yield _DIGITS[match[1]], _PLACES.get(match[2] or "", 0)


# ---- in figures ------------------------------------------------------------------------------------------------

_MARK = r"(?:人民币|RMB|CN[YTV]|[¥￥Y羊半])"
_FIGURE = re.compile(
    rf"{_MARK}*:?{_MARK}*(?P<number>[-—]?\d[\d.,OolI]*)(?P<scale>[百千万亿]?)(?P<yuan>[元圆園园圓]?)(?P<end>[整正]?)",
    re.IGNORECASE,
)
MONEY = r"(?:人民币|RMB|CN[YTV]|[¥￥Y])*\d[\d.,]*[万亿]?[元圆]?"
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_WELL_SET = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")


def money(text: str) -> Money | None:
    """The amount in 元 that a text states in figures and nothing else; None for anything else."""
    match = _FIGURE.fullmatch(fold(text).rstrip("."))
    if not match:
        return None
    number = match["number"].replace("—", "-")
    read = _scaled(number) if match["scale"] else _plain(number)
    return read._replace(value=read.value * _SCALES[match["scale"]]) if read else None


def has_cents(text: str) -> bool:
    """Whether a figure is printed with two decimals, as banks do: without them its point may be lost."""
    return bool(re.search(r"\.\d{2}(?!\d)", fold(text)))


def _scaled(number: str) -> Money | None:
    """A figure in 万元, whatever its decimals."""
    if not re.fullmatch(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", number):
        return None
    return Money(Decimal(number.replace(",", "")))


def _plain(number: str) -> Money | None:
    if _WELL_SET.fullmatch(number):
        zero = re.match(r"-?0\d", number)
        return Money(Decimal(number.replace(",", "")), "金额以0开头，存疑" if zero else None)
    return _mended(number)


def _mended(number: str) -> Money | None:
    """A figure whose separators or digits are damaged, where only one amount is possible; never beyond doubt."""
    digits = number.translate(str.maketrans("OolI", "0011"))
    if digits != number and _WELL_SET.fullmatch(digits):
        return Money(Decimal(digits.replace(",", "")), "金额的字符存疑")
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+)[.,]?(\d{2})", digits)
    return Money(Decimal(f"{re.sub('[.,]', '', match[1])}.{match[2]}"), "金额的分隔符存疑") if match else None
