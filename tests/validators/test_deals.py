"""DEA rules: agreement against contract, their arithmetic, and what the ledger knows of both parties."""

from decimal import Decimal
from pathlib import Path

import pytest

from domain.books import Books, Submission
from domain.dossier import Kind
from domain.field import Field
from domain.finding import Outcome
from domain.quantity import Metal, Unit
from extractors.deals import Deal
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from reference import policy as settings
from tests.validators.deals import (
    BOOKS,
    BUYER,
    BUYER_CODE,
    BUYER_SIDE,
    BUYERS,
    LISTED,
    PROJECT,
    SELLER_SIDE,
    SELLERS,
    SUPPLY_PROJECT,
    both,
    item,
    knowing,
    on_the_spot,
    saying,
)
from tests.validators.papers import CODE, NAME, Case, printed, sure, unsure

RULES = tuple(f"DEA-{number:03d}" for number in range(1, 9))
LEDGER = ("DEA-004", "DEA-005", "DEA-006", "DEA-007")


def contract(case: Case, **changes: object) -> Case:
    return case.change(Contract, None, **changes)


def agreement(case: Case, **changes: object) -> Case:
    return case.change(TransferAgreement, None, **changes)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_on_deals_passes_the_clean_deal(deal: Case, code: str) -> None:
    assert deal.outcomes(code) == {Outcome.PASSED}


@pytest.mark.parametrize("code", RULES)
def test_no_rule_on_deals_concerns_sellers_and_buyers_packages(clean: Case, buyer: Case, code: str) -> None:
    assert clean.outcomes(code) == buyer.outcomes(code) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("code", RULES)
def test_without_a_contract_no_rule_on_deals_is_silent(deal: Case, code: str) -> None:
    assert Outcome.UNSURE in deal.without(Contract).outcomes(code) | deal.without(TransferAgreement).outcomes(code) or (
        code in ("DEA-002", "DEA-003")
    )


@pytest.mark.parametrize("code", LEDGER)
def test_without_a_ledger_what_is_not_found_is_doubt(deal: Case, code: str) -> None:
    assert "未连接台账" in on_the_spot(deal).doubted(code).message


def test_dea_001_says_one_sentence_for_each_difference(deal: Case) -> None:
    other = BUYER_SIDE.model_copy(update={"name": sure("铜仁(贵州)集团冶炼有限公司", 2)})
    case = contract(deal, transferee=other, items=(item("43.0", "12500"),), total=sure(Decimal(537500), 2))
    message = case.failed("DEA-001").message
    assert message.count("；") == 3
    assert "协议转让书第1页“受让方名称”为“铜仁（贵州）冶炼有限公司”" in message
    assert "“数量（铅）”为45 kg/a" in message and "“数量（铅）”为43 kg/a" in message
    assert "“单价（铅）”为12000 元/千克" in message and "为12500 元/千克" in message
    assert "“总价”为540000 元" in message and "“总价”为537500 元" in message


def test_dea_001_folds_units_brackets_and_the_order_of_items(deal: Case) -> None:
    tonnes = item(quantity="0.0450", metal=Metal.PB)
    tonnes = tonnes.model_copy(update={"quantity": printed("0.0450", Unit.TONNE)})
    side = BUYER_SIDE.model_copy(update={"name": sure(BUYER.replace("（", "(").replace("）", ")"))})
    assert contract(deal, items=(tonnes,), transferee=side).outcomes("DEA-001") == {Outcome.PASSED}
    cadmium = item("2.0", "100", "200", metal=Metal.CD)
    case = agreement(contract(deal, items=(item(), cadmium)), items=(cadmium, item()))
    assert case.outcomes("DEA-001") == {Outcome.PASSED}


def test_dea_001_names_a_metal_that_only_one_paper_sells(deal: Case) -> None:
    case = contract(deal, items=(item(), item("2.0", "100", "200", metal=Metal.AS)))
    assert "“数量（砷）”为2 kg/a，而协议转让书没有砷" in case.failed("DEA-001").message


