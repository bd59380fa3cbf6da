"""Files that are broken, hostile or merely unusual, and what becomes of them."""

import os
import struct
import threading
import zipfile
import zlib

import pytest
from PIL import Image

from domain.errors import IntakeError
from extractors.files import Limits, SourceFile, digest, natural_key, render, unpack


def refusal(call, *args):
    with pytest.raises(IntakeError) as caught:
        call(*args)
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.message), "the reason is told in Chinese"
    return caught.value.code


def source(path):
    return SourceFile(name=path.name, path=path, sha256=digest(path))


def picture(path, size=(400, 560), **options):
    Image.new("RGB", size, "white").save(path, **options)
    return path


def pdf(path, pages=1, box="0 0 595 842", extra=""):
    """A minimal PDF written by hand, so that it may be as strange as needed."""
    kids = " ".join(f"{i + 3} 0 R" for i in range(pages))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {pages}/Kids[{kids}]>>"]
    objects += [f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{extra}>>"] * pages
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    path.write_bytes(body + trailer.encode())
    return path


def zipped(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def png_bytes(tmp_path):
    return picture(tmp_path / "bytes.png").read_bytes()


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "p").mkdir()
    assert refusal(unpack, tmp_path / "p", tmp_path / "w") == "EMPTY_PACKAGE"


def test_system_files_do_not_make_a_package(tmp_path):
    (tmp_path / "p").mkdir()
    for name in (".DS_Store", "Thumbs.db", "truth.json", "_READY", "a.truth.json", "._1.jpg"):
        (tmp_path / "p" / name).write_text("x")
    assert refusal(unpack, tmp_path / "p", tmp_path / "w") == "EMPTY_PACKAGE"


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.pdf").touch()
    assert refusal(unpack, tmp_path / "a.pdf", tmp_path / "w") == "EMPTY_FILE"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        ("这是一个文本文件。\n".encode(), "文本"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Office"),
        (bytes(range(256)), "无法识别"),
    ],
)
def test_a_foreign_file_is_refused_by_its_name(tmp_path, content, named):
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(IntakeError, match=named) as caught:
        unpack(tmp_path / "a.pdf", tmp_path / "w")
    assert caught.value.code == "UNSUPPORTED_TYPE"


def test_a_word_document_is_no_zip(tmp_path):
    path = zipped(tmp_path / "a.zip", {"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})
    with pytest.raises(IntakeError, match="Word"):
        unpack(path, tmp_path / "w")


def test_the_content_decides_and_not_the_extension(tmp_path):
    path = picture(tmp_path / "scan.pdf", format="PNG")
    (page,) = render(source(path), tmp_path / "w")
    assert Image.open(page.path).size == (400, 560)


def test_a_zip_that_stores_a_pdf_is_a_zip(tmp_path):
    inner = pdf(tmp_path / "1.pdf").read_bytes()
    path = zipped(tmp_path / "a.zip", {"1.pdf": inner, "2.pdf": inner}, zipfile.ZIP_STORED)
    assert [file.name for file in unpack(path, tmp_path / "w").files] == ["1.pdf", "2.pdf"]


def test_names_sort_by_their_numbers():
    names = ["第10页.jpg", "第2页.jpg", "第1页.jpg", "附件/1.jpg"]
    assert sorted(names, key=natural_key) == ["第1页.jpg", "第2页.jpg", "第10页.jpg", "附件/1.jpg"]


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "p").mkdir()
    picture(tmp_path / "p" / "2.png")
    (tmp_path / "p" / "1.png").touch()
    package = unpack(tmp_path / "p", tmp_path / "w")
    assert [file.name for file in package.files] == ["2.png"]
    assert [(file.name, file.code) for file in package.refused] == [("1.png", "EMPTY_FILE")]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_jpeg_is_refused(tmp_path, share):
    path = tmp_path / "a.jpg"
    Image.effect_noise((900, 1200), 60).convert("RGB").save(path, quality=80)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refusal(render, source(path), tmp_path / "w") == "TRUNCATED"


def test_a_truncated_pdf_is_refused(tmp_path):
    path = pdf(tmp_path / "a.pdf", pages=3)
    path.write_bytes(path.read_bytes()[:120])
    assert refusal(render, source(path), tmp_path / "w") in {"TRUNCATED", "BROKEN_FILE"}


def test_an_encrypted_pdf_is_refused(tmp_path):
    path = tmp_path / "a.pdf"
    trailer = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")>>/ID[(a)(a)]"
    )
    path.write_bytes(pdf(tmp_path / "b.pdf").read_bytes().replace(b"/Root 1 0 R", b"/Root 1 0 R" + trailer))
    assert refusal(render, source(path), tmp_path / "w") == "ENCRYPTED_PDF"


def test_an_absurdly_large_page_is_refused_before_it_is_rendered(tmp_path):
    path = pdf(tmp_path / "a.pdf", box="0 0 595 2147483647")
    assert refusal(render, source(path), tmp_path / "w") == "PAGE_TOO_BIG"


def test_a_pdf_of_two_thousand_pages_is_refused(tmp_path):
    path = pdf(tmp_path / "a.pdf", pages=2000)
    assert refusal(render, source(path), tmp_path / "w") == "TOO_MANY_PAGES"


