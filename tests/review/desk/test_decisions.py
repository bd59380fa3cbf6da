"""Decisions by the desk's forms: what follows from them, what is refused with its reason at the form, and by whom."""

import re

import pytest
from fastapi.testclient import TestClient

from review.desk.office import Office
from tests.review.desk.conftest import Enter

SUPPLY, DEMAND, DEAL = (f"HY-2026-00000{n}" for n in (1, 2, 3))


def item_of(office: Office, rule: str) -> int:
    return next(
        item.id
        for case in (SUPPLY, DEMAND, DEAL)
        for item in office.ledger.show(case).items
        if item.finding.rule == rule
    )


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form with this action."""
    form = page[page.index(f'action="{action}"') :].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {key: value.replace("&#34;", '"').replace("&amp;", "&") for key, value in fields.items()}


def correction(page: str, label: str) -> dict[str, str]:
    """The form by which the exhibit with this label is corrected."""
    exhibit = page[page.index(f"<span>{label}</span>") :].split("</article>")[0]
    return form_of(exhibit[exhibit.index('id="correct-') - 90 :], re.search(r"/cases/[\w-]+/correct", exhibit)[0])


def correct(client: TestClient, office: Office, rule: str, label: str, text: str) -> object:
    page = client.get(f"/items/{item_of(office, rule)}").text
    return client.post(
        f"/cases/{SUPPLY}/correct", data=correction(page, label) | {"text": text, "reason": "与纸面核对"}
    )


def test_a_correction_lets_the_rules_run_again_and_the_page_tells_what_changed(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf), item_of(shelf, "QTY-001")
    answer = correct(client, shelf, "QTY-001", "变更前排污许可总量（铬）", "0.024634 吨/年")
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"/items/{item}?told=")
    page = client.get(answer.headers["location"]).text
    assert "已消除" in page and "0.025253 t/a → 0.024634 t/a" in page
    assert "已更正" in page and "0.025253吨/年" in page  # the machine's reading stays beside it
    assert "QTY-001" not in {it.finding.rule for it in shelf.ledger.show(SUPPLY).items}


def test_what_cannot_be_a_value_is_told_at_the_field_and_what_was_typed_stays(shelf: Office, enter: Enter) -> None:
    answer = correct(enter(shelf), shelf, "QTY-001", "变更前排污许可总量（铬）", "许多<b>吨</b>")
    assert answer.status_code == 409
    field = answer.text[answer.text.index('aria-invalid="true"') - 200 :][:500]
    assert 'value="许多&lt;b&gt;吨&lt;/b&gt;"' in field and "field-error" in field


def test_a_correction_of_nothing_we_know_is_refused(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    for place in ("", "nonsense", '{"document":"supply_form","path":"nothing"}', '{"document":"x","path":"y"}'):
        answer = client.post(f"/cases/{SUPPLY}/correct", data={"place": place, "text": "1"})
        assert answer.status_code == 409 and 'role="alert"' in answer.text


def test_a_reading_in_doubt_is_accepted_as_it_was_read(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf), item_of(shelf, "DEM-001")
    page = client.get(f"/items/{item}").text
    accepted = form_of(page, f"/cases/{DEMAND}/correct")
    assert accepted["text"] == "8.583 kg/a"
    answer = client.post(f"/cases/{DEMAND}/correct", data=accepted)
    assert "已消除" in client.get(answer.headers["location"]).text


def test_a_waiver_needs_a_reason_and_of_a_blocking_finding_a_second_person(shelf: Office, enter: Enter) -> None:
    first, item = enter(shelf), item_of(shelf, "QTY-001")
    form = form_of(first.get(f"/items/{item}").text, f"/items/{item}/waive")
    refused = first.post(f"/items/{item}/waive", data=form | {"reason": "  "})
    assert refused.status_code == 409 and "放行须说明理由" in refused.text
    answer = first.post(f"/items/{item}/waive", data=form | {"reason": "企业已说明，附件为证"})
    assert "待第二人" in first.get(answer.headers["location"]).text
    second = enter(shelf, "yang")
    page = second.get(f"/items/{item}").text
    second.post(f"/items/{item}/approve", data=form_of(page, f"/items/{item}/approve"))
    assert "已放行" in second.get(f"/items/{item}").text
    assert "企业已说明，附件为证" in second.get(f"/cases/{SUPPLY}").text


def test_nobody_agrees_to_a_waiver_of_their_own(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf, "yang"), item_of(shelf, "QTY-001")
    form = form_of(client.get(f"/items/{item}").text, f"/items/{item}/waive")
    client.post(f"/items/{item}/waive", data=form | {"reason": "说明"})
    page = client.get(f"/items/{item}").text
    refused = client.post(f"/items/{item}/approve", data=form_of(page, f"/items/{item}/approve"))
    assert refused.status_code == 409 and "另一人" in refused.text


def test_of_two_at_once_one_wins_and_the_other_is_told_by_whom(shelf: Office, enter: Enter) -> None:
    item = item_of(shelf, "QTY-001")
    one, other = enter(shelf), enter(shelf, "tian")
    forms = [form_of(client.get(f"/items/{item}").text, f"/items/{item}/confirm") for client in (one, other)]
    assert one.post(f"/items/{item}/confirm", data=forms[0]).status_code == 303
    late = other.post(f"/items/{item}/confirm", data=forms[1])
    assert late.status_code == 409 and "luo" in late.text


def test_the_last_decision_is_undone_and_the_one_before_it_next(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf), item_of(shelf, "QTY-001")
    correct(client, shelf, "QTY-002", "变更后排污许可总量（铬）", "0.019087 吨/年")
    client.post(f"/items/{item}/confirm", data=form_of(client.get(f"/items/{item}").text, f"/items/{item}/confirm"))
    for _ in range(2):
        page = client.get(f"/cases/{SUPPLY}").text
        assert client.post(f"/cases/{SUPPLY}/undo", data=form_of(page, f"/cases/{SUPPLY}/undo")).status_code == 303
    assert {it.finding.rule for it in shelf.ledger.show(SUPPLY).items} >= {"QTY-001", "QTY-002"}
    assert "撤销：" not in client.get(f"/cases/{SUPPLY}").text


def settle(client: TestClient, office: Office) -> None:
    """Corrects the figure under the seal, which is all that stands in the way of the demand case."""
    page = client.get(f"/items/{item_of(office, 'DEM-001')}").text
    form = form_of(page, f"/cases/{DEMAND}/correct") | {"text": "3.583 kg/a"}
    assert client.post(f"/cases/{DEMAND}/correct", data=form).status_code == 303
    assert not office.ledger.show(DEMAND).items


def test_a_case_without_anything_left_is_verified_and_the_ledger_moves(shelf: Office, enter: Enter) -> None:
    first, client = enter(shelf), enter(shelf, "tian")
    settle(first, shelf)
    assert DEMAND in client.get("/ready").text
    told = first.get(f"/cases/{DEMAND}").text
    assert "本案须由另一人核验通过：您更正了识读" in told and f'action="/cases/{DEMAND}/verify"' not in told
    page = client.get(f"/cases/{DEMAND}").text
    assert "luo 同志更正了识读，使阻断类问题（" in page
    answer = client.post(f"/cases/{DEMAND}/verify", data=form_of(page, f"/cases/{DEMAND}/verify"))
    page = client.get(answer.headers["location"]).text
    assert "核验通过" in page and "案件办结" in page
    assert [it.case for it in shelf.ledger.submissions()] == [DEMAND]
    assert "撤销：" not in page and f'action="/cases/{DEMAND}/refuse"' not in page


def test_a_case_with_open_items_is_not_verified_and_the_reason_is_told(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get(f"/cases/{SUPPLY}").text
    refused = client.post(f"/cases/{SUPPLY}/verify", data=form_of(page, f"/cases/{SUPPLY}/verify"))
    assert refused.status_code == 409 and "未了结" in refused.text and "QTY-001" in refused.text


def test_a_case_is_refused_with_a_reason(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    form = form_of(client.get(f"/cases/{SUPPLY}").text, f"/cases/{SUPPLY}/refuse")
    assert "须说明理由" in client.post(f"/cases/{SUPPLY}/refuse", data=form).text
    client.post(f"/cases/{SUPPLY}/refuse", data=form | {"reason": "不属于重点行业"})
    page = client.get(f"/cases/{SUPPLY}").text
    assert "不予通过" in page and "不属于重点行业" in page


def filled(page: str) -> dict[str, str]:
    """Every field of the notice's form, as a browser would send it."""
    form = page[page.index('class="notice"') :].split("</form>")[0]
    fields = dict(re.findall(r'<input[^>]*?name="([\w-]+)"[^>]*?value="([^"]*)"(?![^>]*type="checkbox")', form))
    unchecked = [
        name for name in fields if name.startswith("keep-") and f'name="{name}" value="yes" checked' not in form
    ]
    texts = dict(re.findall(r'<textarea name="([\w-]+)"[^>]*>(.*?)</textarea>', form, re.S))
    return {key: value for key, value in (fields | texts).items() if key not in unchecked}


