"""Texts in cells of spreadsheets: nothing that a name holds is ever taken for a formula."""

import re

from domain.printing import printable

# OWASP: what spreadsheet programs may take for the beginning of a formula or command, wide letters included.
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r\n]")
LONGEST = 32_767  # characters of a cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program may compute a text instead of showing it."""
    return _FORMULA.match(text) is not None


def cell_text(text: str) -> str:
    """A text as a cell takes it."""
    return printable(text)[:LONGEST]


def guard(text: str) -> str:
    """A text for CSV, where nothing else says that it is one: an apostrophe before what may be a formula."""
    told = cell_text(text)
    return f"'{told}" if is_formula(told) else told
