"""`./heyan rules backtest` as an officer runs it."""

import json
from pathlib import Path

import pytest

from cli.main import main
from reference.policy import POLICY
from storage.ledger import open_ledger
from storage.settings import load_settings
from tests.review.cases import enter, understood


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path / "data"))


def stricter(tmp_path: Path) -> str:
    path = tmp_path / "拟用.toml"
    path.write_text(POLICY.read_text(encoding="utf-8").replace('default = "1.0"', 'default = "1.5"'), encoding="utf-8")
    return str(path)


def test_the_cases_that_would_change_are_listed_with_both_outcomes(tmp_path: Path, capsys) -> None:
    ledger = open_ledger(load_settings().database_url)
    case = enter(ledger, understood("b072-002"), "a")
    ledger.close()
    assert main(["rules", "backtest", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["compared"], told["changed"], told["cases"], told["against"]) == (1, 0, [], "record")
    policy = stricter(tmp_path)
    assert main(["rules", "backtest", "--policy", policy]) == 1
    shown = capsys.readouterr().out
    assert case in shown and "county_ratio" in shown and "passed → failed" in shown and "clear → review 1 个" in shown
    assert main(["rules", "backtest", "--policy", policy, "--against", str(POLICY), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["settings"] == ["county_ratio"] and told["states"] == {"clear → review": 1}
    assert [it["case"] for it in told["cases"]] == [case] and "B passed → failed" in told["rules"]["DEM-003"]


def test_what_cannot_be_tried_is_a_usage_error(tmp_path: Path, capsys) -> None:
    bad = tmp_path / "坏.toml"
    bad.write_text("[notice_days]\nvalue = 0\n", encoding="utf-8")
    assert main(["rules", "backtest", "--policy", str(bad)]) == 2
    assert "政策文件 坏.toml 不可用" in capsys.readouterr().err
    bad.write_text("= nonsense", encoding="utf-8")
    assert main(["rules", "backtest", "--policy", str(bad)]) == 2
    assert main(["rules", "backtest", "--cases", "XX-*"]) == 2
    assert main(["rules", "backtest"]) == 0
