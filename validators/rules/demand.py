"""Rules on a buyer's package: the form against the EIA table, and the table's own arithmetic."""

import re
from dataclasses import replace
from decimal import Decimal

from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Severity
from domain.quantity import Metal, plain
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from reference.policy import policy, ratio_of
from reference.provisions import guide, practice
from validators.compare import decide, every, fold_name, fold_project, same
from validators.emissions import identities, net_new, offsets
from validators.figures import Figure, differ, exceed, figure, gap, nothing
from validators.industries import judge_industry
from validators.places import Place, amount, text, whole
from validators.registry import NotApplicable, Problem, rule
from validators.wording import METALS

# 迁建 is entered as 新建 (domain 4.2); 技术改造 alone is none of the three.
BUILDING = re.compile(r"新建|改建|扩建|迁建|新[、,，（(]")
EIA_ARITHMETIC = practice("环评排放量汇总表各列之间的算式（报告书、报告表各按其表注）应当成立。")
SPARE = Decimal("1.1")  # up to a tenth above what is due is a buyer's caution: the guide sets no upper bound
SLIPS = range(1, 7)  # powers of ten by which a unit or a decimal point may be wrong
OFFSET = practice("区域平衡替代削减量是专为本工程替代削减的量，应与需求量一致。")


@rule("DEM-001", Severity.REVIEW, "环评表算式", cites=EIA_ARITHMETIC)
def table_adds_up(table: EiaTable) -> Problem | None:
    """The EIA table's own arithmetic holds (each form by its own identities)."""
    whole(table)
    return decide(*identities(table))


@rule("DEM-002", Severity.BLOCK, "新增排放量与环评相符", cites=guide("annex 1"))
def emission_is_the_eias(form: DemandForm, table: EiaTable, metal: Metal) -> Problem | None:
    """新增排放量 on the form = the EIA's net new emission, water + air, per metal."""
    net = net_new(table, metal)
    if net.value <= 0 and not _given(form, "new_emission", metal):
        raise NotApplicable(f"供需信息表与环评均没有{METALS[metal]}的新增排放量")
    return differ(_stated(form, "new_emission", metal), net)


@rule("DEM-003", Severity.BLOCK, "需求量满足替代比例", cites=guide("1"))
def demand_is_enough(form: DemandForm, metal: Metal, dossier: Dossier) -> Problem | None:
    """需求量 ≥ 新增排放量 × the ratio that holds for the county, or × the printed one where that is higher.

    Demand without emission fails, one far above it is doubt, or a failure where it is a power of ten too large.
    """
    if not _given(form, "new_emission", metal):
        return _unfounded(form, metal, dossier)
    emission, demand = _stated(form, "new_emission", metal), _stated(form, "demand", metal)
    return decide(
        lambda: _short(emission, demand, _least(form)),
        lambda: _short(emission, demand, _own(form)),
        lambda: _too_much(emission, demand, _most(form)),
    )


@rule("DEM-004", Severity.REVIEW, "新改扩建且属重点行业", cites=(guide("1"), guide("2(3)")))
def project_in_scope(form: DemandForm, dossier: Dossier) -> Problem | None:
    """The project is 新、改、扩建 and in one of the six industries (迁建 counts as 新建, 技术改造 alone as neither)."""
    return every(lambda: _built(text(form, "construction")), lambda: judge_industry([text(form, "industry")], dossier))


@rule("DEM-005", Severity.BLOCK, "环评单位与项目相符", cites=guide("annex 1"))
def eia_of_this_project(form: DemandForm, table: EiaTable) -> Problem | None:
    """The EIA's 建设单位 and project are the form's."""
    return every(
        lambda: same(text(table, "builder"), text(form, "name"), fold_name),
        lambda: same(text(table, "project"), text(form, "project"), fold_project),
    )


@rule("DEM-006", Severity.REVIEW, "区域平衡替代量与需求相符", cites=OFFSET)
def offset_is_the_demand(form: DemandForm, table: EiaTable, metal: Metal) -> Problem | None:
    """区域平衡替代削减量, where given, agrees with the form's emission or demand (before or after the ratio)."""
    offset = offsets(table, metal)
    if offset is None:
        raise NotApplicable(f"环评表没有{METALS[metal]}的区域平衡替代削减量")
    problem = differ(offset, _stated(form, "demand", metal))
    return problem and (differ(offset, _stated(form, "new_emission", metal)) and problem)


