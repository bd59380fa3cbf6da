"""Permit registers in the shapes in which the public platform prints them."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from stdnum.cn import uscc

from domain.errors import IntakeError
from domain.quantity import Metal
from domain.reconciling import PermitRow
from extractors.permit_registers import PermitFile, read_permits


def code(body: str) -> str:
    return next(body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(body + c))


A, B = code("91520100MA6DJX7P3"), code("91520181736646453")
PLATFORM = ["省/直辖市", "地市", "许可证编号", "单位名称", "行业类别", "有效期限", "发证日期", "管理类别", "状态"]


def platform(permit: str = f"{A}001P", valid: str = "2024-09-10至2029-09-09", standing: str = "正常") -> list[str]:
    place = ["贵州省", "铜仁市"]
    return [*place, permit, "甲铅锌冶炼有限公司", "铅锌冶炼，锑冶炼", valid, "2024-09-10", "重点管理", standing]


def read(tmp_path: Path, *rows: list[str], encoding: str = "utf-8") -> PermitFile:
    path = tmp_path / "许可证.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return read_permits(path)


def test_what_the_platform_prints_is_read_with_its_place(tmp_path: Path) -> None:
    gone = platform(f"{B}001Q", standing="注销（应当注销的其他情形）")
    gone[3] = "乙公司"
    found = read(tmp_path, PLATFORM, platform(), gone, encoding="gb18030")
    assert found.troubles == ()
    assert found.rows[0] == PermitRow(
        uscc=A,
        name="甲铅锌冶炼有限公司",
        number=f"{A}001P",
        valid_from=date(2024, 9, 10),
        valid_until=date(2029, 9, 9),
        standing="正常",
        industry="铅锌冶炼，锑冶炼",
        issued_on=date(2024, 9, 10),
        management="重点管理",
        place="许可证.csv 第2行",
    )
    assert (found.rows[1].uscc, found.rows[1].standing) == (B, "注销（应当注销的其他情形）")


def test_yearly_limits_are_taken_in_kilograms_and_no_other_figures(tmp_path: Path) -> None:
    head = ["排污许可证编号", "单位名称", "统一社会信用代码", "有效期限"]
    limits = ["铅许可年排放量(吨)", "总铬年许可排放量限值(kg/a)", "六价铬许可年排放量(kg/a)", "废水铅许可排放量(kg)", "砷排放浓度", "镉（kg/a）", "COD许可排放量(t)"]  # fmt: skip
    row = [f"{A}001P", "甲公司", A, "自2024年9月10日至2029年9月9日止", "0.0795", "1,200.5", "3", "4", "5", "/", "9"]
    found = read(tmp_path, head + limits, row)
    assert found.troubles == ()
    assert found.rows[0].limits == {Metal.PB: Decimal("79.5"), Metal.CR: Decimal("1200.5")}


def test_days_of_a_workbook_and_two_columns_of_validity(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["2026年排污许可证一览"])
    sheet.append(["许可证编号", "企业名称", "有效期起", "有效期止", "状态"])
    sheet.append([f"{A}001P", "甲公司", date(2024, 9, 10), date(2029, 9, 9), "已撤销"])
    sheet.append([None, "合计", None, None, "1家"])
    path = tmp_path / "许可证.xlsx"
    book.save(path)
    [row] = read_permits(path).rows
    assert (row.valid_from, row.valid_until, row.standing) == (date(2024, 9, 10), date(2029, 9, 9), "撤销")
    assert row.place == "许可证.xlsx Sheet 第3行"


@pytest.mark.parametrize(
    ("change", "column", "told"),
    [
        ({2: "123"}, "许可证编号", "不是22位"),
        ({2: f"{A[:17]}{'0' if A[17] != '0' else '1'}001P"}, "许可证编号", "不是有效的统一社会信用代码"),
        ({3: ""}, "单位名称", "缺少企业名称"),
        ({5: "2024-09-10至2029-02-30"}, "有效期限", "不是有效期限"),
        ({5: "长期"}, "有效期限", "不是有效期限"),
        ({5: ""}, "有效期限", "缺少有效期限"),
        ({5: "2029-09-09至2024-09-10"}, "有效期限", "晚于"),
        ({6: "去年"}, "发证日期", "不是日期"),
        ({7: "一般管理"}, "管理类别", "不是重点"),
        ({8: "有效"}, "状态", "不是许可证状态"),
        ({4: "=HYPERLINK(1)"}, "行业类别", "公式"),
    ],
)
def test_a_bad_cell_is_told_with_row_and_column(tmp_path: Path, change: dict[int, str], column: str, told: str) -> None:
    row = [change.get(at, text) for at, text in enumerate(platform())]
    [trouble] = read(tmp_path, PLATFORM, row).troubles
    assert (trouble.row, trouble.column) == (2, column)
    assert told in trouble.message


def test_a_code_that_stands_twice_alike_needs_no_check_character(tmp_path: Path) -> None:
    real = f"{A[:17]}{'0' if A[17] != '0' else '1'}"
    head = ["许可证编号", "单位名称", "统一社会信用代码", "有效期限"]
    assert read(tmp_path, head, [f"{real}001P", "甲公司", real, "至2029-09-09"]).rows[0].uscc == real
    [trouble] = read(tmp_path, head, [f"{real}001P", "甲公司", A, "至2029-09-09"]).troubles
    assert (trouble.column, "不一致" in trouble.message) == ("统一社会信用代码", True)
    codeless = "H9520602A1B2C3D4E5"
    assert read(tmp_path, head, [f"{codeless}001W", "个体户", "", "至2029-09-09"]).rows[0].uscc == codeless


def test_a_cancelled_permit_may_have_no_validity(tmp_path: Path) -> None:
    assert read(tmp_path, PLATFORM, platform(valid="/", standing="遗失")).rows[0].valid_until is None


def test_a_permit_twice_and_a_company_with_two_names_are_contradictions(tmp_path: Path) -> None:
    other = platform(f"{A}002P")
    other[3] = "乙公司"
    found = read(tmp_path, PLATFORM, platform(), platform(), other)
    assert [(one.row, one.column) for one in found.troubles] == [(3, "许可证编号"), (4, "单位名称")]


def test_other_tables_are_none(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="没有找到表头"):
        read(tmp_path, ["企业名称", "年份"], ["甲", "2024"])
    with pytest.raises(IntakeError, match="没有排污许可证的数据行"):
        read(tmp_path, PLATFORM, ["合计"])
    with pytest.raises(IntakeError, match="同一种重金属"):
        read(tmp_path, [*PLATFORM, "铅许可年排放量(t)", "总铅许可年排放量(t)"], platform())
