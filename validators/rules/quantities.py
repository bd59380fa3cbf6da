"""Rules on quantities: form against permits, form against statement, and the form's own arithmetic."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from domain.books import Books
from domain.document import Document, values
from domain.dossier import Dossier
from domain.field import Doubt, Field
from domain.finding import Severity
from domain.quantity import Metal, Unit
from extractors.deals import Deal
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.documents.transfer_agreement import TransferAgreement
from reference.policy import policy
from reference.provisions import guide, practice
from validators.compare import decide
from validators.earlier import doubt_other_project, registered, still_there, taken_before
from validators.emissions import eia_cell
from validators.figures import Figure, differ, exceed, figure, less, nothing, total
from validators.items import item_cell
from validators.legibility import is_coarse
from validators.places import Place, amount, cell, named, place, whole
from validators.registry import NotApplicable, PermitCopyAfter, PermitCopyBefore, Problem, rule
from validators.wording import LABELS, METALS, title

OFFER = ("reduction", "surplus", "offered")  # a form deals with a metal when it gives one of these
CLEAR = 0.9  # confidence from which a figure without a unit is a fact about the paper and not about the reading
NEW_EMISSION = ("this_project", "replaced", "regional_offset")
EIA_QUANTITIES = ("existing_actual", "existing_permitted", "under_construction", "this_project", "replaced",
                  "regional_offset", "total_after")  # fmt: skip  # the change may well be below zero
SHARED = ("base", "reduction", "task", "surplus", "offered")
CUT_IN_PERMIT = practice("工程削减量应体现为排污许可量的减少。")


@rule("QTY-001", Severity.BLOCK, "变更前许可总量与副本相符", cites=guide("annex 1"))
def total_before(form: SupplyForm, before: PermitCopyBefore, metal: Metal) -> Problem | None:
    """The 变更前 total on the form is the sum of the 变更前 副本 rows, per metal."""
    _concern(form, metal, *OFFER, "permit_before")
    return differ(figure(amount(form, "permit_before", metal)), total(before, metal))


@rule("QTY-002", Severity.BLOCK, "变更后许可总量与副本相符", cites=guide("annex 1"))
def total_after(form: SupplyForm, after: PermitCopyAfter, metal: Metal) -> Problem | None:
    """The 变更后 total on the form is the sum of the 变更后 副本 rows, per metal."""
    _concern(form, metal, *OFFER, "permit_before", "permit_after")
    return differ(figure(amount(form, "permit_after", metal)), total(after, metal))


@rule("QTY-003", Severity.BLOCK, "拟出让量不超过许可削减量", cites=guide("2(5)"))
def offer_within_cut(
    form: SupplyForm, before: PermitCopyBefore, after: PermitCopyAfter, metal: Metal
) -> Problem | None:  # fmt: skip
    """变更前 − 变更后 ≥ 拟出让量, per metal."""
    return exceed(_offer(form, metal), _cut(before, after, metal))


@rule("QTY-004", Severity.BLOCK, "富余排放量算式", cites=guide("2(5)"))
def surplus_adds_up(form: SupplyForm, metal: Metal) -> Problem | None:
    """富余 = 工程削减量 − 减排任务, and 富余 ≤ 工程削减量 ≤ 基础排放量."""
    _concern(form, metal)

    def of(key: str) -> Figure:
        return figure(amount(form, key, metal))

    return decide(
        lambda: _task_deducted(form, of("surplus"), of("reduction"), metal),
        lambda: exceed(of("surplus"), of("reduction")),
        lambda: exceed(of("reduction"), of("base")),
    )


@rule("QTY-005", Severity.BLOCK, "拟出让量不超过富余排放量", cites=(guide("2(5)"), guide("4(4)")))
def offer_within_surplus(form: SupplyForm, metal: Metal, dossier: Dossier, books: Books) -> Problem | None:
    """拟出让量 ≤ 富余 − what was transferred or reserved earlier, per metal."""
    offer, surplus = _offer(form, metal), figure(amount(form, "surplus", metal))
    problem = exceed(offer, surplus)
    if problem is not None:
        return problem
    account = taken_before(form, metal, dossier, books)
    problem = exceed(offer, still_there(surplus, account)) if account else None
    if account and problem:
        doubt_other_project(form, account, books)
    return problem


@rule("QTY-006", Severity.BLOCK, "供需信息表与核算说明相符", cites=guide("annex 1"))
def form_and_statement(form: SupplyForm, statement: SurplusStatement, metal: Metal) -> Problem | None:
    """Form and 核算说明 state the same figures."""
    papers: tuple[Document, ...] = (form, statement)
    for paper in papers:
        if not any(_given(paper, key, each) for key in SHARED for each in Metal):
            raise Doubt(why=f"{title(paper.type)}未读到任何数量")
    speaking = [paper for paper in papers if _speaks(paper, metal)]
    if not speaking:
        raise NotApplicable(f"供需信息表与核算说明均未涉及{METALS[metal]}")
    if len(speaking) == 1:
        return _one_sided(speaking[0], form if speaking[0] is statement else statement, metal)
    return decide(*(partial(_agree, form, statement, key, metal) for key in SHARED))


@rule("QTY-007", Severity.REVIEW, "工程削减量与许可削减量相符", cites=CUT_IN_PERMIT)
def reduction_is_cut(
    form: SupplyForm, before: PermitCopyBefore, after: PermitCopyAfter, metal: Metal
) -> Problem | None:  # fmt: skip
    """工程削减量 = 变更前 − 变更后, per metal."""
    _concern(form, metal)
    return differ(figure(amount(form, "reduction", metal)), _cut(before, after, metal))


@rule("QTY-008", Severity.REVIEW, "与全口径清单相符", cites=guide("2(5)"))
def agrees_with_inventory(form: SupplyForm, metal: Metal, dossier: Dossier, books: Books) -> Problem | None:
    """基础 − 削减 agrees with the 全口径清单 register within the tolerance set."""
    _concern(form, metal)
    register = registered(form, metal, dossier, books)
    base, reduction = (figure(amount(form, key, metal)) for key in ("base", "reduction"))
    return differ(less(base, reduction, "基础排放量减去工程削减量"), register)


@rule("QTY-009", Severity.BLOCK, "仅出让五种重金属", cites=guide("2(2)"))
def only_the_five(document: SupplyForm | DemandForm | TransferAgreement | Contract) -> Problem | None:
    """Only the five metals are offered, asked for or sold."""
    whole(document)
    if isinstance(document, Deal):
        return decide(*(partial(_foreign_item, document, index) for index in range(len(document.items))))
    return decide(*(partial(_foreign, document, index) for index in range(len(document.other_metals))))


@rule("QTY-010", Severity.BLOCK, "数量非负且单位明确", cites=guide("2(4)"))
def sound_quantities(
    document: SupplyForm | DemandForm | SurplusStatement | PermitCopy | EiaTable | TransferAgreement | Contract,
    dossier: Dossier,
) -> Problem | None:
    """Every quantity is ≥ 0 and has a known unit."""
    places = list(_quantities(document))
    if not places:
        raise Doubt(why=f"{named(document)}未读到任何数量")
    return decide(*(partial(_sound, it, _tells_unit(document, dossier, it)) for it in places if not it.missing))


def _tells_unit(document: Document, dossier: Dossier, it: Place[Decimal]) -> bool:
    """Whether a unit that was not read is not there: it may be misread on a coarse page, where figures of something
    printed across it stand in it, and in an EIA's row whose name is in doubt, which may be a volume."""
    row = re.match(r"rows\[(\d+)\]", it.evidence.field or "")
    nameless = isinstance(document, EiaTable) and row is not None and not document.rows[int(row[1])].metal.certain
    if nameless or _CROSSED.search(it.field.raw or ""):
        return False
    return it.field.page is None or not is_coarse(dossier.page(it.field.page).page)


