"""How far what a seal says is a name that the papers print: the same, surely another, or not to be told.

Names of one trade and place share most of their characters (贵州锦泰矿业有限公司, 贵州铭洲矿业有限公司), while a
reading of the very name has single characters wrong, here and there. Hence what counts is not how many characters
differ, but how many in a row, and whether what sets a company apart is among those that agree.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from extractors.company_names import Parts, parts_of, place_of
from extractors.seal_views import bears_out, lacks, resembles
from extractors.text import fold

CLEAR = 0.85  # certainty from which a text speaks against a name
_LEGIBLE, _CUT_LEGIBLE = 5, 6  # characters that agree: of a whole name, of a part
_MARK = 2  # characters of most companies' 字号
_CUT_SHARE = 0.5  # of the name may be beyond what is legible
_SPARSE = 4  # at most one character in so many is wrong
_TOLD = 0.97  # certainty from which a single other character, of none that look alike, may be another name's
_VAGUE = 0.9  # certainty up to which a reading is so blurred that its wrong characters say nothing
_UNLIKE = 0.6  # share of characters that agree below which two names have nothing to do with each other
# Of 555 companies' seals that were read, 8 had two wrong characters in a row, none with a certainty of 0.97 or more; of
# those that were read to the letter, 93 in 100 had.
_TWO_WRONG, _BLURRED, _MUCH_WRONG = 0.975, 0.95, 0.75
_SINGLE = 0.985  # of 字号 of which one character was misread, four of five were read with less certainty
_LIKE, _AHEAD = 0.4, 3.0  # share that agrees, from which views may bear a name out; nats ahead of another name
_KIN = re.compile("集团|分公司|分厂|分部|办事处|贸易|商贸|实业|控股|投资|物流")
_USE = re.compile(r"(?:合同|财务|公|行政|业务|发票)?专?用?章.{0,2}$")  # what a seal is for, read as one with the ring
_CHINESE = re.compile("[一-鿿]")
_ALIKE = str.maketrans(
    "治练络路辂铭梯递鲜隔给绵晖坦晨贞畫責汾", "冶炼铬铬铬铬锑锑锑镉铅锦辉垣晟责责责份"
)  # what engines make of characters on seals


class Likeness(NamedTuple):
    """`same`: this name, its characters misread at most singly, in pairs where the text is blurred; `apart`: surely
    another; neither: not to be told.

    `share` of the characters agree, 0–1, of those that are legible.
    """

    name: str
    same: bool
    exact: bool
    apart: bool
    share: float


class _Run(NamedTuple):
    """Neighbouring characters that differ: what the name has there, and what was read."""

    at: int
    name: str
    read: str
    at_end: bool

    @property
    def length(self) -> int:
        return max(len(self.name), len(self.read))

    @property
    def cut(self) -> bool:
        """Characters of the name's beginning or end that were not read at all, as on a worn or half-pressed seal."""
        return self.at_end and not self.read

    @property
    def places(self) -> range:
        """Of the name's characters; where characters were only read beside it, the one before them."""
        return range(self.at, self.at + len(self.name)) if self.name else range(max(self.at - 1, 0), self.at)

    def meets(self, part: range) -> bool:
        return self.places.start < part.stop and part.start < self.places.stop


def bare(text: str) -> str:
    """A name or a ring's text as they are compared: without spaces, brackets, dots, figures and Latin letters."""
    return "".join(_CHINESE.findall(fold(text)))


def compare(text: str, name: str, confidence: float) -> Likeness:
    """What a ring says, read with this certainty, against a name as printed."""
    said = _USE.sub("", bare(text))
    read, own = said.translate(_ALIKE), bare(name).translate(_ALIKE)
    runs = list(_runs(own, read))
    cut = sum(len(run.name) for run in runs if run.cut)
    wrong = [run for run in runs if not run.cut]
    agree = len(own) - sum(len(run.name) for run in runs)
    share = agree / max(len(read), 1)
    longest = 2 if confidence < _BLURRED and share >= _MUCH_WRONG else 1
    parts = parts_of(bare(name))
    told = confidence >= _TOLD and any(_tells(run, parts, place_of(said) == parts.place) for run in wrong)
    same = not told and _is_marked(runs, parts) and _is_same(wrong, longest, agree, cut, len(own))
    legible = confidence >= CLEAR and len(read) > _LEGIBLE
    firm = confidence >= (_TWO_WRONG if share >= _MUCH_WRONG else _BLURRED)
    apart = (
        legible and not same and ((share < _UNLIKE and confidence >= _BLURRED) or _says_otherwise(wrong, firm, parts))
    )
    return Likeness(name, same, same and said == bare(name), apart, share)


