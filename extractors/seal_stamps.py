"""Seals that cannot be read, known again by another print of the same stamp that can, on another paper of the package.

What decides is the picture of the ring (extractors/seal_imprints.py), letter by letter: none that is seen may be
another, and the 字号 must be seen whole, as a sister company's stamp differs in nothing else. Of a stamp that was
pressed twice both prints together are looked at (extractors/seal_presses.py).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.page import ReadPage, Seal, SealRole
from extractors.company_names import parts_of
from extractors.seal_imprints import Agreement, agree, covered_share
from extractors.seal_lines import is_blank_beside
from extractors.seal_names import agreeing, bare, compare
from extractors.seal_owners import ILLEGIBLE, certainty_of, ring_of
from extractors.seal_presses import agree_twice, is_blank_below
from extractors.text import fold

# Of letters of one stamp's prints 95 in 100 lack less than this of what is usual in the pair; of letters that are
# others, but look alike (翔朔, 岩岸, 锌镉), most lack more. In the 字号 a letter must be nearer; where the text has it,
# the picture need not be as good. What differs in a dot (大太, 辉晖) can slip through both.
_OTHER, _DOUBTFUL, _USUAL = 0.25, 0.12, 0.7
_MARK, _CLEAR, _CLEARLY = 0.05, 0.95, 0.02  # where it does not; certainty of a text that has another, and what is borne
_SEEN, _EXCUSED = 0.6, 1  # of a ring's letters must agree; letters under black print that need not
_TWICE, _WHOLE, _FEW = 0.05, 0.8, 3  # of a stamp pressed twice: of the 字号; letters seen; prints it is laid over
_CLEAN, _MOST = 0.25, 5  # share under black print, and number, of the prints that others are known by

_Letter = tuple[float, bool]  # how much less than usual it agrees, and whether it is free of black print


class _Print(NamedTuple):
    """A seal that is read for sure, and the page it stands on."""

    seal: Seal
    page: int

    @property
    def name(self) -> str:
        return self.seal.owner or ""


def known_by_print(pages: Sequence[ReadPage]) -> tuple[ReadPage, ...]:
    """The pages with those seals told (`role`, `owner`, `alike_on`) whose ring is the picture of one that is read."""
    sure = _sure_prints(pages)
    return tuple(_know(page, sure) for page in pages) if sure else tuple(pages)


def _sure_prints(pages: Sequence[ReadPage]) -> Mapping[str, list[_Print]]:
    """The best prints of each owner's stamp, those that are hardly covered first."""
    prints: dict[str, list[_Print]] = {}
    for page in pages:
        for seal in page.reading.seals:
            if _is_sure(seal):
                prints.setdefault(seal.owner or "", []).append(_Print(seal, page.number))
    return {
        name: sorted(found, key=lambda one: covered_share(one.seal.imprint))[:_MOST] for name, found in prints.items()
    }


def _is_sure(seal: Seal) -> bool:
    if seal.role is not SealRole.COMPANY or not seal.owner or not seal.imprint or covered_share(seal.imprint) > _CLEAN:
        return False
    return compare(ring_of(seal), seal.owner, certainty_of(seal)).same


def _know(page: ReadPage, sure: Mapping[str, Sequence[_Print]]) -> ReadPage:
    if not any(seal.imprint and (not seal.owner or _has_illegible_line(seal)) for seal in page.reading.seals):
        return page
    seals = tuple(_without_line(_known(seal, sure), sure, page) for seal in page.reading.seals)
    return page.model_copy(update={"reading": page.reading.model_copy(update={"seals": seals})})


def _known(seal: Seal, sure: Mapping[str, Sequence[_Print]]) -> Seal:
    if seal.owner or not seal.imprint:
        return seal
    same = [prints[0] for name, prints in sure.items() if is_print_of(seal, name, [one.seal for one in prints])] or [
        prints[0] for name, prints in sure.items() if is_pressed_twice(seal, name, [one.seal for one in prints])
    ]
    if len(same) != 1:
        return seal
    told = {"role": same[0].seal.role, "owner": same[0].name, "alike_on": same[0].page}
    return seal.model_copy(update=told | {"text": _without_star(seal, same[0])})


