"""Rules on the company's seal: that it is there, that it is this company's, and that it is the 公章."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.field import Doubt
from domain.finding import Evidence, Severity
from domain.page import Seal, SealRole, SealUse
from extractors.deals import Deal
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.supply_form import SupplyForm
from extractors.seal_names import compare as compare_seal
from extractors.seal_owners import certainty_of, is_small_square, ring_of
from extractors.seal_roles import is_by_place
from reference.packages import SEALED
from reference.policy import policy
from reference.provisions import guide
from validators.compare import fold_name
from validators.parties import Role, party
from validators.places import Place, look, named, text, whole
from validators.registry import NotApplicable, Problem, rule

_ROLES = {SealRole.AUTHORITY: "行政机关", SealRole.BANK: "银行"}
_USES = {
    SealUse.OFFICIAL: "公章",
    SealUse.CONTRACT: "合同专用章",
    SealUse.FINANCE: "财务专用章",
    SealUse.SPECIAL: "专用章",
}


class Mark(NamedTuple):
    """A seal on a document's page, as a rule looked at it."""

    seal: Seal
    evidence: Evidence

    @property
    def shown(self) -> str:
        """第3页“贵州某某有限公司”."""
        return f"第{self.evidence.page}页" + (f"“{self.seal.text}”" if self.seal.text else "文字无法辨认的印章")


class Marks(NamedTuple):
    """The red seals of a document: of the company, of another one, of some company, of nobody that can be told, as
    an illegible one is that stands where an authority issues, and of authorities, banks and persons; `pale` are
    copies of seals in grey or black."""

    own: list[Mark]
    strange: list[Mark]
    vague: list[Mark]
    untold: list[Mark]
    official: list[Mark]
    pale: list[Mark]


@rule("IMG-002", Severity.BLOCK, "盖有企业公章", cites=guide("annex 1"))
def sealed(document: Document, dossier: Dossier) -> Problem | None:
    """The red company seal is there on each document that needs it; an authority's or a bank's does not count."""
    marks = _marks_of_one(document, dossier)
    if marks.own or marks.vague:
        return None
    if marks.strange:
        raise NotApplicable(f"{named(document)}所盖为其他单位的印章，由“印章属于申报单位”一项核对")
    if marks.untold:
        raise Doubt(why=f"{named(document)}有红色印章（{_list(marks.untold)}），不能确定是否为企业公章")
    return _unsealed(document, dossier, marks)


@rule("IMG-003", Severity.REVIEW, "印章属于申报单位", cites=guide("annex 1"))
def own_seal(document: Document, dossier: Dossier) -> Problem | None:
    """The seal names the company that hands the package in; a blurred one may be known again from the same stamp on two
    other documents, and the evidence then shows both what was read (`text`) and whose it is held to be (`value`)."""
    marks = _marks_of_one(document, dossier)
    if marks.own:
        return None
    names = _names(dossier)
    if marks.strange and _is_one_misread(marks.strange, names, dossier):
        raise Doubt(why=f"{named(document)}的印章（{_list(marks.strange)}）在各份材料上识读不一，不能确定属于哪一单位")
    if marks.strange:
        expected = next((name for name in names if name.field.certain), None)
        if expected is None:
            raise Doubt(*(name.field for name in names), why="申报单位名称未能确定")
        message = f"{named(document)}所盖印章为{_list(marks.strange)}，与申报单位{expected.shown}不符"
        return Problem(message, (*(mark.evidence for mark in marks.strange), expected.evidence))
    if marks.vague or marks.untold:
        raise Doubt(why=f"{named(document)}的印章（{_list(marks.vague or marks.untold)}）不能确定属于哪一单位")
    raise NotApplicable(f"{named(document)}没有可以核对的企业印章")


def _is_one_misread(strange: Sequence[Mark], names: Sequence[Place[str]], dossier: Dossier) -> bool:
    """Whether they are one stamp read badly: the papers give it several names, each a character off the applicant's."""
    seals = [seal for page in dossier.pages for seal in page.reading.seals if seal.role is SealRole.COMPANY]
    read = {fold_name(seal.owner) for seal in seals if seal.owner is not None}
    off = {one for one in read for name in names if Levenshtein.distance(one, fold_name(name.field.value or "")) == 1}
    return len(off) > 1 and all(fold_name(mark.seal.owner or "") in off for mark in strange)


@rule("IMG-004", Severity.REVIEW, "所用印章为公章", cites=guide("annex 1"))
def official_seal(document: Document, dossier: Dossier) -> Problem | None:
    """The seal is the 公章, not 合同专用章, 财务专用章 or a department's; a deal's as policy says, each party's."""
    marks = _marks(document, dossier)
    groups = _by_owner(marks.own) if isinstance(document, Deal) else [marks.own]
    if not (marks.own or marks.vague):
        raise NotApplicable(f"{named(document)}没有可以核对的企业印章")
    accepted = policy().contract_seals.value if isinstance(document, Deal) else ("公章",)
    lacking = [group for group in (groups if marks.own else [marks.vague]) if not _has(group, accepted)]
    if not lacking:
        return None
    found = next((group for group in lacking if not _unclear(group)), lacking[0])
    if unclear := _unclear(found):
        raise Doubt(why=f"{named(document)}的印章（{_list(unclear)}）不能确定是否为公章")
    used = "、".join(dict.fromkeys(_USES[mark.seal.use] for mark in found))
    message = f"{named(document)}所盖为{used}（{_list(found)}），应当加盖{'或'.join(accepted)}"
    return Problem(message, tuple(mark.evidence for mark in found))


