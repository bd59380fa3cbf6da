"""Files and folders dragged from the desktop onto the page of uploads, in a real Chromium."""

from collections.abc import Callable
from pathlib import Path

from review.desk.office import Office
from storage.intake import waiting
from storage.uploads import Uploads
from tests.review.desk.test_in_the_browser import CHROMIUM as CHROMIUM
from tests.review.desk.test_in_the_browser import address as address
from tests.review.desk.test_in_the_browser import chromium as chromium
from tests.review.desk.test_in_the_browser import pytestmark as pytestmark
from tests.review.desk.test_in_the_browser import screen as screen
from tests.review.desk.test_in_the_browser import sync_api

COPY = 1  # a mask of what dragging may do


def drag(page: sync_api.Page, *paths: Path) -> None:
    """As the desktop does it: over the place, along it, and let go; the browser itself opens what lies there."""
    box = page.locator("#drop").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPY}
    for number, kind in enumerate(("dragEnter", "dragOver", "dragOver", "drop")):
        x, y = box["x"] + box["width"] / 2 + number, box["y"] + box["height"] / 2
        session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
        if kind == "dragOver":
            sync_api.expect(page.locator("#drop")).to_have_class("drop over")


def send(page: sync_api.Page) -> str:
    page.click("#send")
    page.wait_for_url("**/uploads?receipt=*")
    return str(page.locator(".note.good code").text_content())


def test_files_that_are_dropped_are_listed_and_become_one_package(
    shelf: Office, screen: Callable[..., sync_api.Page], tmp_path: Path
) -> None:
    papers = [tmp_path / "papers" / name for name in ("1 申请表.pdf", "2 许可证.pdf")]
    papers[0].parent.mkdir()
    for paper in papers:
        paper.write_bytes(b"%PDF-1.7 " + paper.name.encode())
    page = screen("luo")
    page.goto("/uploads")
    drag(page, *papers)
    sync_api.expect(page.locator("#drop")).to_have_class("drop")
    sync_api.expect(page.locator("#chosen li")).to_have_text(["1 申请表.pdf · 0.0 MB", "2 许可证.pdf · 0.0 MB"])
    receipt = send(page)
    (package,) = waiting(shelf.bucket)
    assert [one.name.rpartition("/")[2] for one in package.papers] == ["1 申请表.pdf", "2 许可证.pdf"]
    (upload,) = Uploads(shelf.ledger.database).list("luo").items
    assert (upload.receipt, upload.package, upload.files) == (receipt, package.name, 2)


def test_a_folder_that_is_dropped_keeps_its_name_and_what_lies_below(
    shelf: Office, screen: Callable[..., sync_api.Page], tmp_path: Path
) -> None:
    folder = tmp_path / "甲公司"
    for name in ("正本/1.jpg", "副本/1.jpg", "副本/说明.txt", ".DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    page = screen("luo")
    page.goto("/uploads")
    drag(page, folder)
    sync_api.expect(page.locator("#chosen li")).to_have_count(4)
    send(page)
    (package,) = waiting(shelf.bucket)
    names = [one.name for one in package.papers]
    assert sorted(names) == ["intake/甲公司/副本/1.jpg", "intake/甲公司/副本/说明.txt", "intake/甲公司/正本/1.jpg"]
    assert shelf.bucket.read("intake/甲公司/正本/1.jpg") == "正本/1.jpg".encode()


def test_what_is_dropped_beside_the_place_is_taken_as_well_and_a_later_drop_replaces_it(
    shelf: Office, screen: Callable[..., sync_api.Page], tmp_path: Path
) -> None:
    one, other = tmp_path / "旧.zip", tmp_path / "新.zip"
    one.write_bytes(b"PK old"), other.write_bytes(b"PK new")
    page = screen("luo")
    page.goto("/uploads")
    drag(page, one)
    sync_api.expect(page.locator("#chosen li")).to_have_text(["旧.zip · 0.0 MB"])
    drag(page, other)
    sync_api.expect(page.locator("#chosen li")).to_have_text(["新.zip · 0.0 MB"])
    send(page)
    (package,) = waiting(shelf.bucket)
    assert shelf.bucket.read(package.objects[0].name) == b"PK new"
