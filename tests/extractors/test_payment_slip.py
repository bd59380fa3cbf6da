from datetime import date
from decimal import Decimal

import pytest

from domain.field import Status
from extractors.documents.payment_slip import read
from extractors.recognition import sight
from tests.extractors.readings import grid, page, word, words_of

PAYER, PAYEE = "贵州甲锑业有限公司", "贵州乙铅锌矿业有限公司"


def rows_of(*rows, top=0.1, step=0.03):
    """Words by lines: each row is a list of (text, x) or one text at the left margin."""
    made = []
    for number, row in enumerate(rows):
        for text, x in [(row, 0.1)] if isinstance(row, str) else row:
            made.append(word(text, x, top + number * step))
    return made


def columns(**changed):
    """An electronic slip: payer left, payee right, each with account and bank."""
    values = {
        "title": "云岭银行电子回单",
        "serial": "交易流水号：20260817498958409910",
        "day": "记账日期：2026年08月17日",
        "figure": "金额（小写）：¥540,000.00",
        "words": "金额（大写）：人民币伍拾肆万元整",
        "use": "用途：重金属污染物排放量转让款",
        "printed": "打印日期：2026年08月19日",
    } | changed
    return rows_of(
        values["title"],
        [(values["serial"], 0.1), (values["day"], 0.55)],
        [("付款方账号：", 0.1), ("6889675069914977282", 0.25), ("收款方账号：", 0.55), ("46919969755824698", 0.68)],
        [("付款方户名：", 0.1), (PAYER, 0.25), ("收款方户名：", 0.55), (PAYEE, 0.68)],
        [("付款方开户行：", 0.1), ("清水江农村商业银行", 0.25), ("收款方开户行：", 0.55), ("赤水河银行", 0.68)],
        [(values["figure"], 0.1), (values["words"], 0.55)],
        [("摘要：往来款", 0.1), (values["use"], 0.55)],
        values["printed"],
    )


def slip(words, grids=()):
    return read([page(words, 1, grids)])


def table(payer="付款人", payee="收款人", figure="CNY 540,000.00", words="伍拾肆万元整"):
    return grid(
        [
            [payer, "全称", PAYER, payee, "全称", PAYEE],
            ["^", "账号", "2283867113563372182", "^", "账号", "4034024159138022296"],
            ["^", "开户行", "南明银行", "^", "开户行", "赤水河银行"],
            ["大写金额", None, words, None, "小写金额", figure],
            ["摘要", None, "转账", None, "用途", "排放量转让款"],
        ],
        widths=[1, 1, 5, 1, 1, 5],
    )


def test_a_slip_in_columns_is_read_with_its_ends_its_amounts_and_its_day_of_booking():
    read = slip(columns())
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert (read.payer_account.value, read.payee_account.value) == ("6889675069914977282", "46919969755824698")
    assert (read.amount.value, read.amount_in_words.value) == (Decimal("540000"), Decimal("540000"))
    assert (read.paid_on.value, read.serial.value) == (date(2026, 8, 17), "20260817498958409910")
    assert (read.bank.value, read.purpose.value) == ("云岭银行", "重金属污染物排放量转让款")
    assert (read.kind.value, read.reprint.value) == ("payment", False)


def test_names_are_found_where_the_text_of_two_columns_runs_together():
    words = rows_of(
        "云岭银行电子回单",
        [("付款人户名：", 0.05), (f"{PAYER}收款人户名：", 0.16), (PAYEE, 0.5)],
        [("付款人账号：", 0.05), ("2283867113563372182收款人账号：", 0.16), ("4034024159138022296", 0.5)],
    )
    read = slip(words)
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert (read.payer_account.value, read.payee_account.value) == ("2283867113563372182", "4034024159138022296")


def test_a_name_over_two_lines_centred_on_its_label_keeps_clear_of_the_bank_below():
    words = [
        word("付款方户名：", 0.1, 0.200),
        word("贵州省清镇澄屹锌业有限责", 0.25, 0.193),
        word("任公司", 0.25, 0.207),
        word("付款方开户行：", 0.1, 0.232),
        word("清水江农村信用合作联社", 0.25, 0.225),
        word("凯里支行", 0.25, 0.239),
    ]
    assert slip(words).payer_name.value == "贵州省清镇澄屹锌业有限责任公司"


