"""Starts the process in which files are decoded, and translates how it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from domain.errors import IntakeError
from extractors.confining import surroundings
from extractors.kinds import FileKind
from extractors.limits import Limits
from extractors.room import lacks_room

_ROOT = Path(__file__).resolve().parents[1]
_SPARE_SECONDS = 5
_LAST_WORDS = 8192


def render_in_child(path: Path, kind: FileKind, target: Path, limits: Limits) -> list[dict[str, Any]]:
    """Pages of a file as `path`, `dpi`, `colour_space` and `words`, pictures written below `target`.

    A poisonous file kills only the child. Raises IntakeError with the child's reason, or TIMEOUT, TOO_MUCH_MEMORY,
    BROKEN_FILE when the child did not get as far as telling one; StorageAway where the disk is full.
    """
    request = {"path": str(path), "kind": kind.value, "target": str(target), "limits": limits.model_dump()}
    # Into files: a decoder that never stops complaining must not fill our memory.
    with TemporaryFile() as answer, TemporaryFile() as complaints:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "extractors.rendering"],
                input=json.dumps(request).encode(),
                stdout=answer,
                stderr=complaints,
                cwd=_ROOT,
                env=surroundings(os.environ) | {"OMP_NUM_THREADS": "1"},
                timeout=limits.seconds_per_file + _SPARE_SECONDS,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise _slow(limits) from error
        try:
            return _answer(done.returncode, _end_of(answer, limits.max_bytes), _end_of(complaints, _LAST_WORDS), limits)
        except (IntakeError, IndexError, ValueError) as error:
            raise lacks_room(target) or error from None


def _end_of(file: IO[bytes], size: int) -> bytes:
    file.seek(max(0, file.seek(0, os.SEEK_END) - size))
    return file.read()


def _answer(code: int, told: bytes, complaints: bytes, limits: Limits) -> list[dict[str, Any]]:
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        raise _slow(limits)
    if code != 0:
        raise _died(code, complaints)
    answer = json.loads(told.splitlines()[-1])
    if "code" in answer:
        raise IntakeError(answer["code"], answer["message"])
    pages: list[dict[str, Any]] = answer["pages"]
    return pages


def _slow(limits: Limits) -> IntakeError:
    return IntakeError("TIMEOUT", f"解码用时超过 {limits.seconds_per_file} 秒，文件可能有问题。")


def _died(code: int, complaints: bytes) -> IntakeError:
    last = complaints.decode(errors="replace").strip().splitlines()[-1:] or [""]
    if "MemoryError" in last[0] or "bad_alloc" in last[0] or code == -signal.SIGKILL:
        return IntakeError("TOO_MUCH_MEMORY", "解码所需内存超过上限，文件可能有问题。")
    why = last[0].split(":")[0][:60]
    return IntakeError("BROKEN_FILE", f"文件已损坏，无法解码（{why if why.isprintable() and why else code}）。")