def test_dea_001_compares_terms_only_where_both_print_one(deal: Case) -> None:
    assert contract(deal, items=(item(years="5"),)).outcomes("DEA-001") == {Outcome.PASSED}
    case = agreement(contract(deal, items=(item(years="5"),)), items=(item(years="3"),))
    assert "“年限（铅）”为3 年" in case.failed("DEA-001").message


def test_dea_001_is_unsure_of_an_unread_metal_and_of_a_code_on_one_paper(deal: Case) -> None:
    assert contract(deal, items=(item().model_copy(update={"quantity": Field()}),)).doubted("DEA-001")
    vague = item().model_copy(update={"metal": unsure(Metal.PB)})
    assert "“重金属种类”读数不确定" in contract(deal, items=(vague,)).doubted("DEA-001").message
    bare = SELLER_SIDE.model_copy(update={"uscc": Field()})
    assert contract(deal, transferor=bare).doubted("DEA-001")
    assert both(deal, transferor=bare).outcomes("DEA-001") == {Outcome.PASSED}
    assert contract(deal, items=()).doubted("DEA-001")


def test_dea_002_shows_the_product_and_the_printed_total(deal: Case) -> None:
    message = contract(deal, total=sure(Decimal(504000), 2)).failed("DEA-002").message
    assert "交易合同第2页“总价”为504000 元，按数量与单价计算为540000 元（45×12000）" in message


def test_dea_002_takes_a_printed_term_as_a_factor(deal: Case) -> None:
    term = item("45.0", "2400", "540000", "5")
    assert both(deal, items=(term,)).outcomes("DEA-002") == {Outcome.PASSED}
    assert "45×2400×5" in contract(deal, items=(term,), total=sure(Decimal(108000))).failed("DEA-002").message


def test_dea_002_adds_up_several_metals_and_checks_each_amount(deal: Case) -> None:
    two = (item(), item("2.50", "3333.33", "8333.33", metal=Metal.CD))  # 8333.325: rounded to the cent
    right = both(deal, items=two, total=sure(Decimal("548333.33"), raw="548,333.33"))
    assert right.outcomes("DEA-002") == {Outcome.PASSED}
    wrong = (item(amount="54000"),)
    assert "“金额（铅）”为54000 元" in contract(deal, items=wrong).failed("DEA-002").message
    assert "相差10倍" in contract(deal, items=wrong).failed("DEA-002").message


def test_dea_002_finds_a_difference_of_one_yuan(deal: Case) -> None:
    exact = item(quantity="45.0", amount=None)
    off = contract(deal, items=(exact.model_copy(update={"quantity": sure(Decimal(45))}),), total=sure(Decimal(540001)))
    assert "相差1 元" in off.failed("DEA-002").message


def test_dea_002_doubts_a_difference_within_a_rounded_quantity(deal: Case) -> None:
    rounded = contract(deal, items=(item(amount=None),), total=sure(Decimal(540480)))  # 45.04 kg printed as 45.0
    assert "在数量的印出精度之内" in rounded.doubted("DEA-002").message


def test_dea_002_doubts_a_term_that_was_not_found(deal: Case) -> None:
    lost = item("45.0", "2400", "540000").model_copy(update={"years": Field()})
    assert "未读到“年限（铅）”" in contract(deal, items=(lost,)).doubted("DEA-002").message
    plain = item().model_copy(update={"years": Field()})
    assert contract(deal, items=(plain,)).outcomes("DEA-002") == {Outcome.PASSED}


def test_dea_002_is_unsure_of_an_unread_price_or_total(deal: Case) -> None:
    lost = item().model_copy(update={"unit_price": Field()})
    assert contract(deal, items=(lost,)).doubted("DEA-002").subject == "contract"
    assert contract(deal, total=unsure(Decimal(540000))).doubted("DEA-002")
    assert contract(deal, items=()).doubted("DEA-002")


