"""What a seller offered and sold before, by the ledger, and what the 全口径清单 register says of it."""

from decimal import Decimal

from domain.books import Balance, Books, InventoryRow
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Evidence
from domain.quantity import Metal, plain
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.supply_form import SupplyForm
from reference.policy import policy
from validators.compare import fold_code, fold_project
from validators.figures import Figure
from validators.places import Place, text
from validators.registry import NotApplicable
from validators.wording import METALS


def own_code(form: SupplyForm, dossier: Dossier) -> Place[str]:
    """The seller's code on the form, else on the licence where only that was read for certain."""
    codes = [text(form, "uscc"), *(text(licence, "uscc") for licence in dossier.of(BusinessLicence))]
    return next((it for it in codes if it.field.certain and it.field.value), codes[0])


def taken_before(form: SupplyForm, metal: Metal, dossier: Dossier, books: Books) -> Balance | None:
    """The seller's account where earlier deals reserved or took of it; None where nothing is known of any."""
    if not books.complete and not books.balances:
        return None
    account = books.balance(fold_code(own_code(form, dossier).known), metal)
    return account if account.reserved + account.transferred > 0 else None


def still_there(surplus: Figure, account: Balance) -> Figure:
    """The surplus less what earlier deals reserved or took."""
    taken = account.reserved + account.transferred
    past = f"台账已预留{plain(account.reserved)}、已转让{plain(account.transferred)}"
    words = f"{plain(surplus.value - taken)} kg/a（{surplus.says}，{past}）"
    return Figure(surplus.value - taken, surplus.slack, "富余排放量扣除此前出让", words, surplus.evidence)


def doubt_other_project(form: SupplyForm, account: Balance, books: Books) -> None:
    """Raises Doubt where some of what was sold before may come from another project: none lends to another."""
    project = text(form, "project")
    listed = [it for it in books.submissions if it.uscc == account.uscc and it.figures.get(account.metal)]
    known = {fold_project(it.project) for it in listed if it.project}
    if known and not (project.field.certain and project.field.value):
        raise Doubt(project.field, why=f"此前已出让{METALS[account.metal]}，不能断定是否出自同一减排项目")
    if known - {fold_project(project.field.value or "")}:
        names = "、".join(f"“{name}”" for name in sorted(known))
        raise Doubt(project.field, why=f"此前的出让涉及{names}，而{project.says}，可能是另一减排项目的富余量")


def registered(form: SupplyForm, metal: Metal, dossier: Dossier, books: Books) -> Figure:
    """The company's emission of a metal in the newest 全口径清单; nothing (0) of a metal that it does not list.

    NotApplicable where no register is loaded; Doubt where the company is not in it: it may be listed otherwise.
    """
    if books.inventory is None:
        raise NotApplicable("尚未载入全口径清单")
    code = own_code(form, dossier)
    rows = [row for row in books.inventory if row.uscc == fold_code(code.known)]
    if not rows:
        raise Doubt(code.field, why=f"全口径清单中没有{code.shown}")
    year = max(row.year for row in rows)
    found = [row for row in rows if (row.year, row.metal) == (year, metal)]
    total = sum((row.quantity for row in found), Decimal(0))
    stands = f"全口径清单{year}年{METALS[metal]}的排放量"
    evidence = tuple(_evidence(row) for row in found)
    return Figure(total, policy().inventory_tolerance.value.of(total), stands, f"{plain(total)} kg/a", evidence)


def _evidence(row: InventoryRow) -> Evidence:
    return Evidence(document="inventory", text=row.place, value=plain(row.quantity), unit="kg/a")
