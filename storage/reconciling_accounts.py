"""All that the house holds of companies, some companies at a time: what reconciliation looks at."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, or_, select, union

from domain.accounts import Account as Kilograms
from domain.books import NONE
from domain.life import Step
from domain.postings import Sale
from domain.quantity import Metal
from domain.reconciling import NOBODY, Account, Bargain, Loose, Pause, PublicNotice, Source
from storage.accounts import present_entry
from storage.book_tables import accounts, entries, notices, payments, sales, submissions
from storage.deals import Stage, stands
from storage.life_tables import announcements, permits, steps
from storage.reconciling_rows import (
    figures,
    present_inventory_row,
    present_listed,
    present_payment,
    present_permit_row,
)
from storage.registers import INVENTORY, newest_registers
from storage.seen_tables import inventory
from storage.steps import counts

PERMITS = "permits"  # the kind of the permit register among the registers
_ENDS = {Kilograms.TRANSFERRED: Source.SOLD, Kilograms.COVERED: Source.BOUGHT}
_AT_ONCE = 5000
_IN_HAND = frozenset({Kilograms.RESERVED, Kilograms.PLEDGED, Kilograms.TRANSFERRED})
_NAMING = (accounts.c.uscc, submissions.c.uscc, sales.c.transferor, sales.c.transferee, payments.c.transferor)


class Held(NamedTuple):
    """A company's account with the fingerprint of all rows that it was made of."""

    account: Account
    fingerprint: str


def list_companies(connection: Connection, after: str = "", most: int = 500) -> list[str]:
    """The next codes that anything in the books names, in order; NOBODY comes first and is not among them."""
    found: set[str] = set()
    for one in _NAMING:
        wanted = select(one).where(one > after).distinct().order_by(one).limit(most)
        found |= set(connection.scalars(wanted))
    return sorted(found)[:most]


def count_companies(connection: Connection, until: str | None = None) -> int:
    """How many codes anything in the books names, up to one of them."""
    parts = [select(one.label("code")).where(one != NOBODY) for one in _NAMING]
    named = union(*parts).subquery()
    wanted = select(func.count()).select_from(named)
    return connection.scalar(wanted if until is None else wanted.where(named.c.code <= until)) or 0


def read_accounts(connection: Connection, codes: Sequence[str]) -> Iterator[Held]:
    """The accounts of companies, in the order of their codes; NOBODY has what no company can be told of."""
    rows = _Rows(connection, codes)
    for code in codes:
        yield rows.hold(code)