def echoes(text: str, name: str, confidence: float, views: Sequence[str] = ()) -> bool:
    """Whether a text that is too blurred to be told, or has one character else, agrees with a name in most of its
    characters, one of the 字号 at its place among them, or may say it in what it shows besides (`views`): enough where
    something else speaks for it, never alone."""
    read, own = _USE.sub("", bare(text)).translate(_ALIKE), bare(name).translate(_ALIKE)
    runs = list(_runs(own, read))
    lost = {at for run in runs for at in range(run.at, run.at + len(run.name))}
    mark = parts_of(bare(name)).mark
    shown = sum(at not in lost for at in mark)
    agree = len(own) - len(lost)
    enough = agree >= _UNLIKE * len(read) and agree >= _CUT_SHARE * len(own) and 2 * shown >= len(mark)
    single = sum(run.length for run in runs) == 1 and (
        confidence < _SINGLE or not runs[0].meets(parts_of(bare(name)).mark)
    )
    doubtful = (confidence < _VAGUE or single) and enough
    return (doubtful or resembles(views, bare(name))) and not any(_KIN.search(run.name + run.read) for run in runs)


def agreeing(text: str, name: str) -> frozenset[int]:
    """Which of a name's Chinese characters, by number, a ring's text has at their places."""
    own = bare(name).translate(_ALIKE)
    runs = _runs(own, _USE.sub("", bare(text)).translate(_ALIKE))
    return frozenset(range(len(own))) - {at for run in runs for at in range(run.at, run.at + len(run.name))}


def nearest(text: str, names: Iterable[str], confidence: float, views: Sequence[str] = ()) -> Likeness | None:
    """The name that the text is most like; two that it is the same as, but neither to the letter, leave neither.
    Of names that differ in brackets alone the first counts.

    Where the text is not the same as any, what the ring may say besides (`views`) may bear out one."""
    told: dict[str, str] = {}
    for name in names:
        told.setdefault(bare(name), name)
    found = sorted(
        (compare(text, name, confidence) for own, name in told.items() if own),
        key=lambda one: (one.exact, one.same, one.share),
        reverse=True,
    )
    best = next(iter(found), None)
    rivals = [one for one in found[1:] if best and one.same]
    if best and rivals and not best.exact and best.share - rivals[0].share < 1 / (len(bare(text)) + 1):
        best = best._replace(same=False)
    return best if best is None or best.same else _borne_out(found, views) or best


def _borne_out(found: Sequence[Likeness], views: Sequence[str]) -> Likeness | None:
    """The name that the views bear out, far better than any other."""
    alike = {bare(one.name): one for one in found if one.share >= _LIKE} if views else {}
    order = sorted((lacks(views, name), name) for name in alike)
    if not order or not bears_out(views, order[0][1]) or any(other - order[0][0] < _AHEAD for other, _ in order[1:]):
        return None
    return alike[order[0][1]]._replace(same=True, apart=False)


def _runs(own: str, read: str) -> Iterator[_Run]:
    """Where name and reading differ, neighbouring differences as one."""
    blocks = [(b.a, b.b, b.size) for b in Levenshtein.opcodes(own, read).as_matching_blocks()]
    at, there = 0, 0
    for a, b, size in blocks:
        if a > at or b > there:
            yield _Run(at, own[at:a], read[there:b], at == 0 or a == len(own))
        at, there = a + size, b + size


def _is_marked(runs: list[_Run], parts: Parts) -> bool:
    """Whether some of the 字号 is legible, all of it where an end is cut, and no branch's word is cut."""
    if any(run.places.start <= parts.mark.start and parts.mark.stop <= run.places.stop for run in runs):
        return False
    return not any(run.cut and (run.meets(parts.mark) or _KIN.search(run.name)) for run in runs)


def _tells(run: _Run, parts: Parts, same_places: bool) -> bool:
    """Whether a character that was read with certainty may make another name: not in the legal form, not in a place
    that is none as it was read, and not where one of a 字号 of two was lost, as no 字号 has one."""
    if run.meets(parts.form) or (run.places.stop <= parts.place and not same_places):
        return False
    return bool(run.read) or not (run.meets(parts.mark) and len(parts.mark) == _MARK)


def _is_same(wrong: list[_Run], longest: int, agree: int, cut: int, length: int) -> bool:
    """Whether wrong characters are few, not more than `longest` in a row, and none of them makes another company."""
    if any(run.length > longest or _KIN.search(run.name + run.read) for run in wrong):
        return False
    need = _CUT_LEGIBLE if cut else _LEGIBLE
    return agree >= min(need, length) and cut <= _CUT_SHARE * length and len(wrong) * _SPARSE <= agree


def _says_otherwise(wrong: list[_Run], firm: bool, parts: Parts) -> bool:
    """Whether some characters in a row are others, read with certainty; a few that are lost say nothing, nor does a
    legal form that was misread."""
    more = any(_KIN.search(run.name) or _KIN.search(run.read) for run in wrong)
    return more or (firm and any(len(run.read) > 1 and not run.meets(parts.form) for run in wrong))
