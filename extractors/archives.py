"""Zip archives, expanded only as far as they are safe."""

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from domain.errors import IntakeError
from extractors.limits import Limits
from extractors.room import lacks_room

_CHUNK = 2**18
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)


def expand(archive: Path, folder: Path, limits: Limits, room: int) -> int:
    """Writes the archive's files below `folder` and gives their total size; at most `room` bytes are written.

    Raises IntakeError: BROKEN_FILE, ENCRYPTED_ZIP, UNSAFE_NAME, ZIP_BOMB, TOO_MANY_FILES, EMPTY_PACKAGE; StorageAway
    where the disk is full. Declared sizes are checked before anything is written, actual ones while writing, since a
    bomb may lie about its sizes.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
            names = check_entries(entries, limits, room)
            return sum(_write(zipped, entry, folder / name, room) for entry, name in zip(entries, names, strict=True))
    except (*_BROKEN, EOFError, IndexError, NotImplementedError, RuntimeError, UnicodeError, OSError) as error:
        if short := lacks_room(archive.parent):
            raise short from error
        raise IntakeError(
            "BROKEN_FILE", f"ZIP 压缩包已损坏或使用了不支持的压缩方式（{type(error).__name__}）。"
        ) from error


def check_entries(entries: list[zipfile.ZipInfo], limits: Limits, room: int) -> list[PurePosixPath]:
    """The names under which the entries may be written, by what the archive says of itself; raises as `expand`."""
    if not entries:
        raise IntakeError("EMPTY_PACKAGE", "ZIP 压缩包为空。")
    if len(entries) > limits.max_files:
        raise IntakeError("TOO_MANY_FILES", f"ZIP 内文件数 {len(entries)} 超过上限 {limits.max_files} 个。")
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise IntakeError("ENCRYPTED_ZIP", "ZIP 压缩包设有密码，请去除密码后重新提交。")
    if sum(entry.file_size for entry in entries) > room or any(_bomb(entry, limits) for entry in entries):
        raise IntakeError("ZIP_BOMB", "ZIP 解压后体积异常，疑似压缩炸弹。")
    return [_safe_name(entry) for entry in entries]


def _bomb(entry: zipfile.ZipInfo, limits: Limits) -> bool:
    """Judged by ratio, too: a few kilobytes that swell to gigabytes are no scan."""
    swollen = entry.file_size > max(1, entry.compress_size) * limits.max_ratio
    return entry.file_size > limits.max_bytes or (swollen and entry.file_size > limits.ratio_free_bytes)


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = PurePosixPath(_decoded(entry).replace("\\", "/"))
    unsafe = not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or "\x00" in str(name)
    if unsafe or stat.S_ISLNK(entry.external_attr >> 16):
        raise IntakeError("UNSAFE_NAME", f"ZIP 内含不安全的文件名：{name}")
    return name


def _decoded(entry: zipfile.ZipInfo) -> str:
    """Windows zips carry GBK names without the UTF-8 flag; zipfile reads those as cp437."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    raw = entry.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _write(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room: int) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with zipped.open(entry) as source, target.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > min(room, entry.file_size):
                raise IntakeError("ZIP_BOMB", "ZIP 解压后体积与声明不符，疑似压缩炸弹。")
            sink.write(chunk)
    return written
