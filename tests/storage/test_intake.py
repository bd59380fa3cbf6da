import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import IntakeError
from storage.bucket import INTAKE, ORIGINALS, Bucket
from storage.intake import FileChanged, claim, drop, hash_content, lay_out, look, tidy, waiting
from storage.ledger import Ledger
from storage.papers import is_noise
from storage.records import FileRecord
from storage.results import publish, set_aside
from storage.unfinished import list_unfinished

Paper = Callable[..., Path]


@pytest.fixture
def package(paper: Paper) -> Path:
    """A folder of papers with what operating systems leave in it."""
    for name in ("10.jpg", "2.jpg", "附件/许可证.pdf"):
        paper(name.encode(), f"甲公司/{name}")
    for litter in (".DS_Store", "Thumbs.db", "truth.json", "__MACOSX/._2.jpg"):
        paper(b"litter", f"甲公司/{litter}")
    return paper(b"", "甲公司/desktop.ini").parent


def _intake(bucket: Bucket) -> list[str]:
    return [one.name for one in bucket.list(INTAKE)]


def test_a_dropped_folder_waits_complete_and_without_litter(bucket: Bucket, package: Path) -> None:
    dropped = drop(bucket, package)
    assert waiting(bucket) == (dropped,)
    names = [paper.name for paper in dropped.papers]
    assert names == [f"intake/甲公司/{name}" for name in ("2.jpg", "10.jpg", "附件/许可证.pdf")]


def test_a_dropped_file_waits_as_it_is(bucket: Bucket, paper: Paper) -> None:
    dropped = drop(bucket, paper(name="乙公司.pdf"))
    assert [one.name for one in waiting(bucket)] == ["乙公司.pdf"]
    assert not dropped.is_folder


def test_a_name_that_is_taken_gets_a_number(bucket: Bucket, package: Path, paper: Paper) -> None:
    assert [drop(bucket, package).name for _ in range(2)] == ["甲公司", "甲公司-2"]
    assert [drop(bucket, paper(name="a.pdf")).name for _ in range(2)] == ["a.pdf", "a-2.pdf"]


def test_a_folder_without_mark_is_complete_after_the_quiet_period(bucket: Bucket) -> None:
    bucket.write("intake/丙/1.pdf", b"x")
    now = datetime.now(UTC)
    assert waiting(bucket, timedelta(seconds=30), now) == ()
    assert len(waiting(bucket, timedelta(seconds=30), now + timedelta(seconds=32))) == 1
    bucket.write("intake/丙/_READY", b"")
    assert len(waiting(bucket, timedelta(seconds=30), now)) == 1


def test_a_drop_that_broke_off_is_never_taken_for_complete(bucket: Bucket) -> None:
    bucket.write("intake/丁/_DROPPING", b"")
    bucket.write("intake/丁/1.pdf", b"x")
    assert waiting(bucket, now=datetime.now(UTC) + timedelta(days=1)) == ()


def test_marks_and_litter_alone_are_no_package(bucket: Bucket, tmp_path: Path, paper: Paper) -> None:
    bucket.write("intake/a.truth.json", b"{}")
    bucket.write("intake/空/_READY", b"")
    assert waiting(bucket) == ()
    (tmp_path / "empty").mkdir()
    for nothing in (tmp_path / "empty", paper(name="truth.json")):
        with pytest.raises(IntakeError) as raised:
            drop(bucket, nothing)
        assert raised.value.code == "EMPTY_PACKAGE"


def test_a_claim_keeps_originals_records_and_empties_the_intake(
    bucket: Bucket, ledger: Ledger, package: Path, tmp_path: Path
) -> None:
    claimed = claim(bucket, ledger, drop(bucket, package), tmp_path / "work", date(2026, 11, 2))
    assert (claimed.package, claimed.state, claimed.duplicate) == ("甲公司", "received", False)
    assert claimed.receipt == f"{claimed.case}-01"
    assert [file.name for file in claimed.files] == ["2.jpg", "10.jpg", "附件/许可证.pdf"]
    assert claimed.submitted_on == date(2026, 11, 2)
    assert _intake(bucket) == []
    assert len(list(bucket.list(ORIGINALS))) == 3
    assert [event.what for event in ledger.events(claimed.case)] == ["received", "step submitted"]
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("single", [False, True])
def test_a_claimed_package_is_laid_out_as_it_was(
    single: bool, folder: Bucket, embedded: Ledger, package: Path, tmp_path: Path
) -> None:
    path = package / "2.jpg" if single else package
    claimed = claim(folder, embedded, drop(folder, path), tmp_path / "work")
    top = lay_out(folder, claimed, tmp_path / "out")
    assert top == tmp_path / "out" / path.name
    if single:
        assert top.read_bytes() == b"2.jpg"
    else:
        assert (top / "附件/许可证.pdf").read_bytes() == "附件/许可证.pdf".encode()


