"""Pages that are none of the known papers: kept, shown, counted, never forced into a type."""

from typing import Literal

from domain.document import Document
from domain.field import TextField


class Other(Document):
    """`label` says what the page looks like: `registration_receipt` (登记回执), `other_licence` (another kind of
    licence), `approval` (批复), `cover`, `blank`, or `unknown`; `title` is its heading as read."""

    type: Literal["other"] = "other"
    label: str = "unknown"
    title: TextField = TextField()
