"""Writes a case's bundle: originals, readings, records, the log that binds them, and the program that checks it."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from domain.errors import ExitCode, HeyanError
from storage.audit import Audit, Mark
from storage.bucket import Bucket
from storage.exports import read_case
from storage.ledger import Ledger
from storage.originals import fetch

FORMAT = 1
_HERE = Path(__file__).parent
_LONGEST = 80  # characters of a name: unpacked below a long path it must still be a name on any machine


class BundleNotWritten(HeyanError):
    """The bundle could not be put where it was to be."""

    exit_code = ExitCode.USAGE


def write_bundle(ledger: Ledger, bucket: Bucket, case: str, out: Path, actor: str) -> Mark:
    """Writes a case's bundle to a zip; gives the end of the log in it. The export is an event with the manifest's hash.

    The zip appears whole or not at all. Raises UnknownCase, BundleNotWritten, Damaged or NotFound for an original,
    StorageAway.
    """
    try:
        with TemporaryDirectory(prefix="heyan-", dir=out.resolve().parent) as work:
            packed = Path(work, "bundle.zip")
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                end = _Packing(archive, Path(work)).pack(ledger, bucket, case, actor)
            packed.replace(out)
            return end
    except OSError as error:
        raise BundleNotWritten("NOT_WRITTEN", f"案卷包无法写入 {out}：{error.strerror}") from error


class _Packing:
    """A zip that grows, with the hash of everything in it."""

    def __init__(self, archive: zipfile.ZipFile, work: Path) -> None:
        self.archive, self.work = archive, work
        self.files: dict[str, dict[str, Any]] = {}

    def pack(self, ledger: Ledger, bucket: Bucket, case: str, actor: str) -> Mark:
        """Everything in its order: the log comes last, and in it that and what was exported."""
        record = read_case(ledger.database, case)
        for name in ("README.zh.md", "verify.py"):
            self._put(name, (_HERE / name).read_bytes())
        for version in record["versions"]:
            self._pack_version(version, ledger, bucket)
        self._put("case.json", _dump(record))
        head = {"format": FORMAT, "case": case, "made_at": datetime.now(UTC).isoformat(), "by": actor}
        manifest = _dump(head | {"files": self.files})
        self.archive.writestr("manifest.json", manifest)
        ledger.note(case, "exported", {"manifest": hashlib.sha256(manifest).hexdigest()}, actor)
        return self._pack_chain(Audit(ledger.database), case)

    def _pack_version(self, version: dict[str, Any], ledger: Ledger, bucket: Bucket) -> None:
        for file in version["files"]:
            file["path"] = self._pack_original(version["version"], file, bucket) if file["sha256"] else None
        if version["verdict"] is not None:
            version["verdict"] = self._put(f"verdicts/{version['version']}.json", version["verdict"].encode())
        for page in (page for run in version["runs"] for page in run["pages"]):
            body = ledger.readings.get(page["reading"]) if page["reading"] else None
            page["reading"] = body and self._put(f"readings/{page['reading'].split()[-1]}.json", body.encode())

    def _pack_original(self, version: int, file: dict[str, Any], bucket: Bucket) -> str:
        name, local = f"originals/{version}/{file['position']:03d}-{_tame(file['name'])}", self.work / "original"
        fetch(bucket, file["sha256"], local)
        self.archive.write(local, name, zipfile.ZIP_STORED)  # scans are compressed already
        self.files[name] = {"sha256": file["sha256"], "size": local.stat().st_size}
        return name

    def _pack_chain(self, audit: Audit, case: str) -> Mark:
        with self.archive.open("chain.jsonl", "w") as file:
            return audit.prove(case, lambda line: file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n"))

    def _put(self, name: str, body: bytes) -> str:
        if name not in self.files:
            self.archive.writestr(name, body)
            self.files[name] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        return name


def _dump(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False, indent=1).encode()


def _tame(name: str) -> str:
    """The last part of a file's name as every system takes it."""
    plain = "".join(
        char if char.isprintable() and char not in '\\/:*?"<>|' else "_" for char in PurePosixPath(name).name
    )
    path = PurePosixPath(plain or "_")
    return path.stem[: _LONGEST - len(path.suffix[:10])] + path.suffix[:10]