def test_a_case_goes_back_with_the_edited_notice_which_is_kept(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    form = filled(client.get(f"/cases/{SUPPLY}/return").text)
    assert form["count"] == "4" and form["rule-0"] == "QTY-001" and "keep-2" not in form
    del form["keep-1"]
    edited = form | {"problem-0": "变更前许可总量写错", "problem-2": "另附说明", "pages-0": "1，7"}
    answer = client.post(f"/cases/{SUPPLY}/return", data=edited)
    page = client.get(answer.headers["location"]).text
    assert "已退回补正" in page and "notice-" in page
    (decision,) = [it for it in shelf.ledger.events(SUPPLY) if it.what == "decided"]
    told = [(one["problem"], one.get("pages")) for one in decision.detail["notice"]["defects"]]
    assert told == [("变更前许可总量写错", [1, 7]), ("另附说明", None)] or told == [
        ("变更前许可总量写错", [1, 7]),
        ("另附说明", []),
    ]


@pytest.mark.parametrize("missing", ["to", "opening", "closing", "signed", "on"])
def test_an_incomplete_notice_is_refused_and_what_was_typed_stays(shelf: Office, enter: Enter, missing: str) -> None:
    client = enter(shelf)
    form = filled(client.get(f"/cases/{SUPPLY}/return").text)
    answer = client.post(f"/cases/{SUPPLY}/return", data=form | {missing: "", "problem-0": "改过的问题"})
    assert answer.status_code == 409 and "通知不完整" in answer.text and "改过的问题" in answer.text
    assert shelf.ledger.show(SUPPLY).case.state == "review"


@pytest.mark.parametrize(
    "form", [{}, {"count": "x"}, {"count": "99999999"}, {"on": "not a day"}, {"count": "2", "pages-0": "x"}]
)
def test_a_broken_notice_form_is_no_breakdown(shelf: Office, enter: Enter, form: dict[str, str]) -> None:
    assert enter(shelf).post(f"/cases/{SUPPLY}/return", data=form).status_code == 409


def test_an_auditor_sees_everything_and_decides_nothing(shelf: Office, enter: Enter) -> None:
    client = enter(shelf, "wu")
    for path in (f"/items/{item_of(shelf, 'QTY-001')}", f"/cases/{SUPPLY}", f"/cases/{SUPPLY}/v1/pages/1"):
        page = client.get(path).text
        assert not re.search(r'action="[^"]*/(correct|confirm|waive|verify|refuse|take|undo)"', page)


def test_a_reading_is_corrected_on_the_page_view_as_well(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get(f"/cases/{SUPPLY}/v1/pages/1", params={"field": "0:offered.Cr"}).text
    form = form_of(page[page.index('id="correct-') - 90 :], f"/cases/{SUPPLY}/correct")
    form |= {"reason": "与纸面核对"}
    refused = client.post(f"/cases/{SUPPLY}/correct", data=form | {"text": "看不清"})
    assert refused.status_code == 409 and "chosen-field" in refused.text and "field-error" in refused.text
    answer = client.post(f"/cases/{SUPPLY}/correct", data=form | {"text": "4.2 kg/a"})
    assert answer.headers["location"].startswith(f"/cases/{SUPPLY}/v1/pages/1?field=0%3Aoffered.Cr&told=")
    page = client.get(answer.headers["location"]).text
    assert "4.2 kg/a" in page and "已记录" in page


def test_who_corrected_what_blocks_cannot_verify_by_a_form_of_their_own_either(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    settle(client, shelf)
    edition = shelf.ledger.show(DEMAND).case.edition
    refused = client.post(f"/cases/{DEMAND}/verify", data={"edition": edition})
    assert refused.status_code == 409 and "须由另一人核验通过" in refused.text
    assert shelf.ledger.show(DEMAND).case.state == "review"


FORMS = ("confirm", "waive", "correct", "undo", "verify", "refuse", "return")


def test_a_form_that_does_not_say_what_was_seen_decides_nothing(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    for act in FORMS:
        _send_without(client, shelf, act, None)
    for edition in ("", "x", "-1", "９", "9" * 19):
        _send_without(client, shelf, "confirm", edition)


def _send_without(client: TestClient, shelf: Office, act: str, edition: str | None) -> None:
    item = item_of(shelf, "QTY-001")
    place = '{"document":"supply_form","path":"permit_before.Cr"}'
    form = {"reason": "说明", "place": place, "text": "1 吨/年"}
    form = filled(client.get(f"/cases/{SUPPLY}/return").text) if act == "return" else form
    form = {key: value for key, value in form.items() if key != "edition"}
    form |= {} if edition is None else {"edition": edition}
    address = f"/items/{item}/{act}" if act in ("confirm", "waive") else f"/cases/{SUPPLY}/{act}"
    before = shelf.ledger.events(SUPPLY)
    refused = client.post(address, data=form)
    assert refused.status_code == 409 and "表单没有说明您看到的是哪一版" in refused.text
    assert 'role="alert"' in refused.text
    assert shelf.ledger.events(SUPPLY) == before


def test_a_form_of_an_older_page_is_told_what_changed_and_by_whom(shelf: Office, enter: Enter) -> None:
    client, other, item = enter(shelf), enter(shelf, "tian"), item_of(shelf, "QTY-001")
    form = form_of(client.get(f"/cases/{SUPPLY}").text, f"/cases/{SUPPLY}/refuse") | {"reason": "不实"}
    notice = filled(client.get(f"/cases/{SUPPLY}/return").text)
    other.post(f"/items/{item}/confirm", data=form_of(other.get(f"/items/{item}").text, f"/items/{item}/confirm"))
    for address, data in ((f"/cases/{SUPPLY}/refuse", form), (f"/cases/{SUPPLY}/return", notice)):
        late = client.post(address, data=data)
        assert late.status_code == 409 and "tian 已于" in late.text and "“确认属实”QTY-001" in late.text
    assert shelf.ledger.show(SUPPLY).case.state == "review"


def test_somebody_elses_decision_is_not_offered_to_be_undone_but_to_a_supervisor(shelf: Office, enter: Enter) -> None:
    client, item = enter(shelf), item_of(shelf, "QTY-001")
    client.post(f"/items/{item}/confirm", data=form_of(client.get(f"/items/{item}").text, f"/items/{item}/confirm"))
    assert f'action="/cases/{SUPPLY}/undo"' not in enter(shelf, "tian").get(f"/cases/{SUPPLY}").text
    page = enter(shelf, "yang").get(f"/cases/{SUPPLY}").text
    assert f'action="/cases/{SUPPLY}/undo"' in page and "撤销他人决定的理由" in page
