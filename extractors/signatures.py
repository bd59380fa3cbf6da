"""The signature page of a deal: where each party signs, whose seals stand there, and on which day it was signed."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.field import Status, TextField
from domain.page import Box, ReadPage, Seal, SealRole
from extractors.layout import Line, lines
from extractors.seal_names import bare, echoes
from extractors.seal_owners import LEAST, Names, certainty_of, is_small_square, read_owner, ring_of
from extractors.seal_pairs import apart
from extractors.text import fold

SIDES = ("transferor", "transferee")
STRANGER = "other"  # the seal of one that is no party
_MARK = r"\((?:单位)?(?:加?盖|公章|签|章|印)|盖章(?=[:)])|签章\)|公章\)"  # a bracket may be lost
_PERSON = 6  # characters of a person's seal, as 欧阳修文之印
_COMPANY_MM = 36.0  # no company's round seal is smaller
NEAR, _ON_IT, _FAR, _EVEN = 0.02, 0.06, 0.16, 0.025  # shares of the page's width


class Anchor(NamedTuple):
    """Where a party's signature block begins."""

    side: str
    box: Box
    marked: bool  # （盖章） stands beside it


@dataclass(frozen=True)
class Signing:
    """A page with signature blocks."""

    page: ReadPage
    anchors: tuple[Anchor, ...]

    @property
    def top(self) -> float:
        return min(anchor.box.y0 for anchor in self.anchors)

    def block(self, side: str) -> list[Box]:
        """The print of a party's block: of its column where they sign side by side, else from its name downwards."""
        own = [anchor.box for anchor in self.anchors if anchor.side == side]
        if len(self.anchors) < 2:
            return own
        rows = [row for row in lines(self.page.words) if row.box.cy > self.top - NEAR]
        if self.beside:
            _, right = sorted(self.anchors, key=lambda anchor: anchor.box.x0)
            cuts = [(row, row.after(right.box.x0 - NEAR)) for row in rows]
            parts = [row.cut(k, None) if side == right.side else row.cut(0, k) for row, k in cuts]
            return own + [part.box for part in parts if part]
        _, second = sorted(self.anchors, key=lambda anchor: anchor.box.y0)
        border = second.box.y0 - 0.005
        return own + [row.box for row in rows if (row.box.cy > border) == (side == second.side)]

    @property
    def beside(self) -> bool:
        """Whether the blocks stand side by side."""
        ys = [anchor.box.cy for anchor in self.anchors]
        return max(ys) - min(ys) < 0.03


def find_signing(
    pages: Sequence[ReadPage], roles: Mapping[str, str], names: Mapping[str, str | None]
) -> Signing | None:
    """The last page with signature blocks; None where no page has any. `names` are the parties' by side."""
    for page in reversed(pages):
        anchors = _anchors(lines(page.words), roles, names)
        if anchors:
            return Signing(page, anchors)
    return None


def _anchors(rows: Sequence[Line], roles: Mapping[str, str], names: Mapping[str, str | None]) -> tuple[Anchor, ...]:
    """One place per party: where （盖章） stands beside it, else right above a line to sign.

    Where only one party's is found, the other's is where it is called or named nearest to that.
    """
    found = [anchor for row in rows for side, role in roles.items() for anchor in _on_line(row, side, role)]
    chosen = {anchor.side: anchor for anchor in found if anchor.marked}
    chosen = chosen or {anchor.side: anchor for anchor in found if _to_sign(rows, anchor)}
    for side in roles if chosen else ():
        rest = [anchor for anchor in found if anchor.side == side] + _named(rows, side, names)
        near = [anchor for anchor in rest if _off(anchor, chosen) < _BLOCKS_APART]
        if side not in chosen and near:
            chosen[side] = min(near, key=lambda anchor: _off(anchor, chosen))
    return tuple(chosen.values())


_BLOCKS_APART = 0.25  # of the page's height
_TO_SIGN = re.compile(r"\((?:签字|签章|签名|盖章)|^签[订署约](?:日期|时间):")


