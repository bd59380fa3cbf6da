"""Whose each seal is and what it is for: by what it says against the names on the papers, then by where it stands."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.document import Document, values
from domain.field import TextField
from domain.page import Box, ReadPage, Seal, SealRole, SealUse
from extractors.seal_names import bare, compare, echoes
from extractors.seal_owners import ILLEGIBLE, LEAST, Names, certainty_of, read_owner, ring_of, role_by_words
from extractors.seal_pairs import apart
from extractors.seal_stamps import known_by_print

_COMPANY = re.compile(r"(?:^|\.)(?:name|builder|prepared_by|payer_name|payee_name|account_name)$")
_AUTHORITY = re.compile(r"(?:^|\.)authority$")
_BANK = re.compile(r"(?:^|\.)bank$")
_NO_NAMES = re.compile(r"outlet|limits|rows|items|other_metals")
_CONTRACT, _FINANCE = re.compile("合同|[合台][同回]|同[专专]用"), re.compile("财务|[财财].专|.务专")
_SPECIAL = re.compile("专用|用章|业务|回单|发票|报关|[部科室]$|办公室|项目|工会|资料|技术")
_PLAIN = re.compile("^(?:公?章|印)?$")
_ISSUING = re.compile(r"^(?:登记|发证|审批|批准|核发)机关|发证日期|^(?:日期:?)?\d{4}年\d{1,2}月\d{1,2}日$")
_PRINTS = 2  # other documents under the same seal, from which a blurred one is known again
_CERTIFICATES = frozenset({"business_licence", "permit_certificate", "permit_copy"})


def understand_seals(documents: Sequence[Document], pages: Sequence[ReadPage]) -> tuple[ReadPage, ...]:
    """The pages with their seals told: whose (`role`, `owner`) and what for (`use`), as far as there is evidence."""
    names = names_of(documents)
    types = {number: document.type for document in documents for number in document.pages}
    read = tuple(_told(page, names, types.get(page.number, "")) for page in pages)
    told = tuple(map(_used, known_by_print(read)))
    places = {number: n for n, document in enumerate(documents) for number in document.pages}
    return _recognise(told, places, _where_sealed(told, names, places))


def _where_sealed(pages: Sequence[ReadPage], names: Names, places: Mapping[int, int]) -> dict[str, frozenset[int]]:
    """On which documents each company's red seal surely stands."""
    there = [(seal.owner, places[page.number]) for page in pages if page.number in places for seal in _red(page)]
    return {name: frozenset(place for owner, place in there if owner == name) for name in names.companies}


def _red(page: ReadPage) -> list[Seal]:
    return [seal for seal in page.reading.seals if seal.colour == "red"]


def _recognise(
    pages: Sequence[ReadPage], places: Mapping[int, int], sealed: Mapping[str, frozenset[int]]
) -> tuple[ReadPage, ...]:
    """Blurred seals that agree with the seal which surely stands on two other documents are prints of that stamp."""
    return tuple(
        _recognised(page, [n for n, there in sealed.items() if len(there - {places.get(page.number)}) >= _PRINTS])
        for page in pages
    )


def _recognised(page: ReadPage, known: Sequence[str]) -> ReadPage:
    if not known or all(seal.owner for seal in page.reading.seals):
        return page
    seals = tuple(_as_print(seal, known) for seal in page.reading.seals)
    return page.model_copy(update={"reading": page.reading.model_copy(update={"seals": seals})})


def _as_print(seal: Seal, known: Sequence[str]) -> Seal:
    ring, sure = ring_of(seal), certainty_of(seal)
    if seal.owner or seal.role not in (SealRole.COMPANY, SealRole.UNKNOWN) or len(bare(ring)) < LEAST:
        return seal
    alike = [name for name in known if echoes(ring, name, sure, seal.views) and not compare(ring, name, sure).apart]
    if len(alike) != 1:
        return seal
    told = {"role": SealRole.COMPANY, "owner": alike[0], "use": read_use(seal, SealRole.COMPANY)}
    return seal.model_copy(update=told)


