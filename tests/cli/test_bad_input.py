"""Bad papers end with a Chinese sentence and a code, and never harm the package that comes next."""

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import bad


@pytest.mark.parametrize("name", bad.ALL)
def test_bad_papers_end_with_a_chinese_message_and_a_code(name: str, tmp_path: Path, capsys) -> None:
    path = bad.ALL[name](tmp_path / name)
    before = path.read_bytes()
    assert main(["check", str(path), "--json"]) == 3
    (package,) = json.loads(capsys.readouterr().out)["packages"]
    assert package["state"] == "quarantined"
    assert package["error"]["code"].isupper()
    assert any("一" <= sign <= "鿿" for sign in package["error"]["message"])
    assert path.read_bytes() == before
    assert not (tmp_path.parent / "climbed.jpg").exists()


def test_an_empty_folder_has_nothing_to_read(tmp_path: Path, capsys) -> None:
    (tmp_path / "空").mkdir()
    assert main(["check", str(tmp_path / "空")]) == 3
    assert "EMPTY" in capsys.readouterr().out


def test_a_bad_file_beside_good_ones_is_refused_and_the_rest_is_read(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "材料"
    folder.mkdir()
    bad.good(folder / "1.jpg")
    bad.truncated(folder / "2.jpg")
    assert main(["check", str(folder), "--json", "--workers", "1"]) == 1
    (package,) = json.loads(capsys.readouterr().out)["packages"]
    assert package["pages"] == 1
    assert [file["name"] for file in package["refused"]] == ["2.jpg"]
    assert package["state"] == "review"


def test_the_package_after_a_bad_one_is_read(tmp_path: Path, capsys) -> None:
    paths = [bad.bomb(tmp_path / "炸弹.zip"), bad.good(tmp_path / "好.png")]
    assert main(["check", *map(str, paths), "--json", "--workers", "1"]) == 3
    states = [package["state"] for package in json.loads(capsys.readouterr().out)["packages"]]
    assert states == ["quarantined", "review"]
