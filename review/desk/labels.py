"""What people call a field of a document, told from its path."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from domain.quantity import Metal
from review.desk.words import dictionary
from validators.wording import LABELS, METALS

_ROWS = {
    "limits": "限值",
    "subtotals": "小计",
    "items": "标的",
    "rows": "行",
    "other_metals": "其他金属",
    "seals": "印章",
}
_NAMING = ("medium", "outlet_code", "scope", "pollutant", "name", "metal")  # by which people tell a table's rows apart
_ROW = re.compile(r"\w+\[\d+\]")


def name_rows(document: Mapping[str, Any]) -> Mapping[str, str]:
    """What people call the rows of a document's tables, by their paths: `limits[3]` → DA001 铅及其化合物."""
    names = {}
    for table in _ROWS.keys() & document.keys():
        for number, row in enumerate(document[table] or ()):
            names[f"{table}[{number}]"] = _name_row(row)
    return names


@lru_cache(maxsize=50_000)
def label_path(path: str, document: str = "", row: str = "") -> str:
    """What people call a field: `offered.Pb` → 拟出让量（铅）, `limits[3].annual[2]` → 限值4·年许可排放量第3年.

    `row` is the row's own name, which then stands before its number.
    """
    parts = [_label_part(part, document) for part in path.split(".")]
    if row:
        parts[0] = f"{row}（{parts[0]}）"
    metals = [part for part in parts if part in METALS.values()]
    return "·".join(part for part in parts if part not in metals) + "".join(f"（{metal}）" for metal in metals)


def row_of(path: str) -> str:
    """The row that a path is in; empty where it is in none."""
    found = _ROW.match(path)
    return found[0] if found else ""


def _name_row(row: Mapping[str, Any]) -> str:
    """An EIA's row by medium and pollutant, a permit's by outlet and pollutant, a deal's by its metal."""
    values = dictionary()["names"]["value"]
    told = {key: str((row.get(key) or {}).get("value") or "") for key in _NAMING if key in row}
    if told.get("outlet_code"):
        told.pop("medium", None)
    if told.get("pollutant"):
        told.pop("metal", None)
    named = [METALS[Metal(one)] if one in set(Metal) else values.get(one, one) for one in told.values() if one]
    return " ".join(named)


def _label_part(part: str, document: str) -> str:
    key, _, number = part.rstrip("]").partition("[")
    if key in set(Metal):
        return METALS[Metal(key)]
    if number and key in _ROWS:
        return f"{_ROWS[key]}{int(number) + 1}"
    names = dictionary()["names"]["field"]
    told = names.get(f"{document}.{key}") or names.get(key) or LABELS.get(key, key)
    return f"{told}第{int(number) + 1}年" if number else str(told)
