"""From printed characters to dates, figures, units and codes; pure functions over text."""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from stdnum.cn import uscc

from domain.quantity import Unit

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans(
    {
        "　": " ",
        "〔": "(",
        "〕": ")",
        "【": "(",
        "】": ")",
        "∶": ":",
        "−": "-",
        "–": "-",
        "·": ".",
        "。": ".",
        "\u200b": "",
    }
)


# Traditional characters, as OCR gives them for simplified print or as a form is typed in them; only those of our labels
# and units.
_TRADITIONAL = str.maketrans(
    "減讓餘務礎證號許總變後數單價廢氣業與為於產畝優會體關寫況準別辦動區協廠發噸員處備復實審對屬並應強徑願擴護報擔擬據"
    "無時顯術條標匯測濃點煙狀環現電監蓋碼確種稱簡類約線組織經結統綜編聯虛見計議論設評試話說諾責質貴資轉運進適間頁項驗",
    "减让余务础证号许总变后数单价废气业与为于产亩优会体关写况准别办动区协厂发吨员处备复实审对属并应强径愿扩护报担拟据"
    "无时显术条标汇测浓点烟状环现电监盖码确种称简类约线组织经结统综编联虚见计议论设评试话说诺责质贵资转运进适间页项验",
) | str.maketrans("鉛鎘鉻鎳銅鋅錳銀銻鉈鈷錫釩鈹鐵", "铅镉铬镍铜锌锰银锑铊钴锡钒铍铁")


def fold(text: str) -> str:
    """Half-width signs, no spaces: the form in which labels and names are compared (not NFKC, domain 4.2)."""
    return re.sub(r"\s+", "", text.translate(_WIDE).translate(_SIGNS).translate(_TRADITIONAL))


# ---- dates -----------------------------------------------------------------------------------------------------