@pytest.mark.parametrize("held", [True, False])
def test_a_watcher_killed_right_behind_its_claim_leaves_a_case_that_the_next_takes_up(
    folder: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path, held: bool
) -> None:
    claimed = claim(folder, embedded, drop(folder, paper(b"x", "单页.pdf")), tmp_path / "work", held=held)
    assert (claimed.case in list_unfinished(embedded.database)) is held


def test_the_same_content_again_points_to_the_first_case(
    bucket: Bucket, ledger: Ledger, package: Path, tmp_path: Path
) -> None:
    first = claim(bucket, ledger, drop(bucket, package), tmp_path)
    again = claim(bucket, ledger, drop(bucket, package, "又一次"), tmp_path)
    assert again.duplicate
    assert (again.case, again.package) == (first.case, "甲公司")
    assert _intake(bucket) == []
    assert [event.what for event in ledger.events(first.case)] == ["received", "step submitted", "duplicate"]
    assert len(ledger.cases()) == 1


def test_a_known_name_with_other_content_is_a_new_case(
    bucket: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path
) -> None:
    numbers = [claim(bucket, embedded, drop(bucket, paper(body, "a.pdf")), tmp_path).case for body in (b"1", b"2")]
    assert numbers[0] != numbers[1]


def test_a_single_file_is_the_same_under_another_name_but_not_with_another_ending() -> None:
    def hashed(name: str) -> str:
        return hash_content([FileRecord(position=1, name=name, sha256="a" * 64)])

    assert hashed("材料.pdf") == hashed("材料 (1).PDF") != hashed("材料.tif")


def test_a_file_that_changed_since_it_was_listed_is_refused_and_stays(
    bucket: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path
) -> None:
    listed = drop(bucket, paper(name="a.pdf"))
    bucket.write("intake/a.pdf", b"longer than it was before")
    with pytest.raises(FileChanged) as raised:
        claim(bucket, embedded, listed, tmp_path)
    assert (raised.value.code, raised.value.retryable) == ("FILE_CHANGED", True)
    assert _intake(bucket) == ["intake/a.pdf"]
    assert embedded.cases() == ()


@pytest.mark.parametrize("changes", [{"intake/甲公司/2.jpg": b"other"}, {"intake/甲公司/3.jpg": b"more"}])
def test_a_package_that_changes_while_it_is_read_is_refused(
    bucket: Bucket, embedded: Ledger, package: Path, tmp_path: Path, changes: dict[str, bytes]
) -> None:
    class Restless:
        def __getattr__(self, name: str) -> object:
            return getattr(bucket, name)

        def get(self, name: str, path: Path, sha256: str | None = None) -> str:
            found = bucket.get(name, path, sha256)
            for other, body in changes.items():
                bucket.write(other, body)
            return found

    with pytest.raises(FileChanged):
        claim(Restless(), embedded, drop(bucket, package), tmp_path)
    assert embedded.cases() == ()
    assert len(_intake(bucket)) >= 3


def test_what_is_dropped_again_while_claimed_stays_in_the_intake(
    folder: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path
) -> None:
    class Late:
        def __getattr__(self, name: str) -> object:
            return getattr(embedded, name)

        def claim(self, described: object) -> object:
            claimed = embedded.claim(described)
            folder.write("intake/a.pdf", b"the next one, just arrived")
            return claimed

    claim(folder, Late(), drop(folder, paper(name="a.pdf")), tmp_path)
    assert folder.read("intake/a.pdf") == b"the next one, just arrived"


def test_a_package_that_is_gone_is_told(bucket: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path) -> None:
    listed = drop(bucket, paper(name="a.pdf"))
    bucket.remove("intake/a.pdf")
    with pytest.raises(FileChanged):
        claim(bucket, embedded, listed, tmp_path)


