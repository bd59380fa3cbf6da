"""What sort of thing a field is: which mistakes are likely in it and what a wrong one costs depend on that."""

from enum import StrEnum


class FieldKind(StrEnum):
    """Sorts of fields by which accuracy is told.

    `figure` is a number in a table with year or emission columns, `quantity` any other mass or ratio, `choice` a value
    out of a closed list, `structure` what there is at all: papers, their pages and version, rows, and a row's metal.
    """

    CODE = "code"
    NAME = "name"
    DATE = "date"
    QUANTITY = "quantity"
    MONEY = "money"
    FIGURE = "figure"
    TEXT = "text"
    CHOICE = "choice"
    STRUCTURE = "structure"


_LAST = {
    FieldKind.CODE: "uscc number project_code account payer_account payee_account serial phone eia_approval "
    "outlet_code",
    FieldKind.NAME: "name account_name builder payer_name payee_name legal_representative representative contact "
    "project demand_project supply_project prepared_by authority bank",
    FieldKind.DATE: "valid_from valid_to notice_from notice_to",
    FieldKind.QUANTITY: "permit_before permit_after base reduction task surplus offered inventory totals net_new "
    "new_emission demand quantity ratio",
    FieldKind.MONEY: "amount amount_in_words total total_in_words unit_price",
    FieldKind.FIGURE: "annual concentration_limit rate_limit commitment existing_actual existing_permitted "
    "under_construction this_project replaced regional_offset total_after change",
    FieldKind.CHOICE: "copy form construction medium outlet_kind reprint kind unit years seals",
    FieldKind.STRUCTURE: "document pages version metal limits subtotals items rows other_metals",
}
_KIND_OF = {name: kind for kind, names in _LAST.items() for name in names.split()}


def kind_of_field(key: str) -> FieldKind:
    """The kind of a catalogue key (`limits.annual`, `transferor.uscc`, `issued_on`); a key not known is text."""
    last = key.rpartition(".")[2]
    return FieldKind.DATE if last.endswith("_on") else _KIND_OF.get(last, FieldKind.TEXT)