_CROSSED = re.compile(r"\d(?:千克|公斤|吨|克|kg|t|g)[/每]\d")  # 46.173千克/46.年


def _given(document: Document, key: str, metal: Metal) -> bool:
    """Whether a document's field holds, or may hold, something other than nothing: `/` and 0 give nothing."""
    field: Field[Decimal] | None = getattr(document, key).get(metal)
    return field is not None and not (field.certain and not field.value)


def _speaks(document: Document, metal: Metal) -> bool:
    return any(_given(document, key, metal) for key in SHARED)


def _concern(form: SupplyForm, metal: Metal, *keys: str) -> None:
    """Stops where the form leaves this metal out; a form on which nothing was read leaves everything open."""
    if any(_given(form, key, metal) for key in keys or OFFER):
        return
    if not any(_given(form, key, each) for key in OFFER for each in Metal):
        raise Doubt(why="供需信息表未读到任何出让数量")
    raise NotApplicable(f"供需信息表未涉及{METALS[metal]}")


def _offer(form: SupplyForm, metal: Metal) -> Figure:
    _concern(form, metal)
    offered = amount(form, "offered", metal)
    if offered.blank:
        raise NotApplicable(f"供需信息表未出让{METALS[metal]}")
    return figure(offered)


def _task_deducted(form: SupplyForm, surplus: Figure, reduction: Figure, metal: Metal) -> Problem | None:
    """No task counts as 0 where the policy says so; if 0 does not fit, it may as well not have been read."""
    task = amount(form, "task", metal)
    what = "工程削减量减去减排任务"
    if not (policy().blank_task_is_zero.value and (task.blank or metal not in form.task)):
        return differ(surplus, less(reduction, figure(task), what))
    problem = differ(surplus, less(reduction, nothing(f"{task.stands}（未填写）", task.evidence), what))
    if problem is not None and not task.blank:
        raise Doubt(task.field, why=task.doubt)
    return problem


