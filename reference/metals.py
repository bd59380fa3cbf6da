"""The five metals, the names under which papers print them, and the way OCR damages those names."""

import re
from typing import NamedTuple

from domain.quantity import Metal

# Names: domain 2.4(c); 类金属砷 from the EIA tables, domain 4.2; traditional forms, domain 7.1.
_CHARACTERS = {
    Metal.PB: "铅鉛",
    Metal.HG: "汞",
    Metal.CD: "镉鎘",
    Metal.CR: "铬鉻",
    Metal.AS: "砷",
}
# Real OCR damage of these names, domain 7.1: probable, never certain.
_DAMAGED = {
    "络": Metal.CR,
    "辂": Metal.CR,
    "石申": Metal.AS,
    "砰": Metal.AS,
    "隔": Metal.CD,
    "录": Metal.HG,
    "铝": Metal.PB,
    "沿": Metal.PB,
}
_SHAPE = "(?:总|类金属)?({})(?:及其化合物|及化合物)?(?:\\((?:以)?[A-Za-z]{{1,2}}(?:计)?\\))?"
_HEXAVALENT = re.compile(r"六价[铬络鉻]|Cr\s*6\+|Cr\((?:Ⅵ|VI|\+6|6\+)\)", re.IGNORECASE)
_SYMBOLS = {metal.value.lower(): metal for metal in Metal}


class MetalName(NamedTuple):
    """A metal and whether its printed name is beyond doubt."""

    metal: Metal
    certain: bool


def is_hexavalent(name: str) -> bool:
    """六价铬 is a part of 总铬 and never added to it (domain 2.4)."""
    return bool(_HEXAVALENT.search(name))


def metal_of(name: str) -> MetalName | None:
    """The tradable metal that a pollutant's folded name means, None for every other pollutant."""
    if is_hexavalent(name) or "烷基" in name:
        return None
    if name == "铬酸雾":
        return MetalName(Metal.CR, True)
    return _plain(name) or _damaged(name)


def _plain(name: str) -> MetalName | None:
    for metal, characters in _CHARACTERS.items():
        if re.fullmatch(_SHAPE.format(f"[{characters}]"), name):
            return MetalName(metal, True)
    metal_symbol = _SYMBOLS.get(name.lower())
    return MetalName(metal_symbol, True) if metal_symbol else None


def _damaged(name: str) -> MetalName | None:
    for wrong, metal in _DAMAGED.items():
        if re.fullmatch(_SHAPE.format(wrong), name):
            return MetalName(metal, False)
    bracketed = re.fullmatch(r"(.{1,3})\(([A-Za-z]{2})\)", name)
    if bracketed and bracketed[2].lower() in _SYMBOLS:
        return MetalName(_SYMBOLS[bracketed[2].lower()], False)
    return None
