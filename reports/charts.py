"""Bar charts as SVG, drawn by hand: no script, no style but attributes, so that strict pages and printers take them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

from domain.printing import printable
from domain.quantity import plain
from reports.outgoing.layout import Chart

COLOURS = ("#2f6f7e", "#c4762f", "#7f9c45", "#5b3486", "#b08d12")
INK, SOFT, LINE = "#1b2630", "#51606d", "#d3dae0"
WIDE, HIGH = 620, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 44, 34
_SLANTED = 86  # room below for labels that stand aslant
_LONGEST = 9  # characters of a label
_STEPS = (1, 2, 5, 10)


class Frame(NamedTuple):
    """Where bars stand: the lower edge, the upper end of the axis in units, and the width of a group."""

    floor: float
    top: float
    group: float

    def y(self, figure: float) -> float:
        """The height of a figure, from above."""
        return self.floor - (self.floor - _TOP) * figure / self.top


def draw(chart: Chart) -> str:
    """The chart as one SVG element; it says its figures to whoever cannot see it."""
    aslant = sum(map(len, _labels(chart))) * 12 > WIDE - _LEFT - _RIGHT
    frame = Frame(HIGH - (_SLANTED if aslant else _BOTTOM), _top(chart), (WIDE - _LEFT - _RIGHT) / len(chart.groups))
    parts = [*_head(chart), *_axis(frame, chart), *_bars(chart, frame), *_groups(chart, frame, aslant=aslant)]
    told = escape(printable(chart.title))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{told}" font-size="12"'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _head(chart: Chart) -> Iterator[str]:
    yield _text(0, 14, chart.title, size=14, bold=True)
    x = _LEFT
    for number, (name, _) in enumerate(chart.series):
        yield f'<rect x="{x}" y="24" width="10" height="10" fill="{_colour(number)}"/>'
        yield _text(x + 14, 33, name, fill=SOFT)
        x += 26 + 12 * len(name)
    yield _text(_LEFT - 6, 33, "" if chart.shares else chart.unit, fill=SOFT, anchor="end", size=11)


def _axis(frame: Frame, chart: Chart) -> Iterator[str]:
    step = _step(frame.top)
    for number in range(round(frame.top / step) + 1):
        figure = number * step
        y = frame.y(figure)
        yield f'<line x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
        yield _text(_LEFT - 6, y + 4, _tick(figure, chart), fill=SOFT, anchor="end", size=11)


def _tick(figure: float, chart: Chart) -> str:
    told = plain(Decimal(f"{figure:.6g}"))
    return f"{told}%" if chart.shares else f"{Decimal(told):,}"


def _bars(chart: Chart, frame: Frame) -> Iterator[str]:
    count = 1 if chart.shares else len(chart.series)
    bar = min(46.0, frame.group * 0.76 / count)
    for at, group in enumerate(chart.groups):
        left = _LEFT + frame.group * (at + 0.5) - bar * count / 2
        base = 0.0
        for number, (name, figures) in enumerate(chart.series):
            height = _share(chart, at, number) if chart.shares else float(figures[at])
            x = left if chart.shares else left + bar * number
            told = f"{group} {name} {plain(figures[at])} {chart.unit}"
            yield _bar(frame, x, bar, base, height, _colour(number), told)
            base += height if chart.shares else 0


def _bar(frame: Frame, x: float, width: float, base: float, height: float, fill: str, told: str) -> str:
    upper, lower = frame.y(base + max(height, 0)), frame.y(base)
    return (
        f'<rect x="{x:.1f}" y="{upper:.1f}" width="{width:.1f}" height="{lower - upper:.1f}" fill="{fill}">'
        f"<title>{escape(printable(told))}</title></rect>"
    )


def _groups(chart: Chart, frame: Frame, *, aslant: bool) -> Iterator[str]:
    every = ceil(len(chart.groups) / 40)  # more would lie over one another
    for at, label in enumerate(_labels(chart)):
        x, y = _LEFT + frame.group * (at + 0.5), frame.floor + 15
        if at % every == 0:
            yield _text(x + 4 * aslant, y, label, anchor="end" if aslant else "middle", turn=-40 if aslant else 0)


def _labels(chart: Chart) -> list[str]:
    return [it if len(it) <= _LONGEST else f"{it[: _LONGEST - 1]}…" for it in chart.groups]


def _text(
    x: float, y: float, told: str, *, fill: str = INK, anchor: str = "start", size: int = 12, bold: bool = False,
    turn: int = 0,
) -> str:  # fmt: skip
    weight = ' font-weight="600"' if bold else ""
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="{fill}"{weight}{turned}>{escape(printable(told))}</text>'


def _share(chart: Chart, at: int, number: int) -> float:
    whole = sum(max(figures[at], Decimal(0)) for _, figures in chart.series)
    return float(100 * max(chart.series[number][1][at], Decimal(0)) / whole) if whole else 0.0


def _top(chart: Chart) -> float:
    """The upper end of the axis: the next whole step above the longest bar."""
    if chart.shares:
        return 100.0
    most = max((float(figure) for _, figures in chart.series for figure in figures), default=0.0)
    step = _step(most or 1.0)
    return max(ceil((most or 1.0) / step - 1e-9), 1) * step


def _step(most: float) -> float:
    """A round distance of which four to eight make up the axis."""
    rough = most / 6
    power = 10.0 ** floor(log10(rough))
    return next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def draw_all(charts: Sequence[Chart]) -> list[str]:
    """The charts that have anything to show."""
    return [draw(chart) for chart in charts if chart.groups]
