"""Verdicts compared with the truth: what counts as right, and which errors are silent."""

from typing import Any

import pytest

from reports.accuracy import by_class, by_grade, tally
from reports.comparison import Mark, compare, equal, root
from reports.goals import goals
from reports.scoring import score


def field(value: Any, status: str = "certain", page: int = 1) -> dict[str, Any]:
    return {"value": value, "raw": str(value or ""), "status": status, "page": page}


def document(kind: str = "supply_form", **parts: Any) -> dict[str, Any]:
    return {"type": kind, "version": None, "pages": [1], "fields": {}} | parts


def verdict(
    *documents: dict[str, Any], findings: tuple[dict[str, Any], ...] = (), state: str = "clear"
) -> dict[str, Any]:
    return {
        "package": "甲", "kind": "supply", "state": state, "pages": 3, "seconds": 6.0,
        "documents": list(documents), "findings": list(findings), "other_pages": [],
    }  # fmt: skip


def finding(rule: str, outcome: str, *evidence: tuple[str, str], severity: str = "B") -> dict[str, Any]:
    places = [{"document": d, "version": None, "field": f} for d, f in evidence]
    return {"rule": rule, "outcome": outcome, "severity": severity, "evidence": places}


def truth(*documents: dict[str, Any], findings: tuple[str, ...] = ()) -> dict[str, Any]:
    state = "review" if findings else "clear"
    return {"kind": "supply", "documents": list(documents), "findings": list(findings), "state": state}


def marks(wanted: dict[str, Any], got: dict[str, Any]) -> dict[str, Mark]:
    return {each.path: each.mark for each in compare("甲", truth(wanted), verdict(got))}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("46.40", "46.4", True),
        ("贵州（集团）公司", "贵州(集团) 公司", True),
        ("46.4", "464", False),
        (None, None, True),
    ],
)
def test_values_are_equal_when_a_person_would_call_them_so(left: Any, right: Any, same: bool) -> None:
    assert equal(left, right) is same


def test_a_leading_zero_makes_another_phone_number() -> None:
    assert not equal("085112345", "85112345")


def test_a_path_leads_to_its_catalogue_key() -> None:
    assert root("limits[3].annual[2]") == "limits.annual"
    assert root("offered.Pb") == "offered"
    assert root("transferor.name") == "transferor.name"


def test_each_field_is_right_wrong_missing_or_unsure() -> None:
    wanted = document(fields={"name": "甲公司", "uscc": "91", "phone": "1", "project": "技改"})
    got = document(fields={"name": field("甲公司"), "uscc": field("97"), "project": field("技改", "unsure")})
    seen = marks(wanted, got)
    assert (seen["name"], seen["uscc"], seen["phone"], seen["project"]) == ("right", "wrong", "missing", "unsure")


def test_a_metal_that_the_paper_does_not_give_is_wrong() -> None:
    seen = marks(
        document(fields={"offered": {"Pb": "5"}}), document(fields={"offered": {"Pb": field("5"), "Cd": field("1")}})
    )
    assert seen["offered.Cd"] == "wrong"


def test_a_blank_that_is_read_as_blank_is_right() -> None:
    row = {"medium": "air", "outlet_code": "DA001", "pollutant": "铅", "annual": [None, "0.1"]}
    read = {key: field(row[key]) for key in ("medium", "outlet_code", "pollutant")} | {
        "annual": [field(None), field("0.1000")]
    }
    seen = marks(document("permit_copy", limits=[row]), document("permit_copy", limits=[read]))
    assert seen["limits[0].annual[0]"] == seen["limits[0].annual[1]"] == "right"


def test_rows_are_matched_by_what_identifies_them_not_by_place() -> None:
    first = {"medium": "air", "outlet_code": "DA001", "pollutant": "铅", "annual": ["1", "1"]}
    second = {"medium": "air", "outlet_code": "DA002", "pollutant": "铅", "annual": ["2", "2"]}

    def read(row: dict[str, Any]) -> dict[str, Any]:
        return {k: [field(v) for v in row[k]] if k == "annual" else field(row[k]) for k in row}

    seen = marks(document("permit_copy", limits=[first, second]), document("permit_copy", limits=[read(second)]))
    assert seen["limits[1].annual[0]"] == "right"
    assert seen["limits[0].annual[0]"] == "missing"


def test_a_row_that_the_paper_does_not_have_is_wrong() -> None:
    extra = {"medium": field("air"), "outlet_code": field("DA009"), "pollutant": field("铅")}
    assert (
        marks(document("permit_copy", limits=[{"medium": "water"}]), document("permit_copy", limits=[extra]))[
            "limits[+0]"
        ]
        == "wrong"
    )


def test_a_document_that_was_not_found_is_missing_with_all_its_fields() -> None:
    seen = {each.path: each.mark for each in compare("甲", truth(document(fields={"name": "甲"})), verdict())}
    assert seen["document"] == seen["name"] == "missing"


def test_a_certain_wrong_critical_value_is_a_silent_error() -> None:
    result = score(truth(document(fields={"name": "甲"})), verdict(document(fields={"name": field("申")})))
    assert [error.silent for error in result.errors] == [True]


