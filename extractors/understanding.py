"""Pages to a dossier: recognise every page, gather documents, read their fields, let papers vouch for each other."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from domain.document import Document, Version
from domain.dossier import Dossier, Kind, RefusedFile
from domain.field import Status
from domain.page import ReadPage
from extractors.blurred import doubt_blurred
from extractors.comparing import name_sources
from extractors.documents.other import Other
from extractors.documents.permit_certificate import PermitFields
from extractors.documents.permit_copy import PermitCopy
from extractors.gathering import gather
from extractors.heard import hear
from extractors.parts import WHOLE, Part, leave_out, without_doubt
from extractors.recognition import document_types, sight
from extractors.seal_roles import understand_seals
from extractors.text import fold
from extractors.vouching import vouch
from reference.packages import kind_of

_GUESSED = "未能区分变更前与变更后"

# Given the documents as they were told apart, lays what people corrected over the same documents, in the same order.
Lay = Callable[[Sequence[Document]], list[Document]]
Correct = Callable[[Sequence[Document]], Lay]


def as_read(documents: Sequence[Document]) -> Lay:
    """Nobody corrected anything."""
    return list


def understand(
    package: str,
    pages: Sequence[ReadPage],
    today: date,
    refused: Sequence[RefusedFile] = (),
    without: frozenset[Part] = WHOLE,
    correct: Correct = as_read,
    read: Sequence[Document] | None = None,
) -> Dossier:
    """Everything that the pages of a package say; `today` is the day of submission, `without` what is left out to
    measure what it brings, `correct` what people corrected (review/correcting.py), `read` what `read_papers` gave on
    these pages before."""
    pages = leave_out(pages, without)
    documents = _documents(read_papers(pages) if read is None else read, pages, without, correct)
    blanks = [Other(pages=(page.number,), label="blank") for page in pages if page.page.blank]
    return Dossier(
        package=package,
        kind=_kind(documents),
        today=today,
        documents=tuple(sorted([*documents, *blanks], key=lambda document: document.pages)),
        pages=understand_seals(documents, pages),
        refused=tuple(refused),
    )


def read_papers(pages: Sequence[ReadPage]) -> list[Document]:
    """The documents on a package's pages, each as it stands for itself, with what the second reader read."""
    return read_documents([hear(page) for page in pages if not page.page.blank])


def _documents(
    read: Sequence[Document], pages: Sequence[ReadPage], without: frozenset[Part], correct: Correct
) -> list[Document]:
    """Corrections come before papers are told apart and vouch for each other, so that all that rests on them follows;
    and last once more, where a sum was corrected itself."""
    lay = correct(set_versions(read))
    told = lay(doubt_blurred(set_versions(lay(read)), pages))
    vouched = told if Part.OTHER_PAPERS in without else lay(_doubt_guesses(vouch(told), told))
    told_apart = [name_sources(document, pages) for document in vouched]
    return without_doubt(told_apart) if Part.CERTAINTY in without else told_apart


def _doubt_guesses(vouched: Sequence[Document], told: Sequence[Document]) -> list[Document]:
    """Which permit is which cannot be vouched for by papers that were told apart by the same guess."""
    guesses = [isinstance(was, PermitFields) and was.issued_on.why == _GUESSED for was in told]
    pairs = zip(vouched, guesses, strict=True)
    return [_doubt(now) if guess and isinstance(now, PermitFields) else now for now, guess in pairs]


def read_documents(pages: Sequence[ReadPage]) -> list[Document]:
    """The documents on some pages, each as it stands for itself: no paper vouches for another yet."""
    gathered = gather([sighting for page in pages for sighting in sight(page)])
    return [document_types()[group.type].read(group.pages) for group in gathered]


def _kind(documents: Sequence[Document]) -> Kind | None:
    """The kind whose own papers are in the package (catalogue, Packages); a licence belongs to several."""
    votes = Counter(kind for document in documents if (kind := kind_of(document.type)))
    return votes.most_common(1)[0][0] if votes else None


# ---- which permit is which -------------------------------------------------------------------------------------

Told = Mapping[int, Version | None]
_Tell = Callable[[PermitFields, Sequence[PermitFields], Told], Version | None]


