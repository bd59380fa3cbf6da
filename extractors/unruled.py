"""Tables without all their lines are found: a head that names known columns, and rows of print below it."""

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from extractors.alignment import Print, Rule, Strip, is_quantity, lay_out
from extractors.crops import cut
from extractors.engine import Image
from extractors.pieces import text_ink
from extractors.prints import prints_of
from extractors.rulings import Rulings
from extractors.tables import Lattice
from extractors.words import Piecework

# Pieces of the headings by which our papers' tables are known; a heading may be broken into two lines anywhere.
_HEADINGS = tuple(
    re.compile(pattern)
    for pattern in (
        *(
            "种类|金属|污染物",
            "^序号$|^编号$",
            "排放口编|口编号",
            "口名称",
            "许可年|年排放量",
            "浓度",
            "速率",
            "承诺|其[它他]信",
        ),
        *(
            "第.年$",
            "第[三四五]年",
            "变更前",
            "变更后",
            "基础排",
            "工程削",
            "减排任",
            "富余",
            "拟[出转]让",
            "全口径|清单",
        ),
        *("新增", "需求|拟受让", "替代", "数量|[让易]量", "单价|价格", "金额|小计|价款", "年限", "^备注$"),
        *(
            "现有工|实际排",
            "许可排",
            "本项目|本工程|预测排",
            "以新带|带老",
            "区域平",
            "全厂|总量",
            "增减|变化量",
            "在建",
        ),
        *("^项目$|^指标$", "^总?铅", "^总?汞", "^总?镉", "^总?铬", "^总?砷"),
    )
)
_LEAST_HEADINGS = 3
_NAMES, _METALS = 0, frozenset(range(len(_HEADINGS) - 5, len(_HEADINGS)))  # one of these a table has to name
_FIGURE = re.compile(r"^[-—－_/一|lI1]$|^[-\d.,]+(?:[/a-zA-Z千克吨公斤年每元]*)$|\d\.\d")
_LEADS = re.compile(
    r"^(?:\d{1,2})?(?:D[AW]\d|(?:总|类金属)?[铅汞镉铬砷]|六价铬|合计|小计|总计)|^(?:变更[前后]|基础排|工程削|减排任|富余|拟|重金属新增|新增|需求)"
)
_SENTENCE = re.compile(
    r"[。；;=＝]|,(?!\d{3})|[一-鿿)]\.$|盖章|承诺(?!更)|日期|^注|说明[:：]|单位[:：]|^第\d{1,3}页|^-\d+-$|大写"
)
_METAL = re.compile(r"^(?:总|六价)?(?:铅|汞|镉|铬|(?:类金属)?砷)(?:\([^)]*\))?$")
_OUTLET = re.compile(r"^(?:\d{1,2})?D[AW][\dO]{3}")  # a 0 may be read as O
_LONG_MM, _RULE_MM = 60.0, 6.0
_STRIP_MM = 0.9  # print lower than this is a dash or a rest of a line
_SPECK_MM = 0.45
_TALL = 1.5  # of the usual height of detected lines: no letter is so high, a tick of a pen is
_PADDING = 0.15  # of a detected line's height: paper above its letters and below them
_HALO_MM = 0.3  # around the darkest of a letter's strokes
_PALE = 0.2  # of a word's ink, no more than that dark
_EDGE = 0.02  # of the page: what scanners leave at its edges
_NEAR = 0.8  # of the print's height: lines of one heading are no further apart
_FAR_MM = 14.0
_ROW = 4  # prints of a row that begins with an outlet
_FULL = 0.72  # of the width covered by print: a sentence


def complete(tables: Sequence[Lattice], read: Sequence[Piecework], rulings: Rulings, ruler: float) -> list[Lattice]:
    """The ruled tables of a page and those that have not all their lines, told by the words that were `read` first.

    A frame around an unruled table was found as a table of one column; the table itself takes its place.
    """
    found = list(find_unruled(tables, read, rulings, ruler))
    kept = [table for table in tables if not any(_frames(table, new) for new in found)]
    return sorted([*kept, *found], key=lambda table: (table.ys[0], table.xs[0]))


def _frames(table: Lattice, new: Lattice) -> bool:
    met = table.rect.meet(new.rect)
    return len(table.xs) == 2 and not met.empty and met.area > 0.3 * min(table.rect.area, new.rect.area)


