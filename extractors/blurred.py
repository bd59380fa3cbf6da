"""What stands on pages that can hardly be read: in doubt, however sure an engine is of what it made of it."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from domain.document import Document, map_fields
from domain.field import Field, Status
from domain.page import ReadPage
from extractors.certainty import Second
from reference.policy import policy


def doubt_blurred(documents: Sequence[Document], pages: Sequence[ReadPage]) -> list[Document]:
    """The documents with doubt on what stands on blurred pages, except where two readers read it alike.

    On pages with a sharpness of 0.32–0.35 up to 5 % of the characters were wrong, at a mean confidence above 0.8.
    """
    blurred = frozenset(page.number for page in pages if _is_blurred(page))
    if not blurred:
        return list(documents)
    return [map_fields(document, partial(_doubt, blurred)) for document in documents]


def _is_blurred(page: ReadPage) -> bool:
    quality, least = page.page.quality, policy().legibility.value
    if quality is None or page.well_read:
        return False
    return any(
        Decimal(str(is_)) < asked
        for is_, asked in (
            (quality.legible, least.legible),
            (quality.sharpness, least.sharpness),
            (quality.contrast, least.contrast),
        )
    )


def _doubt(blurred: frozenset[int], field: Field[Any]) -> Field[Any]:
    """A blank cell may hold print that is too faint to see; what was computed or told by its place was not read."""
    not_read = field.value is not None and not field.raw
    alike = field.second in (Second.AGREES, Second.AGREES_TWICE)
    if field.page not in blurred or not field.certain or not_read or alike:
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "页面不清晰，须重新扫描"})
