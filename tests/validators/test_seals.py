"""IMG-002, IMG-003, IMG-004: the company's seal."""

import pytest

from domain.finding import Outcome
from domain.page import SealRole, SealUse
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.transfer_agreement import TransferAgreement
from tests.validators.papers import NAME, Case, page, seal_of, sure, unsure

BUREAU = seal_of("铜仁市生态环境局", SealRole.AUTHORITY, SealUse.OFFICIAL)
STRANGER = "贵州远拓锌业有限公司"
SMEARED = seal_of(None, SealRole.UNKNOWN, SealUse.UNKNOWN)


def under(case: Case, *seals: object, number: int = 5) -> Case:
    """The case with these seals on one page, of the 变更前 permit copy if not told otherwise."""
    pages = {p.number: p for p in case.dossier.pages} | {number: page(number, tuple(seals))}
    return case.with_(pages=tuple(pages[key] for key in sorted(pages)))


@pytest.mark.parametrize("code", ["IMG-002", "IMG-003", "IMG-004"])
def test_each_document_under_the_company_s_seal_passes(clean: Case, buyer: Case, code: str) -> None:
    assert clean.outcomes(code) == {Outcome.PASSED} and len(clean.findings(code)) == 7
    assert buyer.outcomes(code) == {Outcome.PASSED}


