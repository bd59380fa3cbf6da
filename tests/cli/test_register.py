"""`./heyan register`: what an officer sees when a register is loaded, refused, or there already."""

import hashlib
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from stdnum.cn import uscc

from cli.main import main

CODE = next(
    "91520100MA6DJX7P3" + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid("91520100MA6DJX7P3" + c)
)
HEAD = "企业名称,统一社会信用代码,重金属,年份,排放量（千克）\n"


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path / "data"))


def write(tmp_path: Path, *rows: str, name: str = "清单.csv") -> str:
    path = tmp_path / name
    path.write_text(HEAD + "\n".join(rows), encoding="gb18030")
    return str(path)


def test_a_register_is_loaded_and_the_same_file_is_a_duplicate(tmp_path: Path, capsys) -> None:
    file = write(tmp_path, f"甲公司,{CODE},铅,2020,45.1", f"甲公司,{CODE},铊,2020,1")
    assert main(["register", "load", "inventory", file]) == 0
    assert (
        "已载入全口径清单版本 1（清单.csv，1 家企业，1 条）" in (shown := capsys.readouterr().out)
        and "1 条五种以外" in shown
    )
    assert main(["register", "load", "inventory", file]) == 0
    assert "duplicate" in capsys.readouterr().out


def test_a_bad_row_loads_nothing_and_is_told_with_its_place(tmp_path: Path, capsys) -> None:
    file = write(tmp_path, f"甲公司,{CODE},铅,2020,45.1", f"甲公司,{CODE},铅,2020,44", "乙公司,123,络,2020,x")
    assert main(["register", "load", "inventory", file]) == 3
    told = capsys.readouterr()
    assert "没有载入 清单.csv：2 行有问题" in told.err
    assert all(
        part in told.out for part in ("已见于", "“络”不是可以确认的重金属名称", "“x”不是数字", "统一社会信用代码")
    )
    assert main(["register", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"registers": []}


def test_a_program_gets_one_object(tmp_path: Path, capsys) -> None:
    bad = write(tmp_path, f"甲公司,{CODE},铅,2020,-1", name="坏.csv")
    assert main(["register", "load", "inventory", bad, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["result"] == "refused"
    assert told["troubles"] == [{"sheet": "", "row": 2, "column": "排放量（千克）", "message": "排放量为负数：-1"}]
    good = write(tmp_path, f"甲公司,{CODE},铅,2020,1")
    assert main(["register", "load", "inventory", good, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["result"], told["version"], told["rows"], told["duplicate"], told["troubles"]) == (
        "loaded",
        1,
        1,
        False,
        [],
    )


def test_loaded_versions_are_listed(tmp_path: Path, capsys) -> None:
    main(["register", "list"])
    assert "没有载入过清单" in capsys.readouterr().out
    main(["register", "load", "inventory", write(tmp_path, f"甲公司,{CODE},铅,2020,1")])
    main(["register", "list"])
    assert "清单.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["register"], ["register", "load", "licences", "x"], ["register", "load", "inventory"]]
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_file_that_is_no_register_ends_with_three(tmp_path: Path, capsys) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,电话\n张,1\n")
    assert main(["register", "load", "inventory", str(path)]) == 3
    assert "没有找到表头" in capsys.readouterr().err
    assert main(["register", "load", "inventory", str(tmp_path / "没有.csv")]) == 2


def test_help_of_loading_teaches_the_columns(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["register", "--help"])
    assert "铅排放量(千克)" in capsys.readouterr().out


PLATFORM = "许可证编号,单位名称,有效期限,状态,铅许可年排放量(kg/a)\n"


def permits(tmp_path: Path, name: str, *rows: str) -> str:
    path = tmp_path / name
    path.write_text(PLATFORM + "\n".join(rows), encoding="utf-8")
    return str(path)


def test_permit_registers_are_loaded_compared_and_written_to_files(tmp_path: Path, capsys) -> None:
    rows = [f"{CODE}001P,甲公司,2024-09-10至2029-09-09,正常,79.5", f"{CODE}002P,甲公司,2024-09-10至2029-09-09,正常,/"]
    assert main(["register", "load", "permits", permits(tmp_path, "一.csv", *rows)]) == 0
    assert "已载入排污许可证登记版本 1（一.csv，1 家企业，2 条）" in capsys.readouterr().out
    assert main(["register", "diff"]) == 2
    rows[0] = rows[0].replace("正常,79.5", "注销,60")
    assert main(["register", "load", "permits", permits(tmp_path, "二.csv", rows[0])]) == 0
    capsys.readouterr()
    assert main(["register", "diff", "--out", str(tmp_path / "变化.csv")]) == 0
    shown = capsys.readouterr().out
    assert "新列入 0，不再列入 1，改变 1，相同 0" in shown and "注销" in shown
    told = (tmp_path / "变化.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(told) == 4 and told[1].startswith(
        f"改变,甲公司,{CODE},{CODE}001P,状态,正常,注销,一.csv 第2行,二.csv 第2行"
    )
    assert main(["register", "diff", "1", "2", "--json", "--out", str(tmp_path / "变化.xlsx")]) == 0
    found = json.loads(capsys.readouterr().out)["found"]
    assert [(it["what"], it["field"]) for it in found["changes"]] == [
        ("changed", "standing"),
        ("changed", "limit Pb"),
        ("gone", ""),
    ]
    sheet = load_workbook(tmp_path / "变化.xlsx").active
    assert [cell.value for cell in sheet[3]][:7] == [
        "改变", "甲公司", CODE, f"{CODE}001P", "许可年排放量 Pb（千克/年）", "79.5", "60",
    ]  # fmt: skip
    assert main(["register", "diff", "--out", str(tmp_path / "变化.xlsx")]) == 2


def test_versions_of_two_kinds_are_not_compared(tmp_path: Path, capsys) -> None:
    main(["register", "load", "permits", permits(tmp_path, "一.csv", f"{CODE}001P,甲公司,至2029-09-09,正常,1")])
    main(["register", "load", "inventory", write(tmp_path, f"甲公司,{CODE},铅,2020,1")])
    assert main(["register", "diff", "1", "2"]) == 2
    assert "不是同一种清单" in capsys.readouterr().err
    assert main(["register", "diff", "1", "9"]) == 2


def test_the_file_itself_is_kept_under_its_hash(tmp_path: Path) -> None:
    file = Path(write(tmp_path, f"甲公司,{CODE},铅,2020,1"))
    main(["register", "load", "inventory", str(file)])
    name = hashlib.sha256(file.read_bytes()).hexdigest()
    kept = tmp_path / "data/bucket/originals/sha256" / name[:2] / name
    assert kept.read_bytes() == file.read_bytes()
