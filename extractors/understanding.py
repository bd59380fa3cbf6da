"""Pages to a dossier: recognise every page, gather documents, read their fields, let papers vouch for each other."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from domain.document import Document, Version
from domain.dossier import Dossier, Kind, RefusedFile
from domain.page import ReadPage
from extractors.documents.other import Other
from extractors.documents.permit_certificate import PermitFields
from extractors.gathering import gather
from extractors.recognition import document_types, recognise
from extractors.vouching import vouch

# A package is of the kind whose own papers are in it (catalogue, Packages).
_KIND_BY_TYPE = {
    "supply_form": Kind.SUPPLY,
    "surplus_statement": Kind.SUPPLY,
    "permit_certificate": Kind.SUPPLY,
    "permit_copy": Kind.SUPPLY,
    "demand_form": Kind.DEMAND,
    "eia_table": Kind.DEMAND,
    "transfer_agreement": Kind.TRANSFER,
    "contract": Kind.TRANSFER,
    "payment_slip": Kind.TRANSFER,
}


def understand(package: str, pages: Sequence[ReadPage], today: date, refused: Sequence[RefusedFile] = ()) -> Dossier:
    """Everything that the pages of a package say; `today` is the day of submission."""
    documents = _documents([page for page in pages if not page.page.blank])
    blanks = [Other(pages=(page.number,), label="blank") for page in pages if page.page.blank]
    return Dossier(
        package=package,
        kind=_kind(documents),
        today=today,
        documents=tuple(sorted([*documents, *blanks], key=lambda document: document.pages)),
        pages=tuple(pages),
        refused=tuple(refused),
    )


def _documents(pages: Sequence[ReadPage]) -> list[Document]:
    gathered = gather([recognise(page) for page in pages])
    documents = [document_types()[group.type].read(group.pages) for group in gathered]
    return vouch(set_versions(documents))


def _kind(documents: Sequence[Document]) -> Kind | None:
    votes = Counter(_KIND_BY_TYPE[document.type] for document in documents if document.type in _KIND_BY_TYPE)
    return votes.most_common(1)[0][0] if votes else None


# ---- which permit is which -------------------------------------------------------------------------------------


def set_versions(documents: Sequence[Document]) -> list[Document]:
    """Permits told apart: a printed 变更前/变更后 wins, else the earlier issue date is the one before."""
    permits = [document for document in documents if isinstance(document, PermitFields)]
    versions = {id(permit): _version(permit, permits) for permit in permits}
    return [d.model_copy(update={"version": versions.get(id(d), d.version)}) for d in documents]


def _version(permit: PermitFields, permits: Sequence[PermitFields]) -> Version | None:
    if permit.version is not None:
        return permit.version
    days = sorted({day for p in permits if (day := p.issued_on.value) is not None})
    own = permit.issued_on.value
    if own is None or len(days) < 2:
        return _left_over(permit, permits)
    return Version.BEFORE if own - days[0] <= days[-1] - own else Version.AFTER


def _left_over(permit: PermitFields, permits: Sequence[PermitFields]) -> Version | None:
    """Without two dates to compare, the order of the papers of one type decides."""
    same = sorted((p for p in permits if p.type == permit.type), key=lambda p: p.pages)
    taken = {p.version for p in same if p.version}
    if len(same) == 1:
        return None
    order = [version for version in Version if version not in taken]
    place = [p for p in same if p.version is None].index(permit)
    return order[place] if place < len(order) else None
