"""A case's bundle: what is in it, and what its own program says once somebody has been at it."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain.decision import Act, Wish
from domain.dossier import Dossier
from domain.errors import ExitCode
from domain.finding import Finding, Outcome, Severity, State
from domain.page import PageReading
from reports.bundle.writing import BundleNotWritten, write_bundle
from review.deciding import decide
from storage.audit import Audit
from storage.bucket import Bucket, NotFound, open_bucket
from storage.cases import UnknownCase
from storage.ledger import Ledger
from storage.originals import keep, name_original
from storage.records import Drop, FileRecord
from tests.review.cases import WANG, record, understood
from tests.storage.databases import open_embedded
from tests.validators.deals import DEAL

VERDICT = '{"b": 1.50,\n "a": "核验"}'
Edit = Callable[[dict[str, bytes]], None]


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return open_bucket(tmp_path / "bucket")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_embedded(tmp_path / "heyan.db")


@pytest.fixture
def claim(ledger: Ledger, bucket: Bucket, tmp_path: Path) -> Callable[..., str]:
    def claim(*names: str) -> str:
        records = []
        for position, name in enumerate(names, start=1):
            path = tmp_path / "paper"
            path.write_bytes(f"%PDF {name}".encode() * 1000)
            size = path.stat().st_size
            records.append(FileRecord(position=position, name=name, sha256=keep(bucket, path), size=size))
        content = hashlib.sha256("".join(names).encode()).hexdigest()
        drop = Drop(package=names[0], content_hash=content, submitted_on=date(2026, 11, 24), files=tuple(records))
        return ledger.claim(drop).case

    return claim


def _check(ledger: Ledger, case: str, dossier: Dossier = DEAL.dossier) -> None:
    found = Finding(rule="QTY-003", outcome=Outcome.FAILED, severity=Severity.BLOCK, message="不符")
    ledger.record(case, dossier, [found], state=State.REVIEW, seconds=1.0, ruleset="1", verdict=VERDICT)


@pytest.fixture
def case(ledger: Ledger, claim: Callable[..., str]) -> str:
    """A case among others, before and after, with people's events and a second run."""
    claim("他人甲.pdf")
    ledger.note(None, "user added", {"name": "somebody"})
    case = claim("申报/出让 表.pdf", "许可证:副本.pdf")
    other = claim("他人乙.pdf")
    for number in (case, other, case):
        _check(ledger, number)
    ledger.note(case, "taken", {"item": 1}, actor="reviewer:wang")
    claim("他人丙.pdf")
    return case


@pytest.fixture
def packed(ledger: Ledger, bucket: Bucket, case: str, tmp_path: Path) -> Path:
    write_bundle(ledger, bucket, case, tmp_path / "案卷.zip", "auditor:zhao")
    return tmp_path / "案卷.zip"