_CHINESE_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0", "O": "0"}
DATE_PATTERN = r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?"
_DATE = re.compile(DATE_PATTERN)
_CHINESE_DATE = re.compile(
    r"([〇零○O一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_LOOSE_DATE = re.compile(r"(\d{4})\D{0,3}(\d{2})\D{0,3}(\d{2})\D*|(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D*")


def dates(text: str) -> tuple[date, ...]:
    """All dates in a text, in order; impossible ones (2024-02-30) are left out."""
    return tuple(day for day in dates_in_place(text) if day)


def dates_in_place(text: str) -> tuple[date | None, ...]:
    """All dates in a text, in order; None stands for an impossible one, so that the next keeps its place."""
    folded = fold(text)
    found = [(m.start(), _date(*m.groups())) for m in _DATE.finditer(folded)]
    found += [
        (m.start(), _date(_year(m[1]), str(_ordinal(m[2])), str(_ordinal(m[3]))))
        for m in _CHINESE_DATE.finditer(folded)
    ]
    return tuple(day for _, day in sorted(found, key=lambda pair: pair[0]))


def loose_date(text: str) -> date | None:
    """A date whose 年 月 日 are lost or mangled (a date line under a seal); never beyond doubt."""
    match = _LOOSE_DATE.fullmatch(fold(text))
    return _date(*[part for part in match.groups() if part]) if match else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year(text: str) -> str:
    return "".join(_CHINESE_DIGITS[c] for c in text)


def _ordinal(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(_CHINESE_DIGITS.get(text, "0")) if len(text) == 1 else 0
    return int(_CHINESE_DIGITS.get(tens, "1")) * 10 + int(_CHINESE_DIGITS.get(ones, "0"))


# ---- figures and units -----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_LOOKALIKES = str.maketrans("OolIS", "00115", "|")
_EMPTY = frozenset({"", "/", "-", "--", "---", "—", "——", "一", "\\", "无", "／", "//"})
# What OCR makes of the letters and strokes of units (domain 7.1, and blurred pages). `_PER` is what becomes of the
# stroke, `_YEAR` of 年 or a; a day, an hour or a month is another unit and none of these.
_PER, _YEAR = r"[/1lI|\\.,丿ノ了]?", r"[aoqeu@年牛午平手毕]"
_THOUSAND, _GRAMS, _TONS = "千干于十手壬仟午平牛子工", "克免兑充党兄尭古", "吨盹砘钝顿屯肫纯"
DAMAGED_MASS = rf"(?<![万百亿])(?!千克)[{_THOUSAND}][{_GRAMS}]|公[斥厅升]|[{_TONS[1:]}]|k[q9]|[lhI|]g"  # never certain
# Certain only where nothing stands before 克 or g that may be a damaged 千 or k: that is a factor of a thousand.
_UNITS = (
    (re.compile(r"(?<![万百千亿])(?:千克[/每]?[年a]|公斤[/每]?年|kg/?[a年]|kg/y)", re.IGNORECASE), Unit.KG),
    (re.compile(r"(?<![万百千亿方])(?:吨[/每]?[年a]|(?<![a-z])t/[a年]|(?<![a-z])t年)", re.IGNORECASE), Unit.TONNE),
    (re.compile(r"(?<![^(:,])克[/每]?年|(?<![^(:,一-鿿])g/?[a年]", re.IGNORECASE), Unit.GRAM),
)
FACTOR = re.compile(r"(?<![\d.,])10(?:0*|\^?[2-6²³⁴⁵⁶])$")  # 10t/a: tens of tonnes, or ten of them?
_NOTHING_BUT_UNIT = re.compile(
    r"[(\[]?(?:千克|公斤|吨|克|kg|t|g)(?:[/每.]?(?:年|a|yr?))?[)\]]?(?:\([^()\d万百亿月日天季时h]*\)?)*[.,;:、]*",
    re.IGNORECASE,
)
# Damaged units are probable, so the field becomes unsure.
_ENDS = r"(?![a-z\d])"
_DAMAGED_UNITS = tuple(
    (re.compile(pattern, re.IGNORECASE), unit)
    for pattern, unit in (
        (rf"(?<![a-z])[klxh1I|][gq9]{_PER}{_YEAR}{_ENDS}|(?<![a-z])k[a8s6y&]/{_YEAR}{_ENDS}", Unit.KG),
        (rf"(?<![万百亿/])(?:[{_THOUSAND}][{_GRAMS}]|公[斤斥厅升])[每]?{_PER}{_YEAR}", Unit.KG),
        (rf"(?<![万百千亿方/])[{_TONS}][每]?{_PER}{_YEAR}", Unit.TONNE),
        (rf"(?<![a-z])(?:[vu][/1lI|]?|t[/1lI|]?|[fr+†y][/1lI|]|(?<!\d)[lI1|]/)[a年]{_ENDS}", Unit.TONNE),
        (rf"(?<![{_THOUSAND}毫微万百亿])[{_GRAMS}]{_PER}{_YEAR}", Unit.GRAM),
        (rf"(?<![a-zμ])(?:[gqes]|(?<!\d)[a9])/{_YEAR}{_ENDS}", Unit.GRAM),
    )
)


class Figure(NamedTuple):
    """A number as printed (`0.0860`), its value, and whether the characters leave no doubt."""

    printed: str
    value: Decimal
    clean: bool


def is_empty(text: str) -> bool:
    """Whether a cell says that there is no value (`/`, `—`, blank)."""
    return fold(text) in _EMPTY


def figure(text: str) -> Figure | None:
    """The one number in a text that holds nothing else; None for anything else.

    A leading zero without a point (`0860`) has lost its decimal point: not clean. Letters that stand for digits
    (O, l, S) are put right, but leave doubt.
    """
    folded = fold(text).rstrip(".")
    mended = folded.translate(_LOOKALIKES)
    mended = re.sub(r"^(\d+),(\d{1,2}|\d{4,})$", r"\1.\2", mended)
    if not _NUMBER.fullmatch(mended):
        return None
    printed = mended.replace(",", "")
    whole = printed.lstrip("+-").partition(".")[0]
    clean = mended == folded and not (len(whole) > 1 and whole.startswith("0"))
    return Figure(printed, Decimal(printed), clean)


class UnitRead(NamedTuple):
    """A unit and whether its characters leave no doubt."""

    unit: Unit
    certain: bool


def unit_in(text: str) -> UnitRead | None:
    """The yearly mass unit that a label, header or value carries."""
    folded = fold(text)
    for pattern, unit in _UNITS:
        if match := pattern.search(folded):
            return UnitRead(unit, not FACTOR.search(folded[: match.start()]))
    for pattern, unit in _DAMAGED_UNITS:
        if pattern.search(folded):
            return UnitRead(unit, False)
    return None


def is_only_unit(text: str) -> bool:
    """Whether what stands behind a number is a unit and no more: no second figure, no 万, no other period (/月, /h)."""
    return _NOTHING_BUT_UNIT.fullmatch(fold(text)) is not None


class Measure(NamedTuple):
    """A number with the text after it (its unit, if any)."""

    figure: Figure
    rest: str


def measure(text: str) -> Measure | None:
    """A number followed by a unit or nothing: `132.5千克/年` → 132.5 and `千克/年`."""
    match = re.fullmatch(r"([—_]?)([-+]?[\d.,OolISB]*\d[\d.,OolIS]*)(.*)", fold(text))
    number = figure(match[2]) if match else None
    if match and number and match[1]:
        number = number._replace(clean=False)  # a stray stroke, or a minus sign?
    return Measure(number, match[3]) if match and number else None


# ---- codes -----------------------------------------------------------------------------------------------------

_CODE = re.compile(r"[0-9A-Z]{18}")
_SWAPS = str.maketrans("IOZSV", "1025U")


class Code(NamedTuple):
    """A code and whether its own check character vouches for it."""

    value: str
    checked: bool


def check_character_holds(code: str) -> bool:
    """GB 32100-2015: whether the last of 18 characters belongs to the first 17."""
    try:
        return uscc.calc_check_digit(code[:17]) == code[17]
    except (ValueError, IndexError):
        return False


def credit_code(text: str) -> Code | None:
    """The 统一社会信用代码 in a text; illegal letters are put right only if the check holds.

    The check character vouches for a run of exactly 18 letters and digits; within a longer one, 1 of 31 windows would
    pass by chance.
    """
    folded = fold(text).upper()
    for candidate in re.findall(r"(?=([0-9A-Z]{18}))", folded):
        for variant in (candidate, candidate.translate(_SWAPS)):
            if check_character_holds(variant):
                return Code(variant, _stands_alone(candidate, folded))
    run = re.search(r"[0-9A-Z]{16,20}", folded)
    return Code(run[0], False) if run else None


def _stands_alone(code: str, text: str) -> bool:
    return re.search(rf"(?<![0-9A-Z]){code}(?![0-9A-Z])", text) is not None


def permit_number(text: str) -> Code | None:
    """证书编号: an 18-character code, three digits and one letter (HJ 608-2017)."""
    folded = fold(text).upper()
    run = re.search(r"[0-9A-Z]{20,24}", folded)
    if not run:
        return None
    code, tail = run[0][:18], run[0][18:]
    if not check_character_holds(code) and check_character_holds(code.translate(_SWAPS)):
        code = code.translate(_SWAPS)
    tail = tail[:3].translate(str.maketrans("OIZS", "0125")) + tail[3:]
    checked = check_character_holds(code) and bool(re.fullmatch(r"\d{3}[A-Z]", tail))
    return Code(code + tail, checked)


_OUTLET = re.compile(r"D([AW])([0-9OoQDIl]{3})")


def outlet_code(text: str) -> Code | None:
    """排放口编号: DA or DW and three digits (HJ 608); letters among the digits can only be damaged digits."""
    match = _OUTLET.fullmatch(fold(text).upper().replace("DWO0", "DW0", 1) if len(fold(text)) > 5 else fold(text))
    if not match:
        return None
    digits = match[2].upper().translate(str.maketrans("OQDIL", "00011"))
    return Code(f"D{match[1]}{digits}", len(fold(text)) == 5)


_LIKE_OUTLET = re.compile(r"[DO0Q].([0-9OoQDIl!|]{3})")


def damaged_outlet_code(text: str, medium: str | None) -> Code | None:
    """An outlet's code whose letter cannot be read, which the table's medium tells; never beyond doubt."""
    match = _LIKE_OUTLET.fullmatch(fold(text))
    if not match or medium not in ("air", "water"):
        return None
    digits = match[1].upper().translate(str.maketrans("OQDIL!|", "0001111"))
    return Code(f"D{'A' if medium == 'air' else 'W'}{digits}", False)
