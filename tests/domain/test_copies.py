"""Pages that are copies of one sheet, and forms that only look like it."""

from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from domain.books import CopiedPage
from domain.copies import FARTHEST, Print, Seen, alike, copies, figures_of, parties, print_of, seen
from domain.document import Document
from domain.dossier import Dossier
from domain.field import Field, Status
from extractors.deals import Party
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.transfer_agreement import TransferAgreement
from extractors.recorded import load

SCANS = Path(__file__).parents[2] / "fixtures" / "scans"
FIGURES = frozenset({"0.0236", "41.2", "34.6", "0.0017", "44.91", "2128524", "13.1"})
OTHERS = frozenset({"0.0541", "18.7", "22.9", "0.0066", "91.04", "3344551", "60.3"})


def a_print(page: int = 1, figures: frozenset[str] = FIGURES, picture: str = "") -> Print:
    return Print(page=page, picture=picture, figures=figures)


def a_package(case: str, *prints: Print, of: str | None = None) -> Seen:
    return Seen(case=case, name=of or case, parties=frozenset({of or case}), prints=prints)


def sure(text: str) -> Field[str]:
    return Field[str](value=text, raw=text, page=1, confidence=1.0, status=Status.CERTAIN)


def dossier(*documents: Document) -> Dossier:
    return Dossier(package="p", kind=None, today=date(2026, 11, 23), documents=documents, pages=())


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("0.0236t/a", {"0.0236"}),
        ("41.2(kg/a)", {"41.2"}),
        ("１，０４５.５千克", {"1045.5"}),
        ("统一社会信用代码:9152032460165515XY", {"9152032460165515XY"}),
        ("0851-2128524", {"0851", "2128524"}),
        ("DA001 DW002 MF0011", set()),
        ("GB31574-2015 HJ 608-2017", set()),
        ("2024年01月19日 2024-1-19 2024.1.19 2023 〔2022〕17号", set()),
        ("0.05mg/L 150mg/Nm3 6-9 1. 300", set()),
    ],
)
def test_own_figures_are_those_that_do_not_stand_on_everybodys_pages(text: str, figures: set[str]) -> None:
    assert figures_of([text]) == figures


def test_pages_with_the_same_figures_are_alike_even_where_some_are_misread() -> None:
    assert alike(a_print(), a_print(figures=FIGURES - {"41.2"} | {"41.7"}))
    assert not alike(a_print(), a_print(figures=frozenset([*sorted(FIGURES)[:3], *OTHERS])))


def test_forms_that_look_alike_are_told_apart_by_their_figures() -> None:
    assert not alike(a_print(picture="f" * 64), a_print(figures=OTHERS, picture="f" * 64))


def test_the_same_figures_on_another_form_are_no_copied_page() -> None:
    near, far = (1 << FARTHEST) - 1, (1 << FARTHEST + 1) - 1
    assert alike(a_print(picture=f"{0:064x}"), a_print(picture=f"{near:064x}"))
    assert not alike(a_print(picture=f"{0:064x}"), a_print(picture=f"{far:064x}"))


def test_a_copy_is_told_with_both_places_and_only_the_most_similar() -> None:
    less = a_print(4, FIGURES - {"41.2"})
    earlier = [a_package("甲", a_print(3, OTHERS), less), a_package("丙", a_print(5))]
    assert copies(earlier, a_package("乙", a_print(2))) == (CopiedPage(page=2, case="丙", name="丙", their_page=5),)


def test_a_company_does_not_copy_itself_nor_a_case_its_own_pages() -> None:
    earlier = [a_package("甲一", a_print(), of="甲"), a_package("甲二", a_print(), of="乙")]
    assert copies(earlier, a_package("甲二", a_print(), of="甲")) == ()


def test_the_company_of_a_package_is_what_most_of_its_papers_say() -> None:
    own = [BusinessLicence(pages=(n,), uscc=sure("91A"), name=sure("甲（贵州） 公司")) for n in (1, 2)]
    strange = PermitCopy(pages=(3,), uscc=sure("91B"), name=sure("乙公司"))
    assert parties(dossier(*own, strange)) == {"91A", "甲(贵州)公司"}


def test_a_deal_has_two_companies() -> None:
    sides = {
        "transferor": Party(uscc=sure("91A"), name=sure("甲")),
        "transferee": Party(uscc=sure("91B"), name=sure("乙")),
    }
    found = seen(dossier(TransferAgreement(pages=(1,), **sides)), "HY-2026-000001")
    assert (found.parties, found.name, found.case) == ({"91A", "91B", "甲", "乙"}, "甲、乙", "HY-2026-000001")


def test_what_was_read_with_doubt_names_no_company() -> None:
    doubtful = sure("91A").model_copy(update={"status": Status.UNSURE})
    assert parties(dossier(BusinessLicence(pages=(1,), uscc=doubtful))) == frozenset()


def test_no_two_sample_packages_share_a_page() -> None:
    packages = []
    for path in sorted(SCANS.glob("*.readings.json.gz")):
        readings = load(path)
        assert readings is not None
        prints = tuple(found for page in readings.pages if (found := print_of(page)))
        packages.append(a_package(readings.package, *prints))
    assert sum(len(package.prints) for package in packages) > 30
    assert not [pair for pair in combinations(packages, 2) if copies(pair[:1], pair[1])]
