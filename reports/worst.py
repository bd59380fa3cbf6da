"""The fields that a reader's maker should look at first: silent errors, then what came out worst."""

from collections.abc import Iterable
from itertools import groupby

from domain.page import Frozen
from reports.accuracy import Accuracy
from reports.comparison import Judged, Mark
from reports.seal_scores import TROUBLES, SealPair

SILENT, WRONG, DOUBTED, MISSING, MINOR = range(5)
NAMES = ("静默错", "确定而错", "存疑且错", "漏读", "次要字段错")


class Bad(Frozen):
    """A field that came out badly; `rank` is its place in NAMES, `more` how many of its row or paper did so too."""

    judged: Judged
    rank: int
    grade: str
    more: int = 0

    @property
    def name(self) -> str:
        return NAMES[self.rank]


def worst(accuracy: Accuracy, number: int) -> list[Bad]:
    """The worst fields, at least `number` where there are so many; every error that was called certain is among them.

    Critical ones come first: silent, certain but wrong (a rule stopped there), in doubt with the wrong value, not
    read; among equals the least confident first. Of a row, or of a paper that is missing, one stands for all.
    """
    bad = [
        Bad(judged=each, rank=rank, grade=package.grade)
        for package in accuracy.packages
        for each in package.errors
        if (rank := _rank(each)) is not None
    ]
    ordered = sorted(_one_for_all(bad), key=lambda each: (each.rank, each.judged.confidence))
    certain = sum(each.rank <= WRONG for each in ordered)
    return ordered[: max(number, certain)]


def seal_errors(accuracy: Accuracy) -> list[SealPair]:
    """Seals that were taken for a company's, missed, invented, or not told right, in this order."""
    wrong = [(pair.trouble, pair) for package in accuracy.packages for pair in package.seals]
    return [pair for trouble in TROUBLES for found, pair in wrong if found == trouble]


def _rank(judged: Judged) -> int | None:
    """None for a doubt about a value that was read right, and for a minor field that a person looks at anyway."""
    if judged.silent:
        return SILENT
    if judged.same or (judged.mark is not Mark.WRONG and not judged.critical):
        return None
    if not judged.critical:
        return MINOR
    return {Mark.WRONG: WRONG, Mark.UNSURE: DOUBTED}.get(judged.mark, MISSING)


def _one_for_all(bad: Iterable[Bad]) -> list[Bad]:
    grouped = groupby(sorted(bad, key=_group), key=_group)
    return [_represent(list(members)) for _, members in grouped]


def _group(bad: Bad) -> tuple[int, str, str, str]:
    judged = bad.judged
    row = judged.path.partition("]")[0] if bad.rank != MISSING else ""
    return bad.rank, judged.package, judged.document, row


def _represent(members: list[Bad]) -> Bad:
    first = min(members, key=lambda each: (each.judged.box is None, each.judged.confidence))
    return first.model_copy(update={"more": len(members) - 1})