def _has_illegible_line(seal: Seal) -> bool:
    return seal.text.endswith(f" {ILLEGIBLE}")


def _without_line(seal: Seal, sure: Mapping[str, Sequence[_Print]], page: ReadPage) -> Seal:
    """A seal of which nothing but another seal over it gave a level line, without one: a print of the same stamp tells
    where it would stand."""
    prints = sure.get(seal.owner or "", ()) if seal.imprint and _has_illegible_line(seal) else ()
    letters = len(re.sub(r"\s", "", fold(seal.owner or "")))
    plain = (one for one in prints if " " not in one.seal.text and one.page != page.page.number)
    known = next((one for one in plain if is_blank_beside(seal, one.seal, letters, page)), None)
    return seal.model_copy(update={"text": ring_of(seal), "alike_on": known.page}) if known else seal


def _without_star(seal: Seal, known: _Print) -> str:
    """What a seal says; the star of a second print below it is no level line."""
    if not _has_illegible_line(seal):
        return seal.text
    letters = len(re.sub(r"\s", "", fold(known.name)))
    blank = is_blank_below(known.seal.imprint, seal.imprint, letters)
    return ring_of(seal) if blank else seal.text


def is_print_of(seal: Seal, name: str, prints: Iterable[Seal]) -> bool:
    """Whether a seal is a print of the stamp that bears this name and left these prints as well."""
    written = re.sub(r"\s", "", fold(name))
    chinese = [at for at, letter in enumerate(written) if bare(letter)]
    letters = _lacking(seal, [one.imprint for one in prints], len(written))
    read = {chinese[at] for at in agreeing(ring_of(seal), name)}
    mark = [chinese[at] for at in parts_of(bare(name)).mark]
    clear = certainty_of(seal) >= _CLEAR
    return _is_alike(letters, read) and all(
        _bears(letters[at], _DOUBTFUL if at in read else _unread(letters[at], clear)) for at in mark
    )


def _unread(letter: _Letter | None, clear: bool) -> float:
    """How much a letter may lack that the text has otherwise; what print lies over is read as another for sure."""
    return _CLEARLY if clear and letter is not None and letter[1] else _MARK


def is_pressed_twice(seal: Seal, name: str, prints: Sequence[Seal]) -> bool:
    """Whether a seal is two prints, over each other, of the stamp that bears this name and left these prints as well:
    every letter is seen in one or the other, and none is another."""
    if covered_share(seal.imprint) > _CLEAN:
        return False
    written = re.sub(r"\s", "", fold(name))
    chinese = [at for at, letter in enumerate(written) if bare(letter)]
    found = (agree_twice(one.imprint, seal.imprint, len(written)) for one in prints[:_FEW])
    letters = _least(found, len(written))
    mark = [chinese[at] for at in parts_of(bare(name)).mark]
    whole = sum(one is not None for one in letters) >= _WHOLE * len(letters)
    return whole and _is_alike(letters, ()) and all(_bears(letters[at], _TWICE) for at in mark)


def _is_alike(letters: Sequence[_Letter | None], read: Collection[int]) -> bool:
    """Whether most letters agree and none is another; one is excused that lies under print, but was read."""
    others = [(at, one) for at, one in enumerate(letters) if one and one[0] > _OTHER]
    if len(others) > _EXCUSED or any(free or at not in read for at, (_, free) in others):
        return False
    return sum(one is not None for one in letters) - len(others) >= max(_SEEN * len(letters), 1)


def _lacking(seal: Seal, prints: Iterable[str], letters: int) -> list[_Letter | None]:
    """How much less than usual each letter agrees with the print where it does best, and whether print is off it."""
    return _least((agree(known, seal.imprint, letters) for known in prints), letters)


def _least(found: Iterable[Agreement | None], letters: int) -> list[_Letter | None]:
    good = [one for one in found if one and one.usual >= _USUAL]
    each = ([one.letters[at] for one in good] for at in range(letters))
    return [min((one for one in lacks if one), default=None) for lacks in each]


def _bears(letter: _Letter | None, most: float) -> bool:
    """Whether a character of the 字号 is there, by the picture."""
    return letter is not None and letter[0] <= most
