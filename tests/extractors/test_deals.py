from datetime import date
from decimal import Decimal

import pytest

from domain.field import Status
from domain.page import Box, Seal
from domain.quantity import Metal
from extractors.deal_items import mass_unit, price_factor
from extractors.deal_terms import years_in
from extractors.documents.contract import read as read_contract
from extractors.documents.transfer_agreement import read as read_agreement
from extractors.gathering import gather
from extractors.recognition import recognise, sight
from tests.extractors.readings import grid, page, word, words_of

SELLER, BUYER = "贵州甲锑业有限公司", "贵州乙铅锌矿业有限公司"
SELLER_CODE, BUYER_CODE = "91522324295933747C", "91520524571848232F"


def lines_of(*texts, top=0.1, x=0.1, step=0.025):
    return [word(text, x, top + number * step) for number, text in enumerate(texts)]


def parties(seller="甲方（出让方）", buyer="乙方（受让方）", turned=False):
    blocks = [
        [f"{seller}：{SELLER}", f"统一社会信用代码：{SELLER_CODE}", "住所：贵州省晴隆县大河镇", "法定代表人：王文斌"],
        [f"{buyer}：{BUYER}", f"统一社会信用代码：{BUYER_CODE}", "地址：贵州省织金县工业园区", "法定代表人：龙志刚"],
    ]
    return [text for block in (reversed(blocks) if turned else blocks) for text in block]


TITLE = ["重金属污染物排放量交易合同", "合同编号：黔重金属合〔2026〕80号"]
TOTAL = "合同总价为人民币伍拾肆万元整（¥540,000.00元）。"


def items(*rows, heads=("重金属种类", "数量（千克/年）", "单价（元/千克）", "金额（元）"), top=0.5):
    return grid([list(heads), *map(list, rows)], top=top)


PB = ("铅", "45.0", "12,000.00", "540,000.00")


def first_page(*clauses, seller="甲方（出让方）", buyer="乙方（受让方）", turned=False, table=None, title=TITLE):
    texts = [*title, *parties(seller, buyer, turned), *clauses]
    grids = [table] if table else []
    return page([*lines_of(*texts), *words_of(*grids)], 1, grids)


def last_page(*more, seals=(), number=2, beside=True):
    """Signature blocks side by side, or the seller's above the buyer's."""
    where = [(0.1, 0.5), (0.55, 0.5)] if beside else [(0.1, 0.4), (0.1, 0.62)]
    words = []
    for (x, y), party, name in zip(where, ("出让方", "受让方"), (SELLER, BUYER), strict=True):
        words += lines_of(
            f"{party}（盖章）：{name}", "法定代表人（签字）：", "签订日期：2026年4月21日", top=y, x=x, step=0.04
        )
    words += lines_of(*more, top=0.1)
    made = page(words, number)
    return made.model_copy(update={"reading": made.reading.model_copy(update={"seals": tuple(seals)})})


def seal(x, y, shape="round", width=0.19, height=0.135, text="", **more):
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return Seal(box=box, colour="red", shape=shape, text=text, **more)


def contract(*pages):
    return read_contract(pages)


