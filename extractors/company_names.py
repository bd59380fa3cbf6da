"""What a company's name is made of: place, 字号 (what sets it apart), trade and legal form."""

import re
from functools import lru_cache
from typing import NamedTuple

from reference.counties import COUNTIES, DIVISIONS, stem

_STEMS = sorted({stem(name) for name in (*DIVISIONS, *COUNTIES)}, key=len, reverse=True)
_PLACE = re.compile(
    rf"(?:(?:中国|贵州|云南|四川|重庆|广西|湖南|{'|'.join(_STEMS)})"
    r"(?:[布依土家仡佬苗侗水彝回]*族)*(?:自治[州县区]|壮族自治区|特区|新区|[省市县区州])?)*"
)
_TRADE = re.compile(
    "金属|有色|稀有|冶[炼金]|[铅锌锑铬汞锰铝镍铜锡镉砷钼钒钛金银][业品盐矿锌]?|矿[业产山]|选矿|电[镀池源子解力]|蓄电|"
    "皮[革业]|制革|鞣|化[工学纤]|盐|表面|环[保境]|科技|技术|资源|能源|新?材料|机[械电]|工[业程贸]|实业|集团|"
    "贸易|商贸|投资|控股|物流|建[材设筑]|有限|股份|公司|[厂矿]$"
)
_FORM = re.compile("(?:股份|有限|责任)+公司|[局厅]$")
_LEAST = 2  # characters of a 字号


class Parts(NamedTuple):
    """Where a name's parts stand, as numbers of characters: the 字号 behind the place, the legal form."""

    place: int
    mark: range
    form: range


@lru_cache(maxsize=256)
def parts_of(name: str) -> Parts:
    """The parts of a name of Chinese characters only; one without a 字号 is set apart by place and all."""
    place = place_of(name)
    mark = range(place, _trade(name, place))
    if len(mark) < _LEAST:
        mark = range(0, max(_trade(name, place), _LEAST))
    form = _FORM.search(name)
    return Parts(place, mark, range(*form.span()) if form else range(0))


def place_of(name: str) -> int:
    """How many characters at a name's beginning are the place."""
    found = _PLACE.match(name)
    return found.end() if found else 0


def _trade(name: str, start: int) -> int:
    """Where the trade begins, else the legal form; a 字号 may contain a trade's character (金都矿业)."""
    later = _TRADE.search(name, start + _LEAST)
    at_once = _TRADE.match(name, start)
    return start if at_once and len(at_once[0]) > 1 else (later.start() if later else len(name))
