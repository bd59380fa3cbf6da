"""Lone strokes of blank signs (`/`, `—`), as worn, stained or faint ones are read, and the cells that they mean."""

import re
from collections.abc import Sequence
from typing import Any

from domain.field import Field, Status
from domain.quantity import Amount

_STROKES = re.compile(r"[17ILTVYFPilrtvyfaμ|/\\—_•,.'~-]{1,2}")
LIKE_ZERO = re.compile(r"[0OoQDCc()\[\]]")  # of what is left of a 0, which no sum tells from a blank
LIKE_FIGURE = re.compile(rf"{LIKE_ZERO.pattern}|[2-689]")
UNREAD = "单元格内有字迹但无法识读"


def is_stroke(field: Field[Any], unlike: re.Pattern[str] = LIKE_FIGURE) -> bool:
    """Whether a cell was read as a stroke or two, and by no reader as anything `unlike` one."""
    seen = [re.sub(r"\s", "", one) for one in field.readers.values()]
    return bool(_STROKES.fullmatch(field.raw.strip())) and not any(unlike.search(one) for one in seen)


def settle_strokes(fields: Sequence[Field[Amount]]) -> tuple[Field[Amount], ...]:
    """The years of a row whose others are all blank for sure, with the one stroke among them as the blank that it is;
    ink that nobody read may be a figure and stays in doubt."""
    doubted = [field for field in fields if not field.certain]
    others = [field for field in fields if field.certain]
    if len(doubted) != 1 or len(others) < len(fields) - 1 or any(field.value is not None for field in others):
        return tuple(fields)
    return tuple(_blank(field) if field is doubted[0] and _may_be(field) else field for field in fields)


def blank_strokes(fields: Sequence[Field[Amount]]) -> tuple[Field[Amount], ...]:
    """The years of a row that can have no amount (of an outlet without one, HJ 942), where all in doubt are strokes and
    none is a figure: worn `/` alike in all years."""
    if any(field.value is not None if field.certain else not _may_be(field) for field in fields):
        return tuple(fields)
    settled = {"value": None, "printed": None, "status": Status.CERTAIN, "why": "一般排放口无许可排放量，应为“/”"}
    return tuple(field if field.certain else field.model_copy(update=settled) for field in fields)


def _may_be(field: Field[Amount]) -> bool:
    return field.status is Status.UNSURE and is_stroke(field)


def _blank(field: Field[Amount]) -> Field[Amount]:
    settled = {"value": None, "printed": None, "status": Status.CERTAIN, "why": "本行其余年度均为空值，应为“/”"}
    return field.model_copy(update=settled)
