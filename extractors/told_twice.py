"""What a paper prints more than once bears itself out."""

from collections.abc import Sequence
from typing import Any

from domain.field import Field, Status
from extractors.fields import missing


def settle_alike(fields: Sequence[Field[Any]]) -> Field[Any]:
    """The first reading of a value that the paper prints more than once; a second that is the same settles a doubt."""
    if not fields:
        return missing("未找到该栏目")
    first = next((field for field in fields if field.value is not None), fields[0])
    alike = sum(field.value == first.value for field in fields)
    if first.certain or first.value is None or alike < 2:
        return first
    return first.model_copy(update={"status": Status.CERTAIN, "why": "同一文件多处识读一致"})
