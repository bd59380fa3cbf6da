"""A small world of two companies: what reconciliation reads of it, finds, keeps, and finds no more."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from domain.accounts import Account, Act, Cause, Entry
from domain.books import Payment
from domain.dossier import Kind
from domain.postings import Basis, Listing, Party, Sale, Sold
from domain.quantity import Metal
from reports.reconciliation.judging import cites, looking, ruleset
from storage.accounts import add_entries, lock_accounts
from storage.book_tables import payments, sales
from storage.bucket import Bucket
from storage.ledger import Ledger
from storage.life_tables import announcements
from storage.originals import keep
from storage.reconciling import Reconciliations
from storage.reconciling_results import Result, read_result
from storage.reconciling_stock import Stock
from storage.records import Drop, FileRecord

SELLER, BUYER = "91520102MA0000001X", "91520102MA0000002X"
PB = Metal.PB
TODAY = date(2026, 6, 1)


class World:
    """A ledger with its originals; cases are named by what they are."""

    def __init__(self, ledger: Ledger, bucket: Bucket, folder: Path) -> None:
        self.ledger, self.bucket, self.folder = ledger, bucket, folder
        self.database = ledger.database
        self.cases: dict[str, str] = {}

    def case(self, name: str) -> str:
        if name not in self.cases:
            path = self.folder / "paper"
            path.write_bytes(name.encode())
            sha256 = keep(self.bucket, path)
            file = FileRecord(position=1, name=f"{name}.pdf", sha256=sha256, size=len(name), media="application/pdf")
            drop = Drop(package=name, content_hash=sha256, submitted_on=date(2026, 1, 5), files=(file,))
            self.cases[name] = self.ledger.claim(drop).case
        return self.cases[name]

    def offer(self, name: str, kg: str, basis: Basis = Basis(), project: str = "一期") -> str:
        told = {"figures": {PB: D(kg)}, "surplus": {PB: D(kg)}, "project": project, "basis": basis}
        listing = Listing(kind=Kind.SUPPLY, uscc=SELLER, name="甲公司", on=date(2026, 1, 5), **told)
        self._list(name, listing)
        return self.case(name)

    def need(self, name: str, kg: str) -> None:
        figures = {"figures": {PB: D(kg)}, "project": "新建"}
        self._list(name, Listing(kind=Kind.DEMAND, uscc=BUYER, name="乙公司", on=date(2026, 1, 5), **figures))

    def _list(self, name: str, listing: Listing) -> None:
        self.ledger.post(self.case(name), listing)
        self.ledger.publish(self.case(name), listing.on)

    def sale(self, kg: str, paid: str | None = None, signed: date | None = None, number: str = "HT-1") -> Sale:
        return Sale(
            transferor=Party(uscc=SELLER, name="甲公司", project="一期"),
            transferee=Party(uscc=BUYER, name="乙公司"),
            items=(Sold(metal=PB, quantity=D(kg), unit_price=D(100)),),
            agreed_on=date(2026, 1, 6),
            noticed_on=date(2026, 1, 7) if signed else None,
            agreement=f"XY-{number}",
            contract=number if signed else None,
            signed_on=signed,
            total=D(kg) * 100,
            payments=(self.payment(number, paid),) if paid else (),
        )

    def payment(self, number: str, paid: str) -> Payment:
        parties = {"transferor": SELLER, "transferee": BUYER}
        case = self.case(number)
        return Payment(
            case=case,
            serial=f"S{number}",
            amount=D(paid),
            paid_on=date(2026, 3, 10),
            contract=number,
            bank="工行",
            **parties,
        )

    def contract(self, number: str, kg: str, paid: str | None) -> str:
        self.ledger.post(self.case(number), self.sale(kg, paid, date(2026, 3, 2), number))
        return self.case(number)

    def announce(self, deal: str, kg: str) -> None:
        row = {"deal": deal, "number": f"公告 {deal}", "on": TODAY, "figures": {"Pb": kg}, "content": {}, "actor": "x"}
        with self.database.write() as connection:
            connection.execute(insert(announcements).values(row | {"at": datetime.now(UTC)}))

    def force(self, *moves: tuple[Account, Account, str], case: str) -> None:
        """Entries past the guard of the books."""
        act = Act(case=case, at=datetime.now(UTC), on=TODAY)
        with self.database.write() as connection:
            lock_accounts(connection, [(SELLER, PB)])
            told = {"uscc": SELLER, "metal": PB, "project": "一期", "cause": Cause.TRANSFERRED}
            new = [Entry(**dict(act), credit=a, debit=b, quantity=D(kg), **told) for a, b, kg in moves]
            add_entries(connection, new)

    def reconcile(self, today: date = TODAY, *, full: bool = False) -> Result:
        runs, stock = Reconciliations(self.database), Stock(self.database, self.bucket)
        run = runs.begin(today, ruleset(), full=full)
        while stock.follow_chain(run.id):
            pass
        while stock.check_originals(run.id, None if full else 2):
            pass
        for codes in runs.companies(run):
            runs.judge(run, codes, looking(today), cites())
        result = read_result(self.database, run)
        runs.finish(run, {"day": str(today)})
        return result

    def found(self, **how: object) -> list[str]:
        return [it.rule for it in self.reconcile(**how).standing]


@pytest.fixture
def world(embedded: Ledger, folder: Bucket, tmp_path: Path) -> World:
    return World(embedded, folder, tmp_path)


@pytest.fixture
def fair(world: World) -> World:
    """A sale that is noticed, signed, paid and announced."""
    world.offer("供", "40")
    world.need("需", "40")
    deal = world.contract("HT-1", "30", "3000")
    world.announce(deal, "30")
    return world


def test_a_fair_trade_shows_nothing_and_adds_up_to_the_ledger(fair: World) -> None:
    result = fair.reconcile()
    assert result.standing == ()
    assert result.companies == 2
    assert {key[0]: (value.pairs, value.left, value.right) for key, value in result.sums.items()} == {
        "contract_ledger": (1, D(30), D(30)),
        "sold_bought": (1, D(30), D(30)),
        "ledger_announced": (1, D(30), D(30)),
        "contract_paid": (1, D(3000), D(3000)),
    }
    assert result.ledger == {"transferred": {"Pb": D(30)}, "covered": {"Pb": D(30)}, "paid": {"": D(3000)}}


def test_an_account_below_zero_is_told_once_with_the_deepest_it_was(fair: World) -> None:
    case = fair.case("供")
    fair.force((Account.OFFERED, Account.RESERVED, "15"), (Account.RESERVED, Account.OFFERED, "4"), case=case)
    fair.force((Account.OFFERED, Account.RESERVED, "2"), case=case)
    (one,) = fair.reconcile(full=True).standing
    assert (one.rule, one.severity, one.left, one.case) == ("REC-001", "B", "-3", case)


def test_one_permit_change_for_two_projects_is_offered_twice(fair: World) -> None:
    change = Basis(permit="91520102MA0000001X001P", changed_on=date(2025, 11, 1))
    fair.offer("再", "5", change, "二期")
    assert fair.found() == []
    again = fair.offer("又", "5", change, "三期")
    (one,) = fair.reconcile().standing
    assert (one.rule, one.case) == ("REC-002", again)


def test_a_contract_unpaid_after_the_days_set_is_told_and_gone_once_it_is_paid(fair: World) -> None:
    fair.contract("HT-2", "10", "400")
    assert fair.found(today=date(2026, 4, 1)) == []
    result = fair.reconcile(date(2026, 4, 2))  # time alone
    assert [(it.rule, it.left, it.right) for it in result.standing] == [("REC-003", "1000", "400")]
    assert result.judged == 1
    row = fair.payment("HT-2", "600").model_dump(exclude={"case"}) | {"case_number": fair.case("HT-2"), "serial": "S9"}
    with fair.database.write() as connection:
        connection.execute(insert(payments).values(row))
    fair.ledger.note(fair.case("HT-2"), "paid", {})
    result = fair.reconcile(date(2026, 4, 3))
    assert (result.standing, [it.rule for it in result.gone]) == ((), ["REC-003"])


def test_a_payment_of_an_unknown_contract_is_told_after_the_days_set(fair: World) -> None:
    row = fair.payment("HT-7", "77").model_dump(exclude={"case"}) | {"case_number": fair.case("HT-1")}
    with fair.database.write() as connection:
        connection.execute(insert(payments).values(row))
    assert fair.found(today=date(2026, 4, 9), full=True) == []
    assert fair.found(today=date(2026, 4, 10)) == ["REC-003"]


def test_a_payment_without_number_goes_to_the_deal_that_lacks_just_this(fair: World) -> None:
    fair.contract("HT-2", "10", None)
    row = fair.payment("HT-2", "1000").model_dump(exclude={"case", "contract"}) | {"case_number": fair.case("需")}
    with fair.database.write() as connection:
        connection.execute(insert(payments).values(row))
    assert fair.found() == []


def test_a_notice_that_ran_out_is_told_from_the_next_day_on(fair: World) -> None:
    fair.ledger.open_notice(fair.case("协"), date(2026, 5, 6), fair.sale("10", number="HT-9"))
    assert fair.found(today=date(2026, 5, 26)) == []
    days = (date(2026, 5, 27) + timedelta(days=n) for n in range(20))
    first = next(day for day in days if fair.found(today=day))
    assert first == date(2026, 6, 3)  # the day after twenty working days; Saturday 9 May is one
    fair.ledger.give_back(fair.case("协"), "异议成立", first)
    assert fair.found(today=first) == []


def test_an_expired_permit_behind_an_open_listing_is_told_until_nothing_is_on_offer(world: World) -> None:
    world.offer("供", "40", Basis(permit_until=date(2026, 5, 31)))
    assert world.found(today=date(2026, 5, 31)) == []
    assert world.found(today=TODAY) == ["REC-005"]
    world.ledger.withdraw(world.case("供"), "自留")
    assert world.found(today=TODAY) == []


def test_an_announcement_of_other_kilograms_or_of_no_deal_is_told(fair: World) -> None:
    deal = fair.contract("HT-2", "10", "1000")
    fair.announce(deal, "11")
    fair.announce("HY-2026-999999", "3")
    assert fair.found(full=True) == ["REC-007", "REC-007"]


def test_an_original_that_changed_is_found_by_the_full_run_and_the_log_that_was_cut_too(fair: World) -> None:
    assert fair.found(full=True) == []
    sha256 = fair.ledger.claimed(fair.case("供")).files[0].sha256
    path = next(fair.folder.rglob(str(sha256)))
    path.chmod(0o600)
    path.write_bytes(b"!")
    with fair.database.write() as connection:
        connection.execute(text("DROP TRIGGER events_no_DELETE"))
        connection.execute(text("DELETE FROM events WHERE id = (SELECT max(id) FROM events)"))
    result = fair.reconcile(full=True)
    assert [it.rule for it in result.standing] == ["REC-008", "REC-008"]
    assert fair.case("供") in [it.case for it in result.standing]


def test_few_originals_are_read_each_night_those_unseen_longest_first(fair: World) -> None:
    assert [fair.reconcile().originals for _ in range(3)] == [(2, 3)] * 3


def test_a_run_that_was_broken_off_goes_on_and_tells_the_same(fair: World) -> None:
    fair.offer("再", "5", Basis(permit_until=date(2026, 1, 1)), "二期")
    runs = Reconciliations(fair.database)
    run = runs.begin(TODAY, ruleset())
    first = next(runs.companies(run))
    runs.judge(run, first, looking(TODAY), cites())
    again = runs.begin(TODAY, ruleset())
    assert again.id == run.id
    assert [code for codes in runs.companies(again) for code in codes] == ["", SELLER, BUYER]
    assert fair.found() == ["REC-005"]
    assert runs.begin(TODAY, ruleset()).id != run.id


def test_what_is_found_waits_in_a_case_that_has_passed_and_is_settled_once_it_is_gone(fair: World) -> None:
    fair.announce(fair.contract("HT-2", "10", "1000"), "11")
    fair.reconcile(full=True)
    fair.reconcile(full=True)
    (item,) = [it for it in fair.ledger.queue() if it.finding.rule == "REC-007"]
    assert item.case == fair.case("HT-2")
    with fair.database.write() as connection:
        connection.execute(update(announcements).values(figures={"Pb": "10"}).where(announcements.c.deal == item.case))
    fair.reconcile(full=True)
    assert fair.ledger.queue() == ()
    told = [it.detail["findings"] for it in fair.ledger.events(item.case) if it.what == "reconciled"]
    assert told == [1, 0]
    assert fair.ledger.verify_events() is None


def test_an_incremental_run_ends_where_a_full_one_does(fair: World) -> None:
    fair.reconcile()
    fair.offer("再", "5", Basis(permit_until=date(2026, 1, 1)), "二期")
    fair.contract("HT-2", "10", "400")
    little, whole = fair.reconcile(), fair.reconcile(full=True)
    assert (little.run.full, whole.run.full) == (False, True)
    assert [it.message for it in little.standing] == [it.message for it in whole.standing]
    assert (little.sums, little.apart, little.ledger) == (whole.sums, whole.apart, whole.ledger)


def test_a_change_far_inside_a_contract_is_seen_by_an_incremental_run(fair: World) -> None:
    fair.reconcile()
    row = fair.sale("30", "3000", date(2026, 3, 2), "HT-1").model_dump(mode="json")
    with fair.database.write() as connection:
        connection.execute(update(sales).where(sales.c.stage == "contracted").values(content=row | {"total": "4000"}))
    fair.ledger.note(fair.case("HT-1"), "corrected", {})
    result = fair.reconcile()
    assert (result.judged, [it.rule for it in result.standing]) == (1, ["REC-003"])
