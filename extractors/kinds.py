"""What a file really is, told from its first bytes and never from its name."""

from enum import StrEnum
from pathlib import Path

from domain.errors import IntakeError

HEAD_BYTES = 4096


class FileKind(StrEnum):
    """File types that are taken in."""

    PDF = "pdf"
    IMAGE = "image"
    ZIP = "zip"


_IMAGE_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"BM")
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_OTHER_MAGIC = (
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "GZIP 压缩包"),
    (b"BZh", "BZIP2 压缩包"),
    (b"\xfd7zXZ\x00", "XZ 压缩包"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文档（.doc/.xls/.ppt 或 .wps）"),
    (b"GIF8", "GIF 图片"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000 图片"),
    (b"AT&T", "DjVu 文件"),
    (b"%!PS", "PostScript 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "程序文件"),
)
_OFFICE_PARTS = (
    (b"word/", "Word 文档"),
    (b"xl/", "Excel 表格"),
    (b"ppt/", "PowerPoint 文档"),
    (b"OFD.xml", "OFD 文件"),
)
_ADVICE = "请改为 PDF、JPEG、PNG、TIFF 或 ZIP 后重新提交。"


def tell_kind(path: Path) -> FileKind:
    """The type of the file at `path`; raises IntakeError EMPTY_FILE, or UNSUPPORTED_TYPE that names what it is."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise IntakeError("EMPTY_FILE", "文件为空（0 字节）。")
    kind = _known(head)
    if kind is None:
        raise IntakeError("UNSUPPORTED_TYPE", f"不支持的文件类型：{_foreign(head)}。{_ADVICE}")
    return kind


def _known(head: bytes) -> FileKind | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return FileKind.ZIP if _office(head) is None else None
    if head.startswith(_IMAGE_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return FileKind.IMAGE
    # a PDF may begin with up to a kilobyte of something else, so it comes last: a zip with a PDF stored in it does, too
    return FileKind.PDF if b"%PDF-" in head[:1024] else None


def _office(head: bytes) -> str | None:
    """Office and OFD files are zips whose first entries give them away."""
    if b"[Content_Types].xml" not in head and b"OFD.xml" not in head and b"mimetype" not in head[:60]:
        return None
    return next((name for part, name in _OFFICE_PARTS if part in head), "Office 文档")


def _foreign(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "HEIC/HEIF 图片" if head[8:12] in _HEIF_BRANDS else "视频文件"
    for magic, name in _OTHER_MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"PK"):
        return _office(head) or "压缩包"
    return "文本文件" if _textual(head) else "无法识别的文件"


def _textual(head: bytes) -> bool:
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head) <= len(head) // 100
