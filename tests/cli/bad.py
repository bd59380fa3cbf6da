"""Papers that no one can process, each made as small as it can be."""

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, ImageDraw


def good(path: Path, text: str = "PAGE 1234567890") -> Path:
    """A legible page that is none of the known papers."""
    picture = Image.new("RGB", (1240, 600), "white")
    ImageDraw.Draw(picture).text((80, 120), text, fill="black", font_size=80)
    picture.save(path, dpi=(150, 150))
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def text(path: Path) -> Path:
    path.write_text("这不是扫描件\n", encoding="utf-8")
    return path


def truncated(path: Path) -> Path:
    whole = good(path.with_suffix(".tmp.jpg")).read_bytes()
    path.with_suffix(".tmp.jpg").unlink()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def huge_picture(path: Path) -> Path:
    """A PNG that says it is 100,000 × 100,000 pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + _chunk(b"IEND", b"")
    )
    return path


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def heic(path: Path) -> Path:
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100)
    return path


def pdf(path: Path, pages: int = 1, extra: str = "") -> Path:
    """A PDF of blank pages; `extra` goes into its trailer."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + pages))
    bodies = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    bodies += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"] * pages
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R{extra}>>\nstartxref\n{len(out)}\n%%EOF\n"
    path.write_bytes(out + (head + tail).encode())
    return path


def encrypted_pdf(path: Path) -> Path:
    """Locked with a user password that nobody knows (40-bit RC4, its check value is random)."""
    junk = hashlib.sha256(b"owner").hexdigest()
    return pdf(
        path, extra=f"/ID[<{'0' * 32}><{'0' * 32}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{junk}>/U<{junk}>>>"
    )


def many_pages(path: Path) -> Path:
    return pdf(path, pages=2000)


def password_zip(path: Path) -> Path:
    """A zip whose entry is flagged as encrypted, in both of its headers."""
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("扫描.jpg", b"secret")
    raw = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + place] |= 1
    path.write_bytes(raw)
    return path


def climbing_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("../../climbed.jpg", b"x")
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.tif", b"\0" * 100_000_000)
    return path


ALL = {
    "空.pdf": empty,
    "说明.txt": text,
    "截断.jpg": truncated,
    "巨幅.png": huge_picture,
    "手机.heic": heic,
    "加密.pdf": encrypted_pdf,
    "两千页.pdf": many_pages,
    "密码.zip": password_zip,
    "越界.zip": climbing_zip,
    "炸弹.zip": bomb,
}
