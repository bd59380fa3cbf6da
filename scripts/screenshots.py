"""Takes the pictures of `docs/handbook.zh.md`: `PYTHONPATH=. .venv/bin/python scripts/screenshots.py [NAME…]`.

The sample packages go their real way through claim, rules and record, with the readings that were recorded of them
instead of the OCR; then a real Chromium does what the handbook tells, and keeps what it sees at 1366×768.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from domain.errors import IntakeError
from domain.people import Role
from extractors.opening import open_package
from review.desk.office import Office
from storage.intake import claim, lay_out, waiting
from storage.results import set_aside
from storage.uploads import Uploads
from tests.review.desk.conftest import PASSWORD, open_office
from tests.review.desk.serving import CHROMIUM, FLAGS, serve
from tests.review.desk.shelf import SCANS, check, read, take_in

PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "desk"
TRADED, REST = date(2026, 6, 25), date(2026, 11, 20)  # the days on which the samples were handed in
PEOPLE = {
    "chen": ("陈经办", Role.OFFICER),
    "luo": ("罗审核", Role.REVIEWER),
    "tian": ("田审核", Role.REVIEWER),
    "yang": ("杨负责", Role.SUPERVISOR),
    "wu": ("吴审计", Role.AUDITOR),
}
SAMPLES = ("b072-002", "s072-002.pdf", "d072-002.pdf", "s1211-000", "b411-000.tif", "b072-003.zip", "d405-000")
HANDED_IN = ("s320-000.pdf", "s2466-000.tif")
SUPPLY, DOUBT = "HY-2026-000004", "HY-2026-000006"
MOST = 200_000  # bytes of a picture


def main(names: list[str]) -> None:
    """All pictures, or those of these names."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="heyan-") as work, sync_playwright() as playwright:
        office = stock(Path(work))
        with serve(office) as address:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=[*FLAGS.split(), "--lang=zh-CN"], env={"LANGUAGE": "zh_CN"}
            )
            for name, take in TAKES.items():
                if not names or name in names:
                    who = "chen" if name == "uploads" else "yang" if name in ("users", "audit") else "luo"
                    with signed_in(browser, address, who) as page:
                        take(page, office)
                        keep(page, name)
            browser.close()
        office.ledger.close()


def stock(folder: Path) -> Office:
    """An office with people and cases; two items are in somebody's hands."""
    office = open_office(folder)
    for name, (display, role) in PEOPLE.items():
        office.people.add(name, display, role, PASSWORD)
    for sample in SAMPLES:
        take_in(office, sample, TRADED if "072" in sample and sample[0] in "sb" else REST)
    supervisor, reviewer = office.people.find("yang"), office.people.find("tian")
    one, other = office.ledger.show("HY-2026-000007").items[:2]
    office.queue.assign(one.id, reviewer, supervisor)
    office.queue.take(other.id, office.people.find("luo"), other.edition)
    return office


@contextmanager
def signed_in(browser: Browser, address: str, name: str) -> Iterator[Page]:
    """A page of somebody, as on a small office screen."""
    size = {"width": 1366, "height": 768}
    context = browser.new_context(viewport=size, base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


def keep(page: Page, name: str) -> None:
    """The picture in few colours: sharp, and small."""
    # Pictures further down are never asked for: they are loaded as somebody comes near them.
    near = "[...document.images].filter(it => it.getBoundingClientRect().y < innerHeight)"
    page.evaluate(f"Promise.all({near}.map(it => it.decode()))")
    seen = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    path = PICTURES / f"{name}.png"
    for colours in (128, 64, 32):
        seen.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < MOST:
            break
    print(f"{path.stat().st_size:8} {path.name}")


def show(address: str) -> Callable[[Page, Office], None]:
    """Opens one address."""

    def take(page: Page, _: Office) -> None:
        page.goto(address)

    return take


def show_doubt(page: Page, office: Office) -> None:
    """What could not be read for certain, with its form."""
    item = next(it for it in office.ledger.show(DOUBT).items if it.finding.rule == "DEM-001")
    page.goto(f"/items/{item.id}")
    page.keyboard.press("e")


def show_mismatch(page: Page, office: Office) -> None:
    page.goto(f"/items/{office.ledger.show(SUPPLY).items[0].id}")


def show_page(page: Page, office: Office) -> None:
    """A page at the box of a figure."""
    show_mismatch(page, office)
    page.locator("[data-exhibit] [data-cut]").first.click()
    page.wait_for_url("**/pages/1?field=*")
    page.locator("[data-zoom=fit]").click()


def show_without_seals(page: Page, _: Office) -> None:
    page.goto(f"/cases/{SUPPLY}/v1/pages/1")
    with page.expect_response("**/pages/1.jpg?view=grey"):
        page.keyboard.press("s")


def show_correction(page: Page, office: Office) -> None:
    """A corrected figure, and what it changed."""
    show_mismatch(page, office)
    page.keyboard.press("e")
    page.locator("[data-exhibit] [name=text]").first.fill("0.024634 吨/年")
    page.locator("[data-exhibit] [name=reason]").first.fill("与纸面核对，识读有误")
    page.keyboard.press("Enter")
    page.wait_for_url("**told=*")


def show_help(page: Page, _: Office) -> None:
    page.keyboard.press("?")


def show_second_person(page: Page, office: Office) -> None:
    """The case after a correction that took away what blocks it."""
    page.goto(f"/cases/{SUPPLY}")


def show_uploads(page: Page, office: Office) -> None:
    """Two packages that were read, one that could not be, and one that still waits."""
    for name, content in [(one, (SCANS / one).read_bytes()) for one in HANDED_IN] + [("锰业公司.pdf", b"%PDF-1.7 \n")]:
        hand_in(page, name, content)
        settle(office, name)
    hand_in(page, "出让材料（第二批）.pdf", (SCANS / HANDED_IN[0]).read_bytes() + b"\n")


def hand_in(page: Page, name: str, content: bytes) -> None:
    """Through the page, as a file that was chosen."""
    page.goto("/uploads")
    page.set_input_files("[name=files]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.click("#send")
    page.wait_for_url("**/uploads?receipt=*")


def settle(office: Office, sample: str) -> None:
    """What the watcher does with it: claimed, checked by its recorded readings, or set aside."""
    with TemporaryDirectory(prefix="heyan-") as work:
        (package,) = waiting(office.bucket)
        claimed = claim(office.bucket, office.ledger, package, Path(work) / "claim", REST)
        Uploads(office.ledger.database).match(package.name, claimed.case, claimed.version, duplicate=False)
        if sample in HANDED_IN:
            check(office, claimed.case, read(sample))
            return
        try:
            open_package(lay_out(office.bucket, claimed, Path(work) / "papers"), Path(work) / "pages")
        except IntakeError as error:
            set_aside(office.bucket, office.ledger, claimed.case, error, None)


TAKES: dict[str, Callable[[Page, Office], None]] = {
    "uploads": show_uploads,
    "queue": show("/queue"),
    "help": show_help,
    "cases": show("/cases"),
    "case": show(f"/cases/{SUPPLY}"),
    "mismatch": show_mismatch,
    "doubt": show_doubt,
    "page": show_page,
    "without-seals": show_without_seals,
    "return": show(f"/cases/{SUPPLY}/return"),
    "corrected": show_correction,
    "second-person": show_second_person,
    "users": show("/users"),
    "audit": show("/audit"),
}

if __name__ == "__main__":
    main(sys.argv[1:])
