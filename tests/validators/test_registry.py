"""The registry: every rule has a code, a title, a ground, a test and a line in the documentation."""

import re
from pathlib import Path

import pytest

from domain.dossier import Dossier
from domain.finding import Severity
from reference.provisions import guide
from validators import registry
from validators.catalogue import PAGE, catalogue
from validators.registry import Problem, catalogued, rule, rules

ISSUED = {
    "DEA": (1, 2, 3, 4, 5, 6, 7, 8),
    "DEM": (1, 2, 3, 4, 5, 6),
    "DOC": (1, 2, 3, 4, 5),
    "IMG": (1, 2, 3, 4, 5),
    "IDN": (1, 2, 3, 4, 5, 6, 7),
    "PER": (1, 2, 3, 4, 5, 6),
    "PAY": (1, 2, 3, 4, 5),
    "REC": (1, 2, 3, 4, 5, 6, 7, 8),
    "QTY": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    "TIM": (1, 2, 3),
}


def test_every_rule_is_found_without_a_list() -> None:
    wanted = {f"{family}-{number:03d}" for family, numbers in ISSUED.items() for number in numbers}
    assert {each.code for each in catalogued()} == wanted


def test_codes_have_their_form_and_are_never_used_again() -> None:
    codes = [each.code for each in catalogued()]
    assert all(re.fullmatch(r"[A-Z]{3}-\d{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert not set(codes) & set(registry.RETIRED)


@pytest.mark.parametrize("code", [each.code for each in rules()])
def test_every_rule_has_title_name_ground_and_test(code: str) -> None:
    (found,) = [each for each in rules() if each.code == code]
    assert found.title and found.name and found.cites and found.citation
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert f"def test_{code.lower().replace('-', '_')}_" in tests


def test_the_documentation_is_what_the_rules_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == catalogue(catalogued()), "stale: run `python -m validators --write`"


def test_a_rule_without_a_docstring_is_refused() -> None:
    def silent(dossier: Dossier) -> Problem | None:
        return None

    with pytest.raises(ValueError, match="no docstring"):
        rule("TST-002", Severity.NOTE, "无题", cites=guide("1"))(silent)


def test_a_retired_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RETIRED", {"OLD-001": "merged"})
    with pytest.raises(ValueError, match="retired"):
        rule("OLD-001", Severity.NOTE, "旧规则", cites=guide("1"))
