"""Finds a deal's seller and buyer among the verified submissions by 统一社会信用代码 and metal, never by name alone."""

from collections.abc import Sequence
from decimal import Decimal

from domain.books import Balance, Books, StandingDeal, Submission
from domain.dossier import Dossier
from domain.field import Doubt
from domain.quantity import Metal
from extractors.deals import Deal
from extractors.documents.contract import Contract
from extractors.documents.transfer_agreement import TransferAgreement
from validators.compare import fold_code, fold_project
from validators.parties import Role, party
from validators.places import Place, text
from validators.wording import METALS

NO_LEDGER = "本次核对未连接台账"


def find_code(contract: Contract, dossier: Dossier, role: Role) -> str:
    """A side's code as the contract prints it, else the agreement; raises Doubt where neither was read for certain."""
    papers: tuple[Deal, ...] = (contract, *dossier.of(TransferAgreement))
    places = [party(paper, role, "uscc") for paper in papers]
    usable = places[0] if not places[0].missing else next((it for it in places if it.field.certain), places[0])
    return fold_code(usable.known)


def find_submissions(code: str, role: Role, books: Books) -> tuple[Submission, ...]:
    """A side's verified submissions that stand."""
    return tuple(books.listed(role.kind, code))


def is_known(code: str, role: Role, metal: Metal, books: Books) -> bool:
    """Whether the books speak of a company's metal at all."""
    accounts = any((it.uscc, it.metal) == (code, metal) for it in books.balances)
    return accounts or any(metal in it.figures for it in find_submissions(code, role, books))


def find_balance(code: str, role: Role, metal: Metal, books: Books) -> Balance:
    """A side's account of a metal; raises Doubt where the books do not have it, or nobody of that code is listed.

    A company that is listed with other metals has nothing of this one.
    """
    if not is_known(code, role, metal, books):
        if not books.complete:
            raise Doubt(why=f"{NO_LEDGER}，未查到{role.word}（{code}）{METALS[metal]}的余额")
        if not find_submissions(code, role, books):
            raise Doubt(why=f"台账中没有{role.word}（{code}）已核验的申报，没有可核对的余额")
    return books.balance(code, metal)


def check_unfiled(contract: Contract, metal: Metal, quantity: Decimal, dossier: Dossier, books: Books) -> None:
    """Raises Doubt where the books have a deal of these parties and kilograms that may be this very one.

    The balances count that deal: what it took may be what this contract sells, or a second sale beside it.
    """
    for deal in books.deals:
        parties = tuple(find_code(contract, dossier, role) for role in Role)
        fits = {Role.TRANSFEROR: deal.transferor, Role.TRANSFEREE: deal.transferee}
        if parties == tuple(fits[role] for role in Role) and deal.quantities.get(metal) == quantity:
            _doubt_filed(contract, deal, dossier)


def _doubt_filed(contract: Contract, deal: StandingDeal, dossier: Dossier) -> None:
    papers = [(contract, deal.contract), *((paper, deal.agreement) for paper in dossier.of(TransferAgreement))]
    if any(_is_other(text(paper, "number"), number) for paper, number in papers):
        return
    raise Doubt(why=f"{deal.case}已登记双方同一重金属、同一数量的成交，不能确定与本合同是否为同一笔")


def _is_other(printed: Place[str], number: str | None) -> bool:
    known = printed.field.certain and printed.field.value and number
    return bool(known) and fold_code(printed.known) != fold_code(str(number))


def choose(found: Sequence[Submission], contract: Contract, role: Role, metal: Metal) -> Submission | None:
    """The one submission that offers (needs) the metal for the project that the contract names; None for no metal.

    Raises Doubt where several cannot be told apart, and where the only one was verified for another project.
    """
    fitting = [it for it in found if it.figures.get(metal)]
    if not fitting:
        return None
    project = text(contract, role.project)
    matching = [it for it in fitting if _alike(project, it.project)]
    if len(matching) == 1:
        return matching[0]
    cases = "、".join(it.case for it in fitting)
    if len(fitting) > 1:
        why = f"{role.word}有{len(fitting)}件已核验的申报均含{METALS[metal]}（{cases}），合同所载项目不能唯一对应"
        raise Doubt(project.field, why=why)
    if project.field.certain and project.field.value and fitting[0].project:
        why = f"{project.says}，而{role.word}已核验的申报（{cases}）是“{fitting[0].project}”"
        raise Doubt(project.field, why=why)
    return fitting[0]


def _alike(printed: Place[str], project: str | None) -> bool:
    """A paper may leave off the company's name before a project's, or add it."""
    if not (project and printed.field.certain and printed.field.value):
        return False
    left, right = fold_project(printed.known), fold_project(project)
    return left.endswith(right) or right.endswith(left)
