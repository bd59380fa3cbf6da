"""Rules on a buyer's package: the form against the EIA table, and the table's own arithmetic."""

import re
from decimal import Decimal

from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Severity
from domain.quantity import Metal, plain
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from reference.policy import ratio_of
from reference.provisions import guide, practice
from validators.compare import decide, every, fold_name, fold_project, same
from validators.emissions import identities, net_new, offsets
from validators.figures import Figure, differ, exceed, figure, nothing
from validators.industries import judge_industry
from validators.places import Place, amount, text, whole
from validators.registry import NotApplicable, Problem, rule
from validators.wording import METALS

# 迁建 is entered as 新建 (domain 4.2); 技术改造 alone is none of the three.
BUILDING = re.compile(r"新建|改建|扩建|迁建|新[、,，（(]")
EIA_ARITHMETIC = practice("环评排放量汇总表各列之间的算式（报告书、报告表各按其表注）应当成立。")
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
def demand_is_enough(form: DemandForm, metal: Metal) -> Problem | None:
    """需求量 ≥ 新增排放量 × the ratio that holds for the county, or × the printed one where that is higher."""
    if not _given(form, "new_emission", metal):
        raise NotApplicable(f"供需信息表没有{METALS[metal]}的新增排放量")
    emission, demand = _stated(form, "new_emission", metal), _stated(form, "demand", metal)
    return decide(
        lambda: _short(emission, demand, _least(form)),
        lambda: _short(emission, demand, _own(form)),
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


def _short(emission: Figure, demand: Figure, ratio: Ratio) -> Problem | None:
    times, why = ratio
    words = f"{plain(emission.value * times)} kg/a（{emission.says}，{why}）"
    needed = Figure(emission.value * times, emission.slack * times, "应替代的排放量", words, emission.evidence)
    return exceed(needed, demand)


def _built(construction: Place[str]) -> Problem | None:
    if BUILDING.search(construction.known):
        return None
    return Problem(f"{construction.says}，不属于新建、改建、扩建", (construction.evidence,))
