"""核验案卷包是否完整、未被改动；只用 Python 标准库，无需安装 · checks a case bundle on its own, Python 3.9 or later.

    python3 verify.py [案卷包.zip 或已解压的文件夹] [--expect 编号:哈希]

退出码 exit codes: 0 未被改动 untouched · 1 有改动或缺失 something was changed or is missing · 2 用法错误 usage
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST, CHAIN, CASE = "manifest.json", "chain.jsonl", "case.json"
PAGE = ("number", "file", "index", "sha256", "width", "height", "dpi", "engine")
FINDING = ("position", "rule", "outcome", "severity", "subject", "message", "cites")
KINDS = {"run": "记录", "pages": "页面", "documents": "文书", "findings": "规则结论"}
BODY = ("id", "at", "case_number", "actor", "what", "detail")


class Bundle:
    """The files of a bundle by their names, in a zip or a folder."""

    def __init__(self, path: Path) -> None:
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        self.path = path

    def names(self) -> list[str]:
        if self.zip:
            return [info.filename for info in self.zip.infolist() if not info.is_dir()]
        return [path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file()]

    def read(self, name: str) -> bytes:
        with self._open(name) as file:
            return bytes(file.read())

    def hash(self, name: str) -> str:
        made = hashlib.sha256()
        with self._open(name) as file:
            while part := file.read(1 << 20):
                made.update(part)
        return made.hexdigest()

    def _open(self, name: str) -> Any:
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")


def check(bundle: Bundle, expected: str | None = None) -> Iterator[tuple[bool, str]]:
    """What was checked, one sentence each, and whether it is as it should be."""
    manifest = json.loads(bundle.read(MANIFEST))
    record = json.loads(bundle.read(CASE))
    links = [json.loads(line) for line in bundle.read(CHAIN).decode("utf-8").splitlines()]
    yield from check_files(bundle, manifest["files"])
    hashes, broken = follow(links, record["case"])
    yield broken is None, f"操作日志逐条衔接，共 {len(hashes) - 1} 条" if broken is None else f"操作日志：{broken}"
    own = [link | {"detail": json.loads(link["detail"])} for link in links[1:] if "detail" in link]
    yield from check_seals(bundle, record, own, bundle.hash(MANIFEST))
    end = max(hashes)
    if expected is not None:
        number, _, mark = expected.partition(":")
        yield hashes.get(int(number)) == mark.lower(), f"操作日志第 {number} 条与抄存的哈希一致"
    print(f"操作日志末尾 end of the log  {end}:{hashes[end]}")


def check_files(bundle: Bundle, listed: dict[str, dict[str, Any]]) -> Iterator[tuple[bool, str]]:
    """Every file is there once and is the one that the manifest lists, and there is no other."""
    names = bundle.names()
    strange = sorted(set(names) - set(listed) - {MANIFEST, CHAIN})
    doubled = sorted({name for name in names if names.count(name) > 1})
    yield not (strange or doubled), "没有清单以外的文件" + "".join(f"；{name}" for name in [*strange, *doubled])
    wrong = [name for name, file in listed.items() if name not in names or bundle.hash(name) != file["sha256"]]
    yield not wrong, f"{len(listed)} 个文件与清单一致" + "".join(f"；缺失或被改动：{name}" for name in wrong)


def follow(links: list[dict[str, Any]], case: str) -> tuple[dict[int, str], str | None]:
    """The hash of each event by its number, beginning with the one before the first, and where the chain breaks."""
    number, previous = links[0]["number"], links[0]["hash"]
    hashes = {number: previous}
    for link in links[1:]:
        number += 1
        if link["id"] != number:
            return hashes, f"缺第 {number} 条"
        if "detail" in link and link["case_number"] != case:
            return hashes, f"第 {number} 条不属于本案"
        previous = link_hash(previous, link)
        if link.get("hash", previous) != previous:
            return hashes, f"第 {number} 条被改动，或与前一条不衔接"
        hashes[number] = previous
    return hashes, None


def link_hash(previous: str, link: dict[str, Any]) -> str:
    """An event's hash: of the one before it and of its own content, which other cases' events show only as a hash."""
    if "detail" not in link:
        return str(link["hash"]) if "own" not in link else sha256(f"{previous}\n{link['own']}")
    body = {key: link[key] for key in BODY}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous}\n{text if link.get('old') else sha256(text)}")


def check_seals(
    bundle: Bundle, record: dict[str, Any], own: list[dict[str, Any]], manifest: str
) -> Iterator[tuple[bool, str]]:
    """What the log says of the bundle's files: originals as received, verdicts as given, the manifest as exported."""
    exported = [event["detail"].get("manifest") for event in own if event["what"] == "exported"]
    yield exported[-1:] == [manifest], "清单与导出时写入操作日志的一致"
    received = {one for event in own if event["what"] == "received" for one in event["detail"]["files"]}
    kept = [file for version in record["versions"] for file in version["files"] if file["sha256"]]
    wrong = [file["name"] for file in kept if not same(bundle, file["path"], file["sha256"], received)]
    yield not wrong, f"{len(kept)} 个原件与收件时记录的一致" + "".join(f"；不一致：{name}" for name in wrong)
    yield check_decisions(record["decisions"], own)
    yield from check_versions(record["versions"], own)
    for version in record["versions"]:
        sealed = [event["detail"]["verdict"] for event in own if is_verdict(event, version["version"])][-1:]
        path = version["verdict"]
        if sealed:
            right = sealed[0] == (bundle.hash(path) if path else None)
            yield right, f"版本 {version['version']} 的核验结论与操作日志记录的一致"


