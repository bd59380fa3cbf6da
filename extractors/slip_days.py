"""The day on which a bank booked a payment, and what else on its slip tells it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from domain.field import Field, TextField
from extractors.certainty import Second
from extractors.fields import missing, parsed_field
from extractors.layout import Line, Span
from extractors.text import dates, fold
from extractors.values import Place
from extractors.witness import doubted, settled

_LABELLED = ("booked", "stamp", "time", "day")
_BILL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_SURE = 0.9
_DATED = re.compile(r"(20\d{2})(\d{2})(\d{2})\d{6,}")  # numbers of banks' logs begin with the day


def read_day(found: Mapping[str, Place], rows: Sequence[tuple[int, Line]], serial: TextField) -> Field[date]:
    """The day of booking; the day of printing is none, and a day without any label leaves doubt.

    A day in doubt is settled by a number of the bank that begins with it and is certain, or, where no other reader read
    another day, by the same day under another label of the slip.
    """
    places = [(span, page) for span, page in (found[key] for key in _LABELLED) if span]
    labelled = [parsed_field(Field[date], span, page, _day, "日期无法识读") for span, page in places]
    if labelled:
        field = next((field for field in labelled if field.value is not None), labelled[0])
        others = [span for (span, _), one in zip(places, labelled, strict=True) if one is not field]
        return _settle(field, serial, others)
    for page, row in rows:
        if not re.search("打印|有效", row.text) and (days := dates(row.text)) and len(set(days)) == 1:
            return parsed_field(Field[date], row, page, _unlabelled_day, "日期无法识读")
    return missing("未找到交易日期")


def _settle(field: Field[date], serial: TextField, others: Sequence[Span]) -> Field[date]:
    if not doubted(field):
        return field
    if serial.certain and field.value == _begins_with(serial.value or ""):
        return settled(field, "流水号起首日期")
    alike = [span for span in others if span.confidence >= _SURE and _date_in(span.text) == field.value]
    return settled(field, "回单上另一处日期") if alike and field.second != Second.DIFFERS else field


def _begins_with(number: str) -> date | None:
    match = _DATED.fullmatch(number)
    return next(iter(dates("-".join(match.groups()))), None) if match else None


def _date_in(text: str) -> date | None:
    read = _day(text)
    return read[0] if read else None


def _unlabelled_day(text: str) -> tuple[date, str | None] | None:
    days = dates(text)
    return (days[0], "未标明是交易日期") if days else None


def _day(text: str) -> tuple[date, str | None] | None:
    folded = fold(text).translate(_BILL)
    folded = re.sub(r"[零〇](?=[一二三四五六七八九十]{1,3}[月日])", "", folded)
    folded = re.sub(r"^(20\d{2})(\d{2})(\d{2})(?!\d)", r"\1-\2-\3", folded)
    days = dates(folded)
    return (days[0], None) if days else None