def test_a_second_line_that_stands_level_with_its_label_is_no_third_one():
    words = [
        word("全称", 0.138, 0.5654, height=0.0217),
        word("贵州省万山川达金属表面工程股份", 0.2065, 0.5597, height=0.0167),
        word("有限公司", 0.205, 0.5743, height=0.0196),
        word("全称", 0.545, 0.5654, height=0.0217),
        word("贵州禾辉化工有限公司", 0.614, 0.5679, height=0.0167),
    ]
    assert slip(words).payer_name.value == "贵州省万山川达金属表面工程股份有限公司"


def test_ends_one_below_the_other_are_told_by_their_labels():
    words = rows_of(
        "苗岭银行业务回单",
        f"收款人户名：{PAYEE}",
        "收款人账号：4826915277594855020",
        f"付款人户名：{PAYER}",
        "付款人账号：3545924559552019",
    )
    read = slip(words)
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert (read.payer_account.value, read.payee_account.value) == ("3545924559552019", "4826915277594855020")


@pytest.mark.parametrize(("payer", "payee"), [("付款人", "收款人"), ("件", "收务"), ("付款单位", "收款单位")])
def test_upright_headings_of_a_table_tell_the_ends_even_when_one_of_them_is_damaged(payer, payee):
    ruled = table(payer, payee)
    read = slip([word("南明银行客户专用回单", 0.4, 0.08), *words_of(ruled)], [ruled])
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert read.payer_name.certain and read.payee_account.value == "4034024159138022296"
    assert (read.amount.value, read.amount_in_words.value) == (Decimal("540000"), Decimal("540000"))


def test_a_form_whose_labels_were_not_read_gives_its_ends_in_doubt_and_its_amount_where_figures_and_words_agree():
    words = rows_of(
        "南明银行单位客户专用回单",
        [
            ("币别：人民币（CNY）", 0.07),
            ("记账日期：2026年07月12日", 0.25),
            ("交易流水号：5233303260712041957807", 0.6),
        ],
        [(PAYER, 0.2), (PAYEE, 0.61)],
        [("5299524081551345", 0.2), ("5604838202627558", 0.61)],
        [("人民币伍拾肆万元正", 0.2), ("CNY 540,000.00", 0.61)],
    )
    read = slip(words)
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert read.payer_name.status is Status.UNSURE and read.kind.status is Status.UNSURE
    assert read.amount.certain and read.amount_in_words.certain


def test_where_nothing_tells_the_ends_apart_the_left_one_pays_but_in_doubt():
    words = rows_of("云岭银行回单", [("全称", 0.1), (PAYER, 0.2), ("全称", 0.55), (PAYEE, 0.65)])
    read = slip(words)
    assert (read.payer_name.value, read.payee_name.value) == (PAYER, PAYEE)
    assert read.payer_name.status is Status.UNSURE and read.payee_name.status is Status.UNSURE


def test_a_day_of_printing_is_never_the_day_of_payment():
    words = [w for w in columns() if "记账日期" not in w.text]
    assert slip(words).paid_on.value is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("交易时间：2026-04-21 10:41:26", date(2026, 4, 21)),
        ("交易日期：20260421", date(2026, 4, 21)),
        ("入账日期：2026.4.21", date(2026, 4, 21)),
        ("时间戳：2026-04-21-16.21.53.567512", date(2026, 4, 21)),
        ("交易日期：贰零贰陆年零肆月贰拾壹日", date(2026, 4, 21)),
    ],
)
def test_days_are_read_however_the_bank_writes_them(text, day):
    assert slip(columns(day=text)).paid_on.value == day


def test_amounts_that_differ_both_stay_as_they_are_printed():
    read = slip(columns(words="金额（大写）：人民币伍拾肆万零玖佰元整"))
    assert (read.amount.value, read.amount_in_words.value) == (Decimal("540000"), Decimal("540900"))
    assert read.amount.certain and read.amount_in_words.certain


def test_a_figure_without_cents_is_in_doubt_until_the_words_say_the_same():
    doubted = slip(columns(figure="金额（小写）：54000000", words="金额（大写）：人民币伍拾肆万元整"))
    assert doubted.amount.status is Status.UNSURE and doubted.amount_in_words.value == Decimal("540000")
    settled = slip(columns(figure="金额（小写）：540000"))
    assert settled.amount.certain and settled.amount.value == Decimal("540000")


def test_a_torn_off_amount_is_missing():
    words = [w for w in columns() if "金额" not in w.text]
    read = slip(words)
    assert read.amount.value is None and read.amount_in_words.value is None
    assert not read.amount.certain and not read.amount_in_words.certain


