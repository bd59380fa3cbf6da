"""Whether one reading says the same as another, in what each of them can tell apart."""

import re
from datetime import date

from extractors.text import check_character_holds

# Signs that engines give for each other in codes; only a check character or the form of a code tells which it is.
_ALIKE = str.maketrans("OQDILZSB", "00011258")
_OUTLET, _TAIL = re.compile(r"D[AW]\d{3}"), re.compile(r"\d{3}[A-Z]")

_NO_THOUSANDS = re.compile(r",(?!\d{3}(?!\d))")


def same_digits(heard: str, printed: str) -> bool | None:
    """Equal figures, whatever the thousands' commas; dots at the ends are rests of borders, a comma that parts no
    thousands is a point. None without a digit, and where a comma of only one of them may be the other's lost point."""
    digits, own = re.sub(r"[^\d.,]", "", _NO_THOUSANDS.sub(".", heard)), re.sub(r"[^\d.,]", "", printed)
    there, here = (each.replace(",", "").strip(".") for each in (digits, own))
    if not there:
        return None
    if there == here and "." not in here and ("," in digits) != ("," in own):
        return None
    return there == here


def same_day(heard: str, day: date) -> bool:
    """Whether a reading that is no date has all of a date's digits in their order, parted in three (2026:07-02); the 2
    that a year of this century begins with says nothing (026年07月02日)."""
    told = f"{day:%Y%m%d}"
    return re.fullmatch(r"\d+\D{1,2}\d+\D{1,2}\d+\D?", heard) is not None and re.sub(r"\D", "", heard) in (
        told,
        told[1:],
    )


def same_code(heard: str, code: str) -> bool | None:
    """Equal letters and digits; signs that look alike count as one where the code itself tells which it is. None
    where less than half is there, or for a code with a check character another number of characters (VV for W)."""
    there, read = (re.sub(r"[^0-9A-Z]", "", each.upper()) for each in (heard, code))
    told = _told(read)
    if _OUTLET.fullmatch(read) and there == read[1:]:
        return True  # the D that each of them begins with says nothing
    if len(there) * 2 < len(read) or (told.stop >= 18 and len(there) != len(read)):
        return None
    return _alike(there, told) == _alike(read, told)


def _alike(code: str, told: slice) -> str:
    return code[: told.start] + code[told].translate(_ALIKE) + code[told.stop :]


def _told(code: str) -> slice:
    """The characters that a code's check character or form decides: of an 18-character code all, of a permit number
    all but the last letter, of an outlet's code the digits, of any other none."""
    if _OUTLET.fullmatch(code):
        return slice(2, 5)
    if not check_character_holds(code[:18]) or not (len(code) == 18 or _TAIL.fullmatch(code[18:])):
        return slice(0, 0)
    return slice(0, min(len(code), 21))


def same_words(heard: str, text: str) -> bool | None:
    """Equal characters, brackets and punctuation aside."""
    there, read = (re.sub(r"[^\w]", "", each) for each in (heard, text))
    return there == read if there else None


def stands_alike(read: str, around: str, seen: str) -> bool:
    """Whether what was read in a text `around` it stands in another reading of that text, too, and is no part of
    something longer there: letters, digits and (beside a digit) points count as part of it unless both have them."""
    here = _ends(read, around) or [("", "")]
    return any(
        all(own == other or not part.match(other) for part, own, other in zip(_parts(read), ends, others, strict=True))
        for others in _ends(read, seen)
        for ends in here
    )


def _ends(text: str, around: str) -> list[tuple[str, str]]:
    """What stands before and behind each place of a text."""
    places = re.finditer(re.escape(text), around)
    return [(around[: place.start()][-1:], around[place.end() :][:1]) for place in places if text]


def _parts(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The signs that would go on with a text before and behind it."""
    before, behind = (_OF_FIGURES if end.isdigit() else _OF_WORDS for end in (text[:1], text[-1:]))
    return before, behind


_OF_FIGURES, _OF_WORDS = re.compile(r"[\w.,\-]"), re.compile(r"\w")
