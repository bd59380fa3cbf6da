"""A paper as JSON: its plain value with stable keys."""

import json

from domain.page import Frozen
from domain.printing import printable

VERSION = 1  # of the keys: goes up when one changes its meaning


def write_json(paper: str, value: Frozen) -> bytes:
    """`{"paper": …, "version": 1, …}` in UTF-8."""
    told = {"paper": paper, "version": VERSION, "content": value.model_dump(mode="json")}
    return (printable(json.dumps(told, ensure_ascii=False, indent=2)) + "\n").encode()
