"""Seals that were found beside those that stand on the paper: there or not, what colour, whose, and what for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from rapidfuzz.fuzz import ratio

from domain.page import Box, Frozen
from reports.comparison import fold

RED, DULL = ("red",), ("grey", "black")
TROUBLES = ("company", "missed", "invented", "owner", "role", "use")  # gravest first
OWNED = ("company", "authority", "bank")
WHOLE_SHAPES = ("round", "oval")
_LEVEL_LINE = re.compile(r"(?:[一-龥]{2}专用章|公章)$")


class SealPair(Frozen):
    """A seal of the truth and the one found for it; either may be missing. Pairs are of one page and one colour
    class: red, or dull (grey and black, as copies have them)."""

    package: str
    page: int
    red: bool
    role: str | None = None
    name: str = ""
    use: str | None = None
    legible: bool = False
    there: bool = True
    found: bool = True
    got_role: str | None = None
    got_owner: str | None = None
    got_use: str | None = None
    got_text: str = ""
    box: Box | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong, one of TROUBLES; None where nothing is. What cannot be made out need not be told."""
        if not self.there or not self.found:
            return "missed" if self.there else "invented"
        if self.role in ("authority", "bank") and self.got_role == "company":
            return "company"
        if not self.judged:
            return None
        wrong = {"owner": not self.owner_right, "role": self.role != self.got_role, "use": self.use_wrong}
        return next((name for name, is_so in wrong.items() if is_so), None)

    @property
    def judged(self) -> bool:
        """Whether whose it is can be asked: a legible red seal of a company, an authority or a bank."""
        return self.red and self.there and self.legible and self.role in OWNED

    @property
    def owner_right(self) -> bool:
        return self.got_owner is not None and fold(self.got_owner) == fold(self.name)

    @property
    def use_wrong(self) -> bool:
        return self.use is not None and self.use != self.got_use


class SealTally(Frozen):
    """Seals counted. `red` (`dull`) are those of the truth, `red_right` those of them found, `red_invented` those
    found beyond them; `judged` the legible ones whose owner can be asked, found or not, with how many were given the
    right role, the right owner and another's name (`owner_wrong`); `used` those whose use the truth tells;
    `taken_for_company` seals of authorities and banks that were called a company's, legible or not."""

    red: int = 0
    red_right: int = 0
    red_invented: int = 0
    dull: int = 0
    dull_right: int = 0
    dull_invented: int = 0
    judged: int = 0
    role_right: int = 0
    owner_right: int = 0
    owner_wrong: int = 0
    used: int = 0
    use_right: int = 0
    taken_for_company: int = 0


def match_seals(package: str, truth: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> list[SealPair]:
    """Every seal of the truth with the one found for it, then those that nobody pressed.

    Truth files do not tell where a seal stands: on each page the pair that agrees best in text and role comes first.
    So a page on which one seal was missed and a stain was taken for another counts as right; how many there are, no
    page can hide. Blue seals are no concern of ours.
    """
    pairs = []
    for colours in (RED, DULL):
        ours, theirs = _by_page(truth, colours), _by_page(found, colours)
        for page in sorted({*ours, *theirs}):
            pairs += _match(package, page, ours.get(page, []), theirs.get(page, []), colours is RED)
    return pairs


def count_seals(pairs: Sequence[SealPair]) -> SealTally:
    """The pairs summed up."""
    judged = [pair for pair in pairs if pair.judged]
    used = [pair for pair in judged if pair.use is not None]
    return SealTally(
        **_presence([pair for pair in pairs if pair.red], "red"),
        **_presence([pair for pair in pairs if not pair.red], "dull"),
        judged=len(judged),
        role_right=sum(pair.role == pair.got_role for pair in judged),
        owner_right=sum(pair.owner_right for pair in judged),
        owner_wrong=sum(pair.got_owner is not None and not pair.owner_right for pair in judged),
        used=len(used),
        use_right=sum(not pair.use_wrong for pair in used),
        taken_for_company=sum(pair.trouble == "company" for pair in pairs),
    )


def _presence(pairs: Sequence[SealPair], colour: str) -> dict[str, int]:
    right = sum(pair.there and pair.found for pair in pairs)
    there, invented = sum(pair.there for pair in pairs), sum(not pair.there for pair in pairs)
    return {colour: there, f"{colour}_right": right, f"{colour}_invented": invented}


def _by_page(seals: Iterable[Mapping[str, Any]], colours: Sequence[str]) -> dict[int, list[Mapping[str, Any]]]:
    pages: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for seal in seals:
        if seal["colour"] in colours:
            pages[seal["page"]].append(seal)
    return pages


def _match(
    package: str, page: int, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], red: bool
) -> list[SealPair]:
    partner: dict[int, int] = {}
    indices = product(range(len(ours)), range(len(theirs)))
    for i, j in sorted(indices, key=lambda pair: -_likeness(ours[pair[0]], theirs[pair[1]])):
        if i not in partner and j not in partner.values():
            partner[i] = j
    head = {"package": package, "page": page, "red": red}
    told = [
        SealPair(**head, **_truth(seal), **_found(theirs[partner[i]] if i in partner else None))
        for i, seal in enumerate(ours)
    ]
    extra = [seal for j, seal in enumerate(theirs) if j not in partner.values()]
    return told + [SealPair(**head, **_found(seal), there=False) for seal in extra]


def _likeness(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
    text: float = max(ratio(ours["text"], theirs.get(key) or "") for key in ("text", "owner"))
    same_role, same_shape = (bool(ours[key] == theirs[key]) for key in ("role", "shape"))
    return text + 20 * same_role + 10 * same_shape


def _truth(seal: Mapping[str, Any]) -> dict[str, Any]:
    """Older truth files do not tell what is legible: whole seals of companies are."""
    whole = seal["role"] == "company" and seal["shape"] in WHOLE_SHAPES
    title = seal.get("title")
    name = seal["text"].removesuffix(title) if title is not None else _LEVEL_LINE.sub("", seal["text"])
    return {"role": seal["role"], "name": name, "use": seal.get("use"), "legible": seal.get("legible", whole)}


def _found(seal: Mapping[str, Any] | None) -> dict[str, Any]:
    if seal is None:
        return {"found": False}
    told = {f"got_{key}": seal.get(key) for key in ("role", "owner", "use")}
    return told | {"got_text": seal.get("text") or "", "box": seal.get("box")}
