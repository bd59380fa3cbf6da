"""Papers that vouch for each other: a value in doubt that independent evidence states alike is doubt no more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from domain.document import Document, Version
from domain.field import Field, QuantityField, Status
from domain.quantity import Metal
from extractors.certainty import Second
from extractors.deal_vouching import vouch_deals
from extractors.documents.demand_form import DemandForm
from extractors.documents.eia_table import EiaTable
from extractors.documents.permit_certificate import PermitFields
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.emission_sums import FIGURES_IN_DOUBT
from extractors.fields import LONE_STROKE
from extractors.limit_vouching import vouch_rows
from extractors.names import settle_names
from extractors.other_readings import borne_out
from extractors.outlet_limits import may_count
from extractors.ratios import gives, settle_ratio
from extractors.text import fold
from extractors.witness import bears_out, doubted, seen_alike, settled

D = TypeVar("D", bound=Document)
_SHARED = ("uscc", "name", "number", "legal_representative", "project", "industry", "project_code", "construction")
_SAME_AS = {"builder": "name"}  # what one paper calls by another label


def vouch(documents: Sequence[Document]) -> list[Document]:
    """The documents with doubts settled where another paper, another column or the arithmetic says the same."""
    documents = settle_names(documents)
    stated = {key: _stated_elsewhere(documents, key) for key in _SHARED}
    named = [_vouch_shared(document, stated) for document in documents]
    dated = _each(named, PermitFields, lambda permit: _vouch_dates(permit, named))
    rows = _each(dated, PermitCopy, lambda copy: vouch_rows(copy, _others(dated, copy)))
    summed = _each(_each(rows, SupplyForm, _vouch_sums), SurplusStatement, _vouch_sums)
    figures = _each(summed, SupplyForm, lambda form: _vouch_form(form, summed))
    figures = _each(figures, SurplusStatement, lambda statement: _vouch_statement(statement, figures))
    figures = _each(figures, PermitCopy, lambda copy: _vouch_totals(copy, figures))
    figures = _each(figures, DemandForm, lambda form: _vouch_demand(form, figures))
    figures = _each(figures, EiaTable, lambda table: _vouch_net(table, figures))
    return vouch_deals(figures)


def _each(documents: Sequence[Document], kind: type[D], change: Callable[[D], Document]) -> list[Document]:
    return [change(document) if isinstance(document, kind) else document for document in documents]


# ---- names and codes -------------------------------------------------------------------------------------------


def _stated_elsewhere(documents: Sequence[Document], key: str) -> list[Field[Any]]:
    keys = (key, *(other for other, same in _SAME_AS.items() if same == key))
    return [f for document in documents for one in keys if isinstance(f := getattr(document, one, None), Field)]


def _vouch_shared(document: Document, stated: Mapping[str, Sequence[Field[Any]]]) -> Document:
    sure: dict[str, Field[Any]] = {}
    for key in (*_SHARED, *_SAME_AS):
        field = getattr(document, key, None)
        if isinstance(field, Field) and doubted(field):
            others = [other for other in stated[_SAME_AS.get(key, key)] if other is not field]
            if any(bears_out(field, other) or (key == "project" and seen_alike(field, other)) for other in others):
                sure[key] = settled(field, "其他材料上")
    return document.model_copy(update=sure) if sure else document


_DATES = ("valid_from", "valid_to", "issued_on")


def _vouch_dates(permit: PermitFields, documents: Sequence[Document]) -> PermitFields:
    """正本 and 副本 of one version print the same dates."""
    twins = [d for d in documents if isinstance(d, PermitFields) and d.version == permit.version and d is not permit]
    sure: dict[str, Field[Any]] = {}
    for key in _DATES:
        field = getattr(permit, key)
        if doubted(field) and any(bears_out(field, getattr(twin, key)) for twin in twins):
            sure[key] = settled(field, "同一版本正副本")
    if _is_begun(permit) and any(bears_out(permit.valid_from, twin.issued_on) for twin in twins):
        known = permit.issued_on.model_copy(update={"value": permit.valid_from.value})
        sure["issued_on"] = settled(known, "与有效期起始日及同一版本正副本")
    return permit.model_copy(update=sure)


def _is_begun(permit: PermitFields) -> bool:
    """Whether the day of issue ends under a copied seal, and what is there is how the first day of the term begins."""
    issued, start = permit.issued_on, permit.valid_from
    if issued.status is not Status.UNSURE or issued.value is not None or not start.certain or start.value is None:
        return False
    begun = fold(issued.raw)
    return len(begun) >= len("2023年") and f"{start.value:%Y年%m月%d日}".startswith(begun)


def _others(documents: Sequence[Document], copy: PermitCopy) -> list[PermitCopy]:
    return [d for d in documents if isinstance(d, PermitCopy) and d is not copy]


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
    if not (doubted(field) and whole and part and whole.certain and part.certain):
        return field
    if whole.value is None or part.value is None:
        return field
    difference = whole.value - part.value
    return (
        settled(field, "与本表算式") if field.value == difference else borne_out(field, difference, "本表算式") or field
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
        return settled(field, by)
    return (borne_out(field, other.value, by) if other and other.certain else None) or field


def _stated(field: QuantityField, other: QuantityField | None) -> bool:
    known_unit = field.printed is not None and field.printed.unit is not None
    return doubted(field) and known_unit and other is not None and other.certain and other.value == field.value


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
        if not doubted(field) or ratio is None or beside is None or not beside.certain or not beside.value:
            return False
        new, demand = (field, beside) if key == "new_emission" else (beside, field)
        known_unit = field.printed is not None and field.printed.unit is not None
        exact = (new.value or Decimal(0)) * ratio == demand.value
        exact = exact or (field is demand and _is_clear(field) and gives(new, demand, ratio, 1))
        return known_unit and (exact or (field.why == LONE_STROKE and gives(new, demand, ratio)))

    return {m: settled(field, "按替代比例计算") if follows(m, field) else field for m, field in figures.items()}


_CLEAR = 0.95


def _is_clear(field: QuantityField) -> bool:
    """Whether a figure is in doubt for nothing but that the second engine did not read it."""
    return field.second is Second.SILENT and field.confidence >= _CLEAR


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