# ---- who is who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seller", "buyer"),
    [
        ("甲方（出让方）", "乙方（受让方）"),
        ("乙方（出让方）", "甲方（受让方）"),
        ("转让方（以下简称“乙方”）", "受让方（以下简称“甲方”）"),
        ("出让方", "受让方"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_parties_are_told_by_what_they_are_called_never_by_their_order(seller, buyer, turned):
    read = contract(first_page(TOTAL, seller=seller, buyer=buyer, turned=turned))
    assert (read.transferor.name.value, read.transferee.name.value) == (SELLER, BUYER)
    assert (read.transferor.uscc.value, read.transferee.uscc.value) == (SELLER_CODE, BUYER_CODE)
    assert (read.transferor.representative.value, read.transferee.address.value) == ("王文斌", "贵州省织金县工业园区")


def test_parties_called_by_letters_alone_are_told_by_what_the_clauses_make_them_do():
    clause = "甲方自愿将其富余的排放量转让给乙方，乙方同意受让。乙方应向甲方支付价款。"
    read = contract(first_page(clause, seller="甲方", buyer="乙方"))
    assert (read.transferor.name.value, read.transferee.name.value) == (SELLER, BUYER)
    turned = contract(first_page("乙方自愿将其富余的排放量转让给甲方，甲方同意受让。", seller="乙方", buyer="甲方"))
    assert (turned.transferor.name.value, turned.transferee.name.value) == (SELLER, BUYER)


def test_letters_that_nothing_explains_give_no_parties():
    read = contract(first_page("双方共同遵守。", seller="甲方", buyer="乙方"))
    assert read.transferor.name.value is None and read.transferee.name.value is None


def test_parties_stand_in_tables_too():
    rows = [
        ["受让方", "名称", BUYER],
        ["^", "统一社会信用代码", BUYER_CODE],
        ["转让方", "名称", SELLER],
        ["^", "统一社会信用代码", SELLER_CODE],
        ["^", "账户名称", SELLER],
        ["^", "银行账号", "2272207713278725514"],
    ]
    ruled = grid(rows, top=0.2, widths=[1, 2, 4])
    read = contract(page([*lines_of(*TITLE), *words_of(ruled)], 1, [ruled]))
    assert (read.transferor.name.value, read.transferee.uscc.value) == (SELLER, BUYER_CODE)
    assert (read.transferor.account.value, read.transferee.account.value) == ("2272207713278725514", None)


def test_parties_stand_in_columns_of_a_table_too():
    rows = [["", "受让方（甲方）", "出让方（乙方）"], ["名称", BUYER, SELLER], ["法定代表人", "龙志刚", "王文斌"]]
    ruled = grid(rows, top=0.2)
    read = contract(page([*lines_of(*TITLE), *words_of(ruled)], 1, [ruled]))
    assert (read.transferor.name.value, read.transferee.representative.value) == (SELLER, "龙志刚")


def test_parties_are_read_out_of_sentences_that_run_over_the_line():
    words = lines_of(
        f"出让方（以下简称“甲方”）：{SELLER}，统一社会信用代码：{SELLER_CODE}，住所地：贵州省晴",
        "隆县大河镇大寨村，开户名称：贵州甲锑业有限公司，账号：4034024159138022296，",
        "法定代表人：王文斌。",
        f"受让方（以下简称“乙方”）：{BUYER}，统一社会信用代码：{BUYER_CODE}，地址：贵州省织金县",
        "工业园区150号。",
        top=0.2,
    )
    read = contract(page([*lines_of(*TITLE), *words], 1))
    assert (read.transferor.address.value, read.transferor.representative.value) == (
        "贵州省晴隆县大河镇大寨村",
        "王文斌",
    )
    assert read.transferor.account.value == "4034024159138022296"
    assert (read.transferee.name.value, read.transferee.address.value) == (BUYER, "贵州省织金县工业园区150号")


# ---- items and money -------------------------------------------------------------------------------------------


def test_items_stand_in_a_table_with_their_prices():
    hg = ("汞", "0.5", "20,000.00", "10,000.00")
    total = "总价款为人民币550,000.00元（大写：伍拾伍万元整）。"
    read = contract(first_page(total, table=items(PB, hg, ("合计", "", "", "550,000.00"))))
    assert [(i.metal.value, i.quantity.value, i.unit_price.value, i.amount.value) for i in read.items] == [
        (Metal.PB, Decimal("45.0"), Decimal("12000"), Decimal("540000")),
        (Metal.HG, Decimal("0.5"), Decimal("20000"), Decimal("10000")),
    ]
    assert (read.total.value, read.total_in_words.value) == (Decimal("550000"), Decimal("550000"))
    assert all(item.years.value is None and item.years.certain for item in read.items)


@pytest.mark.parametrize(
    ("clause", "quantity", "price"),
    [
        (
            "出让方将铅排放量45.0千克/年转让给受让方，单价为每千克人民币12,000.00元，计人民币540,000.00元。",
            "45",
            "12000",
        ),
        ("（1）种类：铅；数量：45.0公斤；单价：12,000.00元/公斤；金额：540,000.00元。", "45", "12000"),
        ("转让铅的排放量0.045吨/年，单价1200万元/吨，金额540,000元。", "45", "12000"),
        ("转让铅排放量45kg，价格为12,000元/kg，合计540,000元。", "45", "12000"),
    ],
)
def test_items_stand_in_the_text_of_a_clause(clause, quantity, price):
    (item,) = contract(first_page(clause, TOTAL)).items
    assert (item.metal.value, item.quantity.value, item.unit_price.value) == (
        Metal.PB,
        Decimal(quantity),
        Decimal(price),
    )
    assert item.quantity.certain and item.unit_price.certain


def test_several_metals_in_one_sentence_keep_their_own_prices():
    clause = "出让方将铅排放量44.10kg转让给受让方，单价为每kg人民币7,900.00元；并将汞排放量0.10kg转让给受让方，单价为每kg人民币27,100.00元。"
    read = contract(first_page(clause, TOTAL))
    assert [(i.metal.value, i.unit_price.value) for i in read.items] == [
        (Metal.PB, Decimal("7900")),
        (Metal.HG, Decimal("27100")),
    ]


@pytest.mark.parametrize(
    ("clause", "years"),
    [
        ("单价：12,000.00元/千克·年；年限：3年；", "3"),
        ("单价为每千克·年人民币12,000.00元，转让年限为5年", "5"),
        ("单价12,000元/千克，交易期限五年", "5"),
        ("单价12,000元/千克，使用年限为叁（3）年", "3"),
    ],
)
def test_a_term_of_years_is_read_where_it_is_printed(clause, years):
    (item,) = contract(first_page(f"（1）种类：铅；数量：45.0千克；{clause}。", TOTAL)).items
    assert item.years.value == Decimal(years) and item.unit_price.value == Decimal("12000")


@pytest.mark.parametrize(
    ("clause", "years"),
    [
        ("交易指标使用期限为2026年5月1日起5年。", "5"),
        ("交易指标使用期限自2026年5月1日起共计十五年。", "15"),
        ("转让期限为十五年。", "15"),
        ("使用期限二十（20）年，自2026年起。", "20"),
        ("排污权有效期为5年。", "5"),
        ("交易年限：20年", "20"),
    ],
)
def test_a_term_is_never_taken_out_of_a_date(clause, years):
    (item,) = contract(first_page(clause, TOTAL, table=items(PB))).items
    assert (item.years.value, item.years.certain) == (Decimal(years), True)


@pytest.mark.parametrize(
    "clause",
    [
        "使用年限：2026年至2031年。",
        "使用期限自2026年5月1日至2031年4月30日。",
        "转让期限为5年6个月。",
        "转让期限为永久。",
        "转让年限为5年，指标使用期限为10年。",
    ],
)
def test_a_term_that_cannot_be_told_is_never_a_certain_none(clause):
    (item,) = contract(first_page(clause, TOTAL, table=items(PB))).items
    assert item.years.status is Status.UNSURE and item.years.raw


@pytest.mark.parametrize(
    "clause", ["本合同有效期为5年。", "本协议的有效期限为3年。", "排污许可证有效期限为5年。", "转让年限：/"]
)
def test_the_validity_of_a_paper_is_no_term_of_the_sale(clause):
    (item,) = contract(first_page(clause, TOTAL, table=items(PB))).items
    assert item.years.value is None and item.years.certain


def test_what_a_seller_holds_is_not_what_it_sells():
    clause = "出让方经核定的富余铅排放量100千克/年，现将其中铅排放量45千克/年转让给受让方，单价为每千克12,000元。"
    (item,) = contract(first_page(clause, TOTAL)).items
    assert item.quantity.value == Decimal("45")
    both = contract(first_page("出让方富余铅排放量100千克/年。", "转让铅排放量45千克/年。")).items
    assert all(item.quantity.status is Status.UNSURE for item in both)


def test_the_sum_of_the_table_is_the_total_where_no_sentence_gives_it():
    read = contract(first_page(table=items(PB, ("合计", "45.0", "", "540,000.00"))))
    assert read.total.value == Decimal("540000") and len(read.items) == 1


@pytest.mark.parametrize(
    "quantity",
    ["4.5万千克", "45.0-54.0千克", "45.0千克（54.0）", "45.0千克/月", "45.0kg/h", "45.0kg/d", "45.0千克每日"],
)
def test_a_quantity_with_more_than_a_yearly_unit_behind_it_is_never_certain(quantity):
    heads = ("重金属种类", "数量", "单价（元/千克）", "金额（元）")
    table = items(("铅", quantity, "12,000.00", "540,000.00"), heads=heads)
    (item,) = contract(first_page(TOTAL, table=table)).items
    assert item.quantity.status is Status.UNSURE


@pytest.mark.parametrize("unit", ["千克", "kg/a", "公斤/年", "千克（以铅计）", "（千克/年）"])
def test_a_quantity_with_its_unit_and_no_more_is_certain(unit):
    heads = ("重金属种类", "数量", "单价（元/千克）", "金额（元）")
    table = items(("铅", f"45.0{unit}", "12,000.00", "540,000.00"), heads=heads)
    (item,) = contract(first_page(TOTAL, table=table)).items
    assert (item.quantity.value, item.quantity.certain) == (Decimal("45.0"), True)


@pytest.mark.parametrize("head", ["数量（万千克/年）", "数量（千克/月）", "数量（百千克）", "月均数量（千克）"])
def test_a_heading_with_an_unknown_unit_leaves_its_quantities_in_doubt(head):
    heads = ("重金属种类", head, "单价（元/千克）", "金额（元）")
    read = contract(first_page("单位：千克、元", TOTAL, table=items(PB, heads=heads)))
    assert read.items[0].quantity.status is Status.UNSURE


def test_a_caption_with_an_unknown_unit_leaves_the_quantities_in_doubt():
    heads = ("重金属种类", "数量", "单价（元/千克）", "金额（元）")
    read = contract(first_page("单位：万t/a", TOTAL, table=items(PB, heads=heads)))
    assert read.items[0].quantity.status is Status.UNSURE


def test_a_monthly_quantity_in_a_clause_is_never_certain():
    (item,) = contract(first_page("将铅排放量45.0千克/月转让给受让方，单价为每千克12,000元。", TOTAL)).items
    assert item.quantity.status is Status.UNSURE


def test_other_periods_are_no_term():
    (item,) = contract(
        first_page("转让铅排放量45千克，单价12,000元/千克。付款期限为5个工作日，公示期限20日。", TOTAL)
    ).items
    assert item.years.value is None and item.years.certain


def test_a_damaged_metal_name_stays_as_doubt():
    read = contract(first_page(TOTAL, table=items(("隔", "45.0", "12,000.00", "540,000.00"))))
    assert len(read.items) == 1 and read.items[0].metal.status is Status.UNSURE
    told = contract(first_page("将其富余的络排放量45.0千克转让给受让方，单价为每千克12,000元。", TOTAL))
    assert len(told.items) == 1 and told.items[0].metal.status is Status.UNSURE


@pytest.mark.parametrize("row", [("", "5.0", "12,000.00", "60,000.00"), ("", "5.0", "", ""), ("", "", "", "60,000.00")])
def test_a_row_whose_metal_is_not_read_is_an_item_in_doubt(row):
    read = contract(first_page(TOTAL, table=items(PB, row)))
    assert [(i.metal.value, i.metal.status) for i in read.items[1:]] == [(None, Status.UNSURE)]


def test_a_price_in_ten_thousands_under_a_heading_in_yuan_is_never_taken_as_it_stands():
    bare = contract(first_page(TOTAL, table=items(("铅", "45.0", "1.2万元", "")))).items[0].unit_price
    assert bare.value == Decimal("12000")
    wrong = contract(first_page(TOTAL, table=items(("铅", "44.0", "1.2万元", "540,000.00")))).items[0].unit_price
    assert (wrong.value, wrong.status) == (Decimal("12000"), Status.UNSURE)


def test_totals_of_one_paper_that_differ_are_never_certain():
    summed = contract(first_page(TOTAL, table=items(PB, ("合计", "45.0", "", "450,000.00")))).total
    assert summed.status is Status.UNSURE and "450,000.00" in summed.raw and "540,000.00" in summed.raw
    second = "合同总价为人民币肆拾伍万元整（¥450,000.00元）。"
    twice = contract(first_page(TOTAL, second, table=items(PB))).total
    assert twice.status is Status.UNSURE and "450,000.00" in twice.raw


def test_two_sound_codes_of_one_party_are_never_certain():
    other = f"出让方：{SELLER}，统一社会信用代码：{BUYER_CODE}。"
    code = contract(first_page(other, TOTAL, table=items(PB))).transferor.uscc
    assert code.status is Status.UNSURE and SELLER_CODE in code.raw and BUYER_CODE in code.raw


def test_a_metal_that_may_not_be_traded_is_listed():
    (item,) = contract(first_page(TOTAL, table=items(("锑", "45.0", "12,000.00", "540,000.00")))).items
    assert item.metal.value is None and item.metal.certain


def doubtful(table, text):
    """The table with one cell's characters doubtful."""
    cells = tuple(
        cell.model_copy(update={"words": tuple(w.model_copy(update={"confidence": 0.4}) for w in cell.words)})
        if cell.text == text
        else cell
        for cell in table.cells
    )
    return table.model_copy(update={"cells": cells})


def test_a_doubtful_quantity_is_settled_by_the_arithmetic_of_the_paper():
    read = contract(first_page(TOTAL, table=doubtful(items(PB), "45.0")))
    assert read.items[0].quantity.certain and read.items[0].quantity.value == Decimal("45.0")
    wrong = contract(first_page(TOTAL, table=doubtful(items(("铅", "46.0", *PB[2:])), "46.0")))
    assert wrong.items[0].quantity.status is Status.UNSURE


def test_arithmetic_never_changes_what_was_read_for_sure():
    read = contract(first_page(TOTAL, table=items(("铅", "40.0", "12,000.00", "540,000.00"))))
    assert read.items[0].quantity.value == Decimal("40.0") and read.items[0].quantity.certain
    assert read.total.value == Decimal("540000") and read.total.certain


def test_a_product_says_nothing_where_both_units_are_lacking():
    bare = ("重金属种类", "数量", "单价", "金额（元）")
    (item,) = contract(first_page(TOTAL, table=items(PB, heads=bare))).items
    assert item.quantity.status is Status.UNSURE and item.unit_price.status is Status.UNSURE


@pytest.mark.parametrize(
    ("clause", "figures", "words"),
    [
        ("本合同总价款为人民币伍拾肆万元整（¥540,000.00元）。", "540000", "540000"),
        ("转让总价为伍拾肆萬圓整（￥540,000.00）。", "540000", "540000"),
        ("成交总金额：54万元（大写：人民币伍拾肆万元整）。", "540000", "540000"),
        ("合同总价（小写）：¥540,000.00元，（大写）：人民币伍拾肆万元整。", "540000", "540000"),
        ("合同总金额为540,000.00元，大写金额人民币叁拾肆万元整，该价款为含税价。", "540000", "340000"),
    ],
)
def test_the_total_is_read_in_figures_and_in_words_apart(clause, figures, words):
    read = contract(first_page(clause))
    assert (read.total.value, read.total_in_words.value) == (Decimal(figures), Decimal(words))
    assert read.total.certain and read.total_in_words.certain


def test_instalments_and_deposits_are_no_total():
    read = contract(
        first_page(
            "合同总价为人民币伍拾肆万元整（¥540,000.00元）。",
            "受让方分二期支付价款：第一期支付人民币270,000.00元（大写：贰拾柒万元整）。",
            "违约方应按合同总价的10%支付违约金人民币伍万肆仟元整。",
        )
    )
    assert (read.total.value, read.total_in_words.value) == (Decimal("540000"), Decimal("540000"))


def test_words_that_are_cut_off_are_settled_only_by_the_same_figures():
    read = contract(first_page("合同总价为人民币伍拾肆万元（¥540,000.00元）。"))
    assert read.total_in_words.certain
    differing = contract(first_page("合同总价为人民币伍拾肆万元（¥540,000.50元）。"))
    assert differing.total_in_words.status is Status.UNSURE and differing.total.value == Decimal("540000.50")


# ---- number, projects, days ------------------------------------------------------------------------------------


def test_the_number_is_the_paper_s_own_and_not_one_that_it_names():
    clause = "双方于2026年3月1日签订了《协议转让书》（编号：XY20260301），现订立本合同。"
    assert contract(first_page(clause)).number.value == "黔重金属合〔2026〕80号"


@pytest.mark.parametrize(("unsure_of", "certain"), [("〔", True), ("]", True), ("4", False)])
def test_which_brackets_a_number_s_year_was_read_in_makes_no_difference(unsure_of, certain):
    text = "合同编号：黔重金属合〔2026]40号"
    sure = tuple(0.5 if char == unsure_of else 1.0 for char in text)
    first = first_page(TOTAL, title=TITLE[:1])
    number = word(text, 0.6, 0.09, 0.97, confidences=sure)
    reading = first.reading.model_copy(update={"words": (number, *first.words)})
    read = contract(first.model_copy(update={"reading": reading})).number
    assert (read.value, read.certain) == ("黔重金属合〔2026〕40号", certain)


def test_projects_are_quoted_in_the_recitals():
    clause = "甲方因实施“选矿废水深度处理回用改造工程”产生富余排放量；乙方因建设“年产5000吨精锑扩建项目”需要受让。"
    read = contract(first_page(clause))
    assert read.supply_project.value == "选矿废水深度处理回用改造工程"
    assert read.demand_project.value == "年产5000吨精锑扩建项目"


@pytest.mark.parametrize(
    ("clause", "first", "last"),
    [
        (
            "协议转让书于2026年3月2日至2026年3月22日在平台公示20日，公示期间无异议。",
            date(2026, 3, 2),
            date(2026, 3, 22),
        ),
        ("经平台公示（2026.3.2至2026.3.22），公示期满无异议。", date(2026, 3, 2), date(2026, 3, 22)),
        ("协议转让书已于2026-03-02起在平台公示20日，公示期间未收到异议。", date(2026, 3, 2), None),
        ("双方于2026年2月27日签订了《协议转让书》，经公示无异议，现订立本合同。", None, None),
        ("双方于2026年2月27日签订协议，该协议于2026年3月2日至2026年3月22日公示。", date(2026, 3, 2), date(2026, 3, 22)),
    ],
)
def test_the_days_of_notice_are_those_of_the_sentence_that_speaks_of_it(clause, first, last):
    read = contract(first_page(clause))
    assert (read.notice_from.value, read.notice_to.value) == (first, last)


@pytest.mark.parametrize(
    "day", ["2026年4月21日", "二〇二六年四月二十一日", "二 〇 二 六 年 四 月 二 十 一 日", "2026.4.21"]
)
def test_the_day_of_signing_stands_in_the_signature_blocks(day):
    words = [w for w in last_page().words if "签订日期" not in w.text] + [word(day, 0.6, 0.65)]
    read = contract(first_page("公示期自2026年3月1日至2026年3月21日。"), page(words, 2))
    assert read.signed_on.value == date(2026, 4, 21)


def test_two_equal_days_settle_a_doubt_and_two_different_ones_leave_one():
    blurred = [w.model_copy(update={"confidence": 0.4}) if "签订日期" in w.text else w for w in last_page().words]
    assert contract(first_page(), page(blurred, 2)).signed_on.certain
    changed = [w for w in last_page().words if not ("签订日期" in w.text and w.box.x0 > 0.5)]
    read = contract(first_page(), page([*changed, word("签订日期：2026年4月22日", 0.55, 0.58)], 2))
    assert read.signed_on.status is Status.UNSURE


def test_a_contract_without_its_last_page_has_no_day_and_no_seals():
    stray = first_page("双方于2026年3月1日签订协议，公示期自2026年3月2日至2026年3月22日。", TOTAL)
    stray = stray.model_copy(update={"reading": stray.reading.model_copy(update={"seals": (seal(0.5, 0.5),)})})
    read = contract(stray)
    assert read.signed_on.value is None and read.seals == ()


# ---- seals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [True, False])
def test_each_seal_belongs_to_the_party_in_whose_block_it_stands(beside):
    places = [(0.25, 0.53), (0.7, 0.53)] if beside else [(0.25, 0.43), (0.25, 0.66)]
    said = seal(*places[0], text=SELLER)
    read = contract(first_page(), last_page(beside=beside, seals=[seal(*places[1]), said]))
    assert sorted(s.value for s in read.seals) == ["transferee", "transferor"] and all(s.certain for s in read.seals)
    one = contract(first_page(), last_page(beside=beside, seals=[seal(*places[1])]))
    assert [s.value for s in one.seals] == ["transferee"]


def test_two_seals_of_one_party_are_one_entry():
    read = contract(first_page(), last_page(seals=[seal(0.2, 0.51), seal(0.3, 0.55)]))
    assert [s.value for s in read.seals] == ["transferor"]


def test_a_seal_between_the_blocks_leaves_doubt():
    read = contract(first_page(), last_page(beside=False, seals=[seal(0.3, 0.55)]))
    assert all(s.status is Status.UNSURE for s in read.seals)


def test_two_seals_whose_ink_touches_are_told_apart():
    joined = seal(0.25, 0.55, "partial", height=0.29)
    read = contract(first_page(), last_page(beside=False, seals=[joined]))
    assert sorted(s.value for s in read.seals) == ["transferee", "transferor"]
    said = seal(0.25, 0.55, "partial", height=0.29, text=f"福泉川洲电镀科技有限责任公司 / {BUYER}")
    read = contract(first_page(), last_page(beside=False, seals=[said]))
    assert sorted(s.value for s in read.seals) == ["other", "transferee"]


def test_a_seal_that_names_the_other_party_is_the_other_partys_wherever_it_stands():
    mine, theirs = seal(0.25, 0.53, text=BUYER), seal(0.7, 0.53, text=BUYER)
    read = contract(first_page(), last_page(seals=[mine, theirs]))
    assert [(s.value, s.certain) for s in read.seals] == [("transferee", True)]
    between = contract(first_page(), last_page(beside=False, seals=[seal(0.3, 0.55, text=f"{SELLER} 合同专用章")]))
    assert [(s.value, s.certain) for s in between.seals] == [("transferor", True)]


def test_a_seal_that_is_only_like_a_name_counts_only_where_that_party_signs():
    like = "贵州乙铅锌矿业有限公可"
    there = contract(first_page(), last_page(seals=[seal(0.7, 0.53, text=like, confidence=0.95)]))
    assert [(s.value, s.certain) for s in there.seals] == [("transferee", True)]
    elsewhere = contract(first_page(), last_page(seals=[seal(0.25, 0.53, text=like)]))
    assert [(s.value, s.certain) for s in elsewhere.seals] == [("transferee", False)]


def test_the_seal_of_a_branch_is_not_surely_its_companys():
    read = contract(first_page(), last_page(seals=[seal(0.7, 0.53, text=f"{BUYER}遵义分公司")]))
    assert [(s.value, s.certain) for s in read.seals] == [("transferee", False)]


def test_a_strangers_seal_is_no_partys():
    stranger = seal(0.7, 0.53, text="福泉川洲电镀科技有限责任公司")
    read = contract(first_page(), last_page(seals=[seal(0.25, 0.53, text=SELLER), stranger]))
    assert {s.value: s.certain for s in read.seals} == {"transferor": True, "other": True}
    assert read.seals[1].raw == "福泉川洲电镀科技有限责任公司"


def test_a_seal_that_reads_like_neither_name_and_unlike_neither_leaves_doubt():
    near = seal(0.7, 0.53, text="贵州丙川金属矿业有限公司", confidence=0.8)
    read = contract(first_page(), last_page(seals=[seal(0.25, 0.53, text=SELLER), near]))
    doubt = next(s for s in read.seals if not s.certain)
    assert doubt.value == "transferee" and "与双方名称都不相符" in doubt.why


def signed_with(*seals, **more):
    """Whose seals stand on a contract that the seller sealed legibly, and these on the buyer's block."""
    own = seal(0.25, 0.53, text=SELLER, confidence=0.99)
    there = [seal(0.7, 0.53, **told) for told in seals] or [seal(0.7, 0.53, **more)]
    return {s.value: s.certain for s in contract(first_page(), last_page(seals=[own, *there])).seals}


@pytest.mark.parametrize("text", ["", "有限", "〓 合同专用章"])
def test_a_seal_of_which_too_little_is_legible_belongs_to_its_place_where_the_other_partys_is_read(text):
    assert signed_with(text=text, diameter_mm=41.0) == {"transferor": True, "transferee": True}
    alone = contract(first_page(), last_page(seals=[seal(0.7, 0.53, text=text)]))
    assert [(s.value, s.certain) for s in alone.seals] == [("transferee", False)]


@pytest.mark.parametrize(
    "told",
    [
        {"shape": "square"},
        {"shape": "oval", "diameter_mm": 44.0},
        {"diameter_mm": 30.0},
        {"text": "有限公司", "confidence": 0.99},
        {"text": "贵州丙铅锌矿业有限公司", "confidence": 0.99},
        {"text": "福泉川洲电镀科技有限公司", "confidence": 0.84},
    ],
)
def test_a_seal_of_no_company_s_form_or_that_says_something_else_is_not_surely_its_place_s(told):
    assert signed_with(**told) == {"transferor": True, "transferee": False}


def test_a_blurred_seal_that_agrees_with_the_name_where_its_party_signs_is_that_partys():
    assert signed_with(text="贝州乙锚锌矿亚有限公百", confidence=0.82) == {"transferor": True, "transferee": True}


@pytest.mark.parametrize("text", ["张三印", "之张印三", ""])
def test_a_person_s_square_seal_signs_for_nobody(text):
    assert signed_with(text=text, shape="square", diameter_mm=20.0, confidence=0.99) == {"transferor": True}


@pytest.mark.parametrize(
    "text",
    ["铜仁市生态环境局", "中国工商银行股份有限公司铜仁支行", "贵州乙铅锌矿业集团有限公司", "贵州丁戊锌矿业有限公司"],
)
def test_the_seal_of_an_authority_a_bank_or_a_relative_is_no_partys(text):
    assert signed_with(text=text, confidence=0.99) == {"transferor": True, "other": True}
    assert "transferee" not in signed_with(text=text, confidence=0.99)


def test_a_seal_over_the_sheets_edges_and_seals_on_other_pages_sign_nothing():
    edge = Seal(box=Box(0.97, 0.4, 1.0, 0.55), colour="red", shape="partial")
    read = contract(first_page(), last_page(seals=[edge]))
    assert read.seals == ()


# ---- which page belongs to which -------------------------------------------------------------------------------


def test_agreement_and_contract_are_told_by_their_titles_and_inner_pages_by_what_they_call_themselves():
    agreement = first_page("根据本协议办理。", title=["重金属污染物排放量协议转让书"])
    assert recognise(agreement).type == "transfer_agreement" and recognise(first_page()).type == "contract"
    inner = page(lines_of("第五条 违约责任", "甲方违反本协议的，应当赔偿乙方。", "本协议一式四份。"), 2)
    assert recognise(inner).type == "transfer_agreement" and not recognise(inner).starts


def test_a_signature_page_that_names_neither_paper_joins_the_one_before_it():
    made = first_page("根据本协议办理。", title=["重金属污染物排放量协议转让书"])
    agreement = made.model_copy(update={"page": made.page.model_copy(update={"number": 1})})
    other = first_page("订立本合同。")
    other = other.model_copy(update={"page": other.page.model_copy(update={"number": 3})})
    pages = [agreement, last_page(number=2), other, last_page(number=4)]
    gathered = gather([s for p in pages for s in sight(p)])
    assert [(g.type, [p.number for p in g.pages]) for g in gathered] == [
        ("transfer_agreement", [1, 2]),
        ("contract", [3, 4]),
    ]


@pytest.mark.parametrize("title", ["关于重金属排放量协议转让书的公示", "关于某项目环境影响报告书的批复", "材料清单"])
def test_notices_approvals_and_covers_stay_other(title):
    texts = [title, f"出让方：{SELLER}", f"受让方：{BUYER}", "附件：1.协议转让书 2.交易合同 3.付款凭证"]
    assert recognise(page(lines_of(*texts))).type == "other"


def test_a_title_over_two_lines_begins_a_paper():
    large = [
        w.model_copy(update={"box": w.box._replace(y1=w.box.y0 + 0.025)})
        for w in lines_of("贵州省重金属污染物排放量交易协议转", "让书", top=0.1, step=0.05)
    ]
    rest = lines_of("编号：XY20260626130", f"甲方（出让方）：{SELLER}", f"乙方（受让方）：{BUYER}", top=0.4)
    assert recognise(page([*large, *rest])).type == "transfer_agreement"


def test_the_agreement_is_read_like_the_contract():
    read = read_agreement([first_page(TOTAL, table=items(PB), title=["协议转让书", "协议编号：XY-094"])])
    assert (read.number.value, read.total.value, read.items[0].metal.value) == ("XY-094", Decimal("540000"), Metal.PB)


# ---- units -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("元/千克", "1"),
        ("元/kg", "1"),
        ("元/公斤·年", "1"),
        ("万元/吨", "10"),
        ("元/吨", "0.001"),
        ("元/年*吨", "0.001"),
        ("每千克12,000元", "1"),
        ("单价（元）", None),
    ],
)
def test_prices_are_turned_into_yuan_a_kilogram_only_where_their_unit_is_told(text, factor):
    assert price_factor(text) == (Decimal(factor) if factor else None)


