from decimal import Decimal

import pytest

from domain.field import Status
from domain.quantity import Metal
from extractors.documents.demand_form import read
from extractors.layout import span_of
from extractors.projects import approval_field, construction_field, project_code_field
from extractors.ratios import ratio, ratio_field
from extractors.recognition import recognise
from tests.extractors.readings import grid, page, word, words_of

FACTS = [
    ["单位名称", "甲有限公司", None, None],
    ["统一社会信用代码", "915222009876543210", "行业类别", "铅锌冶炼"],
    ["项目名称", "年产3万吨电铅改建项目", "建设性质", "改建"],
    ["建设地点", "毕节市赫章县", "替代比例", "1.2:1"],
]


def form(*grids, extra=()):
    return read([page([*extra, *words_of(*grids)], 1, grids)])


def test_metals_may_stand_as_rows_beside_other_columns():
    rows = [["序号", "重金属种类", "新增排放量（kg/a）", "替代比例", "拟受让量（kg/a）", "备注"]]
    rows += [["1", "铅", "37.5", "1.2:1", "45.0", ""], ["2", "汞", "/", "/", "/", ""]]
    read_form = form(grid(FACTS, top=0.1), grid(rows, top=0.3))
    assert read_form.new_emission[Metal.PB].value == Decimal("37.5")
    assert read_form.demand[Metal.PB].value == Decimal("45.0") and Metal.HG not in read_form.demand
    assert (read_form.ratio.value, read_form.county.value, read_form.construction.value) == (
        Decimal("1.2"),
        "毕节市赫章县",
        "改建",
    )


def test_a_heading_whose_bracket_a_seal_swallowed_keeps_its_unit():
    rows = [["重金属种类", "新增排放量（t/a）", "拟受让排放量（t/a"], ["铅", "0.057", "0.057"]]
    read_form = form(grid(rows))
    assert read_form.demand[Metal.PB].value == Decimal("57") and read_form.demand[Metal.PB].certain


def test_metals_may_stand_as_columns_with_the_unit_beside_the_figures():
    rows = [["项目", "铅", "砷"], ["新增排放量", "0.0375吨/年", "/"], ["需求量", "0.0450吨/年", "/"]]
    read_form = form(grid(rows))
    assert read_form.demand[Metal.PB].value == Decimal("45.0") and Metal.AS not in read_form.demand


def test_lines_of_label_and_value_are_read_under_their_metal():
    texts = ["受让方名称：甲有限公司", "（1）铅（Pb）", "项目新增排放量：37.5千克/年", "排放量需求量：45.0千克/年"]
    read_form = read([page([word(text, 0.1, 0.1 + 0.03 * n) for n, text in enumerate(texts)])])
    assert read_form.new_emission[Metal.PB].value == Decimal("37.5")
    assert read_form.demand[Metal.PB].value == Decimal("45.0") and read_form.name.value == "甲有限公司"


def test_what_the_form_s_notes_say_of_a_label_is_no_figure():
    texts = ["（1）铅（Pb）", "项目新增排放量：37.5千克/年", "排放量需求量：45.0千克/年"]
    texts += ["填表说明：2.新增排放量为废水、废气有组织排放量之和，应与环评文件一致；3.未涉及的", "重金属填“空”。"]
    sure = (0.99, 0.2, 0.99, 0.99, 0.99)  # the figure lies under a seal
    words = [
        word(text, 0.1, 0.1 + 0.03 * n, confidence=one) for n, (text, one) in enumerate(zip(texts, sure, strict=True))
    ]
    assert read([page(words)]).new_emission[Metal.PB].value == Decimal("37.5")


@pytest.mark.parametrize(("symbol", "certain"), [("Cr", True), ("As", False)])
def test_a_metal_read_faintly_is_named_by_its_symbol_as_well(symbol, certain):
    head = word(f"（1）鉻（{symbol}）", 0.1, 0.13, offsets=(), confidences=(0.9, 0.9, 0.9, 0.31, 0.8, 0.9, 0.9, 0.8))
    texts = ["受让方名称：甲有限公司", "项目新增排放量：37.5千克/年", "排放量需求量：45.0千克/年"]
    read_form = read([page([head, *(word(text, 0.1, 0.1 + 0.045 * n) for n, text in enumerate(texts))])])
    assert (Metal.CR in read_form.demand and read_form.demand[Metal.CR].certain) is certain
    assert (read_form.other_metals == ()) is certain


def test_the_heading_below_the_last_value_is_no_part_of_it():
    texts = ["替代比例：1.2:1", "项目名称：年产3万吨电铅改建项目", "重金属污染物排放量需求种类、数量", "（1）铅（Pb）"]
    read_form = read([page([word(text, 0.1, 0.1 + 0.015 * n) for n, text in enumerate(texts)])])
    assert read_form.project.value == "年产3万吨电铅改建项目"