class _Rows:
    """The rows of some companies, by company and by deal."""

    def __init__(self, connection: Connection, codes: Sequence[str]) -> None:
        self.connection = connection
        self.versions = newest_registers(connection)
        self.entries = _by("uscc", self._entries(codes))
        self.listings = _by("uscc", self._read(select(submissions).where(submissions.c.uscc.in_(codes)), submissions))
        self.sold = self._sales(codes)
        deals = sorted({row.deal for row in self.sold})
        self.told = _by("deal", self.sold)
        self.selling = _by("transferor", (rows[-1] for rows in self.told.values()))
        self.moved = self._moved(deals)
        self.announced = {row.deal: row for row in self._announcements(deals)}
        cases = sorted({row.case_number for row in self.sold})
        self.notices = {
            row.case_number: row for row in self._read(select(notices).where(notices.c.case_number.in_(cases)), notices)
        }
        self.objections = _by("subject", self._objections(deals))
        self.payments = _by("payee", self._payments(codes))
        self.inventory = self._register(INVENTORY, inventory, codes)
        self.permits = self._register(PERMITS, permits, codes)
        self.known = self._known()
        self.loose = _by("owner", self._loose_announcements()) if NOBODY in codes else {}

    def hold(self, code: str) -> Held:
        ours = self.entries.get(code, [])
        listed = self.listings.get(code, [])
        deals = [str(row.deal) for row in self.selling.get(code, [])]
        paid = self.payments.get(code, [])
        registers = [None if rows is None else rows.get(code, []) for rows in (self.inventory, self.permits)]
        extra = [self._rows_of(deal) for deal in deals]
        told = [_values(rows) for rows in (ours, listed, paid, *registers, self.loose.get(code))]
        account = Account.model_construct(
            uscc=code,
            name=self._name(code, listed),
            entries=tuple(map(present_entry, ours)),
            listings=tuple(map(present_listed, listed)),
            bargains=tuple(map(self._bargain, deals)),
            payments=tuple(map(present_payment, paid)),
            loose=tuple(self._loose(code, ours)),
            inventory=None if registers[0] is None else tuple(map(present_inventory_row, registers[0])),
            permits=None if registers[1] is None else tuple(map(present_permit_row, registers[1])),
            versions=self.versions,
        )
        return Held(account, _hash(told, extra, self.versions))

    # ---- what is read -----------------------------------------------------------------------------------------------

    def _read(self, wanted: Select[Any], table: Any) -> list[Row[Any]]:
        return list(self.connection.execute(wanted.order_by(table.c.id)))

    def _entries(self, codes: Sequence[str]) -> list[Row[Any]]:
        own = select(entries, accounts.c.uscc, accounts.c.metal).join(accounts).where(accounts.c.uscc.in_(codes))
        return self._read(own, entries)

    def _sales(self, codes: Sequence[str]) -> list[Row[Any]]:
        """What standing cases told of deals in which the companies sell; of each case the last."""
        deals = select(sales.c.deal).where(sales.c.transferor.in_(codes), stands())
        rows = self._read(select(sales).where(sales.c.deal.in_(deals), stands()), sales)
        newest = {(row.deal, row.case_number): row for row in rows}
        return list(newest.values())

    def _moved(self, deals: Sequence[str]) -> Mapping[str, list[Row[Any]]]:
        """The entries of deals, on both sides."""
        own = select(entries, accounts.c.uscc, accounts.c.metal).join(accounts).where(entries.c.deal.in_(deals))
        return _by("deal", self._read(own, entries))

    def _announcements(self, deals: Sequence[str]) -> list[Row[Any]]:
        own = (announcements.c.deal.in_(deals), announcements.c.taken_back_at.is_(None))
        return self._read(select(announcements).where(*own), announcements)

    def _loose_announcements(self) -> list[Row[Any]]:
        """Announcements of deals of which no standing case tells; nobody's, for they name no company by code."""
        known = select(sales.c.deal).where(stands())
        own = (announcements.c.deal.not_in(known), announcements.c.taken_back_at.is_(None))
        wanted = select(announcements, func.coalesce(None, NOBODY).label("owner")).where(*own)
        return self._read(wanted, announcements)

    def _objections(self, deals: Sequence[str]) -> list[Row[Any]]:
        kinds = (Step.OBJECTED.value, Step.SETTLED.value)
        own = (steps.c.subject.in_(deals), steps.c.step.in_(kinds), counts())
        return self._read(select(steps.c.id, steps.c.subject, steps.c.step, steps.c.on).where(*own), steps)

    def _payments(self, codes: Sequence[str]) -> list[Row[Any]]:
        """Payments by who was paid, else by who paid, else nobody's."""
        payee, payer = payments.c.transferor, payments.c.transferee
        whose = func.coalesce(payee, payer, NOBODY)
        own = or_(payee.in_(codes), payee.is_(None) & payer.in_(codes))
        own = or_(own, payee.is_(None) & payer.is_(None)) if NOBODY in codes else own
        wanted = select(payments, whose.label("payee")).where(own, payments.c.taken_back_at.is_(None))
        return self._read(wanted, payments)

    def _register(self, kind: str, table: Any, codes: Sequence[str]) -> dict[str, list[Row[Any]]] | None:
        newest = self.versions.get(kind)
        if newest is None:
            return None
        wanted = select(table).where(table.c.register_id == newest, table.c.uscc.in_(codes))
        return _by("uscc", self._read(wanted, table))

    def _known(self) -> set[str]:
        """The deals in which the companies sold or bought and of which some standing case tells, whoever sells."""
        ended = {str(row.deal or NOBODY) for rows in self.entries.values() for row in rows if _ends(row)}
        left, found = sorted(ended - set(self.told)), set(self.told)
        for start in range(0, len(left), _AT_ONCE):
            some = sales.c.deal.in_(left[start : start + _AT_ONCE])
            found |= set(self.connection.scalars(select(sales.c.deal).where(some, stands())))
        return found

    # ---- what becomes of it -----------------------------------------------------------------------------------------

    def _name(self, code: str, listed: Sequence[Row[Any]]) -> str:
        """As the newest papers write it."""
        if listed:
            return str(listed[-1].name)
        sold = self.selling.get(code)
        return str(sold[-1].content["transferor"]["name"]) if sold else code

    def _rows_of(self, deal: str) -> list[object]:
        noticed = [self.notices.get(row.case_number) for row in self.told[deal]]
        announced = [self.announced.get(deal)]
        told = (self.told[deal], self.moved.get(deal), announced, self.objections.get(deal), noticed)
        return [_values(rows) for rows in told]

    def _bargain(self, deal: str) -> Bargain:
        told = self.told[deal]
        row = next((it for it in reversed(told) if it.stage == Stage.CONTRACTED), told[-1])
        moved = _add_up(self.moved.get(deal, []))
        announced = self.announced.get(deal)
        return Bargain.model_construct(
            deal=deal,
            sale=Sale.model_validate(row.content),
            cases=tuple(dict.fromkeys([*(it.case_number for it in told), row.case_number])),
            numbers=tuple({it.contract: None for it in told if it.contract}),
            notice=self._notice(deal),
            returned=bool(moved) and not any(moved[key] > 0 for key in moved if key[1] in _IN_HAND),
            out=_side(moved, row.transferor, Kilograms.TRANSFERRED),
            into=_side(moved, row.transferee, Kilograms.COVERED),
            announced=None if announced is None else figures(announced.figures),
            announced_on=announced and announced.on,
        )

    def _notice(self, deal: str) -> PublicNotice | None:
        found = [self.notices[row.case_number] for row in self.told[deal] if row.case_number in self.notices]
        if not found:
            return None
        return PublicNotice(
            opened_on=found[-1].opened_on, failed=found[-1].failed, pauses=_pauses(self.objections.get(deal, []))
        )

    def _loose(self, code: str, ours: Sequence[Row[Any]]) -> Iterator[Loose]:
        """What a company sold or bought by a deal of which no standing case tells, and what was announced so."""
        ended = _by("deal", (row for row in ours if _ends(row)))
        for deal in sorted(set(ended) - self.known):
            moved = _add_up(ended[deal])
            for account, source in _ENDS.items():
                found = {metal: kg for metal, kg in _side(moved, code, account).items() if kg}
                if found:
                    row = ended[deal][0]
                    yield Loose(source=source, deal=deal, quantities=found, on=row.on, case=row.case_number)
        for row in self.loose.get(code, []):
            told = {"deal": row.deal, "quantities": figures(row.figures), "on": row.on, "case": row.deal}
            yield Loose(source=Source.ANNOUNCED, **told)


