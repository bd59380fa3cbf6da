"""The desk in a real Chromium, by keyboard alone and by mouse; nothing outside this machine is ever asked for."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.desk.office import Office
from tests.review.desk.conftest import PASSWORD
from tests.review.desk.serving import CHROMIUM, FLAGS, serve

SUPPLY, DEMAND, DEAL = (f"HY-2026-00000{n}" for n in (1, 2, 3))

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")
expect = sync_api.expect
expect.set_options(timeout=30_000)  # a busy machine is no fault of the desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        yield opened
        opened.close()


@pytest.fixture
def address(shelf: Office) -> Iterator[str]:
    """Where the desk over the stocked office answers."""
    with serve(shelf) as address:
        yield address


@pytest.fixture
def screen(chromium: object, address: str) -> Iterator[Callable[..., object]]:
    """Gives signed-in pages of 1366×768; afterwards nothing may have gone elsewhere or been complained of."""
    contexts, asked, complaints = [], [], []

    def open_page(name: str = "luo") -> object:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=address, accept_downloads=True)
        contexts.append(context)
        context.set_default_timeout(30_000)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        sign_in(page, name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []


def sign_in(page: object, name: str) -> None:
    page.goto("/sign-in")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def go_to(page: object, rule: str) -> None:
    """By keys alone from the queue to an item."""
    for _ in range(40):
        if page.locator(f"tr.current:has(code:text-is('{rule}'))").count():
            page.keyboard.press("Enter")
            page.wait_for_url("**/items/*")
            return
        page.keyboard.press("j")
    raise AssertionError(f"{rule} is not in the queue")


def open_item(page: object) -> None:
    """By mouse from the queue to the mismatch of the permit's total."""
    page.get_by_role("link", name="变更前许可总量与副本相符", exact=True).click()
    page.wait_for_url("**/items/*")


def waiting(office: Office, case: str) -> set[str]:
    return {item.finding.rule for item in office.ledger.show(case).items}


def test_a_reviewer_settles_a_case_by_keyboard_alone(screen: Callable[..., object], shelf: Office) -> None:
    page = screen()
    go_to(page, "DEM-001")
    expect(page.locator("[data-exhibit].current .why")).to_contain_text(".583")
    page.keyboard.press("e")
    page.keyboard.type("3.583 kg/a")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("已消除")
    assert waiting(shelf, DEMAND) == set()
    page.keyboard.press("c")
    page.wait_for_url(f"**/cases/{DEMAND}")
    expect(page.locator("#second-person")).to_contain_text("本案须由另一人核验通过：您更正了识读")
    second = screen("tian")
    second.goto(f"/cases/{DEMAND}")
    second.keyboard.press("v")
    expect(second.locator(".told")).to_contain_text("核验通过")
    assert [it.case for it in shelf.ledger.submissions()] == [DEMAND]


def test_confirm_undo_waive_and_return_by_keyboard_alone(screen: Callable[..., object], shelf: Office) -> None:
    page = screen()
    go_to(page, "QTY-001")
    page.keyboard.press("a")
    expect(page.locator("h1 .tag.sure")).to_have_text("已确认")
    page.keyboard.press("u")
    expect(page.locator(".told")).to_contain_text("撤销")
    page.keyboard.press("w")
    page.keyboard.type("企业已书面说明")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".head")).to_contain_text("待第二人")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text("QTY-002")
    page.keyboard.press("r")
    page.wait_for_url("**/return")
    page.locator("[name=problem-0]").focus()
    page.keyboard.press("End")
    page.keyboard.type("，请核对")
    page.get_by_role("button", name="退回并发出通知").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("已退回补正")
    decided = [it.detail for it in shelf.ledger.events(SUPPLY) if it.what == "decided"]
    assert [it["act"] for it in decided] == ["confirm", "undo", "waive", "return"]
    assert "，请核对" in str(decided[-1]["notice"])


def test_the_help_card_and_the_search_open_by_their_keys(screen: Callable[..., object]) -> None:
    page = screen()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("铭岭")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?text=*")
    assert page.locator("[data-row]").count() == 2


def test_by_mouse_the_queue_is_narrowed_without_loading_the_page_again(screen: Callable[..., object]) -> None:
    page = screen()
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name=re.compile("^出让")).click()
    page.wait_for_url("**/queue?kind=supply")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert page.evaluate("window.sameDocument") is True
    page.get_by_role("link", name=re.compile("^出让")).click()
    expect(page.locator("[data-row]").nth(5)).to_be_visible()
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(2)


def test_by_mouse_a_finding_is_taken_corrected_and_gone(screen: Callable[..., object], shelf: Office) -> None:
    page = screen()
    open_item(page)
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_role("button", name="释放")).to_be_visible()
    exhibit = page.locator("[data-exhibit]", has_text="供需信息表")
    expect(exhibit.locator("img")).to_have_js_property("complete", True)
    exhibit.get_by_role("button", name="更正识读").click()
    exhibit.locator("[name=text]").fill("0.024634 吨/年")
    exhibit.locator("[name=reason]").fill("看错一位")
    exhibit.get_by_role("button", name="更正并重新核对").click()
    expect(page.locator(".told .gone")).to_contain_text("QTY-001")
    assert "QTY-001" not in waiting(shelf, SUPPLY)