def _by_owner(marks: Sequence[Mark]) -> list[list[Mark]]:
    owners = dict.fromkeys(fold_name(mark.seal.owner or "") for mark in marks)
    return [[mark for mark in marks if fold_name(mark.seal.owner or "") == owner] for owner in owners]


def _has(marks: Sequence[Mark], uses: Sequence[str]) -> bool:
    return any(_USES.get(mark.seal.use) in uses for mark in marks)


def _unclear(marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.seal.use is SealUse.UNKNOWN]


def _unsealed(document: Document, dossier: Dossier, marks: Marks) -> Problem:
    """What is there instead; without any colour only IMG-001 could say whether a seal was lost in the scan."""
    there = [f"{mark.shown}（{_ROLES.get(mark.seal.role, '个人名章')}）" for mark in marks.official]
    there += [f"{mark.shown}（复印的灰黑色印章）" for mark in marks.pale]
    only = f"，只有{'、'.join(there)}" if there else ""
    grey = not any(dossier.page(number).page.colour for number in document.pages)
    evidence = tuple(mark.evidence for mark in marks.official + marks.pale)
    return Problem(f"{named(document)}未见红色企业公章{only}{'（页面无彩色）' if grey else ''}", evidence)


def _list(marks: Sequence[Mark]) -> str:
    return "、".join(dict.fromkeys(mark.shown for mark in marks))


# ---- which seals stand on a document ---------------------------------------------------------------------------


def _marks(document: Document, dossier: Dossier) -> Marks:
    """The seals of a document that needs one; NotApplicable where it needs none."""
    if dossier.kind and document.type not in SEALED[dossier.kind]:
        raise NotApplicable(f"{named(document)}不是须盖章的文书")
    if not document.pages:
        raise Doubt(why=f"{named(document)}没有页面")
    whole(document)
    return _sorted(list(_looked_at(document, dossier)), [name.field.value or "" for name in _names(dossier)])


def _marks_of_one(document: Document, dossier: Dossier) -> Marks:
    """The seals of a document that one company seals: whose stand on a contract is for DEA-008."""
    if isinstance(document, Contract):
        raise NotApplicable(f"{named(document)}的印章由“交易合同盖有双方印章”一项核对")
    return _marks(document, dossier)


def _looked_at(document: Document, dossier: Dossier) -> Iterator[Mark]:
    for number in document.pages:
        for seal in dossier.page(number).reading.seals:
            evidence = Evidence(
                document=document.type,
                version=document.version,
                field="seals",
                page=number,
                box=seal.box,
                text=_told_by(seal),
                value=seal.owner,
            )
            yield Mark(seal, look(evidence))


def _told_by(seal: Seal) -> str:
    """What was read of a seal, and where it was known again by the picture of its ring, by which print."""
    return seal.text if seal.alike_on is None else f"{seal.text}（印文图样与第{seal.alike_on}页所盖印章一致）"


def _sorted(found: Sequence[Mark], names: Sequence[str]) -> Marks:
    red = [mark for mark in found if mark.seal.colour == "red"]
    companies = [mark for mark in red if mark.seal.role is SealRole.COMPANY]
    own = [mark for mark in companies if _is_of(mark.seal, names)]
    others = [mark for mark in companies if mark not in own]
    return Marks(
        own,
        [mark for mark in others if mark.seal.owner is not None],
        [mark for mark in others if mark.seal.owner is None],
        [mark for mark in red if _is_untold(mark.seal) and not _is_person(mark.seal)],
        [mark for mark in red if (mark.seal.role in _ROLES and not _is_untold(mark.seal)) or _is_person(mark.seal)],
        [mark for mark in found if mark.seal.colour != "red"],
    )


def _is_of(seal: Seal, names: Sequence[str]) -> bool:
    """Whether a seal bears one of the names; a paper may print one that was misread like the seal."""
    if seal.owner is not None and fold_name(seal.owner) in {fold_name(name) for name in names}:
        return True
    return any(compare_seal(ring_of(seal), name, certainty_of(seal)).same for name in names if name)


def _is_person(seal: Seal) -> bool:
    """Whether it is the small square seal with a person's name that stands beside a company's."""
    return _is_untold(seal) and is_small_square(seal)


def _is_untold(seal: Seal) -> bool:
    return seal.role is SealRole.UNKNOWN or is_by_place(seal)


def _names(dossier: Dossier) -> list[Place[str]]:
    """The names of those who hand the package in: as form and licence print it, of a deal both parties'."""
    if dossier.kind is Kind.TRANSFER:
        places = [party(deal, role, "name") for deal in dossier.of(Deal) for role in Role]
    else:
        papers = [paper for kind in (BusinessLicence, SupplyForm, DemandForm) for paper in dossier.of(kind)]
        places = [text(paper, "name") for paper in papers]
    return [it for it in places if it.field.value]
