"""How texts and days stand on what goes out."""

import re
from datetime import date

# What no file format takes, what only turns the reading direction so that a name shows otherwise than it is, and
# what is no character at all.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_NUMERALS = "〇一二三四五六七八九十"


def printable(text: str) -> str:
    """A text without control characters, as text layers, file names and forms may bring them."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def spell(day: date) -> str:
    """A date as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def ordinal(number: int) -> str:
    """A number as headings count: 一, 十, 十二, 二十, 一〇五."""
    if number <= 10:
        return _NUMERALS[number]
    tens, ones = divmod(number, 10)
    if number < 100:
        return (_NUMERALS[tens] if tens > 1 else "") + "十" + (_NUMERALS[ones] if ones else "")
    return "".join(_NUMERALS[int(digit)] for digit in str(number))
