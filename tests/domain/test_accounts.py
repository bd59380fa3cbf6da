"""The arithmetic of the ledger of quantities: what each act moves, and what no sequence of acts can do."""

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from domain.accounts import Account, Act, Cause, Entry, Overdrawn, balance, balances, guard
from domain.acts import give_back, list_figures, reserve, transfer, unlist
from domain.dossier import Kind
from domain.postings import Listing, Party, Sale, Sold
from domain.quantity import Metal

PB, CD = Metal.PB, Metal.CD
SELLER, BUYER = "91520000SELLER0001", "91520000BUYER00002"
DAY = date(2024, 1, 22)


def act(case: str, deal: str | None = None) -> Act:
    return Act(case=case, at=datetime(2024, 1, 22, tzinfo=UTC), on=DAY, deal=deal)


def supply(offered: str, surplus: str = "46.4", project: str | None = "除尘改造", metal: Metal = PB) -> Listing:
    figures = {"figures": {metal: D(offered)}, "surplus": {metal: D(surplus)}}
    return Listing(kind=Kind.SUPPLY, uscc=SELLER, name="甲", on=DAY, project=project, **figures)


def demand(needed: str, project: str | None = "新建项目") -> Listing:
    return Listing(kind=Kind.DEMAND, uscc=BUYER, name="乙", on=DAY, project=project, figures={PB: D(needed)})


def sale(quantity: str, project: str | None = None) -> Sale:
    seller, buyer = Party(uscc=SELLER, name="甲", project=project), Party(uscc=BUYER, name="乙")
    return Sale(transferor=seller, transferee=buyer, items=(Sold(metal=PB, quantity=D(quantity)),), agreed_on=DAY)


class Book:
    """Entries so far, with the acts as short calls."""

    def __init__(self, *listings: Listing) -> None:
        self.entries: list[Entry] = []
        for number, listing in enumerate(listings):
            self.post(listing, f"L{number}")

    def post(self, listing: Listing, case: str = "L") -> tuple[Entry, ...]:
        return self._add(list_figures(self.entries, act(case), listing))

    def unlist(self, listing: Listing) -> None:
        self._add(unlist(self.entries, act("U"), listing))

    def reserve(self, quantity: str, deal: str = "D", project: str | None = None) -> None:
        self._add(reserve(self.entries, act(deal, deal), sale(quantity, project)))

    def transfer(self, deal: str = "D") -> tuple[Entry, ...]:
        return self._add(transfer(self.entries, act(deal, deal)))

    def give_back(self, deal: str = "D") -> None:
        self._add(give_back(self.entries, act(deal, deal), Cause.NOTICE_FAILED))

    def seller(self, *names: str) -> list[str]:
        return self._show(SELLER, names)

    def buyer(self, *names: str) -> list[str]:
        return self._show(BUYER, names)

    def _show(self, uscc: str, names: tuple[str, ...]) -> list[str]:
        flat = balance(self.entries, uscc, PB).model_dump(mode="json")
        return [flat[name] for name in names]

    def _add(self, new: tuple[Entry, ...]) -> tuple[Entry, ...]:
        self.entries += new
        return new


def test_a_verified_listing_is_on_offer_and_its_rest_is_held() -> None:
    book = Book(supply("45"))
    assert book.seller("verified", "held", "free", "reserved", "transferred") == ["46.4", "1.4", "45", "0", "0"]


def test_an_agreement_reserves_on_both_sides_and_a_contract_transfers() -> None:
    book = Book(supply("45"), demand("45"))
    book.reserve("30")
    assert book.seller("free", "reserved") == ["15", "30"]
    assert book.buyer("open", "pledged") == ["15", "30"]
    book.transfer()
    assert book.seller("free", "reserved", "transferred") == ["15", "0", "30"]
    assert book.buyer("needed", "open", "pledged", "covered") == ["45", "15", "0", "30"]


def test_entries_of_a_deal_name_the_other_party() -> None:
    book = Book(supply("45"), demand("45"))
    book.reserve("30")
    deal = [*book.entries[-2:], *book.transfer()]
    assert {(entry.uscc, entry.counterpart) for entry in deal} == {(SELLER, BUYER), (BUYER, SELLER)}


def test_more_than_is_free_is_overdrawn_and_tells_both_figures() -> None:
    book = Book(supply("45"), demand("100"))
    book.reserve("44.9", "D1")
    with pytest.raises(Overdrawn) as raised:
        book.reserve("0.2", "D2")
    error = raised.value
    assert (error.uscc, error.metal, error.asked, error.free) == (SELLER, PB, D("0.2"), D("0.1"))
    assert "0.1 千克/年" in error.message and "0.2 千克/年" in error.message and SELLER in error.message
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_same_metal_twice_in_one_sale_is_asked_for_together() -> None:
    book = Book(supply("45"), demand("100"))
    twice = sale("30").model_copy(update={"items": sale("30").items * 2})
    with pytest.raises(Overdrawn) as raised:
        reserve(book.entries, act("D", "D"), twice)
    assert (raised.value.asked, raised.value.free) == (D(60), D(45))


def test_a_seller_without_any_listing_has_nothing_free() -> None:
    with pytest.raises(Overdrawn) as raised:
        Book(demand("10")).reserve("10")
    assert (raised.value.uscc, raised.value.free) == (SELLER, 0)


def test_offering_more_than_is_verified_is_overdrawn() -> None:
    with pytest.raises(Overdrawn):
        Book(supply("46.5"))