def _run(program: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(program), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"})


def _verify(packed: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs the bundle's own program, alone."""
    program = packed.with_name("verify.py")
    program.write_bytes(zipfile.ZipFile(packed).read("verify.py"))
    return _run(program, str(packed), *words)


def _rewrite(packed: Path, edit: Edit) -> Path:
    with zipfile.ZipFile(packed) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    edit(inside)
    forged = packed.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as archive:
        for name, body in inside.items():
            archive.writestr(name, body)
    return forged


def _lines(inside: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in inside["chain.jsonl"].splitlines()]


def _put_lines(inside: dict[str, bytes], lines: list[dict[str, Any]]) -> None:
    inside["chain.jsonl"] = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _relist(inside: dict[str, bytes]) -> None:
    """What a forger would do to the manifest as well."""
    manifest = json.loads(inside["manifest.json"])
    for name, file in manifest["files"].items():
        if name in inside:
            file["sha256"] = hashlib.sha256(inside[name]).hexdigest()
    inside["manifest.json"] = json.dumps(manifest).encode()


def test_an_untouched_bundle_verifies_on_its_own(packed: Path, ledger: Ledger) -> None:
    ended = _verify(packed)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "✗" not in ended.stdout and "未被改动" in ended.stdout
    assert str(Audit(ledger.database).verify().end) in ended.stdout


def test_unpacked_it_verifies_too(packed: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(packed).extractall(tmp_path / "unpacked")
    ended = _run(tmp_path / "unpacked" / "verify.py")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_it_holds_originals_readings_verdicts_records_and_a_readme(packed: Path, case: str) -> None:
    archive = zipfile.ZipFile(packed)
    names = archive.namelist()
    assert [name for name in names if name.startswith("originals/")] == [
        "originals/1/001-出让 表.pdf", "originals/1/002-许可证_副本.pdf",
    ]  # fmt: skip
    record = json.loads(archive.read("case.json"))
    (version,) = record["versions"]
    assert archive.read(version["verdict"]).decode() == VERDICT
    assert len(version["runs"]) == 2 and version["runs"][0]["findings"][0]["message"] == "不符"
    assert version["runs"][1]["documents"] and version["items"][0]["rule"] == "QTY-003"
    for page in version["runs"][0]["pages"]:
        PageReading.model_validate_json(archive.read(page["reading"]))
    assert "verify.py" in archive.read("README.zh.md").decode()
    assert record["case"] == case and record["decisions"] == []


def test_nothing_of_other_cases_or_people_is_in_it(packed: Path) -> None:
    archive = zipfile.ZipFile(packed)
    everything = b"\n".join(archive.read(name) for name in archive.namelist())
    for foreign in ("他人", "HY-2026-000001", "HY-2026-000003", "somebody", "user added"):
        assert foreign.encode() not in everything
    lines = _lines({"chain.jsonl": archive.read("chain.jsonl")})[1:]
    assert {tuple(line) for line in lines if "detail" not in line} == {("id", "own")}
    assert [line["what"] for line in lines if "detail" in line] == [
        "received", "step submitted", "checked", "checked", "taken", "exported",
    ]  # fmt: skip


def test_the_export_is_an_event_with_the_manifests_hash(packed: Path, ledger: Ledger) -> None:
    last = ledger.events()[-1]
    manifest = zipfile.ZipFile(packed).read("manifest.json")
    assert (last.what, last.actor) == ("exported", "auditor:zhao")
    assert last.detail == {"manifest": hashlib.sha256(manifest).hexdigest()}


def test_a_later_bundle_of_the_case_verifies_too(
    packed: Path, ledger: Ledger, bucket: Bucket, case: str, tmp_path: Path
) -> None:
    write_bundle(ledger, bucket, case, tmp_path / "later.zip", "auditor:zhao")
    assert _verify(tmp_path / "later.zip").returncode == 0


def test_a_mark_that_was_kept_is_compared(packed: Path, ledger: Ledger) -> None:
    kept = ledger.events()[5]
    assert _verify(packed, "--expect", f"{kept.number}:{kept.hash}").returncode == 0
    assert _verify(packed, "--expect", f"{kept.number}:{'0' * 64}").returncode == 1
    assert _verify(packed, "--expect", f"999:{kept.hash}").returncode == 1


def _change_original(inside: dict[str, bytes]) -> None:
    inside["originals/1/001-出让 表.pdf"] += b" "


def _change_original_and_list(inside: dict[str, bytes]) -> None:
    _change_original(inside)
    _relist(inside)


def _change_original_everywhere(inside: dict[str, bytes]) -> None:
    name = "originals/1/001-出让 表.pdf"
    old = hashlib.sha256(inside[name]).hexdigest()
    inside[name] += b" "
    new = hashlib.sha256(inside[name]).hexdigest()
    for text_file in ("case.json", "chain.jsonl", "manifest.json"):
        inside[text_file] = inside[text_file].replace(old.encode(), new.encode())
    _relist(inside)


def _change_verdict(inside: dict[str, bytes]) -> None:
    inside["verdicts/1.json"] = inside["verdicts/1.json"].replace(b"1.50", b"9.50")
    _relist(inside)


def _change_record(inside: dict[str, bytes]) -> None:
    inside["case.json"] = inside["case.json"].replace("不符".encode(), "相符".encode())
    _relist(inside)


def _change_event(inside: dict[str, bytes]) -> None:
    inside["chain.jsonl"] = inside["chain.jsonl"].replace(b"reviewer:wang", b"reviewer:li")


def _change_event_and_hash(inside: dict[str, bytes]) -> None:
    lines = _lines(inside)
    for line in lines:
        if line.get("what") == "taken":
            line["actor"] = "reviewer:li"
            line.pop("hash")
    _put_lines(inside, lines)


def _drop_event(inside: dict[str, bytes]) -> None:
    _put_lines(inside, [line for line in _lines(inside) if line.get("what") != "taken"])


def _hide_event(inside: dict[str, bytes]) -> None:
    _put_lines(inside, [line if line.get("what") != "taken" else {"id": line["id"], "own": "0" * 64}
                        for line in _lines(inside)])  # fmt: skip


def _change_foreign(inside: dict[str, bytes]) -> None:
    lines = _lines(inside)
    next(line for line in lines if "own" in line)["own"] = "0" * 64
    _put_lines(inside, lines)


def _cut_end(inside: dict[str, bytes]) -> None:
    _put_lines(inside, _lines(inside)[:-1])


def _add_file(inside: dict[str, bytes]) -> None:
    inside["originals/1/003-new.pdf"] = b"x"


def _lose(name: str) -> Edit:
    return lambda inside: inside.pop(next(one for one in inside if one.startswith(name))) and None


def _garble(name: str, body: bytes) -> Edit:
    return lambda inside: inside.update({name: body})


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (_change_original, "缺失或被改动：originals/1/001"),
        (_change_original_and_list, "原件与收件时记录的一致；不一致"),
        (_change_original_everywhere, "衔接"),
        (_change_verdict, "✗ 版本 1 的核验结论"),
        (_change_record, "✗ 清单与导出时"),
        (_change_event, "被改动"),
        (_change_event_and_hash, "衔接"),
        (_drop_event, "缺第"),
        (_hide_event, "衔接"),
        (_change_foreign, "衔接"),
        (_cut_end, "✗ 清单与导出时"),
        (_add_file, "✗ 没有清单以外的文件"),
        (_lose("originals/"), "缺失或被改动"),
        (_lose("readings/"), "缺失或被改动"),
        (_lose("manifest.json"), "✗"),
        (_lose("chain.jsonl"), "✗"),
        (_garble("chain.jsonl", b""), "✗"),
        (_garble("chain.jsonl", b"[]\n{}"), "✗"),
        (_garble("case.json", b"\xff"), "✗"),
        (_garble("manifest.json", b"[1]"), "✗"),
    ],
)
def test_whatever_is_changed_is_found(packed: Path, edit: Edit, why: str) -> None:
    ended = _verify(_rewrite(packed, edit))
    assert ended.returncode == 1, ended.stdout
    assert why in ended.stdout and "Traceback" not in ended.stderr


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_the_same_name_is_found(packed: Path) -> None:
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("verdicts/1.json", "{}")
    assert _verify(packed).returncode == 1


@pytest.mark.parametrize("body", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_told(packed: Path, body: bytes) -> None:
    program = packed.with_name("verify.py")
    program.write_bytes(zipfile.ZipFile(packed).read("verify.py"))
    packed.write_bytes(body)
    for path in (packed, packed.with_name("missing.zip")):
        ended = _run(program, str(path))
        assert ended.returncode == 1 and "Traceback" not in ended.stderr


def test_the_verifying_program_needs_nothing_but_python(packed: Path) -> None:
    source = zipfile.ZipFile(packed).read("verify.py").decode()
    needed = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    assert needed <= set(sys.stdlib_module_names) | {"__future__"}


def test_an_old_chain_and_todays_in_one_bundle_verify(
    ledger: Ledger, bucket: Bucket, claim: Callable[..., str], tmp_path: Path
) -> None:
    from storage import events

    case, other = claim("a.pdf"), claim("b.pdf")
    with ledger.database.write() as connection:
        for name in ("events_no_update", "events_no_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        previous = events.START
        for row in connection.execute(events.events.select().order_by(events.events.c.id)).all():
            old = events.canonical(events.spell(row._asdict()))
            found = hashlib.sha256(f"{previous}\n{old}".encode()).hexdigest()
            change = events.events.update().where(events.events.c.id == row.id)
            connection.execute(change.values(prev_hash=previous, hash=found))
            previous = found
        connection.execute(events.chain.update().values(hash=previous))
    for number in (case, other):
        _check(ledger, number)
    assert ledger.verify_events() is None
    write_bundle(ledger, bucket, case, tmp_path / "old.zip", "auditor:zhao")
    assert _verify(tmp_path / "old.zip").returncode == 0
    assert _verify(_rewrite(tmp_path / "old.zip", _add_file)).returncode == 1


@pytest.fixture
def decided(ledger: Ledger, bucket: Bucket, claim: Callable[..., str], tmp_path: Path) -> Path:
    """A seller's case with a waiver, its undoing, a confirmation and a return, packed."""
    case = claim("出让.pdf")
    record(ledger, case, understood("s1211-000"))
    first, second, *_ = (item.id for item in ledger.show(case).items)
    for wish in (
        Wish(case=case, act=Act.WAIVE, item=first, reason="企业已说明，附函"),
        Wish(case=case, act=Act.UNDO),
        Wish(case=case, act=Act.CONFIRM, item=second),
        Wish(case=case, act=Act.RETURN),
    ):
        decide(ledger, wish, WANG)
    write_bundle(ledger, bucket, case, tmp_path / "decided.zip", "auditor:zhao")
    return tmp_path / "decided.zip"


def test_decisions_are_in_it_and_proved(decided: Path) -> None:
    ended = _verify(decided)
    assert ended.returncode == 0 and "✓ 4 项人工决定" in ended.stdout, ended.stdout
    record = json.loads(zipfile.ZipFile(decided).read("case.json"))
    assert [one["act"] for one in record["decisions"]] == ["waive", "undo", "confirm", "return"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda rows: rows.pop(),
        lambda rows: rows.append(rows[0] | {"id": 99}),
        lambda rows: rows[0].update(reason="无须说明"),
        lambda rows: rows[2].update(act="waive"),
        lambda rows: rows[2].update(actor="supervisor:zhao"),
        lambda rows: rows[2].update(item_id=rows[0]["item_id"]),
    ],
)
def test_a_changed_decision_is_found(decided: Path, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    def forge(inside: dict[str, bytes]) -> None:
        record = json.loads(inside["case.json"])
        edit(record["decisions"])
        inside["case.json"] = json.dumps(record).encode()
        _relist(inside)

    ended = _verify(_rewrite(decided, forge))
    assert ended.returncode == 1 and "项人工决定与操作日志记录的一致；不一致" in ended.stdout


def test_a_quarantined_case_without_verdict_verifies(
    ledger: Ledger, bucket: Bucket, claim: Callable[..., str], tmp_path: Path
) -> None:
    case = claim("a.pdf")
    _check(ledger, case)
    ledger.quarantine(case, "X", "坏了")
    write_bundle(ledger, bucket, case, tmp_path / "a.zip", "auditor:zhao")
    ended = _verify(tmp_path / "a.zip")
    assert ended.returncode == 0, ended.stdout


def test_a_case_that_is_not_there_or_lost_an_original_is_no_bundle(
    ledger: Ledger, bucket: Bucket, claim: Callable[..., str], tmp_path: Path
) -> None:
    out = tmp_path / "a.zip"
    with pytest.raises(UnknownCase):
        write_bundle(ledger, bucket, "HY-1999-000001", out, "x")
    case = claim("a.pdf")
    bucket.remove(name_original(str(ledger.claimed(case).files[0].sha256)))
    with pytest.raises(NotFound):
        write_bundle(ledger, bucket, case, out, "x")
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob("heyan-*"))
    assert [event.what for event in ledger.events(case)] == ["received", "step submitted"]


def test_a_place_that_cannot_be_written_is_told(ledger: Ledger, bucket: Bucket, claim: Callable[..., str],
                                                tmp_path: Path) -> None:  # fmt: skip
    with pytest.raises(BundleNotWritten) as raised:
        write_bundle(ledger, bucket, claim("a.pdf"), tmp_path / "no" / "where.zip", "x")
    assert raised.value.exit_code is ExitCode.USAGE


_FREE = "DROP TRIGGER IF EXISTS {}_no_{}"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE documents SET content = replace(content, '0', '9')", "次核验 文书 序号 0 被改动"),
        ("UPDATE findings SET message = '相符'", "次核验 规则结论 序号 0 被改动"),
        ("DELETE FROM pages", "次核验 页面 序号 1 缺失"),
        ("UPDATE pages SET dpi = 1", "页面 序号 1 被改动"),
        ("UPDATE runs SET state = 'clear'", "次核验 记录 序号 0 被改动"),
        ("UPDATE packages SET state = 'verified'", "版本 1 的状态与操作日志一致：verified，日志 review"),
    ],
)
def test_what_was_changed_in_the_database_before_the_export_is_named(
    ledger: Ledger, bucket: Bucket, case: str, tmp_path: Path, statement: str, named: str
) -> None:
    with ledger.database.write() as connection:
        for table in ("documents", "findings", "pages", "runs"):
            for verb in ("update", "delete"):
                connection.execute(text(_FREE.format(table, verb)))
        connection.execute(text(statement))
    write_bundle(ledger, bucket, case, tmp_path / "b.zip", "auditor:zhao")
    ended = _verify(tmp_path / "b.zip")
    assert ended.returncode == 1 and named in ended.stdout, ended.stdout


def test_a_bundle_of_a_real_packages_decided_case_is_as_the_log_tells(
    ledger: Ledger, bucket: Bucket, claim: Callable[..., str], tmp_path: Path
) -> None:
    case = claim("1.pdf")
    record(ledger, case, understood("s1211-000"))
    decide(ledger, Wish(case=case, act=Act.RETURN), WANG)
    late = ledger.claimed(case).model_copy(update={"edition": 1})
    ledger.record(case, DEAL.dossier, (), state=State.CLEAR, seconds=1.0, ruleset="1", verdict="{}", since=late)
    write_bundle(ledger, bucket, case, tmp_path / "b.zip", "auditor:zhao")
    ended = _verify(tmp_path / "b.zip")
    assert ended.returncode == 0, ended.stdout
    assert "2 次核验的页面、文书、规则结论与操作日志一致" in ended.stdout
    assert Audit(ledger.database).verify().whole
