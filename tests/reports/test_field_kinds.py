"""What sort of thing each field is."""

import pytest

from extractors.recognition import document_classes
from reports.field_kinds import FieldKind, kind_of_field


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("transferor.uscc", "code"),
        ("limits.outlet_code", "code"),
        ("payer_name", "name"),
        ("established_on", "date"),
        ("valid_to", "date"),
        ("totals", "quantity"),
        ("items.quantity", "quantity"),
        ("total_in_words", "money"),
        ("limits.annual", "figure"),
        ("rows.this_project", "figure"),
        ("limits.metal", "structure"),
        ("document", "structure"),
        ("business_scope", "text"),
    ],
)
def test_a_key_tells_its_kind(key: str, kind: str) -> None:
    assert kind_of_field(key) is FieldKind(kind)


def test_no_critical_field_is_mere_text() -> None:
    keys = {key for model in document_classes().values() for key in model.CRITICAL}
    assert {key for key in keys if kind_of_field(key) is FieldKind.TEXT} == set()
