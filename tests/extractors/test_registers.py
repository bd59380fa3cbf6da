"""全口径清单 in the shapes in which officers keep it."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from domain.errors import IntakeError
from extractors.registers import Inventory, read_inventory
from extractors.spreadsheets import MAX_BYTES

A, B = "91520100MA6DJX7P3T", "915201007366464537"
LONG = ["企业名称", "统一社会信用代码", "重金属", "年份", "排放量（千克）"]
WIDE = ["序号", "统一社会信用代码", "单位名称", "年度", "铅排放量(千克)", "汞排放量(千克)", "总铬(kg/a)"]


@pytest.fixture(scope="session")
def codes() -> tuple[str, str]:
    from stdnum.cn import uscc

    def code(body: str) -> str:
        return next(body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(body + c))

    return code("91520100MA6DJX7P3"), code("91520181736646453")


@pytest.fixture(autouse=True)
def _use(codes: tuple[str, str]) -> None:
    global A, B
    A, B = codes


def text(rows: list[list[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def of_csv(tmp_path: Path, rows: list[list[object]], encoding: str = "utf-8", delimiter: str = ",") -> Inventory:
    path = tmp_path / "清单.csv"
    path.write_bytes(text(rows, delimiter).encode(encoding))
    return read_inventory(path)


def of_xlsx(tmp_path: Path, *sheets: list[list[object]]) -> Inventory:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    path = tmp_path / "清单.xlsx"
    book.save(path)
    return read_inventory(path)


def told(inventory: Inventory) -> list[tuple[str, str, int, str]]:
    return [(row.uscc, row.metal, row.year, str(row.quantity)) for row in inventory.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_long_table_is_read_in_any_encoding_and_with_any_delimiter(tmp_path, encoding: str, delimiter: str) -> None:
    inventory = of_csv(
        tmp_path, [LONG, ["甲公司", A, "铅", 2020, "45.10"], ["甲公司", A, "砷", "2020年", "0"]], encoding, delimiter
    )
    assert told(inventory) == [(A, "Pb", 2020, "45.10"), (A, "As", 2020, "0")]
    assert inventory.troubles == ()
    assert inventory.rows[0].place == "清单.csv 第2行"


def test_a_wide_table_gives_a_row_per_metal_and_nothing_for_what_is_not_emitted(tmp_path) -> None:
    inventory = of_csv(
        tmp_path, [WIDE, [1, A, "甲公司", 2020, "1,045.5", "—", ""], [2, B, "乙公司", 2020, "", "0.003", "7"]]
    )
    assert told(inventory) == [(A, "Pb", 2020, "1045.5"), (B, "Hg", 2020, "0.003"), (B, "Cr", 2020, "7")]


def test_titles_notes_and_sums_are_no_rows(tmp_path) -> None:
    rows = [
        ["贵州省涉重金属重点行业企业全口径清单（2020年）"],
        ["单位：吨/年"],
        [],
        ["单位名称", "社会信用代码", "污染物种类", "全口径统计排放量"],
    ]
    rows += [["甲公司", A, "总铅", "0.0451"], ["合计", "", "", "0.0451"], ["注：数据来自二污普"]]
    assert told(of_csv(tmp_path, rows)) == [(A, "Pb", 2020, "45.1000")]


@pytest.mark.parametrize("name", ["合计有色冶炼有限公司", "总计（贵州）冶炼厂"])
def test_a_company_called_like_a_sum_is_no_sum(tmp_path, name: str) -> None:
    found = of_csv(tmp_path, [LONG, [name, "", "铅", 2023, "12"]])
    assert [(t.row, t.column) for t in found.troubles] == [(2, "统一社会信用代码")]


@pytest.mark.parametrize("words", ["合计", "总计：", "2023年度合计", "小计（5家）", "共计12家企业"])
def test_a_sum_in_any_words_is_no_row(tmp_path, words: str) -> None:
    found = of_csv(tmp_path, [LONG, ["甲厂", A, "铅", 2023, "12"], [words, "", "", "", "12"]])
    assert (len(found.rows), found.troubles) == (1, ())


def test_the_day_of_a_title_is_no_year_of_the_figures(tmp_path) -> None:
    heading = [one for one in LONG if one != "年份"]
    row = ["甲厂", A, "铅", "12"]
    dated = of_csv(tmp_path, [["全口径清单 填报日期2024年3月5日"], heading, row])
    assert [t.column for t in dated.troubles] == ["年份"]
    both = of_csv(tmp_path, [["2023年全口径清单 填报日期2024年3月5日"], heading, row])
    assert [one.year for one in both.rows] == [2023]


def test_a_unit_above_that_contradicts_a_heading_is_told(tmp_path) -> None:
    found = of_csv(tmp_path, [["单位：吨"], WIDE, ["1", A, "甲厂", "2023", "12", "", ""]])
    assert not found.rows and ["单位前后不一致" in t.message for t in found.troubles] == [True]
    office = of_csv(tmp_path, [["填报单位：克山县生态环境局"], WIDE, ["1", A, "甲厂", "2023", "12", "", ""]])
    assert [one.quantity for one in office.rows] == [Decimal(12)] and not office.troubles


def test_headings_in_two_rows_are_read_together(tmp_path) -> None:
    rows = [
        ["序号", "企业名称", "统一社会信用代码", "年份", "排放量（千克）", None, None],
        [None, None, None, None, "铅", "镉", "砷"],
    ]
    inventory = of_xlsx(tmp_path, [*rows, [1, "甲公司", A, 2021, 12.5, None, 0.07]])
    assert told(inventory) == [(A, "Pb", 2021, "12.5"), (A, "As", 2021, "0.07")]


def test_years_side_by_side_are_told_apart(tmp_path) -> None:
    rows = [["企业名称", "统一社会信用代码", "重金属", "排放量（吨）", None], [None, None, None, "2020年", "2021年"]]
    inventory = of_xlsx(tmp_path, [*rows, ["甲公司", A, "铅", 0.0451, 0.04]])
    assert [(row.year, row.quantity) for row in inventory.rows] == [(2020, Decimal("45.1")), (2021, Decimal("40"))]


def test_figures_of_a_workbook_are_exact_decimals(tmp_path) -> None:
    inventory = of_xlsx(
        tmp_path,
        [LONG, ["甲公司", A, "铅", 2020, 0.1 + 0.2], ["甲公司", A, "镉", 2020, 1e-05], ["甲公司", A, "汞", 2020, 45]],
    )
    assert [row.quantity for row in inventory.rows] == [Decimal("0.3"), Decimal("0.00001"), Decimal(45)]


def test_all_sheets_with_headings_are_read_and_the_others_named(tmp_path) -> None:
    inventory = of_xlsx(
        tmp_path, [["填表说明"]], [LONG, ["甲公司", A, "铅", 2020, 1]], [LONG, ["甲公司", A, "铅", 2021, 2]]
    )
    assert told(inventory) == [(A, "Pb", 2020, "1"), (A, "Pb", 2021, "2")]
    assert inventory.ignored == ("表1",)
    assert inventory.rows[1].place == "清单.xlsx 表3 第2行"


@pytest.mark.parametrize(
    ("heading", "unit", "cell", "kilograms"),
    [
        ("排放量（吨/年）", None, "0.5", "500"),
        ("年排放量", "吨", "0.5", "500"),
        ("排放总量", "公斤", "0.5", "0.5"),
        ("排放量", "kg/a", "１２．５", "12.5"),
        ("排放量(g)", None, "500", "0.5"),
        ("排放量", None, "0.5吨", "500"),
        ("2020年排放量（㎏）", None, "3", "3"),
        ("废水和废气排放总量（千克）", None, "3", "3"),
    ],
)
def test_the_unit_stands_in_the_heading_the_row_or_behind_the_figure(tmp_path, heading, unit, cell, kilograms) -> None:
    rows = [
        ["企业名称", "统一社会信用代码", "重金属种类", "年份", heading, "单位"],
        ["甲公司", A, "铅", 2020, cell, unit],
    ]
    assert [row.quantity for row in of_csv(tmp_path, rows).rows] == [Decimal(kilograms)]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (["甲公司", "91520100MA6DJX7P30", "铅", 2020, "1"], "统一社会信用代码", "不是有效的统一社会信用代码"),
        (["甲公司", "9.1520100736646E+17", "铅", 2020, "1"], "统一社会信用代码", "当作数字截断"),
        (["甲公司", "", "铅", 2020, "1"], "统一社会信用代码", "缺少统一社会信用代码"),
        (["", "A", "铅", 2020, "1"], "企业名称", "缺少企业名称"),
        (["甲公司", "A", "络", 2020, "1"], "重金属", "“络”不是可以确认的重金属名称"),
        (["甲公司", "A", "", 2020, "1"], "重金属", "缺少重金属名称"),
        (["甲公司", "A", "铅", "去年", "1"], "年份", "“去年”不是年份"),
        (["甲公司", "A", "铅", "", "1"], "年份", "缺少年份"),
        (["甲公司", "A", "铅", 2020, "-1.5"], "排放量（千克）", "负数：-1.5"),
        (["甲公司", "A", "铅", 2020, "约3"], "排放量（千克）", "“约3”不是数字"),
        (["甲公司", "A", "铅", 2020, "1.2.3"], "排放量（千克）", "“1.2.3”不是数字"),
        (["甲公司", "A", "铅", 2020, "1,23"], "排放量（千克）", "“1,23”不是数字"),
        (["甲公司", "A", "铅", 2020, "—"], "排放量（千克）", "缺少排放量"),
        (["甲公司", "A", "铅", 2020, "3吨"], "单位", "单位前后不一致"),
        (["甲公司", "A", "铅", 2020, "3万吨"], "排放量（千克）", "“万吨”不是认识的单位"),
        (["甲公司", "A", "铅", 2020, "1e40"], "排放量（千克）", "超出合理范围"),
        (["甲公司", "A", "铅", 2020, "=B2*2"], "排放量（千克）", "单元格是公式：=B2*2"),
    ],
)
def test_a_bad_row_is_told_with_row_column_and_reason(tmp_path, row, column, message) -> None:
    row = [A if cell == "A" else cell for cell in row]
    inventory = of_csv(tmp_path, [LONG, ["乙公司", B, "铅", 2020, "1"], row])
    (trouble,) = inventory.troubles
    assert (trouble.row, trouble.column) == (3, column)
    assert message in trouble.message


def test_a_bad_row_right_below_the_headings_is_no_heading(tmp_path) -> None:
    inventory = of_csv(tmp_path, [LONG, ["", "", "铅", 2020, "1"]])
    assert [(trouble.row, trouble.column) for trouble in inventory.troubles] == [
        (2, "企业名称"),
        (2, "统一社会信用代码"),
    ]


def test_every_bad_row_is_told_at_once(tmp_path) -> None:
    inventory = of_csv(
        tmp_path, [LONG, ["", "1", "络", "x", "y"], ["甲公司", A, "铅", 2020, "1"], ["乙公司", B, "铅", 2020, "-1"]]
    )
    assert [trouble.row for trouble in inventory.troubles] == [2, 2, 2, 2, 2, 4]


def test_a_formula_of_a_workbook_is_never_computed(tmp_path) -> None:
    inventory = of_xlsx(tmp_path, [LONG, ["甲公司", A, "铅", 2020, "=1+1"]])
    assert [trouble.message for trouble in inventory.troubles] == ["单元格是公式：=1+1，请粘贴为数值"]


def test_the_same_metal_of_a_company_twice_in_a_year_is_refused_with_both_figures(tmp_path) -> None:
    inventory = of_csv(
        tmp_path,
        [LONG, ["甲公司", A, "铅", 2020, "1.50"], ["甲公司", A, "铅", 2021, "1"], ["甲公司", A, "总铅", 2020, "2"]],
    )
    (trouble,) = inventory.troubles
    assert trouble.row == 4
    assert all(part in trouble.message for part in ("1.5千克", "2千克", "第2行"))


def test_a_code_with_two_names_and_a_name_with_two_codes_are_refused(tmp_path) -> None:
    inventory = of_csv(
        tmp_path, [LONG, ["甲公司", A, "铅", 2020, "1"], ["丙公司", A, "砷", 2020, "1"], ["甲公司", B, "砷", 2020, "1"]]
    )
    assert [trouble.row for trouble in inventory.troubles] == [3, 4]


def test_brackets_and_spaces_make_no_other_name(tmp_path) -> None:
    inventory = of_csv(tmp_path, [LONG, ["甲（贵州）公司", A, "铅", 2020, "1"], ["甲(贵州) 公司", A, "砷", 2020, "1"]])
    assert inventory.troubles == ()


def test_a_unit_nowhere_and_units_that_contradict_are_refused(tmp_path) -> None:
    rows = [["企业名称", "统一社会信用代码", "重金属", "年份", "排放量"], ["甲公司", A, "铅", 2020, "1"]]
    assert "没有注明单位" in of_csv(tmp_path, rows).troubles[0].message
    rows = [
        ["企业名称", "统一社会信用代码", "重金属", "年份", "排放量（吨）", "单位"],
        ["甲公司", A, "铅", 2020, "1", "千克"],
    ]
    assert "单位前后不一致" in of_csv(tmp_path, rows).troubles[0].message


def test_other_metals_are_counted_and_left_out(tmp_path) -> None:
    inventory = of_csv(
        tmp_path,
        [LONG, ["甲公司", A, "铅", 2020, "1"], ["甲公司", A, "铊", 2020, "1"], ["甲公司", A, "六价铬", 2020, "1"]],
    )
    assert (len(inventory.rows), inventory.foreign, inventory.troubles) == (1, 2, ())
    wide = [
        [*WIDE, "铊排放量(千克)", "许可排放量(千克)", "废水铅排放量(千克)"],
        [1, A, "甲公司", 2020, 1, 2, 3, 4, 5, 6],
    ]
    assert [row.metal for row in of_csv(tmp_path, wide).rows] == ["Pb", "Hg", "Cr"]


@pytest.mark.parametrize(
    "headings",
    [
        ["企业名称", "统一社会信用代码", "年份", "络排放量(千克)", "铅排放量(千克)"],
        ["企业名称", "统一社会信用代码", "年份", "铅排放量(千克)", "总铅(千克)"],
        ["企业名称", "单位名称", "统一社会信用代码", "年份", "铅排放量(千克)"],
    ],
)
def test_headings_that_leave_a_choice_are_refused(tmp_path, headings: list[object]) -> None:
    with pytest.raises(IntakeError) as raised:
        of_csv(tmp_path, [headings, ["甲公司", A, 2020, 1, 2]])
    assert raised.value.code == "UNCLEAR_HEADING"


def test_a_table_without_the_columns_is_told_what_it_needs(tmp_path) -> None:
    with pytest.raises(IntakeError) as raised:
        of_csv(tmp_path, [["姓名", "电话"], ["张", "1"]])
    assert raised.value.code == "NO_HEADING"
    assert "统一社会信用代码" in raised.value.message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "UNSUPPORTED_TYPE"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "UNSUPPORTED_TYPE"),
        (b"PK\x03\x04 cut off", "BROKEN_FILE"),
        (b"", "NO_HEADING"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, body: bytes, code: str) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(body)
    with pytest.raises(IntakeError) as raised:
        read_inventory(path)
    assert raised.value.code == code


def test_a_zip_that_is_no_workbook_and_one_that_swells_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    for name, size, code in (("a.txt", 10, "BROKEN_FILE"), ("xl/worksheets/sheet1.xml", 2**26, "ZIP_BOMB")):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, b"\0" * size)
        with pytest.raises(IntakeError) as raised:
            read_inventory(path)
        assert raised.value.code == code


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(IntakeError) as raised:
        read_inventory(path)
    assert raised.value.code == "TOO_LARGE"


def test_a_date_is_no_year(tmp_path) -> None:
    inventory = of_xlsx(tmp_path, [LONG, ["甲公司", A, "铅", date(2020, 1, 1), 1]])
    assert "不是年份" in inventory.troubles[0].message


def test_blank_rows_at_the_end_do_no_harm(tmp_path) -> None:
    inventory = of_xlsx(
        tmp_path, [LONG, ["甲公司", A, "铅", 2020, 1], *[[None]] * 50, [""], ["乙公司", B, "铅", 2020, 1]]
    )
    assert [row.place for row in inventory.rows] == ["清单.xlsx 表1 第2行", "清单.xlsx 表1 第54行"]
