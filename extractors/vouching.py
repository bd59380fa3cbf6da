"""Papers that vouch for each other: a value in doubt that independent evidence states alike is doubt no more."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from domain.document import Document, Version
from domain.field import Field, QuantityField, Status
from domain.quantity import Metal
from extractors.deal_vouching import vouch_deals
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.documents.permit_certificate import PermitFields
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.emission_sums import FIGURES_IN_DOUBT
from extractors.names import settle_names
from extractors.other_readings import borne_out
from extractors.outlet_limits import Limit, Subtotal, add_up, may_count
from extractors.printed_sums import settle_by_sums
from extractors.ratios import settle_ratio
from extractors.row_years import SAME_YEARS, settle_years
from extractors.text import fold
from extractors.witness import bears_out
from reference.metals import is_other

D = TypeVar("D", bound=Document)
R = TypeVar("R", Limit, Subtotal)
_SHARED = ("uscc", "name", "number", "legal_representative", "project", "industry", "project_code", "construction")
_SAME_AS = {"builder": "name"}  # what one paper calls by another label


def vouch(documents: Sequence[Document]) -> list[Document]:
    """The documents with doubts settled where another paper, another column or the arithmetic says the same."""
    documents = settle_names(documents)
    stated = {key: _stated_elsewhere(documents, key) for key in _SHARED}
    named = [_vouch_shared(document, stated) for document in documents]
    dated = _each(named, PermitFields, lambda permit: _vouch_dates(permit, named))
    rows = _each(dated, PermitCopy, lambda copy: _vouch_rows(copy, _others(dated, copy)))
    summed = _each(_each(rows, SupplyForm, _vouch_sums), SurplusStatement, _vouch_sums)
    figures = _each(summed, SupplyForm, lambda form: _vouch_form(form, summed))
    figures = _each(figures, SurplusStatement, lambda statement: _vouch_statement(statement, figures))
    figures = _each(figures, PermitCopy, lambda copy: _vouch_totals(copy, figures))
    figures = _each(figures, DemandForm, lambda form: _vouch_demand(form, figures))
    figures = _each(figures, EiaTable, lambda table: _vouch_net(table, figures))
    return vouch_deals(figures)


def _each(documents: Sequence[Document], kind: type[D], change: Callable[[D], Document]) -> list[Document]:
    return [change(document) if isinstance(document, kind) else document for document in documents]


def _settled(field: Field[Any], by: str) -> Field[Any]:
    return field.model_copy(update={"status": Status.CERTAIN, "why": f"{by}识读一致"})


def _doubted(field: Field[Any]) -> bool:
    return field.status is Status.UNSURE and field.value is not None


# ---- names and codes -------------------------------------------------------------------------------------------


def _stated_elsewhere(documents: Sequence[Document], key: str) -> list[Field[Any]]:
    keys = (key, *(other for other, same in _SAME_AS.items() if same == key))
    return [f for document in documents for one in keys if isinstance(f := getattr(document, one, None), Field)]


def _vouch_shared(document: Document, stated: Mapping[str, Sequence[Field[Any]]]) -> Document:
    sure: dict[str, Field[Any]] = {}
    for key in (*_SHARED, *_SAME_AS):
        field = getattr(document, key, None)
        if isinstance(field, Field) and _doubted(field):
            others = [other for other in stated[_SAME_AS.get(key, key)] if other is not field]
            if any(bears_out(field, other) for other in others):
                sure[key] = _settled(field, "其他材料上")
    return document.model_copy(update=sure) if sure else document


_DATES = ("valid_from", "valid_to", "issued_on")


def _vouch_dates(permit: PermitFields, documents: Sequence[Document]) -> PermitFields:
    """正本 and 副本 of one version print the same dates."""
    twins = [d for d in documents if isinstance(d, PermitFields) and d.version == permit.version and d is not permit]
    sure: dict[str, Field[Any]] = {}
    for key in _DATES:
        field = getattr(permit, key)
        if _doubted(field) and any(bears_out(field, getattr(twin, key)) for twin in twins):
            sure[key] = _settled(field, "同一版本正副本")
    return permit.model_copy(update=sure)


# ---- rows of the limit tables ----------------------------------------------------------------------------------


def _others(documents: Sequence[Document], copy: PermitCopy) -> list[PermitCopy]:
    return [d for d in documents if isinstance(d, PermitCopy) and d is not copy]


def _vouch_rows(copy: PermitCopy, others: Sequence[PermitCopy]) -> PermitCopy:
    rows = [row for one in (copy, *others) for row in one.limits]
    outlets = Counter(row.outlet_code.value for row in rows if row.outlet_code.certain)
    limits = tuple(_vouch_years(_vouch_metal(_vouch_outlet(row, outlets), copy, others)) for row in copy.limits)
    subtotals = tuple(_vouch_years(_vouch_summed(row, limits)) for row in copy.subtotals)
    limits = settle_by_sums(limits, subtotals)
    return copy.model_copy(update={"limits": limits, "subtotals": subtotals, "totals": add_up(limits)})


def _vouch_years(row: R) -> R:
    return row.model_copy(update={"annual": settle_years(row.annual)})


def _vouch_outlet(row: Limit, outlets: Mapping[str | None, int]) -> Limit:
    """The outlet's code stands for sure in other rows, of this permit or of the other one."""
    if not _doubted(row.outlet_code) or outlets[row.outlet_code.value] < SAME_YEARS:
        return row
    return row.model_copy(update={"outlet_code": _settled(row.outlet_code, "同一排放口其他行")})