def test_a_deal_s_quantity_may_leave_out_the_year_but_a_price_is_none():
    assert [mass_unit(t).unit.kilograms for t in ("千克", "公斤", "kg/a", "吨", "吨/年")] == [1, 1, 1, 1000, 1000]
    assert mass_unit("元/千克") is None and mass_unit("数量") is None


def test_years_are_read_in_figures_and_in_characters():
    assert [years_in(t)[0] for t in ("5", "5年", "五年", "伍（5）年")] == [5, 5, 5, 5]
    assert years_in("伍（3）年") is None and years_in("长期") is None


def test_the_end_of_an_account_s_number_is_no_number_before_the_next_party():
    seller = f"甲方（出让方）：{SELLER}，统一社会信用代码：{SELLER_CODE}，账号：6492174479266261。"
    buyer = f"乙方（受让方）：{BUYER}，统一社会信用代码：{BUYER_CODE}，法定代表人：李玉兰。"
    read = contract(page(lines_of(*TITLE, seller + buyer, TOTAL)))
    assert (read.transferor.uscc.value, read.transferee.uscc.value) == (SELLER_CODE, BUYER_CODE)
    assert read.transferee.name.value == BUYER and read.transferor.account.value == "6492174479266261"


def test_a_stamp_of_the_office_beside_the_signatures_has_no_day_of_signing():
    read = contract(first_page(TOTAL), last_page(), page([], 3))
    stamped = last_page()
    stamped = page([*stamped.words, word("已审核2026.09.24", 0.06, 0.83)], 2)
    assert contract(first_page(TOTAL), stamped).signed_on == read.signed_on
    unlabelled = page([*last_page().words, word("2026.09.24", 0.06, 0.83)], 2)
    assert contract(first_page(TOTAL), unlabelled).signed_on.value == date(2026, 4, 21)


