"""What changed between two versions of a register."""

from datetime import date
from decimal import Decimal as D

from domain.books import InventoryRow
from domain.quantity import Metal
from domain.reconciling import PermitRow
from domain.register_changes import Counts, What, compare_rows


def row(
    uscc: str, quantity: str, metal: Metal = Metal.PB, name: str = "甲公司", place: str = "a 第2行"
) -> InventoryRow:
    return InventoryRow(uscc=uscc, name=name, metal=metal, year=2024, quantity=D(quantity), place=place)


def permit(number: str = "001P", **more: object) -> PermitRow:
    known = {"valid_until": date(2029, 9, 9), "standing": "正常", "place": "a 第3行"}
    return PermitRow(**{"uscc": "A", "name": "甲", "number": f"A{number}"} | known | more)


def test_rows_that_came_went_or_say_another_figure_are_told_with_both_values_and_places() -> None:
    old = [row("A", "45.10"), row("A", "1", Metal.AS), row("B", "7"), row("C", "3")]
    new = [row("A", "45.2", place="b 第9行"), row("A", "1.0", Metal.AS, name="甲 公司"), row("C", "3"), row("D", "8")]
    found = compare_rows(old, new)
    assert [(it.what, it.uscc, it.row, it.field, it.before, it.after) for it in found.changes] == [
        (What.CHANGED, "A", "Pb 2024", "quantity", "45.1", "45.2"),
        (What.GONE, "B", "Pb 2024", "", "7", ""),
        (What.ADDED, "D", "Pb 2024", "", "", "8"),
    ]
    assert (found.changes[0].place_before, found.changes[0].place_after) == ("a 第2行", "b 第9行")
    assert (found.changes[1].place_before, found.changes[1].place_after) == ("a 第2行", "")
    assert found.counts == Counts(
        companies_added=1, companies_gone=1, companies_changed=1, rows_added=1, rows_gone=1, rows_changed=1, rows_same=2
    )


def test_another_name_is_a_change_and_a_company_with_one_row_less_has_changed() -> None:
    found = compare_rows([row("A", "1"), row("A", "2", Metal.CD)], [row("A", "1", name="甲集团")])
    assert [(it.row, it.field, it.after) for it in found.changes] == [
        ("Cd 2024", "", ""),
        ("Pb 2024", "name", "甲集团"),
    ]
    assert (found.counts.companies_changed, found.counts.companies_gone, found.counts.rows_gone) == (1, 0, 1)


def test_permits_are_compared_field_by_field_with_their_limits() -> None:
    old = permit(limits={Metal.PB: D("79.5")})
    new = permit(limits={Metal.PB: D("60"), Metal.AS: D(1)}, standing="注销", valid_until=date(2027, 1, 1))
    assert [(it.field, it.before, it.after) for it in compare_rows([old], [new]).changes] == [
        ("valid_until", "2029-09-09", "2027-01-01"),
        ("standing", "正常", "注销"),
        ("limit Pb", "79.5", "60"),
        ("limit As", "", "1"),
    ]


def test_the_same_again_is_no_change() -> None:
    found = compare_rows([permit(), permit("002P")], [permit("002P", place="b"), permit(place="b")])
    assert found.changes == () and found.counts == Counts(rows_same=2)