def test_a_click_on_a_cut_opens_the_page_at_its_box_and_fields_and_boxes_choose_each_other(
    screen: Callable[..., object],
) -> None:
    page = screen()
    open_item(page)
    page.locator("[data-exhibit] [data-cut]").first.click()
    page.wait_for_url("**/pages/1?field=*")
    expect(page.locator(".box.chosen")).to_have_count(1)
    expect(page.locator("#chosen")).to_contain_text("变更前排污许可总量（铬）")
    box = page.locator(".box.chosen rect").bounding_box()
    sheet = page.locator(".sheet").bounding_box()
    assert sheet["y"] <= box["y"] and box["y"] + box["height"] <= sheet["y"] + sheet["height"]
    page.locator("[data-box$='offered.Cr']").click(force=True)
    expect(page.locator("#chosen")).to_contain_text("拟出让量（铬）")
    page.locator("[data-field$=':uscc']").hover()
    expect(page.locator("[data-box$=':uscc']")).to_have_class(re.compile("chosen"))
    page.locator("[data-field$=':uscc']").click()
    expect(page.locator("#chosen")).to_contain_text("统一社会信用代码")


def test_a_page_is_enlarged_turned_and_shown_without_seals(screen: Callable[..., object]) -> None:
    page = screen()
    page.goto(f"/cases/{SUPPLY}/v1/pages/1")
    svg = page.locator("#sheet")
    before, size = svg.bounding_box()["width"], svg.get_attribute("viewBox").split()[2:]
    page.keyboard.press("+")
    assert svg.bounding_box()["width"] > before * 1.2
    page.keyboard.press("0")
    page.keyboard.press("o")
    assert svg.get_attribute("viewBox").split()[2:] == size[::-1]
    page.keyboard.press("s")
    expect(page.locator("#sheet image")).to_have_attribute("href", re.compile("view=grey"))
    page.keyboard.press("j")
    page.wait_for_url("**/pages/2")
    expect(page.locator("#sheet image")).to_have_attribute("href", re.compile("view=grey"))


def test_of_two_reviewers_one_wins_and_the_other_is_told(screen: Callable[..., object]) -> None:
    one, other = screen("luo"), screen("tian")
    for page in (one, other):
        open_item(page)
    one.get_by_role("button", name="确认问题属实").click()
    expect(one.locator(".told")).to_contain_text("确认属实")
    other.get_by_role("button", name="确认问题属实").click()
    expect(other.get_by_role("alert")).to_contain_text("luo")


def test_a_session_that_ends_in_the_middle_loses_no_decision(screen: Callable[..., object], shelf: Office) -> None:
    page = screen()
    open_item(page)
    page.keyboard.press("w")
    page.keyboard.type("说明材料已收，见附件")
    for cookie in page.context.cookies():
        shelf.people.sign_out(cookie["value"])
    page.locator("#form-waive").get_by_role("button", name="放行").click()
    expect(page.get_by_role("alert")).to_contain_text("已保留")
    page.locator("[name=name]").fill("luo")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("说明材料已收，见附件")
    page.get_by_role("button", name="现在提交").click()
    expect(page.locator(".told")).to_contain_text("放行")
    assert [it.detail["reason"] for it in shelf.ledger.events(SUPPLY) if it.what == "decided"] == [
        "说明材料已收，见附件"
    ]


def test_what_was_typed_is_there_again_when_the_page_is_opened_again(screen: Callable[..., object]) -> None:
    page = screen()
    open_item(page)
    page.keyboard.press("w")
    page.keyboard.type("写到一半")
    page.reload()
    expect(page.locator("#form-waive textarea")).to_have_value("写到一半")
    expect(page.locator("#form-waive")).to_be_visible()


def test_the_notice_is_downloaded_as_a_draft_and_the_form_goes_on(screen: Callable[..., object]) -> None:
    page = screen()
    page.goto(f"/cases/{SUPPLY}/return")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载草稿").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    assert download.value.suggested_filename == f"{SUPPLY}-v1-draft.docx"
    expect(page.get_by_role("button", name="退回并发出通知")).to_be_enabled()


PAGES = (
    "/queue",
    "/ready",
    f"/cases/{SUPPLY}",
    f"/cases/{SUPPLY}/return",
    f"/cases/{SUPPLY}/v1/pages/1",
    "/items/1",
    "/items/3",
)
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_has_contrast_and_nothing_runs_off_the_screen(screen: Callable[..., object], language: str) -> None:
    page = screen()
    page.goto(f"/language?to={language}&next=/queue")
    for path in PAGES:
        page.goto(path)
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, path


def test_whatever_has_the_focus_shows_it(screen: Callable[..., object]) -> None:
    page = screen()
    for path in ("/queue", "/items/1", f"/cases/{SUPPLY}"):
        page.goto(path)
        for _ in range(25):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                "(() => { const it = document.activeElement; if (it === document.body) return true;"
                " const look = getComputedStyle(it); return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1; })()"
            )
            assert shown, page.evaluate("document.activeElement.outerHTML")