def test_a_doubtful_day_of_signing_is_settled_by_the_paper_s_own_number_that_holds_it():
    def signed(number):
        words = lines_of(f"出让方（盖章）：{SELLER}", "法定代表人（签字）：", top=0.4)
        words += lines_of(f"受让方（盖章）：{BUYER}", "法定代表人（签字）：", top=0.55)
        words.append(word("签订日期：2026年7月27日", 0.5, 0.7, confidence=0.3))
        return contract(
            first_page(TOTAL, title=["重金属污染物排放量交易合同", f"编号：{number}"]), page(words, 2)
        ).signed_on

    assert signed("HT20260727085").certain and not signed("HT20260726085").certain


# ---- figures that lost their point -----------------------------------------------------------------------------


def told_item(quantity, amount="261,000", price="29,000", confidence=0.99):
    table = items(("铅", quantity, price, amount), heads=("种类", "数量", "单价（元/千克）", "金额（元）"))
    total = f"合同总价为人民币{amount}元。"
    return contract(first_page(total, table=table)).items[0]


def test_a_quantity_that_lost_its_point_gets_it_back_where_only_there_price_and_amount_come_out():
    for read in ("0009000吨/年", "009000吨/年"):
        item = told_item(read)
        assert item.quantity.value == Decimal("9") and item.quantity.certain
        assert item.quantity.printed.number.startswith("0.")


