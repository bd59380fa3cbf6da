"""What addresses, forms and requests may say: numbers that databases take, texts without halves of characters."""

import re
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from review.desk.office import Office, office_of
from review.desk.pictures import COLOUR, GREY
from storage.database import clean

T = TypeVar("T")
LARGEST = 2**31 - 1
MOST_PAGES = 1_000_000
_COUNT = re.compile(r"[0-9]{1,9}")

AnOffice = Annotated[Office, Depends(office_of)]
CaseNumber = Annotated[str, Path(pattern=r"^HY-[0-9]{4}-[0-9]{6,12}$", examples=["HY-2026-000001"])]
ItemNumber = Annotated[int, Path(ge=1, le=LARGEST)]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
VersionNumber = Annotated[int, Path(ge=1, le=LARGEST)]
Version = Annotated[int | None, Query(ge=1, le=LARGEST, description="default: the newest")]
View = Annotated[str, Query(pattern=f"^({COLOUR}|{GREY})$")]
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]
Size = Annotated[int, Query(ge=1, le=200)]
Edition = Annotated[int, Field(ge=1, le=LARGEST, description="what the caller knows; 409 where it is another by now")]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(clean)]
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]


def read_number(text: str, otherwise: int | None = None) -> int | None:
    """A count as addresses and forms write it: a few plain digits; `otherwise` for anything else.

    Python takes digits of all scripts for decimal, and stumbles over more than 4300 of them.
    """
    return int(text) if _COUNT.fullmatch(text) else otherwise


def read_page(text: str) -> int:
    """Which page of a list an address asks for; the first where that makes no sense."""
    return min(read_number(text) or 1, MOST_PAGES)


class Listing(BaseModel, Generic[T]):
    """One page of a list: pages count from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[T, ...]
    total: int
    page: int
    size: int