def test_a_png_that_claims_ten_billion_pixels_is_refused(tmp_path):
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    path = tmp_path / "a.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\x00\x00\x00\x00IDAT"
    )
    assert refusal(render, source(path), tmp_path / "w") == "TOO_MANY_PIXELS"


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    path = pdf(tmp_path / "a.pdf", pages=900)
    assert refusal(render, source(path), tmp_path / "w", Limits(seconds_per_file=1)) == "TIMEOUT"


def test_a_file_that_needs_too_much_memory_kills_only_its_child(tmp_path):
    path = picture(tmp_path / "a.png", size=(6000, 6000))
    assert refusal(render, source(path), tmp_path / "w", Limits(max_memory=120 * 2**20)) in {
        "TOO_MUCH_MEMORY",
        "BROKEN_FILE",
    }


def test_every_page_of_a_tiff_is_taken(tmp_path):
    path = tmp_path / "a.tif"
    pages = [Image.new(mode, (300, 400), "white") for mode in ("RGB", "L", "1")]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(50, 50))
    rendered = render(source(path), tmp_path / "w")
    assert [page.colour_space for page in rendered] == ["RGB", "L", "1"]
    assert [page.dpi for page in rendered] == [50.0, 50.0, 50.0]


def test_the_turn_that_a_camera_noted_is_honoured(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6
    path = picture(tmp_path / "a.jpg", size=(400, 300), exif=turned)
    (page,) = render(source(path), tmp_path / "w")
    assert Image.open(page.path).size == (300, 400)


@pytest.mark.parametrize(("noted", "told"), [(200, 200.0), (72, None), (1, None)])
def test_a_resolution_that_nobody_set_is_none(tmp_path, noted, told):
    path = picture(tmp_path / "a.jpg", size=(1654, 2339), dpi=(noted, noted))
    (page,) = render(source(path), tmp_path / "w")
    assert page.dpi == told


def test_a_scan_in_a_pdf_keeps_its_own_resolution(tmp_path):
    path = tmp_path / "a.pdf"
    Image.effect_noise((1240, 1754), 40).save(path, resolution=150)
    (page,) = render(source(path), tmp_path / "w")
    assert page.dpi == pytest.approx(150, abs=1)
    assert Image.open(page.path).size == pytest.approx((1240, 1754), abs=2)
    assert (page.colour_space, page.words) == ("L", None)


def test_rendering_a_small_file_costs_little(tmp_path):
    file = source(picture(tmp_path / "a.png"))
    before = os.times()
    render(file, tmp_path / "w")
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1.0


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"1.png": png_bytes(tmp_path)})
    data = bytearray(path.read_bytes())
    for magic, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + flag] |= 1
    path.write_bytes(data)
    assert refusal(unpack, path, tmp_path / "w") == "ENCRYPTED_ZIP"


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "..\\evil.png", "C:\\evil.png"])
def test_a_name_that_leads_out_of_the_zip_is_refused(tmp_path, name):
    path = zipped(tmp_path / "a.zip", {name: png_bytes(tmp_path)})
    assert refusal(unpack, path, tmp_path / "w") == "UNSAFE_NAME"
    assert not list(tmp_path.rglob("evil.png"))


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path):
    path = zipped(tmp_path / "a.zip", {"1.png": bytes(64 * 2**20)})
    assert refusal(unpack, path, tmp_path / "w") == "ZIP_BOMB"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"1.png": bytes(30 * 2**20)})
    data = bytearray(path.read_bytes())
    for magic, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(magic) + place
        data[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(data)
    assert refusal(unpack, path, tmp_path / "w") in {"ZIP_BOMB", "BROKEN_FILE"}
    assert sum(file.stat().st_size for file in (tmp_path / "w").rglob("*") if file.is_file()) < 2**20


def test_a_zip_in_a_zip_is_opened_to_a_small_depth(tmp_path):
    content, path = png_bytes(tmp_path), tmp_path / "0.zip"
    zipped(path, {"里面/1.png": content})
    for depth in range(1, 5):
        path = zipped(tmp_path / f"{depth}.zip", {f"{depth - 1}.zip": path.read_bytes()})
    assert [file.name for file in unpack(tmp_path / "2.zip", tmp_path / "w").files] == ["1.zip/0.zip/里面/1.png"]
    assert refusal(unpack, tmp_path / "4.zip", tmp_path / "w4") == "NESTED_TOO_DEEP"


def test_names_in_gbk_are_read(tmp_path):
    path = tmp_path / "a.zip"
    zipped(path, {"xxxxxxxx.png": png_bytes(tmp_path)})
    name = "营业执照".encode("gbk")
    path.write_bytes(path.read_bytes().replace(b"xxxxxxxx", name))
    assert [file.name for file in unpack(path, tmp_path / "w").files] == ["营业执照.png"]


def test_too_many_files_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {f"{i}.png": b"x" for i in range(30)})
    assert refusal(unpack, path, tmp_path / "w", Limits(max_files=20)) == "TOO_MANY_FILES"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path):
    path = picture(tmp_path / "a.png")
    with path.open("r+b") as file:
        file.truncate(200 * 2**20)
    stop = threading.Event()

    def grow():
        while not stop.wait(0.001):
            with path.open("ab") as file:
                file.write(b"x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert refusal(unpack, path, tmp_path / "w") == "FILE_CHANGED"
    finally:
        stop.set()
        writer.join()


def test_a_file_replaced_between_hashing_and_rendering_is_refused(tmp_path):
    file = source(picture(tmp_path / "a.png"))
    picture(tmp_path / "a.png", size=(401, 560))
    assert refusal(render, file, tmp_path / "w") == "FILE_CHANGED"