def test_a_figure_that_begins_with_0_and_whose_point_nothing_tells_has_no_value():
    item = told_item("009000吨/年", amount="262,000")
    assert item.quantity.value is None and not item.quantity.certain


def test_a_quantity_without_a_leading_0_is_never_given_a_point():
    item = told_item("9000千克/年")
    assert item.quantity.value == Decimal("9000")


def test_an_amount_that_is_only_the_beginning_of_its_item_s_product_was_cut_off():
    assert told_item("9.000千克/年", amount="261").amount.status is Status.UNSURE
    assert told_item("9.000千克/年", amount="262,000").amount.certain  # a paper that reckons wrongly says so


def test_a_clause_whose_colon_was_lost_still_tells_what_is_sold():
    clause = "（1）种类：铅；数量核02180吨/年；单价：17680.00元/千克·年；年限：5年；金额：1,927,120.00元。"
    item = contract(first_page(clause, "合同总价为人民币1,927,120.00元。")).items[0]
    assert (item.metal.value, item.quantity.value, item.years.value) == (Metal.PB, Decimal("21.8"), Decimal("5"))


def test_signature_blocks_whose_brackets_were_lost_still_give_the_day_of_signing():
    words = [*lines_of(f"出让甲方）盖章：{SELLER}", "日期：2026.8.6", top=0.5, step=0.1)]
    words += lines_of(f"受让方（乙方盖章：{BUYER}", "日期：2026.8.6", top=0.5, x=0.55, step=0.1)
    assert contract(first_page(TOTAL), page(words, 2)).signed_on.value == date(2026, 8, 6)
