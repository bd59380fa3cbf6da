"""IMG rules: the scans themselves."""

from typing import Any

import pytest

from domain.document import Version
from domain.dossier import Kind
from domain.finding import Outcome
from domain.page import Quality, ReadPage, Seal, Word
from extractors.documents.other import Other
from extractors.documents.permit_copy import PermitCopy
from tests.validators.papers import BOX, Case


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


# ---- IMG-005 ---------------------------------------------------------------------------------------------------

CRISP: dict[str, Any] = {"dpi": 200.0, "sharpness": 0.8, "contrast": 0.8, "legible": 1.0}


def seen(clean: Case, number: int = 1, dpi: float | None = 200.0, width: int = 1654, **measured: Any) -> Case:
    """The clean case with one page's quality measured; `dpi` None is a file that does not say."""
    quality = Quality(**(CRISP | {"dpi": dpi or width / 210 * 25.4} | measured))
    return clean.page(number, dpi=dpi, width=width, height=round(width * 297 / 210), quality=quality)


def test_img_005_passes_crisp_pages(clean: Case) -> None:
    assert seen(clean).outcomes("IMG-005") == {Outcome.PASSED}


def test_a_page_of_150_dpi_is_to_be_scanned_again_and_named(clean: Case) -> None:
    found = seen(clean, dpi=150.0).failed("IMG-005")
    assert found.message.endswith("第1页约150 dpi，低于200 dpi，请重新扫描")
    assert [evidence.page for evidence in found.evidence] == [1]


def test_pages_of_one_paper_with_the_same_flaw_are_told_together(clean: Case) -> None:
    case = seen(seen(clean, 5, dpi=150.0), 6, dpi=150.0).copy(Version.BEFORE, pages=(5, 6))
    case = case.without(PermitCopy, Version.AFTER)
    assert "第5、6页约150 dpi" in case.failed("IMG-005").message


@pytest.mark.parametrize("dpi", [199.0, 198.5, 200.0, 300.0])
def test_a_rounded_resolution_is_no_flaw(clean: Case, dpi: float) -> None:
    assert seen(clean, dpi=dpi).outcomes("IMG-005") == {Outcome.PASSED}


def test_a_resolution_that_is_only_estimated_leaves_doubt(clean: Case) -> None:
    found = seen(clean, dpi=None, width=1240).doubted("IMG-005")
    assert "按A4幅面估算约150 dpi" in found.message


def test_a_large_enough_picture_needs_no_resolution_in_its_file(clean: Case) -> None:
    assert seen(clean, dpi=None, width=1654).outcomes("IMG-005") == {Outcome.PASSED}


def test_a_picture_that_is_no_a4_sheet_is_judged_by_its_print_alone(clean: Case) -> None:
    slip = clean.page(1, dpi=None, width=1400, height=700, quality=Quality(**(CRISP | {"dpi": 120.0})))
    assert slip.outcomes("IMG-005") == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        ({"sharpness": 0.2}, "字迹模糊，清晰度0.20（低于下限0.33）"),
        ({"contrast": 0.1}, "字迹过淡，对比度0.10"),
        ({"legible": 0.5}, "可识读的文字比例0.50"),
        ({"cut": ("left", "bottom")}, "左、下侧内容超出画面"),
    ],
)
def test_what_cannot_be_read_is_to_be_scanned_again(clean: Case, measured: dict[str, Any], words: str) -> None:
    message = seen(clean, **measured).failed("IMG-005").message
    assert words in message and message.endswith("请重新扫描")


@pytest.mark.parametrize("measured", [{"sharpness": 0.35}, {"contrast": 0.17}, {"legible": 0.8}])
def test_what_an_eye_must_judge_is_unsure(clean: Case, measured: dict[str, Any]) -> None:
    assert "接近下限" in seen(clean, **measured).doubted("IMG-005").message


def test_every_flaw_of_a_paper_is_told(clean: Case) -> None:
    message = seen(clean, dpi=150.0, sharpness=0.2).failed("IMG-005").message
    assert "150 dpi" in message and "字迹模糊" in message


def test_readings_of_before_tell_only_the_resolution_and_without_one_nothing(clean: Case) -> None:
    assert clean.outcomes("IMG-005") == {Outcome.PASSED}
    assert clean.page(1, dpi=150.0).failed("IMG-005")
    assert clean.page(1, dpi=None).only("IMG-005", Outcome.NOT_APPLICABLE)


def test_pages_set_aside_are_not_judged(clean: Case) -> None:
    case = seen(clean, 8, dpi=150.0).plus(Other(pages=(8,), label="cover"))
    assert case.only("IMG-005", Outcome.NOT_APPLICABLE).subject == "other"
    assert not [finding for finding in case.findings("IMG-005") if finding.outcome is Outcome.FAILED]


def test_a_sealed_page_that_nobody_can_read_is_told_though_it_is_set_aside(clean: Case) -> None:
    case = seen(clean, 8, contrast=0.05).plus(Other(pages=(8,), label="blank"))
    back = case.with_(pages=tuple(sealed(page) for page in case.dossier.pages))
    assert back.only("IMG-005", Outcome.NOT_APPLICABLE).subject == "other"
    seal = Seal(box=BOX, colour="red", shape="round")
    paper = case.with_(pages=tuple(sealed(page, seal) for page in case.dossier.pages))
    message = paper.failed("IMG-005").message
    assert message == "其他页（第8页）无法辨认是何文书：第8页字迹过淡，对比度0.05（低于下限0.15），请重新扫描"


def sealed(page: ReadPage, *seals: Seal) -> ReadPage:
    return page.model_copy(update={"reading": page.reading.model_copy(update={"seals": seals})})


def test_a_page_set_aside_that_is_hardly_legible_leaves_doubt(clean: Case) -> None:
    case = seen(clean, 8, sharpness=0.36).plus(Other(pages=(8,), label="unknown"))
    printed = case.with_(
        pages=tuple(sealed(page, Seal(box=BOX, colour="red", shape="round")) for page in case.dossier.pages)
    )
    assert printed.doubted("IMG-005").subject == "other"


@pytest.mark.parametrize(("sharpness", "outcome"), [(0.36, Outcome.NOT_APPLICABLE), (0.2, Outcome.FAILED)])
def test_a_page_whose_print_tells_that_it_is_a_cover_is_no_doubt_unless_it_cannot_be_read(
    clean: Case, sharpness: float, outcome: Outcome
) -> None:
    case = seen(clean, 8, sharpness=sharpness).plus(Other(pages=(8,), label="cover"))
    seal = Seal(box=BOX, colour="red", shape="round")
    printed = case.with_(pages=tuple(sealed(page, seal) for page in case.dossier.pages))
    assert printed.only("IMG-005", outcome).subject == "other"


@pytest.mark.parametrize(("count", "outcome"), [(2, Outcome.UNSURE), (4, Outcome.FAILED)])
def test_the_end_of_a_letter_has_too_little_print_to_be_measured(clean: Case, count: int, outcome: Outcome) -> None:
    case = seen(clean, 8, sharpness=0.06, legible=0.6).plus(Other(pages=(8,), label="unknown"))
    words = tuple(Word(text="六盘水市生态环境局", box=BOX, confidence=0.99) for _ in range(count))
    lines = tuple(
        page.model_copy(update={"reading": page.reading.model_copy(update={"words": words})})
        for page in case.dossier.pages
    )
    found = [finding for finding in case.with_(pages=lines).findings("IMG-005") if finding.subject == "other"]
    assert [finding.outcome for finding in found] == [outcome]
