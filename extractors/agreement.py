"""Whether what a second engine read says the same as the first, in what each of them can tell apart."""

import re

# Signs that engines give for each other in codes; a check character or the first reading tells which it is.
_ALIKE = str.maketrans("OQDILZSB", "00011258")

_NO_THOUSANDS = re.compile(r",(?!\d{3}(?!\d))")


def same_digits(heard: str, printed: str) -> bool | None:
    """Equal figures, whatever the thousands' commas; dots at the ends are rests of borders, a comma that parts no
    thousands is a point. None without a digit."""
    digits = re.sub(r"[^\d.]", "", _NO_THOUSANDS.sub(".", heard)).strip(".")
    if not digits:
        return None
    return digits == re.sub(r"[^\d.]", "", printed).strip(".")


def same_code(heard: str, code: str) -> bool | None:
    """Equal letters and digits, those that look alike counting as one. None where less than half is there."""
    there, read = (re.sub(r"[^0-9A-Z]", "", each.upper()) for each in (heard, code))
    if len(there) * 2 < len(read):
        return None
    return there.translate(_ALIKE) == read.translate(_ALIKE)


def same_words(heard: str, text: str) -> bool | None:
    """Equal characters, brackets and punctuation aside."""
    there, read = (re.sub(r"[^\w]", "", each) for each in (heard, text))
    return there == read if there else None
