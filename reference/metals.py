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
# Real OCR damage of these names, domain 7.1, and blurred and faded generated pages: probable, never certain. Aluminium
# (铝), platinum (铂) and silicon (硅) are substances of their own, but none that these papers list: more likely damage.
_DAMAGED = {
    Metal.CR: "钻各|钅各|" + "|".join("络铭辂洛骆铪路烙珞硌咯酪饹锘格洺错鉿絡銘"),
    Metal.AS: "石申|石甲|石由|石中|砰|碑|神|砗|碎|坤|呻|砷申|砵|硅|伸",
    Metal.CD: "隔镐镅锅锢鬲膈融鍋鎬搹",
    Metal.HG: "录末永求禾泵承汆",
    Metal.PB: "铝沿船钻铂钳铃鋁鉑鉗",
}
# Pollutants of the permits that are none of the five and cannot be mistaken for them (HJ 942, domain 2.4).
_OTHERS = frozenset(
    [
        "颗粒物",
        "二氧化硫",
        "氮氧化物",
        "挥发性有机物",
        "非甲烷总烃",
        "氯化氢",
        "硫酸雾",
        "氟化物",
        "氟化氢",
        "氰化氢",
        "氨(氨气)",
        "氨",
        "臭气浓度",
        "林格曼黑度",
        "一氧化碳",
        "化学需氧量",
        "CODcr",
        "CODCr",
        "氨氮",
        "总氮",
        "总氮(以N计)",
        "总磷",
        "总磷(以P计)",
        "悬浮物",
        "pH值",
        "五日生化需氧量",
        "石油类",
        "动植物油",
        "硫化物",
        "总氰化物",
        "色度",
        "烷基汞",
        "总锑",
        "总铊",
        "总镍",
        "总铜",
        "总锌",
        "总锰",
        "总银",
        "总钴",
        "总锡",
        "总钒",
        "总铍",
        "总铁",
        "锑",
        "铊",
        "镍",
        "铜",
        "锌",
        "锰",
        "银",
        "钴",
        "锡",
        "钒",
        "铍",
        "铁",
        "锑及其化合物",
        "铊及其化合物",
        "镍及其化合物",
        "锡及其化合物",
        "锰及其化合物",
        "铜及其化合物",
        "锌及其化合物",
        # rows of the EIA forms (domain 4.2) and usual short names
        "废水量",
        "废气量",
        "COD",
        "BOD5",
        "NH3-N",
        "TP",
        "TN",
        "SS",
        "LAS",
        "SO2",
        "NOx",
        "NOX",
        "VOCs",
        "VOCS",
        "TVOC",
        "PM10",
        "烟尘",
        "粉尘",
        "烟粉尘",
        "烟(粉)尘",
        "油烟",
        "硫化氢",
        "苯",
        "甲苯",
        "二甲苯",
        "二噁英",
        "总盐",
        "全盐量",
        "其他特征污染物",
        "特征污染物",
    ]
)
_OTHER_HEAVY = "锑铊镍锰铜锌银钴锡钒铍钼铋"
_HEAVY = re.compile(rf"[{_OTHER_HEAVY}]|烷基汞")
_REST = r"(?:及其?化合(?:物|勿)?)?"
_SHAPE = rf"(?:总|类金属)?{{}}{_REST}(?:\((?P<bracket>.{{{{0,8}}}}))?"
# What stands in brackets names the metal again, counts it (以Pb计), says what it holds, or is its unit: nothing else is
# surely the metal itself (溶解态, 三价, 无机).
_SAME = r"(?:以.*|.*计|[含括包].*|单位.*|(?:千克|公斤|毫克|[吨克]|[km]?g|t)(?:[/每].*)?|{})?\)?"
_WRONG = {metal: f"(?:{wrong})" if "|" in wrong else f"[{wrong}]" for metal, wrong in _DAMAGED.items()}
_CHROMIUM = rf"(?:Cr|[铬鉻]|{_WRONG[Metal.CR]})"
_HEXAVALENT = re.compile(
    rf"[六6]价|Cr[\s^]*6\+?|{_CHROMIUM}(?:6\+|⁶⁺?|\+6|Ⅵ|V[I1l|]|\((?:Ⅵ|V[I1l|]|\+?6\+?|⁶⁺?|六)\)?)", re.IGNORECASE
)
_LIKE_HEXAVALENT = re.compile(rf"价(?:[铬鉻]|{_WRONG[Metal.CR]})|六.[铬鉻]")
_TOTAL_WITH = re.compile(r"^总?[铬鉻]\([^)]*[含括]")  # 总铬（含六价铬）
_SYMBOLS = {metal.value.lower(): metal for metal in Metal}

