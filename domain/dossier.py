"""All that one package says: its kind, its documents, its pages."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from pydantic import SerializeAsAny

from domain.document import Document
from domain.page import Frozen, ReadPage

D = TypeVar("D", bound=Document)


class Kind(StrEnum):
    """What a package is for, decided from the documents found (catalogue, Packages)."""

    SUPPLY = "supply"
    DEMAND = "demand"
    TRANSFER = "transfer"


class RefusedFile(Frozen):
    """A file of the package that could not be read; the original is kept."""

    name: str
    code: str
    message: str


class Dossier(Frozen):
    """A package understood. `kind` is None where no document tells it; `today` is the day of submission."""

    package: str
    kind: Kind | None
    today: date
    documents: tuple[SerializeAsAny[Document], ...]
    pages: tuple[ReadPage, ...]
    refused: tuple[RefusedFile, ...] = ()

    def of(self, kind: type[D]) -> tuple[D, ...]:
        """The documents of one type, in page order."""
        return tuple(document for document in self.documents if isinstance(document, kind))

    def page(self, number: int) -> ReadPage:
        """The page with this 1-based number."""
        return self.pages[number - 1]
