"""Rules on the two permits: 正本 against 副本, 变更前 against 变更后, their terms and their outlets."""

from collections.abc import Iterator
from typing import Annotated, TypeVar

from domain.document import Version
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Severity
from extractors.documents.permit_certificate import PermitCertificate, PermitFields
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.surplus_statement import SurplusStatement
from extractors.outlet_limits import Limit
from reference.policy import policy
from reference.provisions import EARLIER_TERM, PERMIT_TERM, guide, practice
from validators.compare import decide, fold_code, fold_name, last_days, same
from validators.issue_order import issued, later
from validators.outlets import chromium_problems, subtotal_problems
from validators.places import Place, cell, day, named, place, text, whole
from validators.registry import PermitCopyAfter, PermitCopyBefore, Problem, rule

P = TypeVar("P", PermitCertificate, PermitCopy)
ONE_PERMIT = practice("排污许可证由正本和副本构成，同一许可证的正本、副本记载一致。")
PART_AND_SUM = practice("六价铬是总铬的一部分；合计为各行之和。")


@rule("PER-001", Severity.BLOCK, "正本与副本一致", cites=ONE_PERMIT)
def one_permit(certificate: PermitCertificate, copy: PermitCopy, version: Version) -> Problem | None:
    """正本 and 副本 of one version agree in number, name and validity."""
    return decide(
        lambda: same(text(certificate, "number"), text(copy, "number"), fold_code),
        lambda: same(text(certificate, "name"), text(copy, "name"), fold_name),
        lambda: same(day(certificate, "valid_from"), day(copy, "valid_from")),
        lambda: same(day(certificate, "valid_to"), day(copy, "valid_to")),
    )


@rule("PER-002", Severity.BLOCK, "变更前后为同一企业且先后有序", cites=guide("annex 1"))
def really_changed(
    before: Annotated[P, Version.BEFORE], after: Annotated[P, Version.AFTER], dossier: Dossier
) -> Problem | None:
    """变更前 and 变更后 belong to one company and the later is really later.

    For that the month of a date is enough, or the date on the other paper of the same permit where one was not read.
    """
    return decide(
        lambda: same(text(before, "uscc"), text(after, "uscc"), fold_code),
        lambda: later(issued(before, dossier), issued(after, dossier)),
    )


@rule("PER-003", Severity.BLOCK, "变更后许可证在有效期内", cites=PERMIT_TERM)
def permit_in_force(permit: Annotated[P, Version.AFTER], dossier: Dossier) -> Problem | None:
    """The 变更后 permit is in force on the day of submission."""
    start, end = day(permit, "valid_from"), day(permit, "valid_to")

    def ended() -> Problem | None:
        return Problem(f"{end.says}，提交之日{dossier.today}已过期") if end.known < dossier.today else None

    def not_begun() -> Problem | None:
        return Problem(f"{start.says}，提交之日{dossier.today}尚未生效") if start.known > dossier.today else None

    return decide(ended, not_begun)


@rule("PER-004", Severity.NOTE, "许可证有效期年限", cites=(PERMIT_TERM, EARLIER_TERM))
def whole_years(permit: PermitFields) -> Problem | None:
    """Validity is a whole number of years less a day (3 or 5)."""
    start, end = day(permit, "valid_from"), day(permit, "valid_to")
    terms = policy().permit_years.value
    if any(end.known in last_days(start.known, years) for years in terms):
        return None
    usual = "年或".join(map(str, terms))
    return Problem(f"{start.says}，{end.says}，不是{usual}年减一日")


@rule("PER-005", Severity.REVIEW, "重金属排放口未无故减少", cites=guide("2(5)"))
def outlets_kept(before: PermitCopyBefore, after: PermitCopyAfter, dossier: Dossier) -> Problem | None:
    """An outlet with heavy-metal limits before is still listed after, or its loss is explained."""
    unread = next((copy for copy in (before, after) if not copy.limits), None)
    if unread is not None:
        raise Doubt(why=f"{named(unread)}未读到许可排放限值表")
    listed = [_code(after, index) for index in range(len(after.limits))]
    heavy = [_code(before, index) for index, row in enumerate(before.limits) if _maybe_heavy(row)]
    lost = list(_without(heavy, listed))
    explained = _explanations(dossier) if lost else []
    unexplained = list(_without(lost, explained))
    if not unexplained:
        return None
    _doubt_lost(before, [*listed, *explained])
    codes = "、".join(sorted({it.known for it in unexplained}))
    evidence = tuple(it.evidence for it in unexplained)
    return Problem(f"{unexplained[0].says}有重金属限值，变更后副本不再列有{codes}，核算说明也未提及", evidence)


@rule("PER-006", Severity.REVIEW, "六价铬与合计", cites=PART_AND_SUM)
def parts_and_sums(copy: PermitCopy) -> Problem | None:
    """六价铬 is not above 总铬 at the same outlet, and printed 合计 of metals equal the sum of their rows."""
    whole(copy)
    if not copy.limits:
        raise Doubt(why=f"{named(copy)}未读到许可排放限值表")
    return decide(*chromium_problems(copy), *subtotal_problems(copy))


def _code(copy: PermitCopy, index: int) -> Place[str]:
    return cell(copy, f"limits[{index}]", copy.limits[index], "outlet_code", "排放口编号")


def _maybe_heavy(row: Limit) -> bool:
    return not (row.metal.certain and row.metal.value is None)


def _doubt_lost(before: PermitCopy, others: list[Place[str]]) -> None:
    """Raises Doubt where a loss may be one of reading: an unread code may be the one that seems lost."""
    for it in others:
        it.known  # noqa: B018
    for index, row in enumerate(before.limits):
        if not row.metal.certain:
            raise Doubt(row.metal, why=f"{_code(before, index).stands}一行的污染物名称读数不确定")


def _without(places: list[Place[str]], others: list[Place[str]]) -> Iterator[Place[str]]:
    """Those whose code none of the others certainly has; an unread one is kept, its doubt to be raised."""
    known = {fold_code(it.known) for it in others if it.field.certain and it.field.value}
    return (it for it in places if not (it.field.certain and it.field.value) or fold_code(it.known) not in known)


def _explanations(dossier: Dossier) -> list[Place[str]]:
    """The outlet codes that the statements speak of; raises Doubt where there is no statement."""
    statements = dossier.of(SurplusStatement)
    if not statements:
        raise Doubt(why="变更后副本少列排放口，且缺少核算说明")
    codes = [(s, index, code) for s in statements for index, code in enumerate(s.outlets)]
    return [place(s, f"outlets[{index}]", "排放口编号", code) for s, index, code in codes]