@pytest.mark.parametrize("outcome", ["failed", "unsure"])
def test_an_error_that_a_rule_stopped_at_is_not_silent(outcome: str) -> None:
    found = finding("IDN-003", outcome, ("supply_form", "name"))
    result = score(
        truth(document(fields={"name": "甲"})), verdict(document(fields={"name": field("申")}), findings=(found,))
    )
    assert not any(error.silent for error in result.errors)


def test_a_note_does_not_make_an_error_loud() -> None:
    found = finding("IDN-005", "failed", ("supply_form", "name"), severity="N")
    result = score(
        truth(document(fields={"name": "甲"})), verdict(document(fields={"name": field("申")}), findings=(found,))
    )
    assert [error.silent for error in result.errors] == [True]


def test_doubt_about_a_total_covers_the_rows_of_its_metal_only() -> None:
    row = {"medium": "air", "outlet_code": "DA001", "pollutant": "铅", "metal": "Pb", "annual": ["1"]}
    read = {key: field(row[key]) for key in ("medium", "outlet_code", "pollutant", "metal")} | {"annual": [field("7")]}
    wanted, got = document("permit_copy", limits=[row]), document("permit_copy", limits=[read])
    for metal, silent in (("Pb", False), ("Cd", True)):
        found = finding("QTY-001", "failed", ("permit_copy", f"totals.{metal}"))
        result = score(truth(wanted), verdict(got, findings=(found,)))
        assert [error.silent for error in result.errors] == [silent]


def test_rules_are_hit_missed_or_false_alarms() -> None:
    paper = document(fields={"name": "甲"})
    read = document(fields={"name": field("甲")})
    pairs = [
        (truth(paper, findings=("QTY-003",)), verdict(read, findings=(finding("QTY-003", "failed"),), state="review")),
        (truth(paper, findings=("QTY-003",)), verdict(read, findings=(finding("QTY-003", "unsure"),), state="review")),
        (truth(paper), verdict(read, findings=(finding("QTY-003", "failed"),), state="review")),
        (truth(paper), verdict(read)),
    ]
    result = tally(pairs)
    (rule,) = result.rules
    assert (rule.hit, rule.missed, rule.unsure_instead, rule.false_alarm) == (1, 1, 1, 1)
    assert result.headline["planted_fault_recall"] == 0.5
    assert result.headline["clean_with_false_finding"] == 0.5
    assert result.headline["straight_through"] == 0.5
    assert result.headline["seconds_per_page"] == 2.0


def test_two_permits_are_told_apart_by_their_pages() -> None:
    before = document("permit_copy", version="before", pages=[1], fields={"number": "A"})
    after = document("permit_copy", version="after", pages=[5], fields={"number": "B"})
    read = document("permit_copy", version="after", pages=[5], fields={"number": field("B")})
    seen = {(e.document, e.path): e.mark for e in compare("甲", truth(before, after), verdict(read))}
    assert seen["permit_copy/after", "number"] == "right"
    assert seen["permit_copy/before", "number"] == "missing"


def test_a_failure_that_the_truth_allows_is_no_false_alarm() -> None:
    paper, read = document(fields={"name": "甲"}), document(fields={"name": field("甲")})
    allowed = truth(paper) | {"either": ["QTY-003"]}
    result = tally([(allowed, verdict(read, findings=(finding("QTY-003", "failed"),)))])
    (rule,) = result.rules
    assert (rule.false_alarm, rule.either) == (0, 1)
    assert result.headline["clean_with_false_finding"] == 0.0


def graded(grade: str | None, got: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = truth(document(fields={"name": "甲"}))
    return wanted | ({"grade": grade} if grade else {}), verdict(document(fields={"name": got}))


def test_accuracy_is_told_by_grade_and_class_of_scan() -> None:
    result = tally(
        [
            graded("light", field("甲")),
            graded("typical", field("申")),
            graded("phone", field("甲", "unsure")),
            graded(None, field("甲")),
        ]
    )
    classes = by_class(result)
    assert list(classes) == ["office", "rough", "unknown"]
    assert classes["office"].critical.silent == 1 and classes["rough"].critical.silent == 0
    assert list(by_grade(result)) == ["light", "typical", "phone", "unknown"]


def test_goals_are_measured_on_their_own_scans_only() -> None:
    named = {goal.name: goal for goal in goals(tally([graded("light", field("甲")), graded("poor", field("申"))]))}
    assert named["critical_right_office"].met and named["critical_right_office"].of == 2
    assert named["critical_right_rough"].met is None
    assert named["silent_error_share"].met is False


def test_fields_are_summed_by_their_kind() -> None:
    wanted = document(fields={"name": "甲", "uscc": "91", "phone": "1"})
    got = document(fields={"name": field("甲", "unsure"), "uscc": field("97")})
    kinds = {(each.kind, each.critical): each for each in tally([(truth(wanted), verdict(got))]).kinds}
    assert (kinds["name", True].unsure, kinds["name", True].same) == (1, 1)
    assert kinds["code", True].silent == 1
    assert kinds["code", False].missing == 1