def test_other_and_damaged_metals_are_never_dropped():
    rows = [["重金属种类", "新增排放量（kg/a）", "需求量（kg/a）"], ["锑", "4.0", "4.0"], ["络", "2.0", "2.4"]]
    read_form = form(grid(rows))
    assert {row.name.value: row.name.status for row in read_form.other_metals} == {
        "锑": Status.CERTAIN,
        "络": Status.UNSURE,
    }
    assert read_form.demand[Metal.CR].status is Status.UNSURE


HEAD = ["重金属种类", "新增排放量（kg/a）", "需求量（kg/a）"]


@pytest.mark.parametrize(("names", "certain"), [("铅汞镉路砷", True), ("铅汞镉兼砷", None), ("铅汞隔路砷", False)])
def test_one_damaged_name_is_the_metal_that_a_table_of_the_five_does_not_name_otherwise(names, certain):
    read_form = form(grid([HEAD, *([name, "2.0", "2.4"] for name in names)]))
    chromium = read_form.demand.get(Metal.CR)
    assert (chromium.certain if chromium else None) is certain
    assert bool(read_form.other_metals) is not bool(certain)


@pytest.mark.parametrize(
    ("text", "value", "clean"),
    [
        ("1:1", "1", True),
        ("1.2:1", "1.2", True),
        ("1：1.2", "1.2", True),
        ("1∶1.2", "1.2", True),
        ("不低于1.2:1", "1.2", True),
        ("1.2倍", "1.2", True),
        ("120%", "1.2", True),
        ("等量替代", "1", True),
        ("减量替代（1.2:1）", "1.2", True),
        ("1.21", "1.21", False),
        ("12:1", "12", False),
        ("11", "11", False),
        ("20%", "0.2", False),
    ],
)
def test_ratios_are_read_however_they_are_spelt(text, value, clean):
    read_ratio = ratio(text)
    assert (read_ratio.value, read_ratio.clean) == (Decimal(value), clean)


@pytest.mark.parametrize("text", ["按要求", "1.2:1.5", "1.2:1或1:1", "减量替代"])
def test_what_is_no_one_ratio_leaves_doubt(text):
    field = ratio_field(span_of([word(text, 0.1, 0.1)]), 1)
    assert field.value is None and field.status is Status.UNSURE


def told(read_field, text):
    return read_field(span_of([word(text, 0.1, 0.1)]), 1)


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("新建", "新建", Status.CERTAIN),
        ("新建（迁建）", "新建（迁建）", Status.CERTAIN),
        ("☑新建　□改建　□扩建", "新建", Status.CERTAIN),
        ("□新建　√改建　□扩建", "改建", Status.CERTAIN),
        ("□新建　回改建　□扩建", "改建", Status.UNSURE),
        ("□新建　□改建　□扩建", None, Status.UNSURE),
        ("☑新建　☑改建　□扩建", None, Status.UNSURE),
        ("新建改建扩建", None, Status.UNSURE),
    ],
)
def test_the_kind_of_construction_may_be_a_ticked_box(text, value, status):
    field = told(construction_field, text)
    assert (field.value, field.status) == (value, status)


def test_a_box_that_was_found_twice_with_its_label_is_ticked_once():
    twice = span_of([word("□新建 □改建 ☑扩建", 0.1, 0.1), word("□改建 ☑扩建", 0.145, 0.1)])
    field = construction_field(twice, 1)
    assert (field.value, field.status) == ("扩建", Status.CERTAIN)


def test_codes_and_approvals_of_another_form_are_doubt():
    assert told(project_code_field, "2206-442000-04-05-857235").certain
    assert told(project_code_field, "2206-442000-04-0585735").status is Status.UNSURE
    assert told(approval_field, "黔环审（2024）12号").value == "黔环审〔2024〕12号"
    assert told(approval_field, "黔环审2024)”12号").status is Status.UNSURE


@pytest.mark.parametrize("title", ["重金属污染物排放量供需信息表", "受让方供需信息表", "重金属污染物排放量需求信息表"])
def test_the_buyer_s_form_is_told_from_the_seller_s_by_its_labels(title):
    rows = [["重金属种类", "新增排放量（kg/a）", "需求量（kg/a）"], ["铅", "4.0", "4.0"]]
    grids = [grid(FACTS, top=0.1), grid(rows, top=0.3)]
    made = page([word(title, 0.3, 0.05), *words_of(*grids)], 1, grids)
    assert (recognise(made).type, recognise(made).starts) == ("demand_form", True)


def test_the_seller_s_form_stays_the_seller_s():
    rows = [["重金属种类", "富余排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "4.0", "4.0"]]
    facts = [
        ["单位名称", "甲有限公司", "联系人", "张三"],
        ["统一社会信用代码", "915222009876543210", "减排项目名称", "技改"],
    ]
    grids = [grid(facts, top=0.1), grid(rows, top=0.3)]
    made = page([word("重金属污染物排放量供需信息表", 0.3, 0.05), *words_of(*grids)], 1, grids)
    assert recognise(made).type == "supply_form"