def test_a_currency_that_is_read_wrong_does_no_harm():
    assert slip(columns(figure="金额（小写）：CNT540,000.00")).amount.value == Decimal("540000")


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"title": "云岭银行退汇通知"}, "refund"),
        ({"use": "用途：冲正"}, "refund"),
        ({"use": "用途：手续费"}, "fee"),
        ({"title": "云岭银行业务委托书"}, "application"),
        ({"title": "汇款申请书"}, "application"),
        ({}, "payment"),
    ],
)
def test_the_kind_is_told_by_the_title_or_by_what_the_slip_is_for(changed, kind):
    assert slip(columns(**changed)).kind.value == kind


@pytest.mark.parametrize(
    "changed",
    [
        {"printed": "交易状态：交易失败"},
        {"printed": "备注：该笔交易已退汇"},
        {"printed": "备注：已冲正"},
        {"printed": "该笔交易已撤销"},
        {"title": "云岭银行客户回单（作废）"},
        {"use": "用途：排放量转让款及服务费"},
        {"use": "用途：转让款退款"},
    ],
)
def test_a_slip_that_may_not_have_paid_the_deal_is_never_a_certain_kind(changed):
    assert slip(columns(**changed)).kind.status is Status.UNSURE


@pytest.mark.parametrize(
    "changed",
    [
        {"use": "用途：排放量转让款（不含手续费）"},
        {"use": "用途：转让款，逾期不退款"},
        {"printed": "如交易失败请与银行联系，涂改作废"},
    ],
)
def test_a_fee_or_refund_that_is_denied_leaves_a_certain_payment(changed):
    kind = slip(columns(**changed)).kind
    assert (kind.value, kind.certain) == ("payment", True)


def test_a_page_without_any_word_gives_a_slip_without_any_value():
    read = slip([])
    assert read.kind.value is None and not read.kind.certain and not read.reprint.certain


def test_an_amount_in_ten_thousands_is_counted_in_yuan():
    assert slip(columns(figure="金额（小写）：54.00万元")).amount.value == Decimal("540000")


def test_a_label_for_a_fee_does_not_make_a_fee():
    assert slip([*columns(), word("手续费：0.00", 0.1, 0.4)]).kind.value == "payment"


def test_a_reprint_says_so():
    assert slip(columns(printed="打印日期：2026年08月19日 第1次补打")).reprint.value is True


def test_a_number_that_cannot_be_read_is_not_replaced_by_another():
    words = [*columns(serial="交易流水号：百"), word("电子回单号码：2436-6735-4006-8689", 0.1, 0.4)]
    assert slip(words).serial.value is None


def test_a_slip_is_known_and_a_contract_that_speaks_of_accounts_is_none():
    assert [s.type for s in sight(page(columns()))] == ["payment_slip"]
    clause = rows_of(
        "三、价款支付",
        "3.2 转让方收款账户：户名：某公司；开户银行：某银行；账号：2272207713278725514。",
        "3.3 双方应当将本合同盖章版及付款凭证报所在地生态环境主管部门报备。付款人为受让方，金额、用途如下。",
    )
    assert all(s.type != "payment_slip" for s in sight(page(clause)))


def test_two_slips_on_one_page_are_two_papers_and_never_mix_their_figures():
    lower = [w.model_copy(update={"box": w.box._replace(y0=w.box.y0 + 0.45, y1=w.box.y1 + 0.45)}) for w in columns()]
    changed = {
        "金额（小写）：¥540,000.00": "金额（小写）：¥99.50",
        "金额（大写）：人民币伍拾肆万元整": "金额（大写）：玖拾玖元伍角整",
    }
    lower = [w.model_copy(update={"text": changed.get(w.text, w.text)}) for w in lower]
    foot = word("记账网点：02038", 0.1, 0.42)  # belongs to the upper slip, below an empty place for a seal
    parts = sight(page([*columns(), foot, *lower]))
    assert all(("02038" in "".join(w.text for w in part.page.words)) == (n == 0) for n, part in enumerate(parts))
    read_parts = [read([part.page]) for part in parts]
    assert [one.amount.value for one in read_parts] == [Decimal("540000"), Decimal("99.5")]
    assert all(one.amount.value == one.amount_in_words.value for one in read_parts)


def test_a_second_slip_whose_title_was_not_read_begins_at_its_bank_s_name():
    below = [w.model_copy(update={"box": w.box._replace(y0=w.box.y0 + 0.45, y1=w.box.y1 + 0.45)}) for w in columns()]
    named = [word("赤水河银行", 0.1, below[0].box.y0), *below[1:]]
    assert [len(sight(page([*columns(), *lower]))) for lower in (named, below[1:])] == [2, 1]


