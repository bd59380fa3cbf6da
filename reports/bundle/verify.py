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
    detail = {key: value for key, value in event["detail"].items() if isinstance(value, (str, int))}
    names = {"number": "id", "item": "item_id"}
    return row["actor"] == event["actor"] and all(row.get(names.get(key, key)) == detail[key] for key in detail)


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
