"""Running text: paragraphs as one stretch each, so that a sentence is found across line ends."""

import re
from collections.abc import Iterator, Mapping, Sequence

from domain.page import ReadPage
from extractors.layout import Line, Span, join, lines
from extractors.text import DAMAGED_MASS
from reference.metals import IN_LIST

Place = tuple[Span | None, int]
Passage = tuple[int, Span]

_ITEM = re.compile(
    rf"(?P<metal>{IN_LIST}|(?<=[为:是])[一-鿿](?=\d))(?:\([A-Za-z]{{2}}\)|及其化合物)*[:为]?"
    rf"(?P<figure>[\d.,OolI]*\d[\d.,OolI]*(?:千克|公斤|吨|克|kg|t|g|{DAMAGED_MASS}|[vu])[/每1lI|]?[年a])",
    re.IGNORECASE,
)
_MINUS = "[-—–_一]+"
_SUM = re.compile(
    rf"(?P<metal>{IN_LIST})(?:\([A-Za-z]{{2}}\)|及其化合物)*:?[\d.,]+{_MINUS}[\d.,]+=(?P<figure>[\d.,]*\d"
    r"\(?(?:千克|公斤|吨|克|kg|t|g)[/每]?[年a]\)?)",
    re.IGNORECASE,
)


def passages(pages: Sequence[ReadPage]) -> list[Passage]:
    """Each paragraph outside of tables as one stretch, with its page."""
    return [(page.number, join(rows)) for page in pages for rows in _paragraphs(page)]


def _paragraphs(page: ReadPage) -> Iterator[list[Line]]:
    """Lines up to one that stops short of the right margin."""
    outside = [w for w in page.words if not any(w.box.overlap(g.box) > 0.5 for g in page.reading.grids)]
    rows = lines(outside)
    margin = max((row.box.x1 for row in rows), default=1.0)
    paragraph: list[Line] = []
    for row in rows:
        paragraph.append(row)
        if row.box.x1 < margin - 0.05 and row.text[-1] not in ":,、(":
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def find_in(texts: Sequence[Passage], pattern: str) -> Place:
    """The first place where a pattern stands; its group `value` is what counts."""
    for page, passage in texts:
        match = re.search(pattern, passage.text)
        if match and match["value"]:
            return passage.cut(*match.span("value")), page
    return None, texts[0][0] if texts else 1


def told(texts: Sequence[Passage], labels: Mapping[str, str]) -> Iterator[tuple[str, Span, Span, int]]:
    """Quantities told in sentences (基础排放量为铅99.13kg/a、镉0.46kg/a): key, metal, figure with unit, page."""
    pattern = re.compile("|".join(f"(?P<{key}>{variants})" for key, variants in labels.items()))
    for page, passage in texts:
        for match in pattern.finditer(passage.text):
            key = next(k for k in labels if match[k] is not None)
            for item in _items(passage.text, match.end()):
                metal, figure = passage.cut(*item.span("metal")), passage.cut(*item.span("figure"))
                if metal and figure:
                    yield key, metal, figure, page


def summed(texts: Sequence[Passage], label: str) -> Iterator[tuple[Span, Span, int]]:
    """What a difference that is written out gives (富余排放量=工程削减量-减排任务:铬:15.3-1.8=13.5(kg/a)): metal,
    figure with unit, page."""
    for page, passage in texts:
        for match in re.finditer(rf"(?:{label})=[^\d。;:]{{4,30}}:", passage.text):
            at: int | None = match.end()
            while at is not None and (item := _SUM.match(passage.text, at)):
                metal, figure = passage.cut(*item.span("metal")), passage.cut(*item.span("figure"))
                if metal and figure:
                    yield metal, figure, page
                more = re.compile(r"[;,、]").match(passage.text, item.end())
                at = more.end() if more else None


def _items(text: str, start: int) -> Iterator[re.Match[str]]:
    """The metals with figures that follow a label at once, one after the other."""
    lead = re.compile(r"(?:[^\d。;:=]{0,6}?为|[:是])").match(text, start)
    at = lead.end() if lead else -1
    while at >= 0:
        item = _ITEM.match(text, at)
        if item:
            yield item
        more = re.compile(r"[、,和及]").match(text, item.end()) if item else None
        at = more.end() if more else -1