def find_unruled(
    tables: Sequence[Lattice], read: Sequence[Piecework], rulings: Rulings, ruler: float
) -> Iterator[Lattice]:
    """Tables outside of the ruled ones; `read` are the page's pieces, as far as words were read from them."""
    frames = {number for number, table in enumerate(tables) if len(table.xs) == 2}
    works = [work for work in read if work.piece.cell is None or work.piece.cell[0] in frames]
    free = prints_of(works)
    if sum(len(_headings(print_.text)) for print_ in free) < _LEAST_HEADINGS:
        return
    ink = _print_ink(rulings, [table for n, table in enumerate(tables) if n not in frames], free, ruler)
    strips, rules = _strips(ink, free, ruler), _rules(rulings, ruler)
    start = 0
    loose = _goes_on_from_before(strips)
    if loose and (lattice := _lay(ink, rulings, strips[:0], strips[loose[0] : loose[1]], rules, ruler)):
        start = loose[1]
        yield lattice
    while (head := _find_head(strips, rules, start, ruler)) is not None:
        end = _body_end(strips, rules, head, ruler)
        start = max(end, head[1])
        if end > head[1]:
            lattice = _lay(ink, rulings, strips[head[0] : head[1]], strips[head[1] : end], rules, ruler)
            if lattice is not None:
                yield lattice


def _lay(
    ink: Image, rulings: Rulings, head: Sequence[Strip], body: Sequence[Strip], rules: Sequence[Rule], ruler: float
) -> Lattice | None:
    top, bottom = [*head, *body][0].y0 - _RULE_MM * ruler, body[-1].y1 + _RULE_MM * ruler
    return lay_out(ink, rulings.across, head, body, [rule for rule in rules if top <= rule.y <= bottom], ruler)


def _goes_on_from_before(strips: Sequence[Strip]) -> tuple[int, int] | None:
    """Rows of outlets or of metals that come before any head: the table of the page before goes on."""
    first = next((n for n, strip in enumerate(strips) if _is_body(strip) or len(_told([strip])) >= 3), len(strips))
    end = first
    while end < len(strips) and not _is_prose(strips[end]) and (_is_body(strips[end]) or len(_told([strips[end]])) < 3):
        end += 1
    rows = [n for n in range(first, end) if _is_body(strips[n])]
    texts = [[print_.text for print_ in strips[n].prints] for n in rows]
    outlets = sum(any(map(_OUTLET.search, own)) for own in texts)
    metals = sum(bool(_METAL.search(text)) for own in texts for text in own)
    return (rows[0], rows[-1] + 1) if max(outlets, metals) >= 2 else None


# ---- print and lines -------------------------------------------------------------------------------------------


def _headings(text: str) -> set[int]:
    """The headings that a print holds; a label with its value and a section's title (种类、数量) are none."""
    return set() if re.search("[:、]", text) else {n for n, pattern in enumerate(_HEADINGS) if pattern.search(text)}


def _print_ink(rulings: Rulings, ruled: Sequence[Lattice], free: Sequence[Print], ruler: float) -> Image:
    """Ink that is neither line nor speck, outside of ruled tables; where no word was read, no pale ink and no stroke
    of a pen over several rows either."""
    ink = cv2.bitwise_and(text_ink(rulings), _printed(rulings, free, ruler))
    for table in ruled:
        cut(ink, table.rect.grow(3, 3))[:] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    large = stats[:count, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1) >= _SPECK_MM * ruler
    large[0] = False
    cleaned: Image = (large[labels] * np.uint8(255)).astype(np.uint8)
    tall = stats[:count, cv2.CC_STAT_HEIGHT] > _TALL * np.median([print_.rect.height for print_ in free])
    strokes = tall[labels]
    for print_ in free:
        cut(strokes, print_.rect.grow(0, -round(_PADDING * print_.rect.height)))[:] = False
    cleaned[strokes] = 0
    return cleaned


def _printed(rulings: Rulings, free: Sequence[Print], ruler: float) -> Image:
    """Where ink is as dark as print, or of a word that was read though it is pale: a watermark is neither."""
    reach = 2 * round(_HALO_MM * ruler) + 1
    told = cv2.dilate(rulings.dark, np.ones((reach, reach), np.uint8))
    for print_ in free:
        if np.count_nonzero(cut(rulings.dark, print_.rect)) < _PALE * np.count_nonzero(cut(rulings.ink, print_.rect)):
            cut(told, print_.rect)[:] = 255
    return np.asarray(told, np.uint8)


def _strips(ink: Image, free: Sequence[Print], ruler: float) -> list[Strip]:
    """Lines of print across the page with their words; what is lower than a letter is of the nearest line."""
    edge = round(_EDGE * ink.shape[1])
    rows = ink[:, edge : ink.shape[1] - edge].any(axis=1)
    ends = np.flatnonzero(np.diff(np.concatenate(([0], rows.view(np.int8), [0]))))
    found = [(int(a), int(b)) for a, b in zip(ends[::2], ends[1::2], strict=True) if b - a >= _STRIP_MM * ruler]
    return [Strip(a, b, _words(a, b, free)) for a, b in found]


def _words(y0: int, y1: int, free: Sequence[Print]) -> tuple[Print, ...]:
    own = [print_ for print_ in free if y0 <= (print_.rect.y0 + print_.rect.y1) / 2 < y1]
    return tuple(sorted(own, key=lambda print_: print_.rect.x0))


