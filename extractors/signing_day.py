"""On which day a deal was signed, as its signature blocks say."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from domain.field import Field, Status, TextField
from domain.page import ReadPage
from extractors.fields import date_field, missing
from extractors.layout import Span, lines
from extractors.signatures import NEAR, Signing
from extractors.text import DATE_PATTERN

_DATE = re.compile(
    rf"{DATE_PATTERN}|[〇零○O一二三四五六七八九]{{4}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日"
)
_NOT_SIGNING = re.compile(
    r"公示|公告|期限|期满|有效|之前|以前|履行|付款|支付|打印|印制|审核|复核|核对|已核|收讫|收到|存档"
)
_LABELLED = re.compile(r"(?:日期|时间|年月日):")


def read_signed_on(signing: Signing | None, head: Sequence[ReadPage] = ()) -> Field[date]:
    """The day that stands in the signature blocks; two parties that write the same day settle a doubt."""
    found = list(_block_dates(signing)) if signing else []
    found = found or list(_labelled_dates(head))
    read = [field for field in found if field.value is not None]
    if not read:
        return found[0] if found else missing("未找到签订日期")
    best = max(read, key=lambda field: (field.certain, field.confidence))
    days = {field.value for field in read}
    if len(days) > 1:
        return _several(read)
    if len(read) > 1 and not best.certain:
        return best.model_copy(update={"status": Status.CERTAIN, "why": "双方落款日期识读一致"})
    return best


def dated_by(signed: Field[date], number: TextField) -> Field[date]:
    """A day in doubt settled by the paper's own number where that holds the very day (HT20260727085)."""
    if signed.certain or signed.value is None or not number.certain:
        return signed
    if f"{signed.value:%Y%m%d}" not in (number.value or ""):
        return signed
    return signed.model_copy(update={"status": Status.CERTAIN, "why": "与本文件编号中的日期一致"})


def _several(read: Sequence[Field[date]]) -> Field[date]:
    """Parties who sign on different days have a deal on the later one; any doubt stays."""
    last = max(read, key=lambda field: field.value or date.min)
    both = " / ".join(field.raw for field in read)
    return last.model_copy(update={"status": Status.UNSURE, "raw": both, "why": "落款日期不一致"})


def _block_dates(signing: Signing) -> Iterator[Field[date]]:
    """The days of the blocks: of rows that are labelled so where there are any (日期：), a stamp's (已审核) never."""
    rows = [row for row in lines(signing.page.words) if row.box.cy > signing.top - NEAR]
    rows = [row for row in rows if not _NOT_SIGNING.search(row.text)]
    labelled = [row for row in rows if _LABELLED.search(row.text)]
    dated = [field for row in labelled for field in _dates_on(row, signing.page.number)]
    yield from dated or (field for row in rows for field in _dates_on(row, signing.page.number))


def _dates_on(row: Span, page: int) -> Iterator[Field[date]]:
    places = [match.span() for match in _DATE.finditer(row.text)]
    yield from (date_field(row.cut(*place), page) for place in places)
    left = row.find(r"(?:签[订署约]|落款)?(?:日期|时间):(.*\d.*)$", 1) or row.find(
        r"^\d{4}.{0,3}\d{1,2}.{0,3}\d{1,2}.?$"
    )
    if not places and left and re.search(r"\d{4}", left.text):
        yield date_field(left, page)


def _labelled_dates(pages: Sequence[ReadPage]) -> Iterator[Field[date]]:
    """签订日期：… at the head of a paper."""
    for page in pages:
        for row in lines(page.words):
            told = re.search(rf"(?:签[订署约])(?:日期|时间):(?P<day>{_DATE.pattern})", row.text)
            span = row.cut(*told.span("day")) if told else None
            if span:
                yield date_field(span, page.number)