def _cut(before: PermitCopy, after: PermitCopy, metal: Metal) -> Figure:
    return less(total(before, metal), total(after, metal), "许可削减量")


def _one_sided(speaker: Document, silent: Document, metal: Metal) -> Problem:
    given = next(amount(speaker, key, metal) for key in reversed(SHARED) if _given(speaker, key, metal))
    if isinstance(silent, SupplyForm) and not all(row.name.certain for row in silent.other_metals):
        raise Doubt(why=f"{given.says}，而供需信息表有金属名称读数不确定")
    given.known  # noqa: B018  a figure that cannot be relied on is no ground to object
    return Problem(f"{given.says}，而{title(silent.type)}没有{METALS[metal]}的数据", (given.evidence, whole(silent)))


def _agree(form: SupplyForm, statement: SurplusStatement, key: str, metal: Metal) -> Problem | None:
    """Nothing given on both papers agrees; given on one alone is doubt, for the other may not have been read."""
    if not _given(form, key, metal) and not _given(statement, key, metal):
        return None
    return differ(_stated(form, key, metal), _stated(statement, key, metal))


def _stated(document: Document, key: str, metal: Metal) -> Figure:
    return figure(amount(document, key, metal))


def _foreign(form: SupplyForm | DemandForm, index: int) -> Problem | None:
    """A name that cannot be read may be one of the five or not; a row that asks or offers nothing breaks no rule."""
    row, at = form.other_metals[index], f"other_metals[{index}]"
    key = "offered" if isinstance(form, SupplyForm) else "demand"
    name = place(form, f"{at}.name", "重金属种类", row.name)
    words = f"{LABELS[key]}（{row.name.value or row.name.raw}）"
    quantity: Place[Decimal] = cell(form, at, row, key, words, Unit.KG)
    known = name.known
    if quantity.blank or quantity.missing or quantity.known == 0:
        return None
    message = f"{quantity.says}，“{known}”不属于铅、汞、镉、铬、砷五种可交易重金属"
    return Problem(message, (name.evidence, quantity.evidence))


def _foreign_item(deal: Deal, index: int) -> Problem | None:
    metal = item_cell(deal, index, "metal")
    if not metal.blank:
        metal.known  # noqa: B018  an unread name may be any
        return None
    quantity = item_cell(deal, index, "quantity")
    message = f"{quantity.says}，“{metal.field.raw}”不属于铅、汞、镉、铬、砷五种可交易重金属"
    return Problem(message, (metal.evidence, quantity.evidence))


def _quantities(document: Document) -> Iterator[Place[Decimal]]:
    """The per-metal figures of a form or statement, the cells of a permit copy or EIA table, what a deal sells."""
    if isinstance(document, PermitCopy):
        yield from _cells(document)
    elif isinstance(document, EiaTable):
        yield from _emissions(document)
    elif isinstance(document, Deal):
        yield from (item_cell(document, index, "quantity") for index in range(len(document.items)))
    else:
        yield from _figures(document)


def _figures(document: Document) -> Iterator[Place[Decimal]]:
    for key in type(document).model_fields:
        figures = getattr(document, key)
        if key in LABELS and isinstance(figures, dict):
            yield from (amount(document, key, metal) for metal in figures)


def _emissions(table: EiaTable) -> Iterator[Place[Decimal]]:
    """No new emission rests on the plant as it stands: its figures with doubt on them are DEM-001's concern alone."""
    for index, row in enumerate(table.rows):
        for key in EIA_QUANTITIES:
            field: Field[Decimal] = getattr(row, key)
            without_unit = field.printed is not None and field.printed.unit is None
            if key in NEW_EMISSION or field.certain or without_unit:
                yield eia_cell(table, index, key)


def _cells(copy: PermitCopy) -> Iterator[Place[Decimal]]:
    """No total rests on the years after the first: where they were not read for sure, nothing hangs on them."""
    for index, row in enumerate(copy.limits):
        if row.metal.value is None:
            continue
        for year, (path, field) in enumerate(values(row.annual, f"limits[{index}].annual")):
            if year > 0 and not field.certain:
                continue
            words = f"{row.outlet_code.value or ''}{row.pollutant.value or row.pollutant.raw}年许可排放量"
            yield place(copy, path, words, field, Unit.TONNE)


def _sound(it: Place[Decimal], tells_unit: bool) -> Problem | None:
    """A cell left empty on purpose is sound; a figure read clearly whose only doubt is its unit is not."""
    printed = it.field.printed
    clear = it.field.certain or it.field.confidence >= CLEAR
    if clear and printed is not None and printed.unit is None:
        if not tells_unit:
            raise Doubt(it.field, why=f"{it.stands}的计量单位未能识读")
        return Problem(f"{it.stands}印为{printed.number}，没有可识别的计量单位", (it.evidence,))
    if it.blank or it.known >= 0:
        return None
    return Problem(f"{it.says}，数量不应为负", (it.evidence,))
