"""The same properties on the ledger itself, embedded."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from domain.accounts import Entry
from domain.life import IllegalStep
from domain.postings import Listing, Sale
from storage.accounts import read_entries
from storage.ledger import Ledger
from storage.records import Drop
from tests.domain.trading import DAY, Refused, Trading
from tests.storage.databases import open_embedded


class Kept:
    """Trading through a ledger; the machine's cases are given the ledger's numbers."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.numbers: dict[str, str] = {}

    def publish(self, case: str, listing: Listing) -> None:
        self.ledger.post(self._number(case), listing)
        self.ledger.publish(self._number(case), DAY)

    def unlist(self, case: str) -> None:
        self._step(self.ledger.withdraw, case, "撤回")

    def notice(self, case: str, sale: Sale) -> None:
        with self._refused():
            self.ledger.open_notice(self._number(case), DAY, sale)

    def contract(self, case: str, sale: Sale) -> None:
        noticed = sale.model_copy(update={"noticed_on": DAY})
        with self._refused():
            self.ledger.post(self._number(case), noticed)

    def give_back(self, case: str) -> None:
        self._step(self.ledger.give_back, case, "异议")

    def entries(self) -> tuple[Entry, ...]:
        with self.ledger.database.read() as connection:
            return read_entries(connection)

    def balances(self) -> tuple:
        return self.ledger.balances()

    def _number(self, case: str) -> str:
        if case not in self.numbers:
            drop = Drop(package=case, content_hash=case.rjust(64, "0"), submitted_on=DAY, files=())
            self.numbers[case] = self.ledger.claim(drop).case
        return self.numbers[case]

    def _step(self, step: object, case: str, why: str) -> None:
        with self._refused():
            step(self._number(case), why)

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except IllegalStep as error:
            raise Refused from error


def test_no_sequence_of_trades_breaks_the_ledger(tmp_path: Path) -> None:
    class TradingInTheLedger(Trading):
        def open(self) -> Kept:
            self.folder = Path(tempfile.mkdtemp(dir=tmp_path))
            return Kept(open_embedded(self.folder / "heyan.db"))

        def teardown(self) -> None:
            assert self.world.ledger.verify_events() is None
            self.world.ledger.close()
            shutil.rmtree(self.folder)

    few = settings(max_examples=10, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(TradingInTheLedger, settings=few)
