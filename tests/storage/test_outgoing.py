"""Uploads, webhooks, figures and lists of cases, on SQLite and PostgreSQL alike."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.people import Role, User
from storage.case_lists import list_page
from storage.figures import read_figures
from storage.ledger import Ledger
from storage.records import Drop
from storage.unfinished import hold, list_unfinished, retry
from storage.uploads import UnknownUpload, Uploads
from storage.webhooks import UnknownWebhook, Webhooks

CHEN = User(id=1, name="chen", display="陈", role=Role.OFFICER)
LUO = User(id=2, name="luo", display="罗", role=Role.REVIEWER)
FIRST, OTHER = "a".rjust(64, "c"), "z".rjust(64, "c")  # what the first case of `claim` holds, and what none does


def test_receipts_count_up_and_everybody_finds_their_own(ledger: Ledger) -> None:
    uploads = Uploads(ledger.database)
    first, second = uploads.open("甲\0.pdf", 1, 5 * 2**32, CHEN, FIRST), uploads.open("乙.pdf", 2, 7, LUO, OTHER)
    assert first.receipt[:-1] == second.receipt[:-1] and first.receipt < second.receipt
    assert (first.size, first.state, "\0" in first.package) == (5 * 2**32, "waiting", False)
    assert [one.id for one in uploads.list().items] == [second.id, first.id]
    assert [one.id for one in uploads.list("chen").items] == [first.id]
    assert (uploads.list(None, 2, 1).items[0].id, uploads.list().total) == (first.id, 2)
    with pytest.raises(UnknownUpload):
        uploads.find(first.id, "luo")
    assert ledger.verify_events() is None


def test_a_claimed_upload_has_its_cases_state_and_a_later_one_of_the_same_name_its_own(
    ledger: Ledger, claim: Callable[[], str]
) -> None:
    uploads = Uploads(ledger.database)
    first, case = uploads.open("材料.pdf", 1, 1, CHEN, FIRST), claim()
    uploads.match("材料.pdf", case, 1, duplicate=False)
    second = uploads.open("材料.pdf", 1, 1, CHEN, OTHER)
    uploads.tell_progress(case, 1, 2)
    assert (uploads.find(first.id).state, uploads.find(first.id).case, uploads.find(first.id).done) == (
        "received", case, 1,
    )  # fmt: skip
    assert (uploads.find(second.id).state, uploads.find(second.id).done) == ("waiting", 0)
    assert (uploads.is_own(case, "chen"), uploads.is_own(case, "luo")) == (True, False)
    ledger.quarantine(case, "ZIP_BOMB", "疑似压缩炸弹")
    told = uploads.find(first.id)
    assert (told.state, told.reason_code, told.reason) == ("quarantined", "ZIP_BOMB", "疑似压缩炸弹")


def test_a_claim_is_told_by_name_and_content_and_never_anothers(ledger: Ledger, claim: Callable[[], str]) -> None:
    uploads, case = Uploads(ledger.database), claim()
    stale = uploads.open("材料.zip", 1, 1, CHEN, OTHER)  # never came to lie in the intake, and nobody knows
    uploads.match("材料.zip", case, 1, duplicate=False)  # put there by somebody else, over no desk
    assert uploads.find(stale.id).case is None and not uploads.is_own(case, "chen")
    own = uploads.open("材料.zip", 1, 1, LUO, FIRST)
    assert own.package == "材料-2.zip"  # no two that wait have one name
    assert uploads.open("新.zip", 1, 1, LUO, OTHER, frozenset({"新.zip"})).package == "新-2.zip"
    uploads.match("材料-2.zip", case, 1, duplicate=False)
    assert uploads.find(own.id).case == case and uploads.is_own(case, "luo")


def test_what_never_reached_the_intake_is_told_and_frees_its_name(ledger: Ledger, claim: Callable[[], str]) -> None:
    uploads = Uploads(ledger.database)
    lost = uploads.open("材料.zip", 1, 1, CHEN, FIRST)
    uploads.give_up(lost.id, "磁盘已满")
    assert (uploads.find(lost.id).state, uploads.find(lost.id).reason) == ("trouble", "磁盘已满")
    again, case = uploads.open("材料.zip", 1, 1, LUO, FIRST), claim()
    assert again.package == "材料.zip"
    uploads.match("材料.zip", case, 1, duplicate=False)
    assert (uploads.find(lost.id).case, uploads.find(again.id).case) == (None, case)


def test_the_same_content_after_anothers_makes_nobody_its_owner(ledger: Ledger, claim: Callable[[], str]) -> None:
    uploads = Uploads(ledger.database)
    first, case = uploads.open("甲.zip", 1, 1, CHEN, FIRST), claim()
    uploads.match("甲.zip", case, 1, duplicate=False)
    second = uploads.open("甲.zip", 1, 1, LUO, FIRST)
    uploads.match("甲.zip", case, 1, duplicate=False)  # the first claim, told once more after a crash
    assert uploads.find(second.id).case is None
    uploads.match("甲.zip", case, 1, duplicate=True)
    assert (uploads.find(second.id).case, uploads.find(second.id).duplicate) == (case, True)
    assert (uploads.is_own(case, "chen"), uploads.is_own(case, "luo")) == (True, False)
    assert uploads.find(first.id).user == "chen"


def test_a_name_that_was_taken_after_all_is_matched_although_its_claim_was_faster(
    ledger: Ledger, a_drop: Callable[..., Drop]
) -> None:
    uploads = Uploads(ledger.database)
    upload, case = uploads.open("甲.zip", 1, 1, CHEN, FIRST), ledger.claim(a_drop("a", "甲-2.zip")).case
    uploads.match("甲-2.zip", case, 1, duplicate=False)
    uploads.rename(upload.id, "甲-2.zip")
    assert uploads.find(upload.id).case == case


def test_a_case_that_is_tried_again_is_unfinished_until_it_is_checked(ledger: Ledger, claim: Callable[[], str]) -> None:
    case = claim()
    ledger.quarantine(case, "X", "x")
    assert list_unfinished(ledger.database, datetime.now(UTC) + timedelta(days=1)) == ()
    retry(ledger.database, case, "officer:chen")
    assert (list_unfinished(ledger.database), hold(ledger.database, case)) == ((case,), 1)


def test_messages_are_made_once_per_webhook_and_event_and_taken_once(ledger: Ledger, claim: Callable[[], str]) -> None:
    webhooks = Webhooks(ledger.database)
    one, _ = webhooks.add("https://a.example.com/", "甲", "system")
    webhooks.add("https://b.example.com/", "", "system")
    case = claim()
    assert (webhooks.spread(), webhooks.spread()) == (2, 0)
    due = webhooks.take_due()
    assert (len(due), webhooks.take_due()) == (2, ())
    assert json.loads(due[0].body)["case"] == case
    webhooks.settle(due[0], 200, None)
    webhooks.settle(due[1], None, "ConnectTimeout\0")
    assert [it.waiting for it in webhooks.list()] == [0, 1]
    webhooks.remove(one.id, "system")
    with pytest.raises(UnknownWebhook):
        webhooks.log(one.id)
    assert read_figures(ledger.database).deliveries == {"delivered": 1, "waiting": 1}


def test_an_empty_office_has_figures_too(ledger: Ledger, claim: Callable[[], str]) -> None:
    empty = read_figures(ledger.database)
    assert (empty.waiting, empty.oldest, empty.pages, empty.cases) == (0, None, 0, {})
    claim()
    assert read_figures(ledger.database).cases == {"received": 1}


def test_cases_come_by_page_newest_first(ledger: Ledger, claim: Callable[[], str]) -> None:
    cases = [claim() for _ in range(5)]
    page = list_page(ledger.database, 2, 2)
    assert ([one.case for one in page.items], page.total) == ([cases[2], cases[1]], 5)
    assert list_page(ledger.database, 1, 50, "clear").items == ()
    assert list_page(ledger.database, 10**6, 200).items == ()
