"""The six industries of guide 2(3), with the GB/T 4754-2017 classes under which permits print them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

SINCE = "2024-01-19"  # the day of the guide; source: guide 2(3)


class Industry(NamedTuple):
    """One of the six: its name in the guide, and names that mean it beyond doubt."""

    name: str
    aliases: tuple[str, ...]


class Broad(NamedTuple):
    """A GB/T class wider than the guide's industry; one of `words` on the papers tells that it is meant."""

    alias: str
    industry: str
    words: tuple[str, ...]


# GB/T 4754-2017 classes: 0911–0915 and mercury under 0919; 3211–3215 and mercury under 3219; 3843; 1910.
INDUSTRIES = (
    Industry(
        "重有色金属矿采选业",
        ("铜矿采选", "铅锌矿采选", "镍钴矿采选", "锡矿采选", "锑矿采选", "汞矿采选", "重有色金属矿采选"),
    ),
    Industry(
        "重有色金属冶炼业",
        ("铜冶炼", "铅锌冶炼", "镍钴冶炼", "锡冶炼", "锑冶炼", "汞冶炼", "重有色金属冶炼"),
    ),
    Industry("铅蓄电池制造业", ("铅蓄电池制造", "铅酸蓄电池制造")),
    Industry("电镀行业", ("电镀",)),
    Industry(
        "化学原料及化学制品制造业",
        ("电石法聚氯乙烯", "电石法聚氯乙烯制造", "铬盐制造", "铬盐", "锌无机化合物"),
    ),
    Industry("皮革鞣制加工业", ("皮革鞣制加工", "皮革鞣制")),
)
_HEAVY = ("铜", "铅", "锌", "镍", "钴", "锡", "锑", "汞")
# GB/T 4754-2017: 3360, 2613, 2651, 0919, 3219, 321, 32, 091, 09.
BROADER = (
    Broad("金属表面处理及热处理加工", "电镀行业", ("电镀", "镀铬", "镀锌", "镀镍")),
    Broad("无机盐制造", "化学原料及化学制品制造业", ("铬", "锌")),
    Broad("初级形态塑料及合成树脂制造", "化学原料及化学制品制造业", ("聚氯乙烯", "PVC", "电石")),
    Broad("其他常用有色金属矿采选", "重有色金属矿采选业", ("汞",)),
    Broad("其他常用有色金属冶炼", "重有色金属冶炼业", ("汞",)),
    Broad("常用有色金属冶炼", "重有色金属冶炼业", _HEAVY),
    Broad("有色金属冶炼和压延加工", "重有色金属冶炼业", _HEAVY),
    Broad("常用有色金属矿采选", "重有色金属矿采选业", _HEAVY),
    Broad("有色金属矿采选", "重有色金属矿采选业", _HEAVY),
)


def named(printed: str) -> list[str]:
    """The single industries of a printed 行业类别, codes and section letters cut off (`C3212 铅锌冶炼，银冶炼`)."""
    parts = re.split(r"[，,、;；/()（）\s]+", re.sub(r"[(（]聚[)）]", "聚", printed))
    bare = (re.sub(r"^[A-Z]?\d{2,4}|\d{3,4}$", "", part).strip("-—:：") for part in parts)
    return [part for part in bare if part]


def recognise(printed: str) -> str | None:
    """The guide's industry that one of the printed ones is beyond doubt, else None."""
    return next((i.name for part in named(printed) for i in INDUSTRIES if _is(part, i.aliases)), None)


def broader(printed: str) -> Broad | None:
    """The wider class, where one was printed, that may or may not be an industry of the guide."""
    return next((wide for part in named(printed) for wide in BROADER if _is(part, (wide.alias,))), None)


def industry_of(printed: Iterable[str], hints: Iterable[str] = ()) -> str | None:
    """The guide's industry of a company: one that any paper prints beyond doubt, else the part of a wider class that
    other words of its papers (its name, its scope, its projects) tell."""
    told = list(printed)
    sure = next((it for it in map(recognise, told) if it), None)
    wide = next((it for it in map(broader, told) if it), None)
    if sure or wide is None:
        return sure
    return wide.industry if any(word in hint for hint in hints for word in wide.words) else None


def _is(part: str, aliases: tuple[str, ...]) -> bool:
    """Whole names only, with or without 业: 再生铜冶炼设备制造 is no smelter."""
    return any(part in (alias, alias + "业", alias + "行业") for alias in aliases)