def _given(form: DemandForm, key: str, metal: Metal) -> bool:
    """Whether a figure is there that says, or may say, something other than nothing."""
    field = getattr(form, key).get(metal)
    return field is not None and not (field.certain and not field.value)


def _stated(form: DemandForm, key: str, metal: Metal) -> Figure:
    """The form's figure; `/` or a blank, read for certain, asks for nothing."""
    place = amount(form, key, metal)
    return nothing(f"{place.stands}（未填写）", place.evidence) if place.blank else figure(place)


Ratio = tuple[Decimal, str]


def _least(form: DemandForm) -> Ratio:
    """The county's ratio and what the form prints beside it; raises Doubt where the place leaves it open."""
    county = text(form, "county")
    least = ratio_of(county.known)
    if least is None:
        raise Doubt(county.field, why=f"{county.says}，不能确定所在县（市、区）及应执行的替代比例")
    printed = text(form, "ratio")
    lower = printed.field.certain and printed.field.value is not None and Decimal(printed.field.value) < least
    note = f"，表列替代比例{plain(Decimal(str(printed.field.value)))}:1低于该比例" if lower else ""
    return least, f"{county.known}应执行{plain(least)}:1{note}"


def _own(form: DemandForm) -> Ratio:
    """The printed ratio; a form need not print one."""
    printed: Place[Decimal] = text(form, "ratio")  # type: ignore[assignment]
    if printed.missing or printed.blank:
        return Decimal(0), ""
    return printed.known, f"{printed.stands}为{plain(printed.known)}:1"


def _most(form: DemandForm) -> Ratio:
    """The higher of both; a form that prints none may have been filled in by the highest that holds anywhere."""
    own = _own(form)
    if own[0]:
        return max(_least(form), own)
    table = policy().county_ratio.value
    highest = max(table.default, *table.counties.values())
    return highest, f"未载明替代比例，按最高的{plain(highest)}:1计"


def _short(emission: Figure, demand: Figure, ratio: Ratio) -> Problem | None:
    return exceed(_needed(emission, ratio), demand)


def _needed(emission: Figure, ratio: Ratio) -> Figure:
    times, why = ratio
    words = f"{plain(emission.value * times)} kg/a（{emission.says}，{why}）"
    return Figure(emission.value * times, emission.slack * times, "应替代的排放量", words, emission.evidence)


def _too_much(emission: Figure, demand: Figure, ratio: Ratio) -> Problem | None:
    """A buyer may ask for a little to spare; more is doubt, and a slip where it is 10, 100 … times what is due."""
    needed = _needed(emission, ratio)
    problem = exceed(demand, replace(needed, value=needed.value * SPARE))
    if problem is None:
        return None
    message = f"{demand.says}，大于{needed.says}（{gap(demand, needed)}）"
    for tens in SLIPS:
        less = replace(demand, value=demand.value.scaleb(-tens), slack=demand.slack.scaleb(-tens))
        if differ(less, needed) is None:
            message = f"{demand.says}，约为{needed.says}的{10**tens}倍，疑似单位或小数点错误"
            return Problem(message, problem.evidence)
    raise Doubt(why=f"{message}，明显多于应替代的量")


def _unfounded(form: DemandForm, metal: Metal, dossier: Dossier) -> Problem:
    """Demand for a metal that the form emits none of; raises Doubt unless the EIA says so for certain."""
    if not _given(form, "demand", metal):
        raise NotApplicable(f"供需信息表没有{METALS[metal]}的新增排放量")
    demand = _stated(form, "demand", metal)
    told = f"{demand.says}，而供需信息表没有{METALS[metal]}的新增排放量"
    nets = [net_new(table, metal) for table in dossier.of(EiaTable)]
    if not nets:
        raise Doubt(why=f"{told}，也没有可核对的环评表")
    emitted = next((net for net in nets if net.value > 0), None)
    if emitted is not None:
        raise Doubt(why=f"{told}，{emitted.says}")
    evidence = (*demand.evidence, *(item for net in nets for item in net.evidence))
    return Problem(f"{told}，{nets[0].says}", evidence)


def _built(construction: Place[str]) -> Problem | None:
    if BUILDING.search(construction.known):
        return None
    return Problem(f"{construction.says}，不属于新建、改建、扩建", (construction.evidence,))