def _to_sign(rows: Sequence[Line], anchor: Anchor) -> bool:
    """Whether a line to sign stands at or right below a party's name, as it does not where parties are introduced."""
    return any(-NEAR < row.box.cy - anchor.box.cy < 0.12 and _TO_SIGN.search(row.text) for row in rows)


def _off(anchor: Anchor, chosen: Mapping[str, Anchor]) -> float:
    return min(abs(anchor.box.cy - other.box.cy) for other in chosen.values())


def _named(rows: Sequence[Line], side: str, names: Mapping[str, str | None]) -> list[Anchor]:
    """Where a few characters stand that only this party has in its name, which may run over the line."""
    own, others = fold(names.get(side) or ""), [fold(name or "") for key, name in names.items() if key != side]
    pieces = [own[n : n + 4] for n in range(len(own) - 3)]
    pattern = "|".join(re.escape(piece) for piece in pieces if not any(piece in other for other in others))
    return [Anchor(side, span.box, False) for row in rows if (span := row.find(pattern or "(?!)"))]


def _on_line(row: Line, side: str, role: str) -> Iterator[Anchor]:
    for match in re.finditer(
        rf"(?:{role})(?:[^:.;]{{0,16}}?(?P<mark>{_MARK})|\([^()]{{2,16}}\))?(?P<colon>:?)", row.text
    ):
        begins = row.starts_word(match.start()) or bool(match["colon"] or match["mark"])
        ends = match["colon"] or match["mark"] or match.end() == len(row.text)
        span = row.cut(*match.span())
        if span and ends and begins:
            yield Anchor(side, span.box, bool(match["mark"]))


# ---- seals -----------------------------------------------------------------------------------------------------


def read_seals(signing: Signing | None, names: Mapping[str, TextField]) -> tuple[TextField, ...]:
    """Whose seals stand on the signature page, one entry a party; one that cannot be told is in doubt.

    A seal that says whose it is belongs to that one (`names` are the parties' by side); one that cannot be read
    surely only to whose place it stands in where the other party's was read for certain; `raw` is what it says.
    A person's small square seal is nobody's.
    """
    if signing is None:
        return ()
    seals = [one for seal in signing.page.reading.seals if _counts(seal) for one in apart(seal, signing.page)]
    said = [(seal, _by_text(seal, signing, names)) for seal in seals]
    read = {field.value for _, field in said if field and field.certain}
    told = [field or _by_place(seal, signing, names, read) for seal, field in said]
    sure = {field.value: field for field in told if field.certain}
    rest = {field.value: field for field in told if field.value not in sure}
    return (*sure.values(), *rest.values())


def _counts(seal: Seal) -> bool:
    """A company's red seal pressed onto the page; a part of one at its very edge runs over sheets and signs none."""
    box = seal.box
    at_edge = box.x0 < 0.01 or box.x1 > 0.99
    person = is_small_square(seal) and len(bare(seal.text)) <= _PERSON
    return seal.colour == "red" and not person and not (at_edge and seal.shape == "partial" and box.width < 0.1)


def _by_text(seal: Seal, signing: Signing, names: Mapping[str, TextField]) -> TextField | None:
    """Whose seal it is by what it says; None where that does not tell."""
    told = {side: field.value for side, field in names.items() if field.value}
    role, owner = read_owner(seal, Names(tuple(told.values()), (), ()))
    side = next((side for side, name in told.items() if name == owner), None)
    if side:
        return _seal_field(seal, signing, side, _misplaced(seal, signing, side, told[side]))
    if role in (SealRole.AUTHORITY, SealRole.BANK):
        return _seal_field(seal, signing, STRANGER, None if owner else f"印章文字“{seal.text}”难以辨认")
    return _by_stranger(seal, signing, names, owner) if owner else None


def _misplaced(seal: Seal, signing: Signing, side: str, name: str) -> str | None:
    """Why a seal that says a party's name with slips is in doubt: it stands where the other party signs."""
    placed = _tell(seal, signing)
    if bare(name) in bare(ring_of(seal)) or not placed.certain or placed.value == side:
        return None
    return f"印章文字“{ring_of(seal)}”近似另一方名称，与所在位置不符"


