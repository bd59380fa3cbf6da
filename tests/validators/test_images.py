"""IMG rules: the scans themselves."""

from domain.dossier import Kind
from domain.finding import Outcome
from extractors.documents.other import Other
from extractors.documents.permit_copy import PermitCopy
from tests.validators.papers import Case


def test_img_001_passes_colour_scans(clean: Case) -> None:
    assert clean.outcomes("IMG-001") == {Outcome.PASSED}
    assert len(clean.findings("IMG-001")) == 7


def test_img_001_names_the_document_scanned_in_grey(clean: Case) -> None:
    finding = clean.page(5, colour=False).failed("IMG-001")
    assert finding.subject == "permit_copy/before"
    assert finding.message == "变更前排污许可证副本（第5页）为灰度或黑白扫描，应提交盖有企业公章的彩色扫描件"
    assert finding.evidence[0].page == 5


def test_img_001_is_content_with_colour_on_one_page(clean: Case) -> None:
    spread = clean.page(8, colour=False).change(PermitCopy, None, pages=(5, 8))
    assert spread.outcomes("IMG-001") == {Outcome.PASSED}


def test_img_001_is_unsure_of_a_document_without_pages(clean: Case) -> None:
    assert clean.form(pages=()).doubted("IMG-001").subject == "supply_form"


def test_img_001_does_not_concern_papers_without_seal(clean: Case) -> None:
    grey_cover = clean.page(8, colour=False).plus(Other(pages=(8,), label="cover"))
    assert grey_cover.outcomes("IMG-001") == {Outcome.PASSED}
    other_kind = {f.subject: f.outcome for f in clean.with_(kind=Kind.DEMAND).findings("IMG-001")}
    assert other_kind["supply_form"] is Outcome.NOT_APPLICABLE
    assert other_kind["business_licence"] is Outcome.PASSED
