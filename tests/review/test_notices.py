"""The 补正通知: what it lists, and how it is set."""

import io
import zipfile
from datetime import date

import pytest

from domain.decision import Act, Wish
from domain.printing import ordinal
from domain.return_notice import Defect, ReturnNotice
from reports.return_notice import tell_notice, write_notice
from review.deciding import decide
from review.notices import BadNotice, draft_notice
from storage.decisions import Decisions, NotNow
from storage.ledger import Ledger
from tests.review.cases import BOSS, WANG, enter, understood


def draft(ledger: Ledger, case: str) -> ReturnNotice:
    return draft_notice(ledger.show(case), Decisions(ledger.database).items(case), date(2026, 11, 24))


def test_a_draft_lists_what_is_open_and_confirmed_with_page_figures_provision_and_what_to_hand_in(
    ledger: Ledger,
) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    one, other = Decisions(ledger.database).items(case)
    decide(ledger, Wish(case=case, act=Act.CONFIRM, item=one.id), WANG)
    notice = draft(ledger, case)
    assert [defect.rule for defect in notice.defects] == [one.finding.rule, other.finding.rule]
    first = notice.defects[0]
    assert "25.253 kg/a" in first.problem and "24.634 kg/a" in first.problem
    assert (first.pages[0], "附件1" in first.provision, "更正" in first.ask) == (1, True, True)
    assert case in notice.opening and case in notice.closing
    assert notice.to.endswith("公司")


def test_what_was_waived_is_not_asked_for(ledger: Ledger) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    one, other = Decisions(ledger.database).items(case)
    decide(ledger, Wish(case=case, act=Act.WAIVE, item=one.id, reason="已说明"), WANG)
    decide(ledger, Wish(case=case, act=Act.APPROVE, item=one.id), BOSS)
    assert [defect.rule for defect in draft(ledger, case).defects] == [other.finding.rule]


def test_the_edited_text_is_kept_with_the_decision(ledger: Ledger) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    edited = draft(ledger, case).model_copy(update={"closing": "请于十日内补正。"})
    decide(ledger, Wish(case=case, act=Act.RETURN, notice=edited), WANG)
    assert Decisions(ledger.database).of_case(case)[0].notice == edited


def test_a_notice_that_asks_for_nothing_is_not_sent(ledger: Ledger) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    empty = draft(ledger, case).model_copy(update={"defects": ()})
    with pytest.raises(NotNow):
        decide(ledger, Wish(case=case, act=Act.RETURN, notice=empty), WANG)


NOTICE = ReturnNotice(
    case="HY-2026-000003",
    version=1,
    receipt="HY-2026-000003-01",
    to="贵州某某有限公司",
    on=date(2026, 11, 4),
    submitted_on=date(2026, 11, 3),
    opening="经核验，下列事项需要补正：",
    defects=(Defect(rule="X", problem="缺少\x0b营业执照。", pages=(1, 7), provision="附件1", ask="补交"),),
    closing="请补正。",
    signed="受理部门（盖章）",
)


def test_the_document_is_set_in_the_fonts_of_official_papers() -> None:
    with zipfile.ZipFile(io.BytesIO(write_notice(NOTICE))) as parts:
        text = parts.read("word/document.xml").decode()
    for font in ("仿宋_GB2312", "黑体", "方正小标宋简体"):
        assert f'w:eastAsia="{font}"' in text
    for said in (
        "补正通知",
        "贵州某某有限公司：",
        "缺少营业执照（见材料第1、7页）。",
        "依据：附件1。",
        "补正要求：补交。",
        "2026年11月4日",
    ):
        assert said in text


def test_the_same_is_told_as_plain_text_and_json() -> None:
    told = tell_notice(NOTICE)
    assert "一、缺少" in told and told.endswith("受理部门（盖章）\n2026年11月4日\n")
    assert ReturnNotice.model_validate_json(NOTICE.model_dump_json()) == NOTICE


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_headings_count_as_official_papers_do(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"case": 'HY-2026-000999"; x="'}, "FOREIGN_NOTICE"),
        ({"version": 7}, "FOREIGN_NOTICE"),
        ({"receipt": "ZZ"}, "FOREIGN_NOTICE"),
        ({"submitted_on": date(2001, 1, 1)}, "FOREIGN_NOTICE"),
        ({"opening": "x" * 3_000_000}, "NOTICE_TOO_LONG"),
        ({"defects": (Defect(rule="x", problem="y", pages=tuple(range(20_000))),)}, "NOTICE_TOO_LONG"),
        ({"defects": (Defect(rule="x", problem="y"),) * 501}, "NOTICE_TOO_LONG"),
        ({"on": date(1, 1, 1)}, "NOTICE_DATE"),
    ],
)
def test_a_notice_over_another_case_or_without_measure_is_not_sent(
    ledger: Ledger, change: dict[str, object], code: str
) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    sent = draft(ledger, case).model_copy(update=change)
    with pytest.raises(BadNotice) as told:
        decide(ledger, Wish(case=case, act=Act.RETURN, notice=sent), WANG)
    assert (told.value.code, ledger.show(case).case.state) == (code, "review")


def test_the_texts_of_a_notice_are_the_officers_to_write(ledger: Ledger) -> None:
    case = enter(ledger, understood("s1211-000"), "s")
    sent = draft(ledger, case).model_copy(update={"to": "另一家公司", "closing": "请补正。"})
    assert decide(ledger, Wish(case=case, act=Act.RETURN, notice=sent), WANG).decision.notice == sent
