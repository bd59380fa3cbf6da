"""DEA-004 to DEA-008: what the ledger knows of both parties, and how a deal finds them in it."""

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
from reference import policy as settings
from tests.validators.deals import (
    BOOKS,
    BUYER,
    BUYER_CODE,
    BUYERS,
    LISTED,
    PROJECT,
    SELLER_SIDE,
    SELLERS,
    SUPPLY_PROJECT,
    both,
    item,
    knowing,
    saying,
)
from tests.validators.papers import CODE, NAME, Case, printed, sure, unsure


def contract(case: Case, **changes: object) -> Case:
    return case.change(Contract, None, **changes)


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


def test_dea_005_counts_exactly_what_the_contract_prints(deal: Case) -> None:
    coarse = item(amount=None).model_copy(update={"quantity": printed("0.04", Unit.TONNE)})
    assert "相差5 kg/a" in contract(deal, items=(coarse,)).failed("DEA-005").message


def test_dea_005_accepts_what_other_deals_leave_open(deal: Case) -> None:
    rest = BUYERS.model_copy(update={"open": Decimal(40), "pledged": Decimal(5)})
    case = knowing(contract(deal, items=(item("40.0"),)), balances=(SELLERS, rest))
    assert case.outcomes("DEA-005") == {Outcome.PASSED}


@pytest.mark.parametrize(
    "words",
    [
        "本次转让为部分转让，",
        "乙方所需重金属排放量分批取得",
        "仅为其需求量的一部分",
        "乙方所需排放量的其余部分由其另行受让",
        "本次转让为部分转让，乙方自行取得其余指标。三、价款由乙方支付",
    ],
)
def test_dea_005_accepts_a_part_sale_that_the_papers_show(deal: Case, words: str) -> None:
    case = saying(contract(deal, items=(item("40.0"),)), 2, words)
    assert case.outcomes("DEA-005") == {Outcome.PASSED}
    assert any(words[:2] in e.text or e.text in words for f in case.findings("DEA-005") for e in f.evidence)


@pytest.mark.parametrize(
    "words",
    [
        "乙方分两期支付价款",
        "影响部分或者全部免除责任",
        "剩余的富余排放量，可由其依规再次出让",
        "任何一方不得将本合同项下的权利义务全部或部分转让给第三方。",
        "任何一方不得将本次转让的排放量部分转让给第三方。",
        "首期支付50%，剩余部分另行支付。",
        "不足部分由乙方另行承担",
        "税费由各自承担，其余部分双方另行协商",
    ],
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


def test_dea_008_does_not_count_a_strangers_seal_and_says_what_it_says(deal: Case) -> None:
    stranger = sure("other", raw="福泉川洲电镀科技有限公司")
    foreign = contract(deal, seals=(sure("transferor"), stranger))
    assert foreign.failed("DEA-008").message == (
        "交易合同（第2页）未见受让方的印章，另有不属于双方的印章“福泉川洲电镀科技有限公司”"
    )
    witness = contract(deal, seals=(sure("transferor"), sure("transferee"), stranger))
    assert witness.outcomes("DEA-008") == {Outcome.PASSED}


def test_the_parties_of_a_deal_are_known_by_role_and_not_by_order(deal: Case) -> None:
    assert all(isinstance(paper, Deal) for paper in deal.dossier.documents[:2])
    swapped = knowing(deal, submissions=tuple(
        s.model_copy(update={"kind": Kind.DEMAND if s.kind is Kind.SUPPLY else Kind.SUPPLY}) for s in BOOKS.submissions
    ))  # fmt: skip
    assert swapped.failed("DEA-007")
