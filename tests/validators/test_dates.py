"""TIM rules: the public notice, the order of a deal, nothing in the future or before the company existed."""

from datetime import date

import pytest

from domain.books import Notice
from domain.document import Version
from domain.field import Field
from domain.finding import Outcome
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.documents.transfer_agreement import TransferAgreement
from tests.validators.deals import BUYER_CODE, OPENED, SIGNED, TODAY, knowing, on_the_spot
from tests.validators.papers import CODE, Case, sure, unsure


def signed(case: Case, day: date) -> Case:
    return case.change(Contract, None, signed_on=sure(day, 2))


def noticed(case: Case, day: date, number: str | None = "XY-1", failed: str | None = None) -> Case:
    entry = Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=day, number=number, failed=failed)
    return knowing(case, notices=(entry,))


def agreed(case: Case, day: date) -> Case:
    return case.change(TransferAgreement, None, signed_on=sure(day))


# Domain 7.3: uploaded on 2024-01-19, calendar days end 2024-02-08, twenty weekdays 2024-02-16.
@pytest.mark.parametrize(
    ("opened", "contract", "outcome"),
    [
        (date(2024, 1, 19), date(2024, 2, 8), Outcome.FAILED),
        (date(2024, 1, 19), date(2024, 2, 9), Outcome.UNSURE),
        (date(2024, 1, 22), date(2024, 2, 10), Outcome.FAILED),
        (date(2024, 1, 22), date(2024, 2, 12), Outcome.UNSURE),
        (date(2024, 1, 19), date(2024, 3, 15), Outcome.PASSED),
    ],
)
def test_tim_001_fails_before_either_reading_and_doubts_in_between(
    deal: Case, opened: date, contract: date, outcome: Outcome
) -> None:
    case = noticed(signed(agreed(deal, date(2024, 1, 5)), contract), opened)
    assert case.outcomes("TIM-001") == {outcome}


def test_tim_001_says_both_days_and_the_end(deal: Case) -> None:
    case = noticed(signed(agreed(deal, date(2024, 1, 5)), date(2024, 2, 10)), date(2024, 1, 22))
    message = case.failed("TIM-001").message
    assert "“签订日期”为2024-02-10" in message and "公示起始日为2024-01-22" in message and "2024-02-11期满" in message


def test_tim_001_knows_an_agreement_by_its_number_however_its_brackets_are_read(deal: Case) -> None:
    read = deal.change(TransferAgreement, None, number=sure("黔重金属协〔2026]3号"))
    assert noticed(read, OPENED, number="黔重金属协〔2026〕3号").outcomes("TIM-001") == {Outcome.PASSED}
    assert noticed(read, OPENED, number="黔重金属协〔2026〕13号").doubted("TIM-001")


def test_tim_001_fails_after_an_objection(deal: Case) -> None:
    assert "该公示未通过（有异议）" in noticed(deal, OPENED, failed="有异议").failed("TIM-001").message


def test_tim_001_counts_a_later_notice_after_one_that_failed(deal: Case) -> None:
    first, second = (
        Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=date(2024, 7, 5), number="XY-1", failed="有异议"),
        Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=OPENED, number="XY-1"),
    )
    assert knowing(deal, notices=(first, second)).outcomes("TIM-001") == {Outcome.PASSED}


def test_tim_001_reads_the_notice_from_the_contract_where_the_ledger_has_none(deal: Case) -> None:
    silent = knowing(deal, notices=())
    stated = silent.change(Contract, None, notice_from=sure(date(2024, 8, 25), 2))
    assert "“公示起始日”为2024-08-25" in stated.failed("TIM-001").message
    assert silent.change(Contract, None, notice_from=sure(OPENED, 2)).outcomes("TIM-001") == {Outcome.PASSED}
    assert on_the_spot(stated).failed("TIM-001")
    assert silent.change(Contract, None, notice_from=unsure(OPENED, 2)).doubted("TIM-001")


def test_tim_001_without_any_notice_fails_only_what_no_notice_could_mend(deal: Case) -> None:
    silent = knowing(deal, notices=())
    assert "没有查到公示起始日" in silent.doubted("TIM-001").message
    soon = signed(silent, date(2024, 8, 21))
    assert "即使当日公示，公示期也要到2024-08-21才满" in soon.failed("TIM-001").message


def test_tim_001_takes_only_the_notice_of_these_parties_and_this_agreement(deal: Case) -> None:
    assert noticed(deal, date(2024, 9, 1), number="XY-9").doubted("TIM-001")
    assert noticed(deal, date(2024, 9, 1), number=None).failed("TIM-001")
    stranger = Notice(transferor=BUYER_CODE, transferee=CODE, opened_on=OPENED)
    assert knowing(deal, notices=(stranger,)).doubted("TIM-001")


def test_tim_001_is_unsure_of_several_notices_and_of_an_unread_day(deal: Case) -> None:
    two = tuple(Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=day) for day in (OPENED, date(2024, 8, 20)))
    numberless = deal.change(TransferAgreement, None, number=Field())
    assert "多次公示" in knowing(numberless, notices=two).doubted("TIM-001").message
    assert deal.change(Contract, None, signed_on=Field()).doubted("TIM-001")


def entry(day: date, failed: str | None = None, number: str | None = None) -> Notice:
    return Notice(transferor=CODE, transferee=BUYER_CODE, opened_on=day, number=number, failed=failed)


