"""For how many years a deal's metals change hands, as a clause or a cell says."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.field import Field, Status
from domain.quantity import Amount
from extractors.fields import parsed_field
from extractors.scroll import Paragraph
from extractors.text import fold

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")
}
_CHINESE = "[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}"
_OTHERS = "".join(  # what has a validity of its own that is no term of the sale
    f"(?<!{of}{particle})"
    for of in ("合同", "协议", "协议书", "许可证", "证书", "执照", "批复", "授权", "委托", "本证")
    for particle in ("", "的", "书")
)
_LABEL = re.compile(
    rf"{_OTHERS}(?:(?:交易|转让|出让|受让|使用|指标|排放量|排放权|排污权)权?的?(?:有效|使用)?(?:年限|期限|期(?![间满内限]))|"
    r"有效(?:年限|期限?(?![间满内]))|年限)(?:\(年\))?(?P<told>(?:均?[为是]|:)*)"
)
_FROM = r"(?:(?:自|从)?\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?起?|(?:自|从)[^,;.\d]{1,16}?起)?[,]?(?:共计?|计|为期|为)*"
_VALUE = re.compile(
    rf"{_FROM}(?P<value>\d{{1,2}}(?:\.\d)?(?:年(?![半零又\d一二三四五六七八九十])|(?=$|[,;)、]|\.(?!\d)))|"
    rf"{_CHINESE}(?:\(\d{{1,2}}\))?年(?![半零又\d一二三四五六七八九十]))"
)
_BLANK = re.compile(r"(?:[/—-]+|无)(?=$|[,;.])")
_BEGINS = re.compile(rf"自|从|\d|{_CHINESE}[年个]")
_RAW = 24  # characters of a term that cannot be read


def years_in(text: str) -> tuple[Decimal, str | None] | None:
    """A number of years: 5, 5年, 五年, 十五年, 伍（5）年."""
    match = re.fullmatch(rf"(\d{{1,2}}(?:\.\d)?)年?|({_CHINESE})(?:\((\d{{1,2}})\))?年?", fold(text))
    if not match:
        return None
    if match[1]:
        return Decimal(match[1]), None
    value = _numeral(match[2])
    if value is None or (match[3] and Decimal(match[3]) != value):
        return None
    return value, None


def _numeral(text: str) -> Decimal | None:
    """五, 十五, 二十, 二十五; None for what is no number so written."""
    match = re.fullmatch(r"([^十拾]?)([十拾])([^十拾]?)|([^十拾])", text)
    if not match:
        return None
    if match[4]:
        return Decimal(_DIGITS[match[4]])
    return Decimal((_DIGITS[match[1]] if match[1] else 1) * 10 + (_DIGITS[match[3]] if match[3] else 0))


def read_term(texts: Sequence[Paragraph]) -> Field[Amount]:
    """The term that a clause sets for all metals; a certain None where the paper prints none, else never that."""
    told = [term for text in texts for term in _terms(text)]
    if not told:
        return Field[Amount](status=Status.CERTAIN, confidence=1.0)
    if len({term.value for term in told}) == 1:
        return told[0]
    both = " / ".join(dict.fromkeys(term.raw for term in told))
    return told[0].model_copy(update={"status": Status.UNSURE, "raw": both, "why": "同一文件内年限不一致"})


def _terms(text: Paragraph) -> Iterator[Field[Amount]]:
    for label in _LABEL.finditer(text.text):
        match = _VALUE.match(text.text, label.end())
        told = label["told"] or _BEGINS.match(text.text, label.end())
        if match:
            yield parsed_field(Field[Amount], *text.cut(*match.span("value")), years_in, "年限无法识读")
        elif told and label.end() < len(text.text) and not _BLANK.match(text.text, label.end()):
            end = min(label.end() + _RAW, len(text.text))
            yield parsed_field(Field[Amount], *text.cut(label.end(), end), lambda _: None, "年限无法识读")
