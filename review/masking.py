"""Bank accounts' numbers told from all other numbers in texts, and hidden but for their last digits."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from extractors.text import check_character_holds

WITH_ACCOUNTS = frozenset({"transfer_agreement", "contract", "payment_slip"})  # types of documents that name accounts
REVEALED = "accounts revealed"  # what the log calls it when somebody asked to see them
SHOWN = 4  # digits at the end, by which people tell accounts apart
LEAST, LONG = 8, 12  # digits of an account that is known, and of a run that may well be one
COVERED = "••••"
_TOLD = frozenset({"value", "raw", "text", "before", "after"})  # where a field's number itself stands
_CASE = r"HY-\d{4}-\d{6,12}(?:-\d{1,3})?"
_DATE = r"(?<!\d)(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d)"
_DIGITS = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-F]{2}))(?<!\d\.)(?P<run>\d+(?:[ \u3000–—-]\d+)*)(?!\.?\d)(?![0-9A-Za-z])"
_RUN = re.compile(rf"{_CASE}|{_DATE}|{_DIGITS}")
_YEAR = re.compile(r"(?:19|20)\d\d")

Choose = Callable[[Mapping[str, Any]], "Mask | None"]


def is_account(path: str) -> bool:
    """Whether a field holds a bank account's number."""
    return path.rpartition(".")[2].endswith("account")


def plain(number: str) -> str:
    """A number without the ways of writing it."""
    return re.sub(r"[\W_]", "", number)


def hide(number: str) -> str:
    """`6222 0212 3456 7890` → `•••• 7890`."""
    kept = plain(number)
    return f"{COVERED} {kept[-SHOWN:]}" if len(kept) > SHOWN else COVERED


def is_credit_code(number: str) -> bool:
    """Whether its check character vouches that it is a 统一社会信用代码."""
    return len(number) == 18 and check_character_holds(number)


def may_be_account(run: str) -> bool:
    """Whether digits, in groups or not, may be an account's: no telephone, no row of years or of small numbers."""
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if len(digits) < LONG or is_credit_code(digits) or (digits.startswith("0") and len(digits) == LONG):
        return False
    years = all(_YEAR.fullmatch(group) for group in groups)
    return not years and (len(groups) == 1 or len(digits) >= 3 * len(groups))


class Mask:
    """Hides account numbers wherever they occur: those of `numbers`, and any long run of digits that may be one.

    `shown` are codes (permits, projects, a bank's slips) that stay as they are. Both are as papers print them, and are
    not asked for before a text has digits enough. A `bare` mask hides nothing.
    """

    def __init__(self, numbers: Iterable[str] = (), shown: Iterable[str] = (), *, bare: bool = False) -> None:
        self._numbers, self._codes, self.bare = numbers, shown, bare

    def __call__(self, text: str | None) -> str:
        """The text with only the last digits of each account."""
        if not text or self.bare or sum(map(str.isdigit, text)) < LEAST:
            return text or ""
        known = self._pattern.sub(lambda found: hide(found[0]), text) if self._pattern else text
        return _RUN.sub(self._judge, known)

    def but(self, *texts: str) -> "Mask":
        """The mask that leaves what somebody typed themselves as it is."""
        typed = {plain(found["run"]) for text in texts for found in _RUN.finditer(text) if found["run"]}
        return Mask(self.numbers - typed, self._shown | typed, bare=self.bare)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The accounts that are known."""
        known = {plain(number) for number in self._numbers}
        return frozenset(number for number in known if len(number) >= LEAST and not is_credit_code(number))

    @cached_property
    def _shown(self) -> frozenset[str]:
        return frozenset(map(plain, self._codes)) - self.numbers

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        longest = sorted(self.numbers, key=len, reverse=True)
        return re.compile("|".join(r"[\W_]{0,2}".join(map(_either, number)) for number in longest)) if longest else None

    def _judge(self, found: re.Match[str]) -> str:
        run = found["run"]
        return hide(run) if run and may_be_account(run) and plain(run) not in self._shown else found[0]


def _either(char: str) -> str:
    """A digit however wide it is printed."""
    return f"[{char}{chr(ord(char) + 0xFEE0)}]" if char.isascii() and char.isdigit() else re.escape(char)


PLAIN_SIGHT = Mask(bare=True)
UNKNOWN = Mask()  # of a text of which nothing is known


def cover(thing: Any, mask: Mask, path: str = "", choose: Choose | None = None) -> Any:
    """JSON with account numbers masked everywhere, and whatever stands in an account's field.

    `choose` may name another mask for what an object holds (of another case).
    """
    if isinstance(thing, str):
        return mask(thing)
    if isinstance(thing, list):
        return [cover(one, mask, path, choose) for one in thing]
    if not isinstance(thing, Mapping):
        return thing
    mask = (choose(thing) if choose else None) or mask
    if mask.bare and choose is None:
        return thing
    own = not mask.bare and (is_account(path) or is_account(_names(thing)))
    return {key: _cover_part(key, part, mask, path, own, choose) for key, part in thing.items()}


def flatten(thing: Any) -> Any:
    """Models within JSON as JSON."""
    if isinstance(thing, BaseModel):
        return thing.model_dump(mode="json")
    if isinstance(thing, Mapping):
        return {key: flatten(part) for key, part in thing.items()}
    return [flatten(one) for one in thing] if isinstance(thing, list | tuple) else thing


def _cover_part(key: str, part: Any, mask: Mask, path: str, own: bool, choose: Choose | None) -> Any:
    if own and key in _TOLD and isinstance(part, str) and part:
        return hide(part)
    if own and key == "readers":
        return {reader: hide(text) for reader, text in part.items()}
    return cover(part, mask, f"{path}.{key}", choose)


def _names(thing: Mapping[str, Any]) -> str:
    """The path that evidence or a decision speaks of."""
    place = thing.get("place")
    named = place.get("path") if isinstance(place, Mapping) else thing.get("field")
    return named if isinstance(named, str) else ""
