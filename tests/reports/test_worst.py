"""Which fields stand first in the report, and that the report is one safe file."""

from typing import Any

from domain.page import Box
from extractors.views import View
from reports.ablation import ablate
from reports.accuracy import Accuracy, tally
from reports.evaluation import Headed, Shown, ShownSeal, render
from reports.labels import PARTS
from reports.worst import seal_errors, worst

HEADED = Headed("样本", "2026-11-23", "engine")


def field(value: Any, status: str = "certain", confidence: float = 0.9) -> dict[str, Any]:
    return {
        "value": value,
        "raw": str(value or ""),
        "status": status,
        "page": 1,
        "confidence": confidence,
        "box": [0.1, 0.1, 0.2, 0.2],
    }


def judged(wanted: dict[str, Any], got: dict[str, Any]) -> Accuracy:
    paper = {"type": "supply_form", "version": None, "pages": [1]}
    truth = {"kind": "supply", "documents": [paper | {"fields": wanted}], "findings": [], "state": "clear"}
    verdict = {
        "package": "甲", "kind": "supply", "state": "clear", "pages": 1, "seconds": 1.0,
        "documents": [paper | {"fields": got}], "findings": [], "other_pages": [],
    }  # fmt: skip
    return tally([(truth, verdict)])


def test_silent_errors_come_first_then_doubts_with_the_wrong_value_then_what_was_not_read() -> None:
    wanted = {"name": "甲", "uscc": "91", "base": {"Pb": "5"}, "task": {"Pb": "3"}, "contact": "王", "phone": "1"}
    got = {
        "name": field("甲", "unsure", 0.1),
        "uscc": field("97", confidence=0.99),
        "base": {"Pb": field("6", "unsure", 0.5)},
        "contact": field("三"),
        "phone": field("7", "unsure"),
    }
    bad = worst(judged(wanted, got), 10)
    assert [(each.judged.path, each.name) for each in bad] == [
        ("uscc", "静默错"), ("base.Pb", "存疑且错"), ("task.Pb", "漏读"), ("contact", "次要字段错"),
    ]  # fmt: skip


def test_no_error_that_was_called_certain_is_cut_off() -> None:
    wanted = {"name": "甲", "uscc": "91", "base": {"Pb": "5"}}
    got = {"name": field("申"), "uscc": field("97"), "base": {"Pb": field("6", "unsure")}}
    assert len(worst(judged(wanted, got), 1)) == 2


def test_a_paper_that_was_not_found_stands_there_once() -> None:
    accuracy = judged({"name": "甲", "uscc": "91"}, {})
    (only,) = worst(accuracy, 10)
    assert only.more == 1 and only.judged.mark == "missing"


def test_the_report_escapes_what_was_read_and_needs_nothing_outside_of_it() -> None:
    accuracy = judged({"name": "甲"}, {"name": field("<script>x</script>")})
    (bad,) = worst(accuracy, 10)
    view = View(b"colour", b"grey", Box(0.2, 0.3, 0.4, 0.5), 300, 100)
    page = render(HEADED, accuracy, [], [Shown(bad, view)])
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "data:image/jpeg;base64," in page and "http" not in page
    assert "left:20.00%" in page and "静默错" in page


def test_a_field_without_a_place_is_shown_without_a_picture() -> None:
    accuracy = judged({"name": "甲"}, {})
    page = render(HEADED, accuracy, [], [Shown(each, None) for each in worst(accuracy, 10)])
    assert "没有读到" in page and "<img" not in page


def sealed(*found: dict[str, Any]) -> Accuracy:
    stamp = {
        "page": 1,
        "role": "authority",
        "colour": "red",
        "shape": "round",
        "text": "铜仁市生态环境局",
        "legible": True,
    }
    truth = {"kind": None, "documents": [], "findings": [], "state": "clear", "seals": [stamp, stamp | {"page": 2}]}
    verdict = {
        "package": "甲", "kind": None, "state": "clear", "pages": 2, "seconds": 1.0,
        "documents": [], "findings": [], "other_pages": [], "seals": list(found),
    }  # fmt: skip
    return tally([(truth, verdict)])


def test_seals_that_count_as_the_companys_and_are_not_come_before_those_that_were_missed() -> None:
    seal = {
        "page": 2,
        "role": "company",
        "colour": "red",
        "shape": "round",
        "text": "<b>",
        "owner": "甲公司",
        "use": "official",
    }
    accuracy = sealed(seal)
    errors = seal_errors(accuracy)
    assert [pair.trouble for pair in errors] == ["company", "missed"]
    page = render(HEADED, accuracy, [], [], [ShownSeal(pair, None) for pair in errors])
    assert "非企业章认作企业章" in page and "（未认出）" in page and "&lt;b&gt;" in page
    assert accuracy.headline["seals_taken_for_company"] == 1 and accuracy.headline["seals_right"] == 0.5


def test_an_ablation_stands_in_the_report_with_every_part() -> None:
    accuracy = judged({"name": "甲"}, {"name": field("甲")})
    page = render(HEADED, accuracy, ablate(accuracy, lambda parts: accuracy), [])
    assert all(name in page for name in PARTS.values())