@pytest.mark.parametrize("single", [False, True])
def test_wherever_the_power_fails_the_next_claim_finishes_it(
    single: bool, folder: Bucket, embedded: Ledger, package: Path, tmp_path: Path, stopping: Callable
) -> None:
    path = package / "2.jpg" if single else package
    for steps in range(1000):
        path.touch()
        (package / "2.jpg").write_bytes(f"attempt {steps}".encode())
        power_cut, behind = stopping(steps)
        before = len(embedded.cases())
        listed = drop(folder, path)
        try:
            claim(behind(folder), behind(embedded), listed, tmp_path / "work")
            break
        except power_cut:
            pass
        for left in waiting(folder):
            assert not claim(folder, embedded, left, tmp_path / "work").duplicate
        assert all(is_noise(name) for name in _intake(folder))
        tidy(folder, embedded)
        assert len(embedded.cases()) == before + 1
        assert _intake(folder) == []
        assert len(embedded.claimed(embedded.cases()[-1].case).files) == (1 if single else 3)
    assert 10 < steps < 999
    assert all(len(embedded.events(case.case)) == 2 for case in embedded.cases())
    assert embedded.verify_events() is None


def test_a_duplicate_whose_removal_broke_off_is_no_new_package(
    folder: Bucket, embedded: Ledger, package: Path, tmp_path: Path, stopping: Callable
) -> None:
    first = claim(folder, embedded, drop(folder, package), tmp_path)
    for steps in range(1000):
        power_cut, behind = stopping(steps)
        try:
            claim(behind(folder), behind(embedded), drop(folder, package), tmp_path)
            break
        except power_cut:
            pass
        for left in waiting(folder):
            assert claim(folder, embedded, left, tmp_path).case == first.case
        tidy(folder, embedded)
        assert _intake(folder) == []
    assert len(embedded.cases()) == 1


def test_new_papers_beside_what_a_crash_left_are_a_package_of_their_own(
    folder: Bucket, embedded: Ledger, paper: Paper, tmp_path: Path
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            return getattr(folder, name)

        def remove(self, name: str) -> None:
            raise ConnectionError

    folder.write("intake/戊/1.pdf", b"one")
    with pytest.raises(ConnectionError):
        claim(Broken(), embedded, look(folder, "戊"), tmp_path)
    folder.write("intake/戊/2.pdf", b"two")
    claimed = claim(folder, embedded, look(folder, "戊"), tmp_path)
    assert [file.name for file in claimed.files] == ["2.pdf"]
    assert len(embedded.cases()) == 2
    assert _intake(folder) == []


def test_names_in_an_old_encoding_are_read(folder: Bucket, embedded: Ledger, tmp_path: Path) -> None:
    place = tmp_path / "bucket/intake" / os.fsdecode("许可证".encode("gb18030"))
    place.mkdir(parents=True)
    (place / os.fsdecode("副本.pdf".encode("gb18030"))).write_bytes(b"x")
    later = datetime.now(UTC) + timedelta(minutes=5)
    claimed = claim(folder, embedded, waiting(folder, now=later)[0], tmp_path)
    assert (claimed.package, claimed.files[0].name) == ("许可证", "副本.pdf")
    assert _intake(folder) == []


def test_folder_marks_of_s3_browsers_are_no_papers(s3_settings: object, embedded: Ledger, tmp_path: Path) -> None:
    from io import BytesIO

    from storage.bucket import open_bucket

    bucket = open_bucket(s3_settings)
    bucket.client.put_object(bucket.bucket, "intake/己/", BytesIO(b""), 0)
    bucket.write("intake/己/1.pdf", b"x")
    bucket.write("intake/己/_READY", b"")
    claimed = claim(bucket, embedded, waiting(bucket)[0], tmp_path)
    assert [file.name for file in claimed.files] == ["1.pdf"]
    assert _intake(bucket) == []


def test_a_case_set_aside_leaves_its_reason_in_the_bucket(
    bucket: Bucket, ledger: Ledger, paper: Paper, tmp_path: Path
) -> None:
    claimed = claim(bucket, ledger, drop(bucket, paper(name="a.pdf")), tmp_path)
    set_aside(bucket, ledger, claimed.case, IntakeError("ENCRYPTED", "文件已加密"), '{"state":"quarantined"}')
    assert b"ENCRYPTED" in bucket.read(f"quarantine/ENCRYPTED/{claimed.case}/reason.json")
    shown = ledger.show(claimed.case)
    assert (shown.case.state, shown.case.reason_code, shown.case.reason) == ("quarantined", "ENCRYPTED", "文件已加密")


def test_a_verdict_is_published_as_it_is(folder: Bucket) -> None:
    publish(folder, "HY-2026-000001", '{"state": "clear"}')
    assert folder.read("results/HY-2026-000001.json") == b'{"state": "clear"}'