def _by_stranger(seal: Seal, signing: Signing, names: Mapping[str, TextField], owner: str) -> TextField:
    """Another company's seal; a branch's or a department's is not surely its company's, nor surely a stranger's."""
    part_of = [side for side in names if (name := bare(names[side].value or "")) and name in bare(owner)]
    if part_of:
        return _seal_field(seal, signing, part_of[0], f"印章文字“{owner}”比单位名称多出文字")
    sure = all(name.certain for name in names.values())
    return _seal_field(seal, signing, STRANGER, None if sure else "双方名称未能确定，无法与印章核对")


def _by_place(seal: Seal, signing: Signing, names: Mapping[str, TextField], read: Container[str | None]) -> TextField:
    """A seal that does not say whose it is: the party's in whose block it stands, in doubt unless the `read` seals
    have the other party's among them and neither its form nor what is legible of it speaks against it."""
    placed = _tell(seal, signing)
    other = next(side for side in SIDES if side != placed.value)
    ring = ring_of(seal)
    if len(bare(ring)) >= LEAST:
        own, theirs = (
            echoes(ring, names[side].value or "", certainty_of(seal), seal.views)
            for side in (placed.value or other, other)
        )
        doubt = None if own and not theirs else f"印章文字“{ring}”与双方名称都不相符"
    else:
        doubt = None if _is_like_a_company_s(seal) else "印章文字无法辨认，形状或大小与单位印章不同"
    doubt = doubt or (None if other in read else "印章文字无法辨认，仅凭位置不能确定属于哪一方")
    return _seal_field(seal, signing, placed.value, doubt) if placed.certain and doubt else placed


def _is_like_a_company_s(seal: Seal) -> bool:
    return seal.shape == "round" and (seal.diameter_mm is None or seal.diameter_mm >= _COMPANY_MM)


def _tell(seal: Seal, signing: Signing) -> TextField:
    reach = {side: _distance(seal, side, signing) for side in SIDES}
    side, other = sorted(SIDES, key=lambda one: reach[one])
    known = {anchor.side for anchor in signing.anchors}
    if reach[side] > _FAR and known == set(SIDES):
        return _seal_field(seal, signing, None, "印章离双方签章栏都远，无法判断属于哪一方")
    if known != set(SIDES):
        return _by_one(seal, signing, next(iter(known)))
    doubt = "印章与双方签章栏几乎同样近" if reach[other] - reach[side] < _EVEN else None
    return _seal_field(seal, signing, side, doubt)


def _by_one(seal: Seal, signing: Signing, side: str) -> TextField:
    """Only one party's block was read: a seal on it is that party's, any other is probably the other one's."""
    if _gap(seal.box, signing.anchors[0].box, signing.page) < _ON_IT:
        return _seal_field(seal, signing, side, None)
    other = next(one for one in SIDES if one != side)
    return _seal_field(seal, signing, other, "另一方签章栏未能识读，无法判断印章属于哪一方")


def _distance(seal: Seal, side: str, signing: Signing) -> float:
    """How far the seal's middle lies from the nearest print of a party's block, as a share of the page's width."""
    return min((_gap(seal.box, box, signing.page) for box in signing.block(side)), default=1.0)


def _gap(seal: Box, box: Box, page: ReadPage) -> float:
    wide = max(box.x0 - seal.cx, seal.cx - box.x1, 0.0)
    high = max(box.y0 - seal.cy, seal.cy - box.y1, 0.0) * page.page.height / page.page.width
    return float((wide**2 + high**2) ** 0.5)


def _seal_field(seal: Seal, signing: Signing, side: str | None, doubt: str | None) -> TextField:
    status = Status.UNSURE if doubt else Status.CERTAIN
    page = signing.page.number
    confidence = 0.5 if doubt else 1.0
    return TextField(
        value=side, raw=seal.text, page=page, box=seal.box, confidence=confidence, status=status, why=doubt
    )
