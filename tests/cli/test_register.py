"""`./heyan register`: what an officer sees when a register is loaded, refused, or there already."""

import json
from pathlib import Path

import pytest
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
    "arguments", [["register"], ["register", "load", "permits", "x"], ["register", "load", "inventory"]]
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
