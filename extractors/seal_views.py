"""Whether what a seal's ring may say, seen in several ways, bears out a name that the papers print.

One reading of a ring has slips; where the recogniser wavers between two characters, which of them it says is chance.
What it holds possible in each view is told by how much less likely than its own reading a name is (nats).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import fmean

from extractors.alternatives import Fit, fit, read_places
from extractors.company_names import parts_of

# Of 297 legible seals on office scans 97 in 100 lack less than 4.5 nats of their own name on the mean of the views, of
# 15,000 names that differ from it in one character one lacks so little, with 1 in the best view.
_LACKING, _NEARLY = 4.5, 1.0
# Of a 字号 that was printed hardly a character is less likely than this, on the mean and in the best view; of one with
# another character that one lacks 5.4 or more.
_MARK_LACKING, _MARK_BEST = 4.0, 2.0
_EXCLUDED, _BLURRED = 5.0, 2.2  # nats of a character that is not there; of a text's characters on the mean


def bears_out(views: Sequence[str], name: str) -> bool:
    """Whether a name's Chinese characters are as good as what was read: in one view hardly less likely, in no more than
    a few less likely at all."""
    lacking = [found.lacking for found in _fits(views, name)]
    return bool(lacking) and min(lacking) <= _NEARLY and fmean(lacking) <= _LACKING


def lacks(views: Sequence[str], name: str) -> float:
    """How much less likely than what was read a name is on the mean (nats); endless where nothing is known."""
    return fmean(found.lacking for found in _fits(views, name)) if views else float("inf")


def resembles(views: Sequence[str], name: str) -> bool:
    """Whether a blurred ring may say a name: all of the 字号 may stand there, no two neighbours beyond the legal form
    are others. Enough where something else speaks for it, never alone."""
    found, parts = _fits(views, name), parts_of(name)
    if not found or fmean(one.lacking for one in found) > _BLURRED * len(name):
        return False
    each = list(zip(*(one.shares for one in found), strict=True))
    if any(fmean(each[at]) > _MARK_LACKING or min(each[at]) > _MARK_BEST for at in parts.mark):
        return False
    excluded = [fmean(shares) > _EXCLUDED and at not in parts.form for at, shares in enumerate(each)]
    return not any(both == (True, True) for both in pairwise(excluded))


def _fits(views: Sequence[str], name: str) -> list[Fit]:
    return [_fit(view, name) for view in views if view]


@lru_cache(maxsize=4096)
def _fit(view: str, name: str) -> Fit:
    return fit(read_places(view), name)