def check_decisions(rows: list[dict[str, Any]], own: list[dict[str, Any]]) -> tuple[bool, str]:
    """Whether the decisions are those that the log tells of, each by the same person and with the same content."""
    told = {event["detail"]["number"]: event for event in own if event["what"] == "decided"}
    right = {row["id"] for row in rows if row["id"] in told and is_told(row, told[row["id"]])}
    wrong = sorted((right ^ set(told)) | ({row["id"] for row in rows} - right))
    return not wrong, f"{len(rows)} 项人工决定与操作日志记录的一致" + "".join(f"；不一致：第 {one} 项" for one in wrong)


def is_told(row: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether a decision's row says what its event says."""
    detail = {key: value for key, value in event["detail"].items() if key != "case_state"}
    names = {"number": "id", "item": "item_id"}
    return row["actor"] == event["actor"] and all(row.get(names.get(key, key)) == detail[key] for key in detail)


def check_versions(versions: list[dict[str, Any]], own: list[dict[str, Any]]) -> Iterator[tuple[bool, str]]:
    """Whether the log tells of every version and its state, and of every run with all its rows."""
    received = {event["detail"].get("version", 1) for event in own if event["what"] == "received"}
    odd = sorted(received ^ {version["version"] for version in versions})
    yield not odd, f"{len(versions)} 个版本都有收件记录" + "".join(f"；缺失或为后加：版本 {one}" for one in odd)
    for version in versions:
        told = [event for event in own if event["detail"].get("version", 1) == version["version"]]
        state = ([None] + [one for one in map(state_after, told) if one])[-1]
        yield (
            state == version["state"],
            f"版本 {version['version']} 的状态与操作日志一致：{version['state']}，日志 {state}",
        )
        wrong = list(wrong_rows(version["runs"], told))
        sentence = f"版本 {version['version']} 的 {len(version['runs'])} 次核验的页面、文书、规则结论与操作日志一致"
        yield not wrong, sentence + "".join(f"；{one}" for one in wrong)


def state_after(event: dict[str, Any]) -> str | None:
    """The state that an event gives its version of the case; None where it leaves it as it is."""
    what, detail = event["what"], event["detail"]
    if what in ("received", "retried", "quarantined"):
        return "quarantined" if what == "quarantined" else "received"
    if what == "replaced" or (what == "checked" and event["actor"] == "system" and "case_state" not in detail):
        return str(detail["state"])
    if what not in ("checked", "decided"):
        return None
    of_case = what == "decided" and not {"item", "place"} & set(detail)
    return detail.get("case_state") or (detail.get("after") if of_case else None)


def wrong_rows(runs: list[dict[str, Any]], told: list[dict[str, Any]]) -> Iterator[str]:
    """The rows of runs that are not as the log tells; of runs of the first versions it tells none."""
    sealed = {event["detail"]["run"]: event["detail"]["rows"] for event in told if "rows" in event["detail"]}
    found = {run["id"]: run for run in runs}
    yield from (f"缺失：第 {number} 次核验" for number in sorted(set(sealed) - set(found)))
    old = sum(event["what"] == "checked" and "rows" not in event["detail"] for event in told)
    yield from (f"为后加：第 {number} 次核验" for number in sorted(set(found) - set(sealed))[old:])
    for number in sorted(set(sealed) & set(found)):
        rows = digest_run(found[number])
        for kind in sorted(set(sealed[number]) | set(rows)):
            names = compare_rows(sealed[number].get(kind, {"hash": "", "each": {}}), rows.get(kind, {}))
            yield from (f"第 {number} 次核验 {KINDS.get(kind, kind)} {name}" for name in names)


def compare_rows(sealed: dict[str, Any], found: dict[str, str]) -> Iterator[str]:
    """The places of rows that are not as they were told, each with what became of it."""
    text = "\n".join(f"{place}:{one}" for place, one in sorted(found.items()))
    if sha256(text) == sealed["hash"]:
        return
    each = sealed["each"]
    for place in sorted(set(each) | set(found), key=lambda one: (len(one), one)):
        if place not in found or place not in each:
            yield f"序号 {place} {'缺失' if place in each else '为后加'}"
        elif each[place] != found[place][: len(each[place])]:
            yield f"序号 {place} 被改动"
    if set(each) == set(found) and all(found[place].startswith(each[place]) for place in each):
        yield "被改动"


def digest_run(run: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The digests of a run and its rows, as the system makes them of what it stores."""
    papers = [
        [n, one["type"], one["version"], text_of(one["pages"]), text_of(one)] for n, one in enumerate(run["documents"])
    ]
    pages = [[page[key] for key in PAGE] + [text_of(page["detail"]), key_of(page["reading"])] for page in run["pages"]]
    found = [[finding[key] for key in FINDING] + [text_of(finding["evidence"])] for finding in run["findings"]]
    own = [[0, run["at"], run["ruleset"], run["state"], run["seconds"]]]
    rows = {"pages": pages, "documents": papers, "findings": found}
    digests = {kind: {str(row[0]): digest(row) for row in listed} for kind, listed in rows.items()}
    return digests | {"run": {"0": digest(own[0][1:])}}


def digest(row: list[Any]) -> str:
    """The hash of a row, of its columns as one JSON text."""
    return sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")))


def text_of(thing: Any) -> str:
    """JSON as the system stores it."""
    return json.dumps(thing, ensure_ascii=False)


def key_of(path: str | None) -> str | None:
    """The key of a page's reading, by its file's name."""
    return path and f"recorded {Path(path).stem}"


def is_verdict(event: dict[str, Any], version: int) -> bool:
    """Whether an event tells the hash of this version's verdict."""
    return event["detail"].get("version") == version and "verdict" in event["detail"]


def same(bundle: Bundle, path: str, expected: str, received: set[str]) -> bool:
    """Whether a file is what was received."""
    return path in bundle.names() and expected in received and bundle.hash(path) == expected


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--expect", metavar="N:HASH", help="他处抄存的日志编号与哈希")
    args = parser.parse_args(argv)
    right = True
    try:
        for passed, sentence in check(Bundle(args.bundle), args.expect):
            right = right and passed
            print("✓" if passed else "✗", sentence)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, zipfile.BadZipFile) as error:
        right = False
        print("✗", f"案卷包无法读取，或内容残缺：{type(error).__name__} {error}")
    print("案卷包完整，未被改动 · untouched" if right else "案卷包有改动或缺失 · NOT as it was exported")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