def _vouch_metal(row: Limit, copy: PermitCopy, others: Sequence[PermitCopy]) -> Limit:
    """The other permit lists this very metal or name at the outlet, and no other row here takes its place."""
    if row.metal.certain:
        return row
    code = row.outlet_code.value
    here = _named_at(copy, code)
    there = {name: metal for other in others for name, metal in _named_at(other, code).items()}
    if row.metal.value is None:
        found = is_other(_core(row)) and any(_core(row) in _cores_at(other, code) for other in others)
    else:
        found = row.metal.value in there.values() and row.metal.value not in here.values()
    return row.model_copy(update={"metal": _settled(row.metal, "另一本许可证同一排放口")}) if found else row


def _named_at(copy: PermitCopy, code: str | None) -> dict[str, Metal | None]:
    """The surely named rows of an outlet: name as read → metal."""
    rows = (row for row in copy.limits if row.outlet_code.value == code and row.metal.certain)
    return {row.pollutant.raw: row.metal.value for row in rows}


def _core(row: Limit) -> str:
    """A pollutant's name without what it says again in brackets."""
    return fold(row.pollutant.raw).partition("(")[0]


def _cores_at(copy: PermitCopy, code: str | None) -> set[str]:
    return {_core(row) for row in copy.limits if row.outlet_code.value == code}


def _vouch_summed(row: Subtotal, limits: Sequence[Limit]) -> Subtotal:
    """A 合计 row's metal stands for sure among the rows of its block."""
    block = (limit for limit in limits if limit.medium.value == row.medium.value and limit.metal.certain)
    if row.metal.certain or row.metal.value is None or row.metal.value not in {limit.metal.value for limit in block}:
        return row
    return row.model_copy(update={"metal": _settled(row.metal, "所汇总的各行")})


# ---- quantities ------------------------------------------------------------------------------------------------

# What the papers' own arithmetic gives (guide 2(5)): total, from, less.
_SUMS = (("surplus", "reduction", "task"), ("inventory", "base", "reduction"))
P = TypeVar("P", SupplyForm, SurplusStatement)


def _vouch_sums(paper: P) -> P:
    """A doubtful figure that comes out exactly by the paper's own arithmetic from figures read for sure."""
    changed = {}
    for total, whole, part in _SUMS:
        figures: dict[Metal, QuantityField] = getattr(paper, total, {})
        wholes, parts = getattr(paper, whole), getattr(paper, part)
        changed[total] = {m: _vouch_sum(field, wholes.get(m), parts.get(m)) for m, field in figures.items()}
    return paper.model_copy(update={key: value for key, value in changed.items() if value})


def _vouch_sum(field: QuantityField, whole: QuantityField | None, part: QuantityField | None) -> QuantityField:
    if not (_doubted(field) and whole and part and whole.certain and part.certain):
        return field
    if whole.value is None or part.value is None:
        return field
    difference = whole.value - part.value
    return (
        _settled(field, "与本表算式")
        if field.value == difference
        else borne_out(field, difference, "本表算式") or field
    )


_BOTH = ("base", "reduction", "task", "surplus", "offered")
_PERMIT_KEYS = {Version.BEFORE: "permit_before", Version.AFTER: "permit_after"}


def _vouch_form(form: SupplyForm, documents: Sequence[Document]) -> SupplyForm:
    statements = [d for d in documents if isinstance(d, SurplusStatement)]
    copies = [d for d in documents if isinstance(d, PermitCopy)]
    changed = {key: _vouch_figures(form, key, statements) for key in _BOTH}
    for copy in copies:
        key = _PERMIT_KEYS.get(copy.version) if copy.version else None
        if key:
            changed[key] = _agreeing(getattr(form, key), copy.totals, "副本合计")
    return form.model_copy(update=changed)