def test_dea_003_shows_words_and_figures_of_either_paper(deal: Case) -> None:
    finding = agreement(deal, total_in_words=sure(Decimal(450000))).failed("DEA-003")
    assert finding.subject == "transfer_agreement"
    assert "“总价（大写）”为450000 元" in finding.message and "“总价”为540000 元" in finding.message
    tenfold = contract(deal, total_in_words=sure(Decimal(5400000))).failed("DEA-003")
    assert "相差10倍" in tenfold.message


def test_dea_003_is_unsure_of_words_that_were_not_read(deal: Case) -> None:
    assert contract(deal, total_in_words=Field()).doubted("DEA-003").subject == "contract"


def test_dea_004_shows_what_is_free_and_what_took_the_rest(deal: Case) -> None:
    taken = SELLERS.model_copy(update={"free": Decimal(5), "transferred": Decimal("41.4")})
    message = knowing(deal, balances=(taken, BUYERS)).failed("DEA-004").message
    assert "“数量（铅）”为45 kg/a，大于台账中铅的可出让余额的5 kg/a" in message
    assert "已核验富余46.4，已预留0，已转让41.4" in message


def test_dea_004_counts_the_last_gram(deal: Case) -> None:
    short = SELLERS.model_copy(update={"free": Decimal("44.999")})
    assert knowing(deal, balances=(short, BUYERS)).failed("DEA-004")


def test_dea_004_adds_up_the_items_of_one_metal(deal: Case) -> None:
    assert (
        contract(deal, items=(item("25.0"), item("21.0")))
        .failed("DEA-004")
        .message.startswith("交易合同各项数量（铅）合计为46 kg/a")
    )


def test_dea_004_fails_a_thousandfold_statement(deal: Case) -> None:
    tonnes = item().model_copy(update={"quantity": printed("45.0", Unit.TONNE)})
    assert "相差1000倍，疑似单位或小数点错误" in contract(deal, items=(tonnes,)).failed("DEA-004").message


def test_dea_004_may_fail_by_what_an_incomplete_ledger_does_tell(deal: Case) -> None:
    some = Books(balances=(SELLERS.model_copy(update={"free": Decimal(1)}),), submissions=LISTED)
    assert knowing(deal, **dict(some)).failed("DEA-004")


def test_dea_004_is_unsure_without_a_code_and_of_an_unknown_seller(deal: Case) -> None:
    nameless = SELLER_SIDE.model_copy(update={"uscc": unsure(CODE)})
    assert contract(deal, transferor=nameless).doubted("DEA-004")
    assert "没有可核对的余额" in knowing(deal, submissions=LISTED[1:], balances=(BUYERS,)).doubted("DEA-004").message


def test_dea_004_takes_the_code_from_the_agreement_where_the_contract_prints_none(deal: Case) -> None:
    bare = SELLER_SIDE.model_copy(update={"uscc": Field()})
    assert contract(deal, transferor=bare).outcomes("DEA-004") == {Outcome.PASSED}


def test_dea_004_counts_a_metal_that_a_listed_seller_never_offered_as_none(deal: Case) -> None:
    case = both(deal, items=(item(metal=Metal.CD),))
    assert "可出让余额的0 kg/a" in case.failed("DEA-004").message


def test_dea_005_wants_the_open_demand_covered(deal: Case) -> None:
    message = contract(deal, items=(item("40.0", amount=None),)).failed("DEA-005").message
    assert "受让方铅的未满足需求为45 kg/a（需求45，已有来源0）" in message and "的40 kg/a" in message
    assert "均未说明是部分受让" in message


def test_dea_005_accepts_what_other_deals_leave_open(deal: Case) -> None:
    rest = BUYERS.model_copy(update={"open": Decimal(40), "pledged": Decimal(5)})
    case = knowing(contract(deal, items=(item("40.0"),)), balances=(SELLERS, rest))
    assert case.outcomes("DEA-005") == {Outcome.PASSED}