def test_a_failed_notice_puts_everything_back_where_it_was() -> None:
    book = Book(supply("45"), demand("45"))
    before = balances(book.entries)
    book.reserve("30")
    book.give_back()
    assert balances(book.entries) == before
    book.give_back()
    assert balances(book.entries) == before


def test_what_was_transferred_does_not_come_back() -> None:
    book = Book(supply("45"), demand("45"))
    book.reserve("30")
    book.transfer()
    book.give_back()
    assert book.seller("free", "transferred") == ["15", "30"]


def test_the_same_surplus_is_not_verified_twice_and_a_reoffer_posts_the_difference() -> None:
    book = Book(supply("40"), demand("45"))
    book.reserve("25")
    book.transfer()
    new = book.post(supply("21.4"))
    assert [(entry.cause, entry.quantity) for entry in new] == [(Cause.REOFFERED, D("6.4"))]
    assert book.seller("verified", "held", "free", "transferred") == ["46.4", "0", "21.4", "25"]
    assert book.post(supply("21.4")) == ()


def test_a_reoffer_of_less_takes_the_rest_off_the_market() -> None:
    book = Book(supply("45"))
    book.post(supply("20"))
    assert book.seller("verified", "held", "free") == ["46.4", "26.4", "20"]


def test_a_reoffer_of_what_is_sold_already_is_overdrawn() -> None:
    book = Book(supply("45"), demand("45"))
    book.reserve("25")
    book.transfer()
    with pytest.raises(Overdrawn):
        book.post(supply("45"))


def test_a_higher_surplus_adds_the_difference_and_a_lower_one_takes_nothing() -> None:
    book = Book(supply("45"))
    book.post(supply("45", surplus="50"))
    assert book.seller("verified") == ["50"]
    book.post(supply("45", surplus="46"))
    assert book.seller("verified") == ["50"]


def test_another_reduction_project_adds_its_own_surplus() -> None:
    book = Book(supply("45"), supply("10", surplus="10", project="废水改造"))
    assert book.seller("verified", "held", "free") == ["56.4", "1.4", "55"]


@pytest.mark.parametrize("again", ["除尘 改造", "除尘改造　", None])
def test_one_project_spelt_otherwise_or_not_at_all_is_the_same(again: str | None) -> None:
    book = Book(supply("45"), supply("45", project=again))
    assert book.seller("verified", "free") == ["46.4", "45"]


def test_a_first_listing_without_project_takes_in_what_follows() -> None:
    book = Book(supply("45", project=None), supply("45", project="除尘改造"))
    assert book.seller("verified", "free") == ["46.4", "45"]


def test_a_sale_takes_from_the_project_it_names_first() -> None:
    one, two = supply("10", "10", "一期"), supply("10", "10", "二期")
    book = Book(one, two, demand("20"))
    book.reserve("15", project="二期")
    book.unlist(two)
    assert book.seller("held", "free", "reserved") == ["0", "5", "15"]
    book.unlist(one)
    assert book.seller("held", "free", "reserved") == ["5", "0", "15"]


def test_a_projects_held_surplus_is_not_another_projects_offer() -> None:
    book = Book(supply("0", "10", "一期"), supply("10", "10", "二期"))
    with pytest.raises(Overdrawn):
        book.post(supply("15", "10", "二期"))


def test_a_withdrawn_listing_leaves_what_deals_reserved() -> None:
    book = Book(supply("45"), demand("45"))
    book.reserve("30")
    book.unlist(supply("45"))
    book.unlist(demand("45"))
    assert book.seller("held", "free", "reserved") == ["16.4", "0", "30"]
    assert book.buyer("needed", "open", "pledged") == ["30", "0", "30"]


def test_a_demand_stated_again_posts_the_difference_down_to_what_is_open() -> None:
    book = Book(supply("45"), demand("45"), demand("50"))
    assert book.buyer("needed") == ["50"]
    book.reserve("40")
    book.post(demand("30"))
    assert book.buyer("needed", "open", "pledged") == ["40", "0", "40"]


def test_a_buyer_may_buy_beyond_its_need() -> None:
    book = Book(supply("45"), demand("10"))
    book.reserve("15")
    assert book.buyer("needed", "beyond", "open", "pledged") == ["10", "5", "0", "15"]


def test_a_returned_deal_opens_no_need_that_another_deal_covers() -> None:
    book = Book(supply("45"), demand("10"))
    book.reserve("15", "D1")
    book.reserve("10", "D2")
    book.give_back("D1")
    assert book.buyer("needed", "beyond", "open", "pledged") == ["10", "0", "0", "10"]


def test_metals_never_mix() -> None:
    book = Book(supply("45"), supply("5", "5", metal=CD), demand("45"))
    book.reserve("30")
    assert balance(book.entries, SELLER, CD).free == 5


def test_the_guard_also_keeps_outside_accounts_from_rising_above_zero() -> None:
    conjured = Entry(
        **act("X").model_dump(),
        uscc=SELLER,
        metal=PB,
        credit=Account.HELD,
        debit=Account.SOURCE,
        quantity=D(1),
        cause=Cause.VERIFIED,
    )
    with pytest.raises(Overdrawn):
        guard((), [conjured])


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_an_entry_moves_something(quantity: str) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        Entry(
            **act("X").model_dump(),
            uscc=SELLER,
            metal=PB,
            credit=Account.HELD,
            debit=Account.OFFERED,
            quantity=D(quantity),
            cause=Cause.OFFERED,
        )
