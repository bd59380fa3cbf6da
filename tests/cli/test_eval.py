"""`./heyan eval`: finds truth files, reads nothing twice, tells what was wrong."""

import csv
import json
from pathlib import Path

import pytest

from cli.main import main
from cli.samples import packages
from domain.page import Page, PageReading, ReadPage
from extractors.opening import fingerprint
from extractors.parts import Part
from extractors.reading import ENGINE
from extractors.recorded import SUFFIX, Readings, beside, load, save

BLANK = Page(number=1, file="1.png", index=0, sha256="0" * 64, width=100, height=100, dpi=200, blank=True)
TRUTH = {
    "kind": None,
    "today": "2026-11-20",
    "documents": [{"type": "business_licence", "pages": [1], "fields": {"uscc": "91520000000000000X"}}],
    "findings": ["DOC-001"],
    "state": "review",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that was read before: one blank page, though its truth has a licence on it."""
    package = tmp_path / "samples" / "甲"
    package.mkdir(parents=True)
    (package / "1.png").write_bytes(b"never opened")
    (package / "truth.json").write_text(json.dumps(TRUTH))
    page = ReadPage(page=BLANK, reading=PageReading(sha256=BLANK.sha256, engine=ENGINE))
    readings = Readings(package="甲", engine=ENGINE, seconds=4.0, pages=(page,))
    save(readings, tmp_path / "readings" / f"{fingerprint(package)[:24]}{SUFFIX}")
    monkeypatch.setattr("cli.examine.Reader.read", lambda self, path: pytest.fail("read again"))
    return tmp_path


def test_what_was_read_is_not_read_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(folder / "samples"), "--readings", str(folder / "readings"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["headline"]["packages"] == 1
    assert result["headline"]["seconds_per_page"] >= 4.0
    assert result["headline"]["critical_value_right"] == 0.0


def test_a_truth_file_beside_two_packages_of_its_name_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = folder / "samples"
    (samples / "甲.truth.json").write_text(json.dumps(TRUTH))
    (samples / "甲.pdf").write_bytes(b"another paper")
    assert main(["eval", str(samples)]) == 2
    told = capsys.readouterr().err
    assert "甲.truth.json" in told and "甲.pdf" in told


def test_errors_are_listed_and_written_as_csv(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = folder / "errors.csv"
    options = ["--readings", str(folder / "readings"), "--errors", "--csv", str(table)]
    assert main(["eval", str(folder / "samples"), *options]) == 0
    assert "91520000000000000X" in capsys.readouterr().out
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert {row["path"] for row in rows} >= {"document", "uscc"}


def test_every_critical_field_is_written_with_its_evidence(folder: Path) -> None:
    table = folder / "all.csv"
    main(["eval", str(folder / "samples"), "--readings", str(folder / "readings"), "--csv-all", str(table)])
    rows = {row["path"]: row for row in csv.DictReader(table.open(encoding="utf-8"))}
    assert rows["uscc"]["kind"] == "code" and rows["uscc"]["grade"] == "unknown"
    assert json.loads(rows["uscc"]["readers"]) == {}
    assert "pages" not in rows


def test_each_part_is_left_out_of_the_same_readings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--readings", str(folder / "readings"), "--ablation", "--json"]
    assert main(["eval", str(folder / "samples"), *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["part"] for row in told["ablation"]] == [None, *Part]
    assert told["goals"][0]["name"] == "silent_error_share"


def test_the_report_is_written_though_the_package_cannot_be_opened_any_more(folder: Path) -> None:
    report = folder / "report.html"
    options = ["--readings", str(folder / "readings"), "--html", str(report), "--worst", "3"]
    assert main(["eval", str(folder / "samples"), *options]) == 0
    text = report.read_text(encoding="utf-8")
    assert "漏读" in text and "营业执照" in text and "另有 1 处" in text


def test_truth_lies_beside_a_package_or_inside_it(tmp_path: Path) -> None:
    (tmp_path / "乙").mkdir()
    for name in ("甲.zip", "甲.truth.json", "乙/truth.json", "丙.pdf", "丙.pdf.truth.json", "丁.truth.json"):
        (tmp_path / name).touch()
    found = {package.name for package, _ in packages(tmp_path)}
    assert found == {"甲.zip", "乙", "丙.pdf"}
    assert {package.name for package, _ in packages(tmp_path, "甲*")} == {"甲.zip"}


def test_recorded_readings_do_not_change_a_package(folder: Path) -> None:
    package = folder / "samples" / "甲"
    before = fingerprint(package)
    readings = next((folder / "readings").iterdir())
    beside(package).write_bytes(readings.read_bytes())
    assert fingerprint(package) == before
    assert load(beside(package), "another engine") is None
    assert load(beside(package)) == load(readings, ENGINE)