# For readers of running text. What OCR makes of a metal's name is an ordinary character: it counts only where a name
# must stand, in brackets, behind 总, or before a figure; and there so does any other character behind a separator.
_SURE_CHARACTERS = "".join(_CHARACTERS.values()) + _OTHER_HEAVY
_ANY_WRONG = "|".join(_WRONG.values())
_BEFORE_FIGURE = r"(?=(?:\([A-Za-z]{2}\)|及其?化合物)*[:为]?\d)"
IN_TEXT = rf"(?:[{_SURE_CHARACTERS}]|(?<=[(总属])(?:{_ANY_WRONG})(?=[)及:\d])|(?:{_ANY_WRONG}){_BEFORE_FIGURE})"
_NO_NAME = "约共计为达量各至到是有按即年近于在分合总"
IN_LIST = rf"(?:[{_SURE_CHARACTERS}]|{_ANY_WRONG}|(?<=[、,和及与])(?![{_NO_NAME}])[一-鿿](?=\d))"


class MetalName(NamedTuple):
    """A metal and whether its printed name is beyond doubt."""

    metal: Metal
    certain: bool


def is_hexavalent(name: str) -> bool:
    """六价铬 is a part of 总铬 and never added to it (domain 2.4); whatever OCR makes of its last character."""
    return bool(_HEXAVALENT.search(name)) and not _TOTAL_WITH.search(name)


def is_other(name: str) -> bool:
    """Whether a folded name is surely a pollutant other than the five metals."""
    return name in _OTHERS or _bare(name) in _BARE_OTHERS or is_hexavalent(name)


def _bare(name: str) -> str:
    """A name without its brackets, which wear off before its characters do (氨氨气)."""
    return re.sub(r"[()]", "", name)


_BARE_OTHERS = frozenset(map(_bare, _OTHERS))


def is_heavy(name: str) -> bool:
    """Whether a folded name is that of a heavy metal other than the five, or of a part of one of them."""
    return bool(_HEAVY.search(name)) or is_hexavalent(name)


def may_be_metal(name: str) -> bool:
    """Whether a name that is none of the known ones may be a metal's: by its length, its 总, its 化合物, its 金属.

    Three or more Latin letters and digits are no metal's symbol, however badly read (C0D, S02, N0x), and what ends in
    量 is an amount of water or gas.
    """
    if re.fullmatch(r"(?!Pb|Hg|Cd|Cr|As)[A-Za-z\d.-]{3,}|.{2,}量", name):
        return False
    if _LIKE_HEXAVALENT.search(name):
        return True
    like = re.search(r"^.{0,3}$|^.?[总类總類]|化合|合物|及其|金属|^.金.{2}(?:\(|$)|[A-Z][a-z]计", name)
    return bool(like) or _some_metal(name) is not None


def _some_metal(name: str) -> Metal | None:
    """The one metal whose character stands anywhere in a name."""
    found = [metal for metal, characters in _CHARACTERS.items() if any(c in name for c in characters)]
    return found[0] if len(found) == 1 else None


def metal_of(name: str) -> MetalName | None:
    """The tradable metal that a pollutant's folded name means, None for every other pollutant."""
    if _TOTAL_WITH.search(name):
        return MetalName(Metal.CR, False)
    if is_hexavalent(name) or _LIKE_HEXAVALENT.search(name) or "烷基" in name:
        return None
    if name == "铬酸雾":
        return MetalName(Metal.CR, True)
    return _plain(name) or _damaged(name)


def _plain(name: str) -> MetalName | None:
    for metal, characters in _CHARACTERS.items():
        shape = re.fullmatch(_SHAPE.format(f"[{characters}]"), name)
        if shape:
            again = _SAME.format(f"[{characters}]|{metal.value}")
            return MetalName(metal, re.fullmatch(again, shape["bracket"] or "", re.IGNORECASE) is not None)
    metal_symbol = _SYMBOLS.get(name.lower())
    return MetalName(metal_symbol, True) if metal_symbol else None


def _damaged(name: str) -> MetalName | None:
    for metal, looks in _WRONG.items():
        if re.fullmatch(_SHAPE.format(looks), name):
            return MetalName(metal, False)
    if re.fullmatch(rf"{_WRONG[Metal.CR]}酸[雾霧]", name):
        return MetalName(Metal.CR, False)
    if re.fullmatch(r"类金属.{1,2}(?:\(.{0,8})?", name):  # the EIA forms' name of arsenic and of nothing else
        return MetalName(Metal.AS, False)
    some = _some_metal(name)
    if some and not is_other(name) and (len(name) <= 3 or re.search(r"^.?[总类]|化|合物|[:：计(]|mg", name)):
        return MetalName(some, False)
    bracketed = re.fullmatch(r"(.{1,3})\(([A-Za-z]{2})\)", name)
    if bracketed and bracketed[2].lower() in _SYMBOLS:
        return MetalName(_SYMBOLS[bracketed[2].lower()], False)
    return None
