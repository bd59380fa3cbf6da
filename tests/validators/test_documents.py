"""DOC rules: which documents a package holds."""

from dataclasses import replace

from domain.books import Books, CopiedPage
from domain.document import Version
from domain.dossier import Kind
from domain.finding import Outcome
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.other import Other
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from tests.validators.papers import CERTIFICATES, LICENCE, Case, sure

RECEIPT = Other(pages=(8,), label="registration_receipt", title=sure("固定污染源排污登记回执", 8))


def test_doc_001_passes_for_each_required_document(clean: Case) -> None:
    found = clean.findings("DOC-001")
    assert [finding.outcome for finding in found] == [Outcome.PASSED] * 7
    assert all(finding.evidence for finding in found)


def test_doc_001_names_each_missing_document(clean: Case) -> None:
    broken = clean.without(PermitCopy, Version.AFTER).without(SurplusStatement)
    failed = {f.subject: f.message for f in broken.findings("DOC-001") if f.outcome is Outcome.FAILED}
    assert failed == {"permit_copy/after": "缺少变更后排污许可证副本", "surplus_statement": "缺少核算说明"}


def test_doc_001_is_unsure_of_a_permit_whose_version_cannot_be_told(clean: Case) -> None:
    stray = clean.change(PermitCopy, Version.AFTER, version=None)
    assert "未能判定是变更前还是变更后" in stray.doubted("DOC-001").message


def test_doc_001_is_unsure_when_a_file_was_refused(clean: Case) -> None:
    finding = clean.refusing("附件3.pdf").doubted("DOC-001")
    assert finding.subject == "附件3.pdf"
    assert "文件“附件3.pdf”无法读取（文件损坏）" in finding.message


def test_doc_001_mentions_refused_files_beside_a_missing_document(clean: Case) -> None:
    broken = clean.without(SurplusStatement).refusing("附件3.pdf")
    assert broken.failed("DOC-001").message == "缺少核算说明，另有文件“附件3.pdf”无法读取"
    assert Outcome.UNSURE not in broken.outcomes("DOC-001")


def test_doc_001_is_unsure_of_a_package_whose_purpose_is_unknown(clean: Case) -> None:
    unknown = clean.with_(kind=None, documents=(LICENCE,))
    assert "无法判定材料用途" in unknown.doubted("DOC-001").message


def test_doc_001_knows_what_a_buyer_must_hand_in(clean: Case) -> None:
    buyer = clean.with_(kind=Kind.DEMAND, documents=(LICENCE,))
    failed = {f.subject for f in buyer.findings("DOC-001") if f.outcome is Outcome.FAILED}
    assert failed == {"demand_form", "eia_table"}


def test_doc_002_lists_pages_that_are_nothing_known(clean: Case) -> None:
    strange = clean.page(8).page(9).plus(Other(pages=(8,), label="unknown"))
    finding = strange.failed("DOC-002")
    assert finding.message.startswith("第8、9页未能识别")
    assert [e.page for e in finding.evidence] == [8, 9]
    assert not finding.holds


def test_doc_002_passes_over_blank_backs_and_known_other_pages(clean: Case) -> None:
    harmless = clean.page(8).page(9, blank=True).plus(RECEIPT)
    assert harmless.outcomes("DOC-002") == {Outcome.PASSED}
    assert clean.outcomes("DOC-002") == {Outcome.PASSED}


def test_doc_003_objects_to_a_receipt_where_a_permit_is_missing(clean: Case) -> None:
    broken = clean.page(8).plus(RECEIPT).without(PermitCopy, Version.AFTER)
    finding = broken.failed("DOC-003")
    assert finding.message == "第8页是排污登记回执（“固定污染源排污登记回执”），不能代替缺少的变更后排污许可证副本"
    assert finding.evidence[0].page == 8


def test_doc_003_lets_a_receipt_pass_beside_a_complete_package(clean: Case) -> None:
    assert clean.page(8).plus(RECEIPT).outcomes("DOC-003") == {Outcome.PASSED}


def test_doc_003_does_not_concern_other_pages(clean: Case) -> None:
    cover = clean.page(8).plus(Other(pages=(8,), label="cover")).without(SupplyForm)
    assert cover.outcomes("DOC-003") == {Outcome.NOT_APPLICABLE}
    assert clean.outcomes("DOC-003") == {Outcome.NOT_APPLICABLE}


def test_doc_005_notes_the_same_picture_twice(clean: Case) -> None:
    twice = clean.page(8, sha256=f"{2:064d}").plus(BusinessLicence(pages=(8,)))
    finding = twice.failed("DOC-005")
    assert finding.message == "营业执照（第2页）与营业执照（第8页）内容相同，疑似重复提交"
    assert [e.page for e in finding.evidence] == [2, 8]


def test_doc_005_notes_the_same_content_scanned_twice(clean: Case) -> None:
    again = LICENCE.model_copy(update={"pages": (8,), "business_scope": sure("铅锌冶烁", 8)})
    assert clean.page(8).plus(again).failed("DOC-005").message.startswith("营业执照（第2页）与营业执照（第8页）")


def test_doc_005_knows_two_versions_of_one_permit_apart(clean: Case) -> None:
    other = CERTIFICATES[0].model_copy(update={"pages": (8,), "issued_on": sure("2020-01-01")})
    assert clean.outcomes("DOC-005") == clean.page(8).plus(other).outcomes("DOC-005") == {Outcome.PASSED}


def test_doc_004_does_not_apply_where_no_ledger_was_asked(clean: Case) -> None:
    assert clean.only("DOC-004", Outcome.NOT_APPLICABLE)


def test_doc_004_passes_where_nobody_handed_in_the_same_page(clean: Case) -> None:
    assert replace(clean, books=Books(complete=True)).only("DOC-004", Outcome.PASSED)


def test_doc_004_tells_both_places_of_a_copied_page(clean: Case) -> None:
    finding = copied(clean, their="乙公司").failed("DOC-004")
    assert "第5页与乙公司提交的HY-2026-000003第9页" in finding.message
    assert [(place.document, place.page) for place in finding.evidence] == [("permit_copy", 5)]


def test_doc_004_needs_no_whole_ledger_to_tell_of_a_copy(clean: Case) -> None:
    assert replace(copied(clean), books=Books(copies=copied(clean).books.copies)).failed("DOC-004")


def test_doc_004_is_unsure_whether_a_company_that_was_not_read_is_another(clean: Case) -> None:
    assert "未能确定是否为同一企业" in copied(clean, their="").doubted("DOC-004").message
    assert copied(clean.with_(documents=())).doubted("DOC-004")


def copied(case: Case, their: str = "乙公司") -> Case:
    copy = CopiedPage(page=5, case="HY-2026-000003", name=their, their_page=9)
    return replace(case, books=Books(complete=True, copies=(copy,)))
