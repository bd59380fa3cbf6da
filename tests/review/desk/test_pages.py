"""What the desk's pages show of real cases: queue, case, mismatch, page and pictures."""

import io
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from extractors.recognition import document_classes
from review.desk.office import Office
from review.desk.pictures import make_room
from review.masking import WITH_ACCOUNTS, Mask, hide
from storage.queue import Filter
from tests.review.desk.conftest import Enter

SUPPLY, DEMAND, DEAL = (f"HY-2026-00000{n}" for n in (1, 2, 3))
ACCOUNT = re.compile(r"6221\d{6,}|\d{16,19}")


def item_of(office: Office, rule: str) -> int:
    return office.queue.search(Filter(rule=rule)).items[0].id


def accounts(office: Office) -> set[str]:
    slips = [paper for paper in office.ledger.show(DEAL).documents if paper["type"] == "payment_slip"]
    return {slip["fields"][key]["value"] for slip in slips for key in ("payer_account", "payee_account")}


def test_the_queue_lists_items_by_case_with_their_companies_and_due_dates(shelf: Office, enter: Enter) -> None:
    page = enter(shelf).get("/queue").text
    total = shelf.queue.search().total
    assert f"共 {total} 项" in page and page.count("data-row=") == total
    assert "关岭铭岭制革有限责任公司" in page and "变更前许可总量与副本相符" in page


