"""How statistics are laid out: a table and charts for each dimension, all of the same rows."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from domain.outgoing import Sender
from domain.page import Frozen
from domain.printing import spell
from domain.quantity import Metal
from domain.statistics import MEASURES, PERIODS, STANDING, Dimension, Row, Statistics, Tally
from reports.outgoing.layout import Cell, Chart, Column, Sheet, Sort, Table, metal_name

HEADINGS: Mapping[Dimension, str] = {
    Dimension.METAL: "按重金属种类",
    Dimension.COUNTY: "按县（市、区）",
    Dimension.INDUSTRY: "按行业",
    Dimension.MONTH: "按月",
    Dimension.QUARTER: "按季度",
    Dimension.YEAR: "按年",
}
TITLES: Mapping[str, str] = {
    "verified": "核验富余量",
    "offered": "拟出让量",
    "withdrawn": "撤回量",
    "sold": "成交量",
    "money": "成交金额（元）",
    "free": "期末尚可出让",
    "reserved": "期末已预留",
    "needed": "需求量",
    "bought": "受让量",
    "open": "期末待落实需求",
}
SHOWN = ("offered", "sold", "free")  # on charts of kilograms
UNKNOWN = {Dimension.COUNTY: "未载明", Dimension.INDUSTRY: "未载明"}
KG, WAN = "千克/年", "万元"
_WAN = Decimal(10_000)
_HUNDREDTH = Decimal("0.01")


class Published(Frozen):
    """Statistics with whose they are, as JSON tells them."""

    sender: Sender
    statistics: Statistics


def lay_statistics(statistics: Statistics, sender: Sender) -> Sheet:
    """The statistics of a period."""
    return Sheet(
        file=f"交易统计-{statistics.since or '起始'}-{statistics.until}",
        title="重金属污染物排放量自愿交易统计",
        opening=(
            f"统计期间：{tell_period(statistics)}。排放量单位为千克/年，各种重金属分别统计，互不相加；"
            "县（市、区）和行业按各方企业所在地和所属行业划分，出让各栏为出让方、受让各栏为受让方；没有变动的期间不列。",
        ),
        tables=tuple(_tabulate(statistics, it) for it in statistics.by if statistics.of(it)),
        empty="统计期间内没有登记的供需信息和交易。",
        signed=sender.name,
        on=statistics.until,
        turned=True,
    )


def tell_period(statistics: Statistics) -> str:
    """`2026年1月1日至2026年11月30日`."""
    return f"{spell(statistics.since) if statistics.since else '启动'}至{spell(statistics.until)}"


def list_charts(statistics: Statistics, dimension: Dimension) -> tuple[Chart, ...]:
    """What of a dimension is shown as bars: of each metal its own, since kilograms of lead dwarf those of mercury."""
    rows = statistics.of(dimension)
    if dimension is Dimension.METAL:
        return (_draw_shares(rows),) if any(row.tally.offered for row in rows) else ()
    metals = [metal for metal in Metal if any(row.metal is metal and _is_shown(row.tally) for row in rows)]
    charts = [_draw_metal(rows, dimension, metal) for metal in metals]
    return (*charts, _draw_money(rows)) if dimension in PERIODS and metals else tuple(charts)


def name_group(row: Row) -> str:
    """What a group is called: a metal by its name, a quarter as 2026年第4季度."""
    if row.dimension is Dimension.METAL:
        return metal_name(row.metal)
    if row.dimension is Dimension.QUARTER:
        return f"{row.group[:4]}年第{row.group[-1]}季度"
    if row.dimension is Dimension.MONTH:
        return f"{row.group[:4]}年{int(row.group[5:])}月"
    return f"{row.group}年" if row.dimension is Dimension.YEAR else row.group or UNKNOWN[row.dimension]


def _tabulate(statistics: Statistics, dimension: Dimension) -> Table:
    heading = HEADINGS[dimension]
    rows = statistics.of(dimension)
    whole = () if dimension is Dimension.METAL else tuple(_sum_up(statistics))
    charts = list_charts(statistics, dimension)
    cells = (*(_tell(name_group(row), row) for row in rows if not _is_idle(row)), *whole)
    return Table(name=heading, heading=heading, columns=_columns(dimension), rows=cells, charts=charts)


def _is_idle(row: Row) -> bool:
    """Whether nothing happened in a period: what stands at its end stood there before."""
    flows = (getattr(row.tally, measure) for measure in MEASURES if measure not in STANDING)
    return row.dimension in PERIODS and not any(flows)


def _columns(dimension: Dimension) -> tuple[Column, ...]:
    group = Column("group", HEADINGS[dimension].removeprefix("按"), Sort.TEXT, 13)
    metal = Column("metal", "重金属", Sort.TEXT, 0 if dimension is Dimension.METAL else 10)
    return group, metal, *(Column(it, TITLES[it], _sort(it), 14 if it == "money" else 9) for it in MEASURES)


def _sort(measure: str) -> Sort:
    return Sort.MONEY if measure == "money" else Sort.QUANTITY


def _tell(group: str, row: Row) -> tuple[Cell, ...]:
    return group, metal_name(row.metal), *(getattr(row.tally, measure) for measure in MEASURES)


def _sum_up(statistics: Statistics) -> Iterator[tuple[Cell, ...]]:
    return (_tell("合计", row) for row in statistics.of(Dimension.METAL))


def _is_shown(tally: Tally) -> bool:
    return any(getattr(tally, measure) for measure in SHOWN)


def _draw_metal(rows: Sequence[Row], dimension: Dimension, metal: Metal) -> Chart:
    own = [row for row in rows if row.metal is metal and (dimension in PERIODS or _is_shown(row.tally))]
    series = tuple((TITLES[it], tuple(getattr(row.tally, it) for row in own)) for it in SHOWN)
    title = f"{metal_name(metal)}{HEADINGS[dimension]}"
    return Chart(title=title, unit=KG, groups=tuple(map(_short, own)), series=series)


def _draw_money(rows: Sequence[Row]) -> Chart:
    """Money of all metals together: 元 may be added."""
    groups = list(dict.fromkeys(_short(row) for row in rows))
    sums = [sum((row.tally.money for row in rows if _short(row) == group), Decimal(0)) for group in groups]
    shown = tuple((total / _WAN).quantize(_HUNDREDTH) for total in sums)
    return Chart(title="成交金额", unit=WAN, groups=tuple(groups), series=(("成交金额", shown),))


def _draw_shares(rows: Sequence[Row]) -> Chart:
    own = [row for row in rows if row.tally.sold > 0 or row.tally.reserved > 0 or row.tally.free > 0]
    names = (("sold", "成交"), ("reserved", "已预留"), ("free", "尚可出让"))
    series = tuple((name, tuple(getattr(row.tally, key) for row in own)) for key, name in names)
    groups = tuple(metal_name(row.metal) for row in own)
    return Chart(title="各重金属拟出让量的去向", unit=KG, groups=groups, series=series, shares=True)


def _short(row: Row) -> str:
    return row.group if row.dimension in PERIODS else name_group(row)