def test_an_amount_in_words_over_two_lines_around_its_label_is_one_though_the_colon_was_read_as_a_stroke():
    made = [
        word("云岭银行电子回单", 0.1, 0.1),
        word("金额（小写）：CNY147,383.00元", 0.105, 0.27),
        word("金额（大写）_", 0.519, 0.27),
        word("人民币壹拾肆万柒仟叁佰捌拾叁", 0.652, 0.261),
        word("元整", 0.652, 0.277),
    ]
    tall = [w.model_copy(update={"box": w.box._replace(y1=w.box.y0 + 0.016)}) for w in made]
    read = slip(tall)
    assert read.amount_in_words.value == Decimal("147383") and read.amount_in_words.certain


def test_a_label_and_its_value_in_one_cell_whose_border_was_not_seen_are_told_apart():
    made = grid([["付款人", "户名", PAYER, "收款人", "", None]], widths=[1, 1, 5, 1, 1, 5])
    last = next(cell for cell in made.cells if cell.col == 4)
    inner = tuple(
        word(text, x, y)
        for text, x, y in (
            ("户名", last.box.x0 + 0.005, 0.2),
            (PAYEE, last.box.x0 + 0.08, 0.2),
            ("账号", last.box.x0 + 0.005, 0.213),
            ("40340241591380", last.box.x0 + 0.08, 0.213),
        )
    )
    cells = tuple(c.model_copy(update={"words": inner, "inked": True}) if c is last else c for c in made.cells)
    made = made.model_copy(update={"cells": cells})
    read_slip = slip([word("云岭银行电子回单", 0.1, 0.1), *words_of(made)], [made])
    assert (read_slip.payer_name.value, read_slip.payee_name.value) == (PAYER, PAYEE)
    assert read_slip.payee_account.value == "40340241591380"


@pytest.mark.parametrize(("confidence", "certain"), [(0.62, False), (0.97, True)])
def test_a_figure_read_faintly_does_not_stand_against_its_words(confidence, certain):
    """A reviewer's tick through the last 0 made both readers see a 9."""
    read = slip(
        [
            w.model_copy(update={"confidence": confidence}) if "¥" in w.text else w
            for w in columns(figure="金额（小写）：¥540,000.90")
        ]
    )
    assert read.amount.value == Decimal("540000.90") and read.amount_in_words.certain
    assert read.amount.certain is certain


# ---- the bank's number under a seal ----------------------------------------------------------------------------


def form(label, number="65688829", issue="电子回单号码：2411-4492-9894-7760"):
    """A slip with a number of its own above and the row of 交易流水号 and 时间戳 below."""
    stamp = [("时间戳", 0.54), ("2026-08-16-15.58.01.509352", 0.64)]
    return rows_of(issue, [*([(label, 0.1)] if label else []), (number, 0.23), *stamp])


@pytest.mark.parametrize("label", ["交易流水号", "交易雀水号", "易流水号", "交易流", "交易流水", "5h", None])
def test_the_number_left_of_the_time_stamp_is_the_bank_s_whatever_a_seal_left_of_its_label(label):
    serial = slip(form(label)).serial
    assert (serial.value, serial.certain) == ("65688829", True)


def test_a_number_behind_another_label_left_of_the_time_stamp_is_none_of_the_payment():
    serial = slip(form("验证码")).serial
    assert serial.value == "2411-4492-9894-7760" and serial.status is Status.UNSURE


def test_where_no_number_stands_beside_the_time_stamp_the_slip_s_own_stays_in_doubt():
    serial = slip(form(None, number="合同款")).serial
    assert serial.value == "2411-4492-9894-7760" and serial.why == "仅读到回单号码，未读到流水号"


@pytest.mark.parametrize(
    ("colour", "status"), [("交易流水号65688829", Status.CERTAIN), ("交易流水号165688829", Status.UNSURE)]
)
def test_a_stroke_read_before_the_number_is_its_label_s_only_if_the_colour_picture_has_the_label_there(colour, status):
    sealed = word("畢65688829", 0.23, 0.13, under_seal=True, colour_text=colour)
    words = [
        word("电子回单", 0.1, 0.1),
        sealed,
        word("时间戳", 0.54, 0.13),
        word("2026-08-16-15.58.01.509352", 0.64, 0.13),
    ]
    serial = slip([*words, word("交易流水", 0.1, 0.13)]).serial
    assert (serial.value, serial.status) == ("65688829", status)