def _rules(rulings: Rulings, ruler: float) -> list[Rule]:
    count, _, stats, middles = cv2.connectedComponentsWithStats(rulings.across)
    long = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= _LONG_MM * ruler]
    found = [(middles[i, 1], stats[i, cv2.CC_STAT_LEFT], stats[i, cv2.CC_STAT_WIDTH]) for i in long]
    return sorted(Rule(round(y), int(x), int(x + width)) for y, x, width in found)


def _rule_between(rules: Sequence[Rule], upper: Strip, lower: Strip) -> bool:
    """Whether a line as long as the longest near it parts two strips."""
    near = [rule.x1 - rule.x0 for rule in rules]
    return any(
        (upper.y0 + upper.y1) / 2 < r.y < (lower.y0 + lower.y1) / 2 and r.x1 - r.x0 > 0.8 * max(near) for r in rules
    )


# ---- heads and bodies ------------------------------------------------------------------------------------------


def _find_head(strips: Sequence[Strip], rules: Sequence[Rule], start: int, ruler: float) -> tuple[int, int] | None:
    """The next head as its first strip and the one after its last."""
    for core in range(start, len(strips)):
        if len(_told(strips[core : core + 1])) < 2 or _is_body(strips[core]) or _is_prose(strips[core]):
            continue
        first, end = core, core + 1
        while end < len(strips) and _goes_on(strips[end - 1], strips[end], rules):
            end += 1
        while first > start and _goes_on(strips[first], strips[first - 1], rules):
            first -= 1
        told = _told(strips[first:end])
        if len(told) >= _LEAST_HEADINGS and (_NAMES in told or len(told & _METALS) >= 3):
            return first, end
    return None


def _goes_on(known: Strip, other: Strip, rules: Sequence[Rule]) -> bool:
    """Whether a strip belongs to the same head as its neighbour."""
    upper, lower = (known, other) if known.y0 < other.y0 else (other, known)
    apart = lower.y0 - upper.y1
    if _rule_between(rules, upper, lower) or _is_body(other) or _is_prose(other):
        return False
    return apart <= _NEAR * min(upper.height, lower.height) or (apart <= 1.2 * lower.height and _told([other]) != set())


def _told(strips: Sequence[Strip]) -> set[int]:
    return {number for strip in strips for print_ in strip.prints for number in _headings(print_.text)}


def _is_body(strip: Strip) -> bool:
    """A row with figures or blank signs behind a name, or of an outlet without limits by the year."""
    texts = [print_.text for print_ in strip.prints]
    figures = sum(bool(_FIGURE.search(text)) for text in texts)
    outlet = len(texts) >= _ROW and any(map(_OUTLET.search, texts))
    return figures >= 2 or (figures >= 1 and any(map(_leads, texts))) or outlet or _runs_on(texts)


def _leads(text: str) -> bool:
    """Whether a row may begin with it: an outlet, a metal, a sum, a quantity."""
    return bool(_LEADS.search(text)) or is_quantity(text)


def _runs_on(texts: Sequence[str]) -> bool:
    """A row that was detected as one line."""
    return any(_LEADS.search(text) and len(re.findall(r"\d\.\d|(?<![a-zA-Z])/", text)) >= 2 for text in texts)


def _is_prose(strip: Strip) -> bool:
    return any(_SENTENCE.search(print_.text) for print_ in strip.prints)


def _body_end(strips: Sequence[Strip], rules: Sequence[Rule], head: tuple[int, int], ruler: float) -> int:
    """The strip after the table's last row: where sentences, another head or empty paper begin."""
    left = min(print_.rect.x0 for strip in strips[slice(*head)] for print_ in strip.prints)
    right = max(print_.rect.x1 for strip in strips[slice(*head)] for print_ in strip.prints)
    end = head[1]
    last = end
    while end < len(strips) and strips[end].y0 - strips[end - 1].y1 < _FAR_MM * ruler:
        strip = strips[end]
        if _is_prose(strip) or _covers(strip, left, right) or (not _is_body(strip) and len(_told([strip])) >= 3):
            break
        end += 1
        last = end if _is_body(strip) or _continues_row(strips, end - 1, rules) else last
    return last


def _covers(strip: Strip, left: int, right: int) -> bool:
    """As many characters as fill the table's width, without figures in columns: a sentence."""
    wide = sum(len(p.text) * min(p.rect.height, strip.height) for p in strip.prints)
    return not _is_body(strip) and wide > _FULL * (right - left)


def _continues_row(strips: Sequence[Strip], index: int, rules: Sequence[Rule]) -> bool:
    """A last line of a name that is broken over several."""
    above, strip = strips[index - 1], strips[index]
    close = strip.y0 - above.y1 <= 0.5 * min(above.height, strip.height)
    return close and _is_body(above) and not _rule_between(rules, above, strip)
