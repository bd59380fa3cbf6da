"""Any sequence of listings, deals, withdrawals, failed notices and re-offers, and what must hold after each step.

The machine keeps its own simple tally of deals, written down apart from the code it tests.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal as D
from typing import Protocol

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from domain.accounts import Entry, Overdrawn, totals
from domain.books import Balance
from domain.dossier import Kind
from domain.postings import Listing, Party, Sale, Sold
from domain.quantity import Metal

SELLERS, BUYERS = ("91S1", "91S2"), ("91B1", "91B2")
METALS = (Metal.PB, Metal.AS)
PROJECTS = ("一期", "二期", None)
DAY = date(2024, 1, 22)

kilograms = st.integers(1, 60_000).map(lambda grams: D(grams) / 1000)
items = st.dictionaries(st.sampled_from(METALS), kilograms, min_size=1)


class World(Protocol):
    """Where the machine trades; `case` is new with each act but those that name an earlier one. All may refuse."""

    def publish(self, case: str, listing: Listing) -> None: ...
    def unlist(self, case: str) -> None: ...
    def notice(self, case: str, sale: Sale) -> None: ...
    def contract(self, case: str, sale: Sale) -> None: ...
    def give_back(self, case: str) -> None: ...
    def entries(self) -> Iterable[Entry]: ...
    def balances(self) -> tuple[Balance, ...]: ...


class Refused(Exception):
    """The step was not allowed."""


class Trading(RuleBasedStateMachine):
    """Subclasses give the world."""

    listings, noticed, sold = Bundle("listings"), Bundle("noticed"), Bundle("sold")

    def __init__(self) -> None:
        super().__init__()
        self.world = self.open()
        self.number = 0
        self.deals: dict[str, tuple[Sale, str]] = {}
        self.verified: dict[tuple[str, Metal], D] = {}

    def open(self) -> World:
        raise NotImplementedError

    @rule(
        target=listings,
        company=st.sampled_from(SELLERS),
        project=st.sampled_from(PROJECTS),
        surplus=items,
        share=st.integers(0, 11),
    )
    def offer(self, company: str, project: str | None, surplus: dict[Metal, D], share: int) -> object:
        offered = {metal: quantity * share / 10 for metal, quantity in surplus.items()}  # at times more than there is
        listing = Listing(
            kind=Kind.SUPPLY, uscc=company, name="甲", on=DAY, project=project, figures=offered, surplus=surplus
        )
        return self._keep(lambda case: self.world.publish(case, listing))

    @rule(target=listings, company=st.sampled_from(BUYERS), project=st.sampled_from(PROJECTS), needed=items)
    def need(self, company: str, project: str | None, needed: dict[Metal, D]) -> object:
        listing = Listing(kind=Kind.DEMAND, uscc=company, name="乙", on=DAY, project=project, figures=needed)
        return self._keep(lambda case: self.world.publish(case, listing))

    @rule(listing=consumes(listings))
    def unlist(self, listing: str) -> None:
        self._try(lambda: self.world.unlist(listing))

    @rule(target=noticed, seller=st.sampled_from(SELLERS), buyer=st.sampled_from(BUYERS), sold=items)
    def agree(self, seller: str, buyer: str, sold: dict[Metal, D]) -> object:
        sale = self._sale(seller, buyer, sold)
        return self._keep(lambda case: self.world.notice(case, sale), sale, "reserved")

    @rule(target=sold, seller=st.sampled_from(SELLERS), buyer=st.sampled_from(BUYERS), sold=items)
    def sell_at_once(self, seller: str, buyer: str, sold: dict[Metal, D]) -> object:
        sale = self._sale(seller, buyer, sold).model_copy(update={"signed_on": DAY})
        return self._keep(lambda case: self.world.contract(case, sale), sale, "transferred")

    @rule(target=sold, case=consumes(noticed))
    def sell(self, case: str) -> object:
        sale = self.deals[case][0].model_copy(update={"signed_on": DAY})
        if self._try(lambda: self.world.contract(case, sale)):
            self.deals[case] = (sale, "transferred")
        return case

    @rule(case=consumes(noticed))
    def fail(self, case: str) -> None:
        sale, before = self.deals[case][0], self._free()
        if self._try(lambda: self.world.give_back(case)):
            self.deals[case] = (sale, "returned")
            for item in sale.items:
                key = (sale.transferor.uscc, item.metal)
                assert self._free()[key] == before[key] + item.quantity

    @rule(case=sold)
    def return_what_is_sold(self, case: str) -> None:
        assert not self._try(lambda: self.world.give_back(case))

    @rule(case=sold)
    def file_again(self, case: str) -> None:
        before = list(self.world.entries())
        self._try(lambda: self.world.contract(case, self.deals[case][0]))
        assert list(self.world.entries()) == before

    @invariant()
    def nothing_is_below_zero_and_no_gram_is_lost(self) -> None:
        for it in self.world.balances():
            assert min(quantity for key, quantity in it if key not in ("uscc", "metal")) >= 0
            assert it.verified == it.held + it.free + it.reserved + it.transferred
            assert it.needed + it.beyond == it.open + it.pledged + it.covered
            assert it.verified >= self.verified.get((it.uscc, it.metal), 0)
            self.verified[it.uscc, it.metal] = it.verified

    @invariant()
    def all_accounts_add_up_to_nothing(self) -> None:
        sums: defaultdict[tuple[str, Metal], D] = defaultdict(D)
        for place, quantity in totals(self.world.entries()).items():
            sums[place.uscc, place.metal] += quantity
        assert not any(sums.values())

    @invariant()
    def what_sellers_gave_buyers_got_and_it_is_what_the_deals_say(self) -> None:
        stand = {(it.uscc, it.metal): it for it in self.world.balances()}
        wanted: defaultdict[tuple[str, Metal, str], D] = defaultdict(D)
        for sale, state in self.deals.values():
            for item in sale.items:
                wanted[sale.transferor.uscc, item.metal, state] += item.quantity
                wanted[sale.transferee.uscc, item.metal, state] += item.quantity
        for (uscc, metal), it in stand.items():
            assert it.reserved + it.pledged == wanted[uscc, metal, "reserved"]
            assert it.transferred + it.covered == wanted[uscc, metal, "transferred"]

    def _free(self) -> dict[tuple[str, Metal], D]:
        return {(it.uscc, it.metal): it.free for it in self.world.balances()}

    def _sale(self, seller: str, buyer: str, sold: dict[Metal, D]) -> Sale:
        return Sale(
            transferor=Party(uscc=seller, name="甲", project="二期"),
            transferee=Party(uscc=buyer, name="乙"),
            items=tuple(Sold(metal=metal, quantity=quantity) for metal, quantity in sold.items()),
            agreed_on=DAY,
            agreement=f"协议{self.number}",
        )

    def _keep(self, step: object, sale: Sale | None = None, state: str = "") -> object:
        self.number += 1
        case = f"C{self.number}"
        if not self._try(lambda: step(case)):
            return multiple()
        if sale is not None:
            self.deals[case] = (sale, state)
        return case

    def _try(self, step: object) -> bool:
        """Whether the step was allowed; a refusal changes nothing."""
        before = list(self.world.entries())
        try:
            step()
        except (Overdrawn, Refused):
            assert list(self.world.entries()) == before
            return False
        return True