def test_tim_001_leaves_the_notice_of_an_earlier_deal_alone(deal: Case) -> None:
    old = knowing(deal, notices=(entry(date(2022, 3, 1), failed="有异议"),))
    stated = old.change(Contract, None, notice_from=sure(OPENED, 2))
    assert stated.outcomes("TIM-001") == {Outcome.PASSED}
    assert "没有查到公示起始日" in old.doubted("TIM-001").message
    both = knowing(deal, notices=(entry(date(2024, 3, 1)), entry(OPENED)))
    assert both.outcomes("TIM-001") == both.outcomes("TIM-002") == {Outcome.PASSED}


def test_tim_001_leaves_the_notice_of_a_later_deal_alone(deal: Case) -> None:
    both = knowing(deal, notices=(entry(OPENED), entry(date(2024, 9, 15))))
    assert both.outcomes("TIM-001") == both.outcomes("TIM-002") == {Outcome.PASSED}
    assert knowing(deal, notices=(entry(date(2024, 9, 15)),)).failed("TIM-001")


def test_tim_001_finds_a_stated_notice_that_is_too_short(deal: Case) -> None:
    def stated(last: date) -> Case:
        return deal.change(Contract, None, notice_from=sure(OPENED, 2), notice_to=sure(last, 2))

    assert stated(date(2024, 8, 25)).outcomes("TIM-001") == {Outcome.PASSED}
    assert "如计入首日则为20日" in stated(date(2024, 8, 24)).doubted("TIM-001").message
    message = stated(date(2024, 8, 15)).failed("TIM-001").message
    assert "“公示截止日”为2024-08-15，距公示起始日2024-08-05为10日，不足20日" in message
    assert "不晚于" in stated(date(2024, 9, 12)).failed("TIM-001").message
    lost = deal.change(Contract, None, notice_to=unsure(date(2024, 8, 15), 2))
    assert lost.doubted("TIM-001")


def test_tim_002_compares_the_stated_notice_with_the_ledger(deal: Case) -> None:
    other = deal.change(Contract, None, notice_from=sure(date(2024, 8, 7), 2))
    message = other.failed("TIM-002").message
    assert "“公示起始日”为2024-08-07，而台账中公示起始日为2024-08-05，二者不一致" in message
    same = deal.change(Contract, None, notice_from=unsure(OPENED, 2))
    assert same.outcomes("TIM-002") == {Outcome.PASSED}
    assert deal.change(Contract, None, notice_from=unsure(date(2024, 8, 7), 2)).doubted("TIM-002")


def test_tim_002_passes_the_days_of_the_clean_deal(deal: Case) -> None:
    assert deal.outcomes("TIM-002") == {Outcome.PASSED}


def test_tim_002_names_each_pair_out_of_order(deal: Case) -> None:
    early = deal.change(PaymentSlip, None, paid_on=sure(date(2024, 9, 1), 3))
    assert "“签订日期”为2024-09-10，晚于付款凭证第3页“交易日期”为2024-09-01" in early.failed("TIM-002").message
    late = agreed(deal, date(2024, 9, 15)).failed("TIM-002").message
    assert "协议转让书第1页“签订日期”为2024-09-15，晚于交易合同" in late and "公示起始日为2024-08-05，早于" in late
    assert "不晚于公示起始日" in noticed(deal, SIGNED).failed("TIM-002").message
    ahead = deal.change(PaymentSlip, None, paid_on=sure(date(2024, 9, 21), 3))
    assert f"晚于提交之日{TODAY}" in ahead.failed("TIM-002").message


def test_tim_002_does_not_ask_for_the_day_of_an_application(deal: Case) -> None:
    form = deal.change(PaymentSlip, None, kind=sure("application", 3), paid_on=Field())
    assert form.outcomes("TIM-002") == {Outcome.PASSED}


def test_tim_002_is_unsure_of_an_unread_day(deal: Case) -> None:
    assert deal.change(PaymentSlip, None, paid_on=Field()).doubted("TIM-002")
    assert knowing(deal, notices=()).doubted("TIM-002")
    assert deal.without(TransferAgreement).doubted("TIM-002")


def test_tim_003_finds_days_in_the_future_in_any_package(clean: Case, buyer: Case, deal: Case) -> None:
    ahead = date(2030, 1, 1)
    assert "晚于提交之日2024-11-04" in clean.change(SupplyForm, None, filled_on=sure(ahead)).failed("TIM-003").message
    assert buyer.change(DemandForm, None, filled_on=sure(ahead)).failed("TIM-003")
    assert signed(deal, ahead).failed("TIM-003")
    for case in (clean, buyer, deal):
        assert case.outcomes("TIM-003") == {Outcome.PASSED}


def test_tim_003_lets_a_term_end_in_the_future(clean: Case) -> None:
    assert clean.licence(valid_to=sure(date(2044, 1, 1), 2)).outcomes("TIM-003") == {Outcome.PASSED}
    assert clean.certificate(Version.AFTER, issued_on=sure(date(2044, 1, 1), 4)).failed("TIM-003")


def test_tim_003_finds_days_before_the_company_existed(clean: Case) -> None:
    young = clean.change(BusinessLicence, None, established_on=sure(date(2015, 5, 1), 2))
    assert young.outcomes("TIM-003") == {Outcome.PASSED}
    message = young.change(SurplusStatement, None, prepared_on=sure(date(2014, 1, 1), 7)).failed("TIM-003").message
    assert "“编制日期”为2014-01-01，早于营业执照第2页“成立日期”为2015-05-01" in message


def test_tim_003_doubts_only_a_reading_that_would_object(clean: Case) -> None:
    assert clean.change(SupplyForm, None, filled_on=unsure(date(2024, 5, 1))).outcomes("TIM-003") == {Outcome.PASSED}
    assert clean.change(SupplyForm, None, filled_on=unsure(date(2084, 5, 1))).doubted("TIM-003")
