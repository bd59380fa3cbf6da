"""交易合同, signed after a public notice without objection (guide 4(4))."""

import re
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal

from domain.field import Field
from domain.page import ReadPage
from extractors.deal_reading import read_deal
from extractors.deals import Deal, deal_marks
from extractors.doubles import read_once
from extractors.fields import date_field, missing
from extractors.scroll import Paragraph, unroll
from extractors.text import DATE_PATTERN

MARKS = deal_marks(
    title=r"[^:.,;、《》\d]{0,30}(?:交易|转让)合同(?:书)?",
    own="本合同",
    here="本合同|合同价款",
    other=r"[^:.,;、《》\d]{0,24}协议转让书",
)

_DAY = rf"(?:{DATE_PATTERN})"
_SHORT = r"(?:\d{1,2}月\d{1,2}日)"
_RANGE = rf"(?P<start>{_DAY})(?:起|开始)?(?:至|到|—|-|~)(?P<end>{_DAY}|{_SHORT})?"
_BEFORE = r"公示(?:期|时间|日期|期间)?[:为是自从于(]{0,3}"
_AFTER = r"(?:起|开始|止|期间)?[^.;,签订]{0,30}公示"
_NOTICE = re.compile(
    rf"(?:{_BEFORE}{_RANGE}|{_RANGE.replace('<', '<b')}{_AFTER}|{_BEFORE}(?P<only>{_DAY})|(?P<day>{_DAY}){_AFTER})"
)


class Contract(Deal):
    """Fields of catalogue `contract`; `notice_from`, `notice_to` are the days of public notice where it states them."""

    TITLE: ClassVar[str] = "交易合同"
    type: Literal["contract"] = "contract"
    notice_from: Field[date] = Field[date]()
    notice_to: Field[date] = Field[date]()


def read(pages: Sequence[ReadPage]) -> Contract:
    """The contract."""
    pages = read_once(pages)
    first, last = _read_notice(unroll(pages))
    return Contract(**read_deal(pages), notice_from=first, notice_to=last)


def _read_notice(texts: Sequence[Paragraph]) -> tuple[Field[date], Field[date]]:
    """The days of the sentence that speaks of the public notice: from and to, or only the first."""
    for text in texts:
        for start, end in text.sentences():
            match = _NOTICE.search(text.text, start, end) if "公示" in text.text[start:end] else None
            if match:
                return _notice_days(text, match)
    return missing("未写明公示日期"), missing("未写明公示日期")


def _notice_days(text: Paragraph, match: "re.Match[str]") -> tuple[Field[date], Field[date]]:
    first = next(group for group in ("start", "bstart", "only", "day") if match[group])
    last = next((group for group in ("end", "bend") if match[group]), None)
    end = date_field(*text.cut(*match.span(last))) if last else missing("未写明公示截止日期")
    return date_field(*text.cut(*match.span(first))), end
