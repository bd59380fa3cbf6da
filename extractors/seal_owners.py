"""Whose a seal is by what it says: of those that the papers name, a stranger's, or not to be told."""

import re
from typing import NamedTuple

from domain.page import Seal, SealRole
from extractors.seal_names import CLEAR, Likeness, bare, nearest

BESIDE = " / "  # between the texts of two seals whose ink touches, from left to right or from top to bottom
ILLEGIBLE = "〓"  # stands for a level line that is there but could not be read
_ISSUES = re.compile(
    "生态环境|环境保护|环保[局厅]|市场监督|行政审批|工商行政|人民政府|自然资源|发展和改革|工业和信息化|政务服务|监督管理局"
)
_OFFICE = re.compile("[局厅府]$|委员会$|管理[局处]|审批局")
_BANKS = re.compile("银行|信用社|信用合作|联社|回单|转讫|办讫|业务受理|业务清讫|现金[收付]讫")
_BANK_FIRM = re.compile("(?:银行|信用社|信用合作|联社|农信|农商行)(?:股份|有限|.{0,10}[支分]行|.{0,10}营业[部室])")
_FIRM = re.compile("公司|集团|合作社|[厂矿]$|研究院|设计院|事务所")
LEAST = 4  # characters of a text that says something
_PERHAPS, _AHEAD = 0.5, 0.2  # share that agrees, and how far ahead of its rivals
_ASSUMED = 0.95  # certainty of texts recorded without one; only such above 0.85 were kept
_PERSON_MM = 26.0  # the square seal of a person is smaller than any company's


class Names(NamedTuple):
    """Names that a package's papers print, each group without its doubles, those read for certain first."""

    companies: tuple[str, ...]
    authorities: tuple[str, ...]
    banks: tuple[str, ...]


def ring_of(seal: Seal) -> str:
    """What stands around the seal, without the level line below the star."""
    return seal.text.split(" ")[0]


def certainty_of(seal: Seal) -> float:
    """How sure the engine is of the seal's text; texts recorded without a figure were kept only where legible."""
    return seal.confidence or (_ASSUMED if seal.text else 0.0)


def read_owner(seal: Seal, names: Names) -> tuple[SealRole, str | None]:
    """Whose seal it is by what it says; `owner` as the papers print it, as the seal says where it is a stranger's."""
    ring, sure = ring_of(seal), certainty_of(seal)
    if len(bare(ring)) < LEAST:
        return (SealRole.BANK if _BANKS.search(seal.text) else SealRole.UNKNOWN), None
    groups = {
        SealRole.COMPANY: nearest(ring, names.companies, sure, seal.views),
        SealRole.AUTHORITY: nearest(ring, names.authorities, sure, seal.views),
        SealRole.BANK: nearest(ring, names.banks, sure, seal.views),
    }
    same = [(role, one) for role, one in groups.items() if one and one.same]
    if same:
        role, one = max(same, key=lambda item: (item[1].exact, item[1].share))
        return role, one.name
    role = role_by_words(seal.text) or _role_by_likeness(groups)
    return role, _stranger(role, ring, groups.get(role), sure)


def role_by_words(text: str) -> SealRole | None:
    """Whose seal it is by words that only such seals bear; None where none is there."""
    ring = bare(text.split(" ")[0])
    if _BANK_FIRM.search(ring) or (_BANKS.search(text) and not _FIRM.search(ring)):
        return SealRole.BANK
    if _FIRM.search(ring):
        return SealRole.COMPANY
    return SealRole.AUTHORITY if _ISSUES.search(ring) or _OFFICE.search(ring) else None


def _role_by_likeness(groups: dict[SealRole, Likeness | None]) -> SealRole:
    """The role whose names a text in pieces is like, where it is far ahead of the others."""
    shares = sorted(((one.share if one else 0.0, role) for role, one in groups.items()), reverse=True)
    (best, role), (other, _), *_ = shares
    return role if best >= _PERHAPS and best - other >= _AHEAD else SealRole.UNKNOWN


def _stranger(role: SealRole, ring: str, near: Likeness | None, sure: float) -> str | None:
    """The name on the seal of one that no paper names; None where it may be one of those named after all."""
    if role is SealRole.UNKNOWN or sure < CLEAR:
        return None
    return ring if near is None or near.apart else None


def is_small_square(seal: Seal) -> bool:
    """Whether it has the shape of the seal with a person's name that stands beside a company's."""
    return seal.shape == "square" and seal.diameter_mm is not None and seal.diameter_mm < _PERSON_MM