@pytest.mark.parametrize(
    "words",
    ["本次转让为部分转让，", "乙方所需重金属排放量分批取得", "仅为其需求量的一部分", "其余部分由其另行受让"],
)
def test_dea_005_accepts_a_part_sale_that_the_papers_show(deal: Case, words: str) -> None:
    case = saying(contract(deal, items=(item("40.0"),)), 2, words)
    assert case.outcomes("DEA-005") == {Outcome.PASSED}
    assert any(words[:2] in e.text or e.text in words for f in case.findings("DEA-005") for e in f.evidence)


@pytest.mark.parametrize(
    "words", ["乙方分两期支付价款", "影响部分或者全部免除责任", "剩余的富余排放量，可由其依规再次出让"]
)
def test_dea_005_does_not_take_other_parts_for_a_part_sale(deal: Case, words: str) -> None:
    assert saying(contract(deal, items=(item("40.0"),)), 2, words).failed("DEA-005")


def test_dea_005_is_unsure_of_an_unlisted_buyer(deal: Case) -> None:
    assert knowing(deal, submissions=LISTED[:1], balances=(SELLERS,)).doubted("DEA-005")


def test_dea_006_names_the_metal_that_is_needed_instead(deal: Case) -> None:
    needs = LISTED[1].model_copy(update={"figures": {Metal.CD: Decimal(45)}})
    case = knowing(deal, submissions=(LISTED[0], needs))
    assert "受让方已核验的需求只有镉，没有铅" in case.failed("DEA-006").message
    assert case.outcomes("DEA-007") == {Outcome.PASSED}


