"""The 88 county-level divisions of Guizhou, and how papers name them."""

import re
import unicodedata
from functools import cache, lru_cache

SINCE = "2021-05-08"  # 黔西县 became 黔西市, the latest change; source: 民政部 行政区划代码 520000
DIVISIONS = {
    "贵阳市": "南明区 云岩区 花溪区 乌当区 白云区 观山湖区 清镇市 开阳县 息烽县 修文县",
    "遵义市": (
        "红花岗区 汇川区 播州区 赤水市 仁怀市 桐梓县 绥阳县 正安县 凤冈县 湄潭县 余庆县 习水县"
        " 道真仡佬族苗族自治县 务川仡佬族苗族自治县"
    ),
    "六盘水市": "钟山区 水城区 盘州市 六枝特区",
    "安顺市": "西秀区 平坝区 普定县 镇宁布依族苗族自治县 关岭布依族苗族自治县 紫云苗族布依族自治县",
    "毕节市": "七星关区 黔西市 大方县 金沙县 织金县 纳雍县 赫章县 威宁彝族回族苗族自治县",
    "铜仁市": (
        "碧江区 万山区 江口县 石阡县 思南县 德江县 玉屏侗族自治县 印江土家族苗族自治县 沿河土家族自治县 松桃苗族自治县"
    ),
    "黔西南布依族苗族自治州": "兴义市 兴仁市 普安县 晴隆县 贞丰县 望谟县 册亨县 安龙县",
    "黔东南苗族侗族自治州": (
        "凯里市 黄平县 施秉县 三穗县 镇远县 岑巩县 天柱县 锦屏县 剑河县 台江县 黎平县 榕江县 从江县 雷山县"
        " 麻江县 丹寨县"
    ),
    "黔南布依族苗族自治州": (
        "都匀市 福泉市 荔波县 贵定县 瓮安县 独山县 平塘县 罗甸县 长顺县 龙里县 惠水县 三都水族自治县"
    ),
}
COUNTIES = {county: city for city, counties in DIVISIONS.items() for county in counties.split()}
_PEOPLES = "(?:(?:布依|土家|仡佬|苗|侗|水|彝|回)族?)*"
_KIND = "(?:自治县|特区|新区|县|区|市)"
_FORMER = {"盘县": "盘州市", "遵义县": "播州区"}  # names of before 2017 and 2016 whose stem changed as well


def stem(name: str) -> str:
    """The part that abbreviations keep: 松桃 of 松桃苗族自治县, 黔南 of 黔南布依族苗族自治州."""
    return re.sub(rf"{_PEOPLES}(?:自治[州县]|特区|[县区市])$", "", name)


def counties_in(place: str) -> list[str]:
    """The counties of Guizhou, by full name, that a printed place names; [] for other places and for blanks.

    县, 区 and 市 may stand for one another (水城县 became 水城区), the peoples may be left out (松桃县), and a county
    may stand alone without either (万山). The same name in another city or province does not count (广州市白云区).
    """
    return list(_find(re.sub(r"\s", "", unicodedata.normalize("NFKC", place))))


@lru_cache(maxsize=4096)
def _find(text: str) -> tuple[str, ...]:
    return tuple(county for county, city in COUNTIES.items() if _names(text, county, city))


@cache
def _pattern(county: str) -> re.Pattern[str]:
    former = [old for old, name in _FORMER.items() if name == county]
    return re.compile("|".join([rf"{stem(county)}(?:{_PEOPLES}{_KIND}|$)", *former]))


def _names(text: str, county: str, city: str) -> bool:
    found = _pattern(county).search(text)
    return bool(found) and not _elsewhere(text[: found.start()] if found else "", city)


def _elsewhere(before: str, city: str) -> bool:
    """Whether what stands before a county's name is a place that it does not belong to."""
    left = re.sub(rf"贵州省?|{city}|{stem(city)}(?:自治)?[州市]", "", before)
    return bool(re.search(r"[省市州]|自治区", left))