def test_img_002_names_the_document_without_seal(clean: Case) -> None:
    finding = under(clean).failed("IMG-002")
    assert finding.subject == "permit_copy/before"
    assert finding.message == "变更前排污许可证副本（第5页）未见红色企业公章"
    assert under(clean).outcomes("IMG-003") == {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def test_img_002_does_not_count_an_authority_s_or_a_bank_s_seal_or_a_grey_copy(clean: Case) -> None:
    finding = under(clean, BUREAU).failed("IMG-002")
    assert finding.message.endswith("只有第5页“铜仁市生态环境局”（行政机关）")
    assert finding.evidence[0].page == 5 and finding.evidence[0].box is not None
    bank = seal_of("西江商业银行", SealRole.BANK, SealUse.SPECIAL)
    assert "银行" in under(clean, bank).failed("IMG-002").message
    assert "复印" in under(clean, seal_of(colour="grey")).failed("IMG-002").message


def test_img_002_does_not_count_a_person_s_seal(clean: Case) -> None:
    person = seal_of(None, SealRole.UNKNOWN, SealUse.UNKNOWN, text="张三印", shape="square", diameter_mm=18.2)
    assert "个人名章" in under(clean, person).failed("IMG-002").message
    assert under(clean, person, seal_of()).outcomes("IMG-002") == {Outcome.PASSED}


def test_img_002_is_content_with_a_seal_on_one_of_the_pages(clean: Case) -> None:
    spread = under(clean, number=8).change(PermitCopy, None, pages=(5, 8))
    assert spread.outcomes("IMG-002") == {Outcome.PASSED}


def test_a_seal_that_nobody_can_read_is_doubt_and_never_the_company_s(clean: Case) -> None:
    smeared = under(clean, SMEARED, BUREAU)
    assert "第5页文字无法辨认的印章" in smeared.doubted("IMG-002").message
    assert smeared.doubted("IMG-003")
    assert Outcome.UNSURE not in smeared.outcomes("IMG-004")


def test_an_illegible_seal_where_an_authority_issues_may_be_the_company_s_as_well(clean: Case) -> None:
    smeared = seal_of(None, SealRole.AUTHORITY, SealUse.UNKNOWN)
    case = under(clean, smeared, number=4)
    assert case.doubted("IMG-002") and case.doubted("IMG-003")
    blurred = seal_of(None, SealRole.AUTHORITY, SealUse.UNKNOWN, text="铜仁市生态环境〓")
    assert under(clean, blurred, number=4).failed("IMG-002")
    assert under(clean, smeared, seal_of(), number=4).outcomes("IMG-002") == {Outcome.PASSED}


def test_img_003_tells_both_names_of_a_strangers_seal(clean: Case) -> None:
    strange = under(clean, seal_of(STRANGER))
    message = strange.failed("IMG-003").message
    assert STRANGER in message and NAME in message
    assert Outcome.FAILED not in strange.outcomes("IMG-002") | strange.outcomes("IMG-004")


def test_a_strangers_seal_beside_the_company_s_own_is_no_fault(clean: Case) -> None:
    assert under(clean, seal_of(), seal_of(STRANGER)).outcomes("IMG-003") == {Outcome.PASSED}


def test_img_003_is_unsure_of_a_company_that_cannot_be_told_and_without_a_name_to_compare(clean: Case) -> None:
    vague = seal_of(None, text="贵州台编锌业有限公司")
    assert under(clean, vague).doubted("IMG-003")
    assert under(clean, vague).outcomes("IMG-002") == {Outcome.PASSED}
    nameless = clean.change(BusinessLicence, None, name=unsure(NAME, 2)).change(SupplyForm, None, name=unsure(NAME))
    assert under(nameless, seal_of(STRANGER)).doubted("IMG-003")


def test_a_seal_with_one_character_misread_is_the_company_s(clean: Case) -> None:
    misread = NAME.replace("锌", "锋")
    assert under(clean, seal_of(misread, confidence=0.95)).outcomes("IMG-003") == {Outcome.PASSED}


def test_a_seal_known_by_another_print_of_its_stamp_passes_and_tells_by_which(clean: Case) -> None:
    again = seal_of().model_copy(update={"text": "州泰电出", "alike_on": 2})
    found = [place for finding in under(clean, again).findings("IMG-003") for place in finding.evidence]
    assert "州泰电出（印文图样与第2页所盖印章一致）" in [place.text for place in found]


@pytest.mark.parametrize(
    "use, word", [(SealUse.CONTRACT, "合同专用章"), (SealUse.FINANCE, "财务专用章"), (SealUse.SPECIAL, "专用章")]
)
def test_img_004_names_the_seal_used_for_the_official_one(clean: Case, use: SealUse, word: str) -> None:
    finding = under(clean, seal_of(use=use)).failed("IMG-004")
    assert f"所盖为{word}" in finding.message and "应当加盖公章" in finding.message
    assert Outcome.FAILED not in under(clean, seal_of(use=use)).outcomes("IMG-002")


def test_img_004_is_content_where_the_official_seal_stands_beside_another(clean: Case) -> None:
    assert under(clean, seal_of(use=SealUse.FINANCE), seal_of()).outcomes("IMG-004") == {Outcome.PASSED}
    assert under(clean, seal_of(use=SealUse.UNKNOWN)).doubted("IMG-004")


def test_a_deal_s_papers_may_bear_the_seal_for_contracts(deal: Case) -> None:
    contracts = deal.with_(pages=tuple(page(n, (seal_of(use=SealUse.CONTRACT),)) for n in (1, 2, 3)))
    found = {f.subject: f.outcome for f in contracts.findings("IMG-004")}
    assert found["contract"] is found["transfer_agreement"] is Outcome.PASSED
    finance = deal.with_(pages=tuple(page(n, (seal_of(use=SealUse.FINANCE),)) for n in (1, 2, 3)))
    assert {f.subject for f in finance.findings("IMG-004") if f.outcome is Outcome.FAILED} == set(found) - {
        "payment_slip"
    }


def test_one_party_s_good_seal_does_not_cover_the_other_s(deal: Case) -> None:
    buyer = deal.dossier.of(TransferAgreement)[0].transferee.name.value
    case = under(deal, seal_of(use=SealUse.FINANCE), seal_of(buyer), number=2)
    assert NAME in case.failed("IMG-004").message
    assert under(deal, seal_of(use=SealUse.UNKNOWN), seal_of(buyer), number=2).doubted("IMG-004")
    beside = under(deal, seal_of(use=SealUse.FINANCE), seal_of(), seal_of(buyer), number=2)
    assert Outcome.FAILED not in beside.outcomes("IMG-004")


def test_whose_seals_a_contract_bears_is_not_for_img_002_and_003(deal: Case) -> None:
    bare = deal.with_(pages=tuple(page(n, ()) for n in (1, 2, 3)))
    failed = {f.subject for f in bare.findings("IMG-002") if f.outcome is Outcome.FAILED}
    assert failed == {"transfer_agreement"}
    assert deal.outcomes("IMG-003") == {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def test_a_deal_may_be_sealed_by_either_party(deal: Case) -> None:
    one = deal.change(TransferAgreement, None, pages=(4,))
    for owner in (NAME, deal.dossier.of(TransferAgreement)[0].transferee.name.value):
        assert Outcome.FAILED not in under(one, seal_of(owner), number=4).outcomes("IMG-003")


def test_a_page_without_colour_shows_no_red_seal_whoever_scanned_it(clean: Case) -> None:
    bare = clean.page(5, seals=(), colour=False)
    assert bare.failed("IMG-002").message.endswith("未见红色企业公章（页面无彩色）")
    for code in ("IMG-003", "IMG-004"):
        assert bare.outcomes(code) == {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def test_the_licence_s_name_counts_like_the_form_s(clean: Case) -> None:
    renamed = clean.change(SupplyForm, None, name=sure("贵州黔东锌业集团有限公司"))
    assert Outcome.FAILED not in renamed.outcomes("IMG-003")


def test_a_stamp_that_each_paper_gives_another_character_is_doubt_and_no_stranger(clean: Case) -> None:
    first, second = (seal_of(NAME.replace("锌", other)) for other in "铝锂")
    once = under(clean, first)
    assert once.failed("IMG-003")
    twice = under(once, second, number=4)
    assert twice.outcomes("IMG-003").isdisjoint({Outcome.FAILED}) and Outcome.UNSURE in twice.outcomes("IMG-003")