def test_dea_006_leaves_other_metals_to_the_policy(deal: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lenient = tmp_path / "policy.toml"
    text = settings.POLICY.read_text(encoding="utf-8").replace(
        "[same_metal]\nvalue = true", "[same_metal]\nvalue = false"
    )
    lenient.write_text(text, encoding="utf-8")
    monkeypatch.setattr("validators.rules.deals.policy", lambda: settings.policy(lenient))
    needs = LISTED[1].model_copy(update={"figures": {Metal.CD: Decimal(45)}})
    assert knowing(deal, submissions=(LISTED[0], needs)).outcomes("DEA-006") == {Outcome.NOT_APPLICABLE}


def test_dea_006_is_unsure_of_an_incomplete_ledger_and_an_unlisted_buyer(deal: Case) -> None:
    needs = LISTED[1].model_copy(update={"figures": {Metal.CD: Decimal(45)}})
    assert knowing(deal, complete=False, submissions=(LISTED[0], needs)).doubted("DEA-006")
    assert knowing(deal, submissions=LISTED[:1]).doubted("DEA-006")


def test_dea_007_names_the_party_that_nobody_verified(deal: Case) -> None:
    case = knowing(deal, submissions=LISTED[1:])
    assert case.failed("DEA-007").message == f"台账中没有出让方“{NAME}”（{CODE}）已核验的申报"
    nobody = knowing(deal, submissions=())
    assert f"受让方“{BUYER}”（{BUYER_CODE}）" in nobody.failed("DEA-007").message


def test_dea_007_says_that_a_submission_was_withdrawn(deal: Case) -> None:
    gone = LISTED[0].model_copy(update={"withdrawn": True})
    assert "（S-1已撤回）" in knowing(deal, submissions=(gone, LISTED[1])).failed("DEA-007").message


def test_dea_007_never_links_by_name(deal: Case) -> None:
    nameless = SELLER_SIDE.model_copy(update={"uscc": unsure(CODE)})
    assert both(deal, transferor=nameless).doubted("DEA-007")
    renamed = LISTED[0].model_copy(update={"name": "贵州黔东锌业集团有限公司"})
    assert "同一代码" in knowing(deal, submissions=(renamed, LISTED[1])).doubted("DEA-007").message


def _second(project: str | None) -> Submission:
    return LISTED[0].model_copy(update={"case": "S-2", "project": project})


def test_dea_007_tells_several_submissions_apart_by_project_and_else_doubts(deal: Case) -> None:
    two = knowing(deal, submissions=(*LISTED, _second("制酸尾气治理工程")))
    assert two.outcomes("DEA-007") == {Outcome.PASSED}
    alike = knowing(deal, submissions=(*LISTED, _second(SUPPLY_PROJECT)))
    assert "2件已核验的申报均含铅（S-1、S-2）" in alike.doubted("DEA-007").message
    assert contract(two, supply_project=Field()).doubted("DEA-007")


def test_dea_007_tells_several_submissions_apart_by_metal(deal: Case) -> None:
    cadmium = _second("另一工程").model_copy(update={"figures": {Metal.CD: Decimal(5)}})
    assert knowing(deal, submissions=(*LISTED, cadmium)).outcomes("DEA-007") == {Outcome.PASSED}


def test_dea_007_doubts_a_deal_for_another_project(deal: Case) -> None:
    case = contract(deal, demand_project=sure("年产20万吨锌冶炼新建项目"))
    assert f"是“{PROJECT}”" in case.doubted("DEA-007").message
    longer = contract(deal, demand_project=sure(f"{BUYER}{PROJECT}"))
    assert longer.outcomes("DEA-007") == {Outcome.PASSED}


def test_dea_008_names_the_seal_that_is_not_there(deal: Case) -> None:
    one = contract(deal, seals=(sure("transferor"),))
    assert one.failed("DEA-008").message == "交易合同（第2页）未见受让方的印章"
    torn = contract(deal, seals=(), signed_on=Field()).failed("DEA-008").message
    assert "未见出让方、受让方的印章" in torn and "可能缺少签章页" in torn


def test_dea_008_is_unsure_of_a_seal_that_nobody_can_be_told_by_and_of_a_grey_scan(deal: Case) -> None:
    vague = contract(deal, seals=(sure("transferor"), unsure(None)))
    assert "有印章不能确定属于哪一方" in vague.doubted("DEA-008").message
    grey = contract(deal, seals=()).page(2, colour=False)
    assert "看不出印章" in grey.doubted("DEA-008").message


def test_a_deals_papers_are_checked_like_others(deal: Case) -> None:
    assert deal.page(2, colour=False).failed("IMG-001").subject == "contract"
    assert deal.page(3, colour=False).outcomes("IMG-001") == {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    wrong = SELLER_SIDE.model_copy(update={"uscc": sure("91350100M000100Y4Z")})
    assert contract(deal, transferor=wrong).failed("IDN-001").subject == "contract"
    assert deal.outcomes("IDN-002") == deal.outcomes("IDN-003") == {Outcome.NOT_APPLICABLE}
    foreign = item(metal=Metal.PB).model_copy(update={"metal": sure(None, raw="锑")})
    assert "“锑”不属于" in contract(deal, items=(foreign,)).failed("QTY-009").message
    negative = item().model_copy(update={"quantity": printed("-45.0")})
    assert "不应为负" in contract(deal, items=(negative,)).failed("QTY-010").message
    assert deal.without(PaymentSlip).failed("DOC-001").message == "缺少付款凭证"


def test_the_parties_of_a_deal_are_known_by_role_and_not_by_order(deal: Case) -> None:
    assert all(isinstance(paper, Deal) for paper in deal.dossier.documents[:2])
    swapped = knowing(deal, submissions=tuple(
        s.model_copy(update={"kind": Kind.DEMAND if s.kind is Kind.SUPPLY else Kind.SUPPLY}) for s in BOOKS.submissions
    ))  # fmt: skip
    assert swapped.failed("DEA-007")