def set_versions(documents: Sequence[Document]) -> list[Document]:
    """Permits told apart: a printed 变更前/变更后 wins, then the earlier issue date is the one before, then what is
    left of a damaged date, then a validity like that of a permit already told, then the earlier of two terms, then
    what is left over."""
    permits = [document for document in documents if isinstance(document, PermitFields)]
    versions: dict[int, Version | None] = {}
    _tell(permits, versions, _EVIDENCE)
    evident = {key for key, version in versions.items() if version is not None}
    _tell(permits, versions, (_left_over,))
    guessed = {id(permit) for permit in permits if _is_guess(permit, permits, evident)}
    told = [(d, d.model_copy(update={"version": versions.get(id(d), d.version)})) for d in documents]
    return [_doubt(copy) if id(d) in guessed and isinstance(copy, PermitFields) else copy for d, copy in told]


def _tell(permits: Sequence[PermitFields], versions: dict[int, Version | None], ways: Sequence[_Tell]) -> None:
    for tell in ways:
        for permit in permits:
            if versions.get(id(permit)) is None:
                versions[id(permit)] = tell(permit, permits, versions)


def _is_guess(permit: PermitFields, permits: Sequence[PermitFields], evident: Collection[int]) -> bool:
    """Whether nothing but their order tells this permit and another one of its type apart."""
    same = [p for p in permits if p.type == permit.type]
    return len(same) > 1 and not any(id(p) in evident for p in same)


def _doubt(permit: PermitFields) -> PermitFields:
    """A permit whose version is a guess: nothing that rests on the version may be decided."""
    doubt = {"status": Status.UNSURE, "why": _GUESSED}
    dates = {key: getattr(permit, key).model_copy(update=doubt) for key in ("issued_on", "valid_from", "valid_to")}
    if isinstance(permit, PermitCopy):
        totals = {metal: total.model_copy(update=doubt) for metal, total in permit.totals.items()}
        return permit.model_copy(update=dates | {"totals": totals})
    return permit.model_copy(update=dates)


def _printed(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    return permit.version


def _by_issue(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    days = sorted({day for p in permits if p.issued_on.certain and (day := p.issued_on.value) is not None})
    own = permit.issued_on.value
    if own is None or len(days) < 2 or own not in days:
        return None
    return Version.BEFORE if own - days[0] <= days[-1] - own else Version.AFTER


def _by_month(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    """The one version whose date of issue begins like what could be read of this one's (2025年11月…)."""
    part = re.match(r"(\d{4})年(?:(\d{2})月?)?", fold(permit.issued_on.raw))
    if part is None:
        return None
    sure = [p for p in permits if p.issued_on.certain and p.issued_on.value and p.issued_on.value.year == int(part[1])]
    if part[2]:
        sure = [p for p in sure if p.issued_on.value and p.issued_on.value.month == int(part[2])]
    versions = {version for p in sure if (version := told.get(id(p)))}
    return versions.pop() if len(versions) == 1 else None


def _by_validity(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    """The one version whose papers have the same validity."""
    if permit.valid_from.value is None:
        return None
    alike = [p for p in permits if _validity(p) == _validity(permit)]
    versions = {version for p in alike if (version := told.get(id(p)))}
    return versions.pop() if len(versions) == 1 else None


def _validity(permit: PermitFields) -> tuple[date | None, date | None]:
    return permit.valid_from.value, permit.valid_to.value


def _by_term(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    """Where all permits have one of two terms, read for sure, those of the later term were issued later."""
    sure = all(p.valid_from.certain and p.valid_from.value for p in permits)
    days = sorted({day for p in permits if (day := p.valid_from.value) is not None})
    if not sure or len(days) != 2:
        return None
    return Version.BEFORE if permit.valid_from.value == days[0] else Version.AFTER


_EVIDENCE = (_printed, _by_issue, _by_month, _by_validity, _by_term)


def _left_over(permit: PermitFields, permits: Sequence[PermitFields], told: Told) -> Version | None:
    """The version that no other paper of this type has; two untold ones follow the order of the package."""
    same = sorted((p for p in permits if p.type == permit.type), key=lambda p: p.pages)
    taken = {told.get(id(p)) for p in same}
    free = [version for version in Version if version not in taken]
    return free[0] if free and len(same) > 1 else None