def _ends(row: Row[Any]) -> bool:
    """Whether an entry sells or buys, or takes that back."""
    return row.credit in _ENDS or row.debit in _ENDS


def _by(name: str, rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    place = None
    for row in rows:
        place = row._fields.index(name) if place is None else place  # all are of one query
        found[str(row[place] if row[place] is not None else NOBODY)].append(row)
    return dict(found)


def _values(rows: Iterable[Row[Any] | None] | None) -> list[object]:
    """All that rows hold; a row's own `repr` cuts long texts."""
    return [None if row is None else tuple(row) for row in rows or ()]


def _hash(*told: object) -> str:
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _add_up(rows: Iterable[Row[Any]]) -> dict[tuple[str, str, str], Decimal]:
    """What stands by entries, by company, account and metal."""
    stand: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        stand[row.uscc, row.credit, row.metal] -= row.quantity
        stand[row.uscc, row.debit, row.metal] += row.quantity
    return dict(stand)


def _side(moved: Mapping[tuple[str, str, str], Decimal], code: str, account: Kilograms) -> dict[Metal, Decimal]:
    return {Metal(metal): kg for (whose, where, metal), kg in moved.items() if (whose, where) == (code, account) and kg}


def _pauses(rows: Sequence[Row[Any]]) -> tuple[Pause, ...]:
    """Objections and how they were settled, in turn."""
    opened = [row.on for row in rows if row.step == Step.OBJECTED]
    settled = [row.on for row in rows if row.step == Step.SETTLED]
    ends = [*settled, *[None] * len(opened)]
    return tuple(Pause(first=first, last=last) for first, last in zip(opened, ends, strict=False))


def control(connection: Connection) -> dict[str, dict[str, Decimal]]:
    """What the ledger itself has sold and bought per metal in kg/a, and been paid in 元, without looking at deals."""
    found: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    ends = [it.value for it in _ENDS]
    wanted = select(accounts.c.metal, entries.c.credit, entries.c.debit, entries.c.quantity).join(accounts)
    wanted = wanted.where(entries.c.credit.in_(ends) | entries.c.debit.in_(ends))
    for metal, credit, debit, quantity in connection.execute(wanted.execution_options(yield_per=5000)):
        if debit in ends:
            found[debit][metal] += quantity
        if credit in ends:
            found[credit][metal] -= quantity
    paid = select(payments.c.amount).where(payments.c.taken_back_at.is_(None))
    total = sum(connection.scalars(paid.execution_options(yield_per=5000)), NONE)
    return {account: dict(sums) for account, sums in found.items()} | {"paid": {"": total}}
