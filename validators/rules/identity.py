"""Rules on who hands the package in: codes, names, licence, industry."""

import re
from collections.abc import Sequence
from functools import partial

from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.finding import Severity
from extractors.deals import Deal
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.permit_certificate import PermitFields
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.documents.transfer_agreement import TransferAgreement
from reference.provisions import PERMIT_NUMBER_STANDARD, USCC_STANDARD, guide, practice
from validators.compare import all_same, check_character, decide, fold_code, fold_name, same
from validators.industries import judge_industry
from validators.parties import Role, party
from validators.places import Place, day, text
from validators.registry import NotApplicable, Problem, rule

# Position 22 is an identifying letter, not a check character; the code may be an H9 code ending in a small letter.
PERMIT_NUMBER = re.compile(r"[0-9A-Z]{17}[0-9A-Za-z]\d{3}[A-Z]")
REPRESENTATIVE = practice("法定代表人变更的，应在30日内申请变更排污许可证。")
LICENCE_TERM = practice("提交之日营业执照应在营业期限内；2022年以后的执照不再载明营业期限。")


@rule("IDN-001", Severity.REVIEW, "统一社会信用代码校验位", cites=USCC_STANDARD)
def check_digit(
    document: SupplyForm
    | DemandForm
    | BusinessLicence
    | PermitFields
    | SurplusStatement
    | TransferAgreement
    | Contract,
) -> Problem | None:
    """The 统一社会信用代码 has a valid check character; a deal's paper has two."""
    places = _codes(document)
    if not places:
        raise NotApplicable("该文书未印统一社会信用代码")
    return decide(*(partial(_valid, it) for it in places))


def _valid(printed: Place[str]) -> Problem | None:
    code = fold_code(printed.known)
    if code.startswith("H9"):  # units without a code of their own: not made by GB 32100
        raise NotApplicable(f"{printed.says}，不属GB 32100编码")
    expected = check_character(code)
    if expected is None:
        return Problem(f"{printed.says}，不是18位或含有I、O、S、V、Z等不使用的字符")
    if code[-1] != expected:
        return Problem(f"{printed.says}，末位应为“{expected}”而印为“{code[-1]}”，校验不通过")
    return None


@rule("IDN-002", Severity.BLOCK, "统一社会信用代码一致", cites=guide("4(1)"))
def one_code(dossier: Dossier) -> Problem | None:
    """The same 统一社会信用代码 stands on every document of the company that hands the package in."""
    places = [found for document in _signed(dossier) if (found := _code(document))]
    return all_same(places, fold_code)


@rule("IDN-003", Severity.BLOCK, "单位名称一致", cites=guide("4(1)"))
def one_name(dossier: Dossier) -> Problem | None:
    """The same company name stands on every document (width, brackets and spaces folded)."""
    return all_same([text(document, "name") for document in _signed(dossier)], fold_name)


@rule("IDN-004", Severity.BLOCK, "排污许可证编号", cites=PERMIT_NUMBER_STANDARD)
def permit_number(permit: PermitFields, licence: BusinessLicence) -> Problem | None:
    """The permit number begins with the company's code and has the 22-character form."""
    number = text(permit, "number")
    printed = fold_code(number.known)
    if not PERMIT_NUMBER.fullmatch(printed):
        return Problem(f"{number.says}（{len(printed)}位），不符合18位代码、3位顺序码、1位字母的22位形式")
    codes = (text(permit, "uscc"), text(licence, "uscc"))
    return decide(*(partial(_begins_with, number, code) for code in codes))


@rule("IDN-005", Severity.NOTE, "法定代表人一致", cites=REPRESENTATIVE)
def one_representative(licence: BusinessLicence, permit: PermitFields) -> Problem | None:
    """The same legal representative stands on licence and permit."""
    return same(text(licence, "legal_representative"), text(permit, "legal_representative"), fold_name)


@rule("IDN-006", Severity.BLOCK, "营业执照在有效期内", cites=LICENCE_TERM)
def licence_in_force(licence: BusinessLicence, dossier: Dossier) -> Problem | None:
    """The business licence is in force on the day of submission; an open or unprinted term is."""
    end = day(licence, "valid_to")
    if end.missing or end.blank or end.known >= dossier.today:
        return None
    return Problem(f"{end.says}，提交之日{dossier.today}已过期")


@rule("IDN-007", Severity.REVIEW, "属于六个重点行业", cites=guide("2(3)"))
def key_industry(dossier: Dossier) -> Problem | None:
    """The industry is one of the six of the guide (a buyer's project: DEM-004)."""
    papers = [d for d in dossier.documents if isinstance(d, PermitFields | SupplyForm)]
    if not papers:
        raise NotApplicable("本次提交的材料中没有载明出让方行业的文书")
    return judge_industry([text(document, "industry") for document in papers], dossier)


def _signed(dossier: Dossier) -> Sequence[Document]:
    """The documents that carry the company's own code and name; a deal is handed in by two companies."""
    if dossier.kind is Kind.TRANSFER:
        raise NotApplicable("交易材料由双方共同提交，双方信息由协议与合同互相核对")
    kinds = (BusinessLicence, PermitFields, SupplyForm, DemandForm, SurplusStatement)
    found = [document for document in dossier.documents if isinstance(document, kinds)]
    if not found:
        raise NotApplicable("本次提交的材料中没有载明企业身份的文书")
    return found


def _code(document: Document) -> Place[str] | None:
    """The document's code; a statement need not print one."""
    printed = text(document, "uscc")
    return None if printed.missing and isinstance(document, SurplusStatement) else printed


def _codes(document: Document) -> list[Place[str]]:
    """The code of a company's paper, both of a deal's; parties are known by name where no code is printed at all."""
    if not isinstance(document, Deal):
        return [it for it in (_code(document),) if it]
    return [it for it in (party(document, role, "uscc") for role in Role) if not it.missing]


def _begins_with(number: Place[str], code: Place[str]) -> Problem | None:
    if fold_code(number.known).startswith(fold_code(code.known)):
        return None
    return Problem(f"{number.says}，前18位与{code.says}不一致", (number.evidence, code.evidence))