def names_of(documents: Sequence[Document]) -> Names:
    """All names of companies, issuing authorities and banks on the papers."""
    found = [(path, field) for document in documents for path, field in values(document) if _is_name(path, field)]
    found.sort(key=lambda item: not item[1].certain)
    return Names(*(_matching(pattern, found) for pattern in (_COMPANY, _AUTHORITY, _BANK)))


def _is_name(path: str, field: TextField) -> bool:
    return isinstance(field.value, str) and not _NO_NAMES.search(path)


def _matching(pattern: re.Pattern[str], found: Iterable[tuple[str, TextField]]) -> tuple[str, ...]:
    names = [field.value or "" for path, field in found if pattern.search(path)]
    return tuple(dict.fromkeys(name for name in names if len(bare(name)) >= LEAST))


def _told(page: ReadPage, names: Names, document: str) -> ReadPage:
    if not page.reading.seals:
        return page
    seals = tuple(_tell(one, page, names, document) for seal in page.reading.seals for one in apart(seal, page))
    return page.model_copy(update={"reading": page.reading.model_copy(update={"seals": seals})})


def _tell(seal: Seal, page: ReadPage, names: Names, document: str) -> Seal:
    role, owner = read_owner(seal, names)
    if role is SealRole.UNKNOWN and document in _CERTIFICATES and _issues(seal.box, page, names):
        role = SealRole.AUTHORITY
    return seal.model_copy(update={"role": role, "owner": owner, "use": read_use(seal, role)})


def _used(page: ReadPage) -> ReadPage:
    """The page with the use told of seals whose owner another print told."""
    if all(seal.alike_on is None for seal in page.reading.seals):
        return page
    seals = tuple(
        seal.model_copy(update={"use": read_use(seal, seal.role)}) if seal.alike_on else seal
        for seal in page.reading.seals
    )
    return page.model_copy(update={"reading": page.reading.model_copy(update={"seals": seals})})


# ---- where ------------------------------------------------------------------------------------------------------


def is_by_place(seal: Seal) -> bool:
    """Whether nothing but its place speaks for a seal being an authority's, so that it may be anybody's."""
    words = role_by_words(seal.text)
    return seal.role is SealRole.AUTHORITY and seal.owner is None and words is not SealRole.AUTHORITY


def _issues(box: Box, page: ReadPage, names: Names) -> bool:
    """Whether a seal stands where an authority issues: over its name or the lines of 登记机关, 发证机关 and date."""
    return any(_gap(box, word.box) == 0 and _is_issuing(word.text, names) for word in page.words)


def _is_issuing(text: str, names: Names) -> bool:
    return bool(_ISSUING.search(text.replace(" ", ""))) or bare(text) in {bare(name) for name in names.authorities}


def _gap(seal: Box, box: Box) -> float:
    """How far print lies off the middle of a seal, in halves of its size beyond the first; 0 for print across it."""
    wide = max(box.x0 - seal.cx, seal.cx - box.x1, 0.0) / max(seal.width, 1e-6)
    high = max(box.y0 - seal.cy, seal.cy - box.y1, 0.0) / max(seal.height, 1e-6)
    return max(0.0, 2 * max(wide, high) - 1)


# ---- what for --------------------------------------------------------------------------------------------------


def read_use(seal: Seal, role: SealRole) -> SealUse:
    """What a seal is for by its level line, or by what stands behind the name where it has rows."""
    words = "".join(_beside_name(seal))
    if _CONTRACT.search(words):
        return SealUse.CONTRACT
    if _FINANCE.search(words):
        return SealUse.FINANCE
    if _SPECIAL.search(words) or role is SealRole.BANK:
        return SealUse.SPECIAL
    if role is SealRole.UNKNOWN or not seal.text or ILLEGIBLE in seal.text or seal.shape not in ("round", "partial"):
        return SealUse.UNKNOWN
    return SealUse.OFFICIAL if _PLAIN.search(words) else SealUse.UNKNOWN


def _beside_name(seal: Seal) -> Iterator[str]:
    """The level lines, and what rows have behind a company's form (…有限公司财务专用章)."""
    ring, *rest = seal.text.split(" ")
    behind = re.search("(?:公司|银行|局|厂|社)([^公司]*章)$", bare(ring))
    if behind:
        yield behind[1]
    yield from (bare(line) for line in rest)
