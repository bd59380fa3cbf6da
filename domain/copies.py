"""Whether two scanned pages are copies of one sheet: by their pictures, and by the figures that only they print."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from domain.books import CopiedPage
from domain.document import values
from domain.dossier import Dossier
from domain.page import Frozen, ReadPage

FEWEST = 6  # own figures without which a page tells nothing: covers, instructions, licences
# Measured on generated packages: pages of different companies share at most a tenth of their figures, but forms may
# lie 2 bits apart; the same sheet scanned again shares nine tenths and more and lies at most 30 bits apart.
LEAST_SHARED = 5
LEAST_SHARE = 0.5  # of the figures of both pages together
FARTHEST = 64  # of 256 bits of the pictures, where both are known
LONGEST = 64
_TOKEN = re.compile(r"[0-9A-Za-z.]*\d[0-9A-Za-z.]*")
# What many companies' pages share: dates, standards, outlets, limits of concentration.
_COMMON = re.compile(
    r"(?:19|20)\d\d\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}日?|(?:19|20)\d\d年|[〔(\[](?:19|20)\d\d[〕)\]]"
    r"|(?:GB|HJ|DB|YS|QB|HG)[/T\s]*[\d.]+(?:[-—]\d+)?|[DMT][AWF]\d{3,}|[\d.]+\s*[mμu]g(?:/[\w]+)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[0-9A-Z]{8,}")


class Print(Frozen):
    """What a page is known again by: its picture's hash (empty where unknown) and its own figures."""

    page: int
    picture: str
    figures: frozenset[str]


class Seen(Frozen):
    """The pages of a package with figures of their own; `parties` are codes and folded names of its companies.

    `case` is the case number, or the package's name where nothing is stored.
    """

    case: str
    name: str
    parties: frozenset[str]
    prints: tuple[Print, ...]


def seen(dossier: Dossier, case: str | None = None) -> Seen:
    """What a package leaves behind for later comparison."""
    return Seen(
        case=case or dossier.package,
        name="、".join(_most_frequent(dossier, "name")),
        parties=parties(dossier),
        prints=tuple(found for page in dossier.pages if (found := print_of(page))),
    )


def parties(dossier: Dossier) -> frozenset[str]:
    """Codes and folded names of the companies whose package it is.

    One page of another company among the papers does not make that one a party: only what most papers say counts.
    """
    told = (*_most_frequent(dossier, "uscc"), *_most_frequent(dossier, "name"))
    return frozenset(fold_party(text) for text in told)


def fold_party(text: str) -> str:
    """A code or name in half width without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def copies(earlier: Iterable[Seen], mine: Seen) -> tuple[CopiedPage, ...]:
    """The pages of a package that another company's package holds as well, each with the most similar one.

    A company of its own is whoever shares neither code nor name; the same case is never another company's.
    """
    best: dict[int, tuple[float, CopiedPage]] = {}
    for other in earlier:
        if other.case == mine.case or other.parties & mine.parties:
            continue
        for page, theirs in ((one, two) for one in mine.prints for two in other.prints if alike(one, two)):
            found = CopiedPage(page=page.page, case=other.case, name=other.name, their_page=theirs.page)
            score = _share(page, theirs)
            if score > best.get(page.page, (0.0, found))[0]:
                best[page.page] = (score, found)
    return tuple(found for _, (_, found) in sorted(best.items()))


def alike(one: Print, two: Print) -> bool:
    """Whether two pages are copies of one sheet.

    Forms look alike, so pictures alone tell nothing: both pages must print the same figures, up to misreadings.
    """
    if len(one.figures & two.figures) < LEAST_SHARED or _share(one, two) < LEAST_SHARE:
        return False
    return not (one.picture and two.picture) or distance(one.picture, two.picture) <= FARTHEST


def distance(one: str, two: str) -> int:
    """The number of bits in which two pictures' hashes differ."""
    return (int(one, 16) ^ int(two, 16)).bit_count()


def _share(one: Print, two: Print) -> float:
    return len(one.figures & two.figures) / len(one.figures | two.figures)


def print_of(page: ReadPage) -> Print | None:
    """A page's print, None for one with too few figures of its own."""
    figures = figures_of(word.text for word in page.words)
    if len(figures) < FEWEST:
        return None
    return Print(page=page.number, picture=page.reading.picture, figures=figures)


def figures_of(texts: Iterable[str]) -> frozenset[str]:
    """The figures and codes among a page's words that hardly stand on another company's page by chance.

    Codes of eight characters and more, and numbers of three digits and more that are no years, dates, standards,
    outlets or limits of concentration; units are left out.
    """
    return frozenset(token[:LONGEST] for text in texts for token in _tokens(text))


def _tokens(text: str) -> Iterator[str]:
    bare = _COMMON.sub(" ", unicodedata.normalize("NFKC", text).replace(",", ""))
    for token in _TOKEN.findall(bare):
        token = token.strip(".")
        number = re.match(r"\d+(?:\.\d+)?", token)
        if _CODE.fullmatch(token):
            yield token
        elif number and _tells(number[0]):
            yield number[0]


def _tells(number: str) -> bool:
    digits = number.replace(".", "")
    if digits == number:
        return len(digits) >= 4 and not re.fullmatch(r"(?:19|20)\d\d", number)
    return len(digits) >= 3


def _most_frequent(dossier: Dossier, key: str) -> list[str]:
    """The codes or names that most papers print for sure, for each side of a deal; several where they tie."""
    count = Counter(_told(dossier, key))
    most = {side: max(n for (other, _), n in count.items() if other == side) for side, _ in count}
    return list(dict.fromkeys(text for (side, text), n in count.items() if n == most[side]))


def _told(dossier: Dossier, key: str) -> Iterator[tuple[str, str]]:
    """Every certain code or name with the side of the deal that it stands for, if any."""
    for document in dossier.documents:
        for path, field in values(document):
            side, _, last = path.rpartition(".")
            if last == key and side in ("", "transferor", "transferee") and field.certain and field.value is not None:
                yield side, str(field.value)