def test_low_strokes_read_beside_the_number_are_no_part_of_it():
    stroke = word("A", 0.25, 0.139)
    stroke = stroke.model_copy(update={"box": stroke.box._replace(y0=0.132, y1=0.136), "confidence": 0.35})
    made = grid([["交易流水号", "44859307", "时间戳", "2026-08-10"]], top=0.12)
    cells = tuple(c.model_copy(update={"words": (*c.words, stroke)}) if c.col == 1 else c for c in made.cells)
    made = made.model_copy(update={"cells": cells})
    assert slip(words_of(made), [made]).serial.value == "44859307"


def test_a_holder_of_an_account_without_a_beginning_is_in_doubt():
    assert slip(columns_with(payer="冶有限公司")).payer_name.status is Status.UNSURE


def columns_with(payer):
    return [word(payer, 0.25, w.box.y0) if w.text == PAYER else w for w in columns()]


# ---- forms with boxes, and labels that were not read -----------------------------------------------------------


def boxes(digits, words="伍拾肆万元整"):
    """A form whose amount stands digit by digit under 百十万千百十元角分, the last digits at the right end."""
    places = [(place, 0.5 + 0.04 * n) for n, place in enumerate("百十万千百十元角分")]
    first = len(places) - len(digits)
    filled = [(digit, 0.5 + 0.04 * (first + n)) for n, digit in enumerate(digits)]
    return rows_of("云岭银行业务委托书", [("金额", 0.1), (words, 0.2), *places], filled, step=0.025)


def test_an_amount_digit_by_digit_in_boxes_is_one_and_the_amount_in_words_settles_it():
    read_slip = slip(boxes("54000000"))
    assert (read_slip.amount.value, read_slip.amount_in_words.value) == (Decimal("540000"), Decimal("540000"))
    assert read_slip.amount.certain


def test_boxes_of_which_one_was_not_read_give_no_amount():
    short = [w for w in boxes("54000000") if not (w.text == "0" and w.box.x0 > 0.81)]
    gap = [w for w in boxes("54000000") if not (w.text == "4" and w.box.y0 > 0.14)]
    assert slip(short).amount.value is None and slip(gap).amount.value is None


def test_a_number_with_other_print_behind_it_in_one_word_may_go_on_under_that():
    serial = slip(columns(serial="交易流水号：40673时间戳")).serial
    assert (serial.value, serial.status) == ("40673", Status.UNSURE)


def test_the_end_whose_label_was_not_read_is_the_other_company_beside_it_in_doubt():
    words = [w for w in columns() if w.text not in ("付款方户名：", "付款方账号：")]
    read_slip = slip(words)
    assert read_slip.payer_name.value == PAYER and not read_slip.payer_name.certain
    assert read_slip.payee_name.value == PAYEE and read_slip.payee_name.certain


def test_strokes_and_digits_behind_a_name_and_an_amount_in_words_are_no_part_of_them():
    words = [word(f"{PAYEE}—62449479612", 0.68, w.box.y0) if w.text == PAYEE else w for w in columns()]
    read_slip = slip([w for w in words if "大写" not in w.text] + [word("金额（大写）：伍拾肆万元整—", 0.55, 0.25)])
    assert read_slip.payee_name.value == PAYEE and read_slip.amount_in_words.value == Decimal("540000")


@pytest.mark.parametrize(("gap", "whole"), [(0.001, True), (0.02, False)])
def test_a_name_and_an_account_that_a_fold_cuts_in_two_cells_run_on(gap, whole):
    halves = [("贵州甲锑业有限", "公司"), ("688967506991497", "7282")]
    rows = [
        ["付款人", "全称", *halves[0], "收款人", "全称", PAYEE],
        ["^", "账号", *halves[1], "^", "账号", "46919969755824698"],
    ]
    made = grid(rows, widths=[2, 2, 4, 2, 2, 2, 6])

    def moved(cell):
        at = next((n for n, half in enumerate(halves) if cell.text == half[1]), None)
        if at is None:
            return cell
        first = next(c.words[0] for c in made.cells if c.text == halves[at][0])
        (second,) = cell.words
        shift = first.box.x1 + gap - second.box.x0
        box = second.box._replace(x0=second.box.x0 + shift, x1=second.box.x1 + shift)
        return cell.model_copy(update={"words": (second.model_copy(update={"box": box}),)})

    made = made.model_copy(update={"cells": tuple(map(moved, made.cells))})
    paper = slip([word("云岭银行电子回单", 0.3, 0.05), *words_of(made)], [made])
    assert (paper.payer_name.value == PAYER and paper.payer_name.certain) is whole
    assert (paper.payer_account.value == "6889675069914977282") is whole
