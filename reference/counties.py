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
# The six digits of GB/T 2260 that 统一社会信用代码 carry as characters 3 to 8 (GB 32100-2015): in order per city, the
# codes of before the latest changes beside those of today. A code tells where a company was registered first.
_CODES = {
    "5201": "02 南明区 03 云岩区 11 花溪区 12 乌当区 13 白云区 15 观山湖区 21 开阳县 22 息烽县 23 修文县 81 清镇市",
    "5202": "01 钟山区 03 六枝特区 04 水城区 21 水城区 22 盘州市 81 盘州市",
    "5203": (
        "02 红花岗区 03 汇川区 04 播州区 21 播州区 22 桐梓县 23 绥阳县 24 正安县 25 道真仡佬族苗族自治县"
        " 26 务川仡佬族苗族自治县 27 凤冈县 28 湄潭县 29 余庆县 30 习水县 81 赤水市 82 仁怀市"
    ),
    "5204": (
        "02 西秀区 03 平坝区 21 平坝区 22 普定县 23 镇宁布依族苗族自治县 24 关岭布依族苗族自治县"
        " 25 紫云苗族布依族自治县"
    ),
    "5205": (
        "02 七星关区 21 大方县 22 黔西市 23 金沙县 24 织金县 25 纳雍县 26 威宁彝族回族苗族自治县 27 赫章县 81 黔西市"
    ),
    "5206": (
        "02 碧江区 03 万山区 21 江口县 22 玉屏侗族自治县 23 石阡县 24 思南县 25 印江土家族苗族自治县 26 德江县"
        " 27 沿河土家族自治县 28 松桃苗族自治县"
    ),
    "5223": "01 兴义市 02 兴仁市 22 兴仁市 23 普安县 24 晴隆县 25 贞丰县 26 望谟县 27 册亨县 28 安龙县",
    "5226": (
        "01 凯里市 22 黄平县 23 施秉县 24 三穗县 25 镇远县 26 岑巩县 27 天柱县 28 锦屏县 29 剑河县 30 台江县"
        " 31 黎平县 32 榕江县 33 从江县 34 雷山县 35 麻江县 36 丹寨县"
    ),
    "5227": (
        "01 都匀市 02 福泉市 22 荔波县 23 贵定县 25 瓮安县 26 独山县 27 平塘县 28 罗甸县 29 长顺县 30 龙里县"
        " 31 惠水县 32 三都水族自治县"
    ),
}
CODES = {
    city + number: county
    for city, told in _CODES.items()
    for number, county in zip(told.split()[::2], told.split()[1::2], strict=True)
}
_PEOPLES = "(?:(?:布依|土家|仡佬|苗|侗|水|彝|回)族?)*"
_KIND = "(?:自治县|特区|新区|县|区|市)"
_FORMER = {"盘县": "盘州市", "遵义县": "播州区"}  # names of before 2017 and 2016 whose stem changed as well


def stem(name: str) -> str:
    """The part that abbreviations keep: 松桃 of 松桃苗族自治县, 黔南 of 黔南布依族苗族自治州."""
    return re.sub(rf"{_PEOPLES}(?:自治[州县]|特区|[县区市])$", "", name)


def county_of_code(uscc: str) -> str:
    """The county in which a 统一社会信用代码 was given; "" where a city, the province or another province gave it."""
    return CODES.get(uscc[2:8], "")


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
