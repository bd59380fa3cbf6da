"""A package that comes back after 补正 is the next version of its case, and what changed is told."""

from pathlib import Path

import pytest

from domain.decision import Act, Place, Wish
from review.deciding import decide
from review.versions import compare_versions
from storage import intake as incoming
from storage.bucket import open_bucket
from storage.claims import named_case
from storage.ledger import Ledger
from storage.records import Drop, FileRecord
from tests.review.cases import WANG, enter, misread, read, record, understood


def drop(package: str, content: str) -> Drop:
    file = FileRecord(position=1, name="1.pdf", sha256=content.rjust(64, "0"), size=3, media="application/pdf")
    day = understood("b072-002").today
    return Drop(package=package, content_hash=content.rjust(64, "c"), submitted_on=day, files=(file,))


@pytest.fixture
def returned(ledger: Ledger) -> str:
    """A buyer's case that went back for a figure that its table has otherwise."""
    wrong = understood("b072-002", misread(read("b072-002").pages, 3, "0.0157", "0.0151"))
    case = enter(ledger, wrong, "b")
    decide(ledger, Wish(case=case, act=Act.RETURN), WANG)
    return case


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("HY-2026-000001", "HY-2026-000001"),
        ("hy-2026-000001补正材料.zip", "HY-2026-000001"),
        ("HY-2026-0000012", None),
        ("补正HY-2026-000001", None),
        ("某公司出让材料", None),
    ],
)
def test_a_package_names_the_case_that_its_name_begins_with(name: str, case: str | None) -> None:
    assert named_case(name) == case


def test_a_resubmission_is_the_next_version_of_its_case(ledger: Ledger, returned: str) -> None:
    claimed = ledger.claim(drop(f"{returned}补正.zip", "n"))
    assert (claimed.case, claimed.version, claimed.receipt) == (returned, 2, f"{returned}-02")
    record(ledger, returned, understood("b072-002"))
    assert ledger.show(returned).case.state == "clear"
    assert ledger.queue() == ()
    assert [it.case for it in ledger.submissions()] == [returned]


def test_only_a_case_that_waits_for_it_takes_a_package_in(ledger: Ledger, returned: str) -> None:
    other = enter(ledger, understood("b072-004"), "o")
    for named in (other, "HY-1999-000001"):
        claimed = ledger.claim(drop(named, named[-3:]))
        assert (claimed.version, claimed.case not in (other, returned)) == (1, True)


def test_a_case_that_could_not_be_processed_takes_its_package_in(ledger: Ledger) -> None:
    case = ledger.claim(drop("甲公司", "a")).case
    ledger.quarantine(case, "ENCRYPTED", "文件已加密")
    again = ledger.claim(drop(case, "b"))
    assert (again.case, again.version, again.state) == (case, 2, "received")


def test_what_changed_between_versions_is_told(ledger: Ledger, returned: str) -> None:
    ledger.claim(drop(returned, "n"))
    record(ledger, returned, understood("b072-002"))
    told = compare_versions(ledger, returned, 1, 2)
    changed = {it.place.path: (it.before, it.after) for it in told.values}
    assert changed["rows[5].this_project"] == ("0.0151 t/a", "0.0157 t/a")
    assert set(changed) == {"rows[5].this_project", "net_new.Pb"}
    assert (told.gone, told.came) == ((), ())


def test_papers_that_went_and_came_are_told(ledger: Ledger, returned: str) -> None:
    whole = understood("b072-002")
    ledger.claim(drop(returned, "n"))
    left = tuple(document for document in whole.documents if document.type != "business_licence")
    record(ledger, returned, whole.model_copy(update={"documents": left}))
    assert [paper.document for paper in compare_versions(ledger, returned, 1, 2).gone] == ["business_licence"]
    assert [paper.document for paper in compare_versions(ledger, returned, 2, 1).came] == ["business_licence"]


def test_a_correction_speaks_of_its_own_version_only(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002", misread(read("b072-002").pages, 3, "0.0157", "0.0151")), "b")
    place = Place(document="eia_table", path="rows[5].this_project")
    decide(ledger, Wish(case=case, act=Act.CORRECT, place=place, text="0.0155", reason="与纸面核对"), WANG)
    decide(ledger, Wish(case=case, act=Act.RETURN), WANG)
    ledger.claim(drop(case, "n"))
    record(ledger, case, understood("b072-002", misread(read("b072-002").pages, 3, "0.0157", "0.0153")))
    other = Place(document="demand_form", path="contact")
    decide(ledger, Wish(case=case, act=Act.CORRECT, place=other, text="韦文武", reason="与纸面核对"), WANG)
    (table,) = [paper for paper in ledger.show(case).documents if paper["type"] == "eia_table"]
    assert table["rows"][5]["this_project"]["value"] == "15.3"


def test_a_folder_of_the_bucket_that_bears_the_case_number_is_its_next_version(
    ledger: Ledger, returned: str, tmp_path: Path
) -> None:
    bucket = open_bucket(tmp_path / "bucket")
    papers = tmp_path / "补正材料"
    papers.mkdir()
    (papers / "1.pdf").write_bytes(b"%PDF-1.7 again")
    waiting = incoming.drop(bucket, papers, returned)
    first = incoming.claim(bucket, ledger, waiting, tmp_path / "work")
    assert (first.case, first.version, first.duplicate) == (returned, 2, False)
    handed_in_twice = incoming.drop(bucket, papers, returned)
    again = incoming.claim(bucket, ledger, handed_in_twice, tmp_path / "work")
    assert (again.case, again.version, again.duplicate) == (returned, 2, True)
    assert list(bucket.list("intake/")) == []