def _vouch_statement(statement: SurplusStatement, documents: Sequence[Document]) -> SurplusStatement:
    forms = [d for d in documents if isinstance(d, SupplyForm)]
    return statement.model_copy(update={key: _vouch_figures(statement, key, forms) for key in _BOTH})


def _vouch_figures(
    paper: SupplyForm | SurplusStatement, key: str, others: Sequence[SupplyForm | SurplusStatement]
) -> dict[Metal, QuantityField]:
    figures: dict[Metal, QuantityField] = getattr(paper, key)
    for other in others:
        figures = _agreeing(figures, getattr(other, key), "另一份材料上")
    return figures


def _agreeing(
    own: dict[Metal, QuantityField], other: dict[Metal, QuantityField], by: str
) -> dict[Metal, QuantityField]:
    """Figures in doubt that the other paper states for sure."""
    return {metal: _agree(field, other.get(metal), by) for metal, field in own.items()}


def _agree(field: QuantityField, other: QuantityField | None, by: str) -> QuantityField:
    if _stated(field, other):
        return _settled(field, by)
    return (borne_out(field, other.value, by) if other and other.certain else None) or field


def _stated(field: QuantityField, other: QuantityField | None) -> bool:
    known_unit = field.printed is not None and field.printed.unit is not None
    return _doubted(field) and known_unit and other is not None and other.certain and other.value == field.value


def _vouch_totals(copy: PermitCopy, documents: Sequence[Document]) -> PermitCopy:
    """A sum with a doubtful row that comes out exactly as the form states it was read right."""
    key = _PERMIT_KEYS.get(copy.version) if copy.version else None
    whole = {metal: total for metal, total in copy.totals.items() if _all_read(copy, metal)}
    for form in _forms(documents) if key else ():
        whole = _agreeing(whole, getattr(form, str(key)), "与供需信息表所填总量")
    return copy.model_copy(update={"totals": copy.totals | whole})


def _all_read(copy: PermitCopy, metal: Metal) -> bool:
    """Whether every row that may count has a name and an amount: an unread one counted as 0 and proves nothing."""
    rows = [row for row in copy.limits if may_count(row, metal)]
    return all(row.metal.value == metal and (row.annual[0].certain or row.annual[0].value is not None) for row in rows)


def _forms(documents: Sequence[Document]) -> Iterator[SupplyForm]:
    return (document for document in documents if isinstance(document, SupplyForm))


# ---- what a buyer needs ----------------------------------------------------------------------------------------


def _vouch_demand(form: DemandForm, documents: Sequence[Document]) -> DemandForm:
    """新增排放量 that the EIA states alike; then either figure that the ratio gives exactly out of the other."""
    new = form.new_emission
    for table in (document for document in documents if isinstance(document, EiaTable)):
        new = _agreeing(new, table.net_new, "与环评净新增排放量")
    ratio = settle_ratio(form.ratio, new, form.demand)
    settled = form.model_copy(update={"new_emission": new, "ratio": ratio})
    return settled.model_copy(update={key: _by_ratio(settled, key) for key in ("new_emission", "demand")})


def _by_ratio(form: DemandForm, key: str) -> dict[Metal, QuantityField]:
    figures: dict[Metal, QuantityField] = getattr(form, key)
    other = form.demand if key == "new_emission" else form.new_emission
    ratio = form.ratio.value if form.ratio.certain else None

    def follows(metal: Metal, field: QuantityField) -> bool:
        beside = other.get(metal)
        if not _doubted(field) or ratio is None or beside is None or not beside.certain or not beside.value:
            return False
        new, demand = (field, beside) if key == "new_emission" else (beside, field)
        known_unit = field.printed is not None and field.printed.unit is not None
        return known_unit and (new.value or Decimal(0)) * ratio == demand.value

    return {m: _settled(field, "按替代比例计算") if follows(m, field) else field for m, field in figures.items()}


def _vouch_net(table: EiaTable, documents: Sequence[Document]) -> EiaTable:
    """A net emission whose doubt lies in figures alone, all of them read, and which the form states alike."""
    net = table.net_new
    read = {metal: field for metal, field in net.items() if _figures_read(table, metal)}
    for form in (document for document in documents if isinstance(document, DemandForm)):
        read = _agreeing(read, form.new_emission, "与供需信息表所填新增排放量")
    return table.model_copy(update={"net_new": net | read})


def _figures_read(table: EiaTable, metal: Metal) -> bool:
    """Whether no row, name or page is in doubt, and every figure has a value: an unread one proves nothing."""
    if not (table.net_new[metal].why or "").endswith(FIGURES_IN_DOUBT):
        return False
    figures = (field for row in table.rows if row.metal.value is metal for field in (row.this_project, row.replaced))
    return all(field.certain or field.value is not None for field in figures)