def test_the_address_carries_the_filter_and_takes_it_back(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get("/queue?kind=supply&severity=B").text
    assert SUPPLY in page and DEMAND not in page
    assert 'href="/queue?kind=supply" aria-current="true"' in page  # without the severity that was asked for
    assert f"共 {shelf.queue.search(Filter(kind='supply')).total} 项" in client.get("/queue?kind=supply").text


@pytest.mark.parametrize(
    "query", ["severity=X", "doubt=maybe", "page=0", "page=x", "page=9999", "kind=%00", "text=%27"]
)
def test_nonsense_in_the_queues_address_is_no_trouble(shelf: Office, enter: Enter, query: str) -> None:
    assert enter(shelf).get(f"/queue?{query}").status_code == 200


def test_the_queue_is_searched_by_company_code_and_case(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    for text in ("铭岭", "915204246401355367", SUPPLY):
        page = client.get("/queue", params={"text": text}).text
        assert SUPPLY in page and DEMAND not in page
    assert "没有符合条件的待办事项" in client.get("/queue?text=没有这家公司").text


def test_an_item_is_taken_shown_as_mine_and_given_back(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf), shelf.queue.search().items[0]
    assert client.post(f"/items/{item.id}/take", data={"edition": item.edition}).status_code == 303
    mine = client.get("/queue?holder=luo").text
    assert mine.count("data-row=") == 1 and "释放" in mine
    client.post(f"/items/{item.id}/release")
    assert "没有符合条件" in client.get("/queue?holder=luo").text


def test_who_comes_second_to_an_item_is_told_who_has_it(shelf: Office, enter: Enter) -> None:
    item = shelf.queue.search().items[0]
    enter(shelf).post(f"/items/{item.id}/take", data={"edition": item.edition})
    late = enter(shelf, "tian").post(f"/items/{item.id}/take", data={"edition": item.edition})
    assert late.status_code == 409 and "该事项正由 luo 处理" in late.text


def test_a_case_shows_quantities_abreast_papers_findings_and_history(shelf: Office, enter: Enter) -> None:
    page = enter(shelf).get(f"/cases/{SUPPLY}").text
    line = page[page.index("变更前许可总量</td>") :][:1500]
    assert re.findall(r">(\d+\.\d+)</a>", line)[:2] == ["25.253", "24.634"]
    assert "变更前排污许可证副本" in page and "收到材料" in page and "完成核对" in page
    assert "缺少：" not in page


def test_a_case_that_is_not_there_is_not_found(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    for path in (
        "/cases/HY-2026-999999",
        "/items/999999",
        f"/cases/{SUPPLY}/v1/pages/99",
        f"/cases/{SUPPLY}/v9/pages/1",
    ):
        assert client.get(path).status_code == 404


def test_a_mismatch_shows_both_sides_and_what_a_sum_was_added_up_from(shelf: Office, enter: Enter) -> None:
    page = enter(shelf).get(f"/items/{item_of(shelf, 'QTY-001')}").text
    assert page.count("data-exhibit tabindex") == 4
    for text in ("25.253", "24.634", "0.025253吨/年", "0.022499", "0.002135", "指南附件1"):
        assert text in page
    assert page.count("cut.jpg?box=") == 3  # the sum itself stands nowhere


def test_every_cut_of_a_mismatch_is_a_picture_of_the_size_that_the_page_says(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get(f"/items/{item_of(shelf, 'QTY-001')}").text
    cuts = re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)"', page)
    for address, width, height in cuts:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.headers["cache-control"] == "no-store"
        assert Image.open(io.BytesIO(answer.content)).size == (int(width), int(height))


def test_a_page_has_a_box_for_every_field_and_one_may_be_chosen(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get(f"/cases/{SUPPLY}/v1/pages/1").text
    keys = re.findall(r'data-box="([^"]+)"', page)
    assert len(keys) > 10 and set(keys) == set(re.findall(r'data-field="([^"]+)"', page))
    chosen = client.get(f"/cases/{SUPPLY}/v1/pages/1", params={"field": keys[0]}).text
    assert chosen.count('aria-current="true"') == 1 and "chosen-field" in chosen
    assert 'class="box chosen"' in client.get(f"/cases/{SUPPLY}/v1/pages/1?box=0.1,0.1,0.2,0.2").text


def test_a_page_is_sent_in_colour_and_without_seals_from_the_disk_the_second_time(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    colour, grey = (client.get(f"/cases/{SUPPLY}/v1/pages/1.jpg?view={view}") for view in ("colour", "grey"))
    assert colour.content[:3] == grey.content[:3] == b"\xff\xd8\xff" and colour.content != grey.content
    kept = list((shelf.data / "pictures").glob("*/*.jpg"))
    assert len(kept) == 2
    for path in kept:
        path.write_bytes(b"kept")
    assert client.get(f"/cases/{SUPPLY}/v1/pages/1.jpg").content == b"kept"


@pytest.mark.parametrize("query", ["box=1,2", "box=a,b,c,d", "box=nan,0,0,0", "box=0,0,9,9", "view=x&box=0,0,1,1", ""])
def test_a_cut_of_no_place_is_not_found(shelf: Office, enter: Enter, query: str) -> None:
    assert enter(shelf).get(f"/cases/{SUPPLY}/v1/pages/1/cut.jpg?{query}").status_code == 404


def test_no_picture_is_sent_to_whoever_may_not_see_pages(shelf: Office, enter: Enter, browser: TestClient) -> None:
    for path in ("pages/1", "pages/1.jpg", "pages/1/cut.jpg?box=0,0,1,1"):
        assert enter(shelf, "chen").get(f"/cases/{SUPPLY}/v1/{path}").status_code == 403
        assert browser.get(f"/cases/{SUPPLY}/v1/{path}").status_code == 303


def test_accounts_are_hidden_in_texts_and_on_pictures_until_somebody_asks_which_is_recorded(
    shelf: Office, enter: Enter
) -> None:
    client, numbers = enter(shelf), accounts(shelf)
    paths = [
        f"/cases/{DEAL}",
        f"/cases/{DEAL}/v1/pages/1",
        *(f"/items/{it.id}" for it in shelf.ledger.show(DEAL).items),
    ]
    assert len(numbers) == 2
    for path in paths:
        assert not [number for number in numbers if number in client.get(path).text]
    covered = client.get(f"/cases/{DEAL}/v1/pages/1.jpg").content
    assert client.post(f"/cases/{DEAL}/reveal").status_code == 303
    assert all(number in client.get(f"/cases/{DEAL}/v1/pages/1").text for number in numbers)
    assert client.get(f"/cases/{DEAL}/v1/pages/1.jpg").content != covered
    (event,) = [it for it in shelf.ledger.events(DEAL) if it.what == "accounts revealed"]
    assert event.actor == "reviewer:luo"
    other = enter(shelf, "tian")
    assert other.get(f"/cases/{DEAL}/v1/pages/1.jpg").content == covered


def test_accounts_are_hidden_again_after_a_while(shelf: Office, enter: Enter) -> None:
    from dataclasses import replace

    enter(shelf).post(f"/cases/{DEAL}/reveal")
    later = replace(shelf, clock=lambda: shelf.clock() + timedelta(minutes=31))
    page = enter(later).get(f"/cases/{DEAL}/v1/pages/1").text
    assert not [number for number in accounts(shelf) if number in page]


def test_a_mask_hides_a_number_however_it_is_spaced() -> None:
    mask = Mask(["6222 0212 3456 7890", "123"])
    assert mask("转入 6222021234567890 及 6222-0212-3456-7890，共 123 元") == "转入 •••• 7890 及 •••• 7890，共 123 元"
    assert (hide("12"), mask(None), Mask([])("甲")) == ("••••", "", "甲")


def test_pictures_that_nobody_looks_at_make_room(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    for number in (1, 2):
        client.get(f"/cases/{SUPPLY}/v1/pages/{number}.jpg")
    make_room(shelf.data / "pictures", 0)
    assert not list((shelf.data / "pictures").glob("*/*.jpg"))
    assert client.get(f"/cases/{SUPPLY}/v1/pages/1.jpg").status_code == 200


def test_what_papers_say_is_text_and_never_markup(shelf: Office, enter: Enter) -> None:
    answer = enter(shelf).get("/queue", params={"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text


def test_every_type_of_document_that_names_an_account_is_known_to_do_so() -> None:
    naming = {name for name, model in document_classes().items() if "account" in str(model.model_json_schema())}
    assert naming == WITH_ACCOUNTS
