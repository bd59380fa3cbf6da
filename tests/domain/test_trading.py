"""Properties of the arithmetic: whatever companies do, no balance is ever negative and no gram is lost."""

from datetime import UTC, datetime

from hypothesis import settings

from domain.accounts import Act, Cause, Entry, balances
from domain.acts import give_back, list_figures, reserve, transfer, unlist
from domain.postings import Listing, Sale
from tests.domain.trading import DAY, Refused, Trading


class Paper:
    """Trading on entries alone."""

    def __init__(self) -> None:
        self.made: list[Entry] = []
        self.listed: dict[str, Listing] = {}
        self.deals: dict[str, str] = {}

    def publish(self, case: str, listing: Listing) -> None:
        self.made += list_figures(self.made, self._act(case), listing)
        self.listed[case] = listing

    def unlist(self, case: str) -> None:
        self.made += unlist(self.made, self._act(case), self.listed[case])

    def notice(self, case: str, sale: Sale) -> None:
        self.made += reserve(self.made, self._act(case), sale)
        self.deals[case] = "reserved"

    def contract(self, case: str, sale: Sale) -> None:
        if case not in self.deals:
            self.notice(case, sale)
        self.made += transfer(self.made, self._act(case))
        self.deals[case] = "transferred"

    def give_back(self, case: str) -> None:
        if self.deals[case] != "reserved":
            raise Refused
        self.made += give_back(self.made, self._act(case), Cause.NOTICE_FAILED)

    def entries(self) -> list[Entry]:
        return self.made

    def balances(self) -> tuple:
        return balances(self.made)

    def _act(self, case: str) -> Act:
        return Act(case=case, deal=case, at=datetime(2024, 1, 22, tzinfo=UTC), on=DAY)


class TradingOnPaper(Trading):
    def open(self) -> Paper:
        return Paper()


TestTradingOnPaper = TradingOnPaper.TestCase
TestTradingOnPaper.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
