"""Comparing what papers print: names, codes, dates; and deciding over several comparisons at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from stdnum.cn import uscc
from stdnum.util import clean

from domain.field import Doubt
from validators.places import Place
from validators.registry import Problem

Check = Callable[[], Problem | None]
USCC_FORM = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{17}.")  # GB 32100-2015: no I, O, S, V, Z
_BRACKETS = str.maketrans("〔〕【】[]{}〈〉", "()()()()()")
_DOTS = re.compile(r"[·•・‧∙]")


def decide(*checks: Check) -> Problem | None:
    """The first problem that certain values show, before any doubt: what is wrong for sure is wrong whatever else
    could not be read."""
    doubts = []
    for check in checks:
        try:
            problem = check()
        except Doubt as doubt:
            doubts.append(doubt)
            continue
        if problem is not None:
            return problem
    if doubts:
        raise doubts[0]
    return None


def every(*checks: Check) -> Problem | None:
    """All problems that certain values show as one, a sentence each; raises the first doubt where there is none."""
    problems, doubts = [], []
    for check in checks:
        try:
            problems.append(check())
        except Doubt as doubt:
            doubts.append(doubt)
    found = [problem for problem in problems if problem is not None]
    if not found and doubts:
        raise doubts[0]
    return _joined(found) if found else None


def _joined(problems: Sequence[Problem]) -> Problem:
    evidence = tuple(dict.fromkeys(item for problem in problems for item in problem.evidence))
    return Problem("；".join(problem.message for problem in problems), evidence)


def fold_name(name: str) -> str:
    """A company's name with width, brackets, dots and spaces folded; every other character counts (domain 3.3)."""
    flat = unicodedata.normalize("NFKC", name).translate(_BRACKETS)
    return _DOTS.sub("·", re.sub(r"[\s\u200b-\u200d\ufeff]", "", flat)).upper()


def fold_project(name: str) -> str:
    """A project's name folded like a company's, without the quotation marks that a text puts around it."""
    return re.sub(r"[\"'“”‘’「」《》]", "", fold_name(name))


@lru_cache(maxsize=4096)
def fold_code(code: str) -> str:
    """A code in half width without spaces and hyphens; letter case is part of it (domain 2.3, `H9` codes)."""
    return str(clean(unicodedata.normalize("NFKC", code), " -"))


def check_character(code: str) -> str | None:
    """The check character that GB 32100 computes for the first 17 of 18 characters, None where they cannot be a code's.

    Computed over all 17 characters, since codes of other registers than 市场监管 (first character not 9) hold letters.
    """
    return uscc.calc_check_digit(code) if USCC_FORM.fullmatch(code) else None


def kinship(left: str, right: str) -> str:
    """A word on two differing names that look like relatives; relatives are other legal persons (domain 3.3)."""
    if left.replace("集团", "") == right.replace("集团", ""):
        return "，仅差“集团”二字，集团公司与其子公司是不同法人"
    shorter, longer = sorted((left, right), key=len)
    if longer.startswith(shorter) and longer.endswith("分公司"):
        return "，分公司与总公司主体不同"
    return ""


def same(left: Place[Any], right: Place[Any], fold: Callable[[Any], Any] = lambda it: it) -> Problem | None:
    """Whether two fields say the same once folded; raises Doubt where either is not certain."""
    if fold(left.known) == fold(right.known):
        return None
    return Problem(f"{left.says}，{right.says}，二者不一致", (left.evidence, right.evidence))


def all_same(places: Sequence[Place[str]], fold: Callable[[str], str]) -> Problem | None:
    """Whether all fields say the same: against the first licence's value, else the value that most of them have.

    Values that are certain and differ are a problem even where another field could not be read.
    """
    readable = [place for place in places if place.field.certain and place.field.value is not None]
    problem = _odd_ones(readable, fold) if readable else None
    if problem is not None:
        return problem
    for place in places:
        place.known  # noqa: B018  raises the doubt of an unread field
    if len(readable) < 2:
        raise Doubt(why="可比对的文书不足两份")
    return None


def _odd_ones(places: Sequence[Place[str]], fold: Callable[[str], str]) -> Problem | None:
    model = _model(places, fold)
    wanted = fold(model.known)
    odd = [place for place in places if fold(place.known) != wanted]
    if not odd:
        return None
    others = "，".join(place.says for place in odd)
    hint = kinship(wanted, fold(odd[0].known))
    evidence = (model.evidence, *(place.evidence for place in odd))
    return Problem(f"{model.says}，而{others}，不一致{hint}", evidence)


def _model(places: Sequence[Place[str]], fold: Callable[[str], str]) -> Place[str]:
    """The licence's field, else the first of those that say what most say."""
    licence = next((place for place in places if place.document.type == "business_licence"), None)
    if licence is not None:
        return licence
    counts = Counter(fold(place.known) for place in places)
    return next(place for place in places if fold(place.known) == counts.most_common(1)[0][0])


def last_days(start: date, years: int) -> frozenset[date]:
    """The last day of a term of whole years: 2024-09-10 and 5 years → 2029-09-09.

    A term that begins on 29 February has its anniversary on 28 February or on 1 March: both are printed.
    """
    if (start.month, start.day) == (2, 29):
        anniversaries = {date(start.year + years, 3, 1), date(start.year + years, 2, 28)}
    else:
        anniversaries = {start.replace(year=start.year + years)}
    return frozenset(day - timedelta(days=1) for day in anniversaries)
