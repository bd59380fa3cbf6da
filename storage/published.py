"""What goes out, read from the ledger: published listings, deals with their notices, and the figures of statistics."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from domain.accounts import Account
from domain.books import Pause
from domain.counting import count
from domain.errors import ExitCode, HeyanError
from domain.life import Step
from domain.outgoing import Offer, share_out
from domain.page import Frozen
from domain.postings import Sale
from domain.publishing import publish
from domain.quantity import Metal
from domain.statistics import Contracted, Dimension, Home, Move, Statistics
from reference.calendar import CHINA
from reference.counties import county_of_code
from storage.accounts import read_entries
from storage.book_tables import accounts, entries, notices, sales, submissions
from storage.database import Database
from storage.deals import Stage, stands
from storage.life_tables import announcements, steps
from storage.listings import latest, read_submissions
from storage.objecting import find_objections
from storage.queue_tables import search_terms
from storage.schema import packages
from storage.steps import counts
from storage.terms import Term


class NothingToTell(HeyanError):
    """There is nothing yet that such a paper could say of a case."""

    exit_code = ExitCode.USAGE


class ToldDeal(Frozen):
    """A deal as its papers tell it last: `deal` is its first case; `opened_on`, `failed`, `paused` are its notice's.

    `number`, `announced_on`, `completed_on` are its announcement's, once there is one: the sale is then what it told.
    """

    deal: str
    sale: Sale
    contracted: bool
    opened_on: date | None = None
    failed: str | None = None
    paused: tuple[tuple[date, date], ...] = ()
    number: str | None = None
    announced_on: date | None = None
    completed_on: date | None = None


def read_offers(database: Database) -> tuple[Offer, ...]:
    """The 供需信息 as they stand now, the latest published last; raises StorageAway."""
    with database.read() as connection:
        listed = tuple(latest(read_submissions(connection)))
        codes = {it.uscc for it in listed if not it.withdrawn}
        return publish(listed, read_entries(connection, codes), read_homes(connection), _published(connection))


def read_statistics(database: Database, by: tuple[Dimension, ...], since: date | None, until: date) -> Statistics:
    """The statistics of a period; raises StorageAway."""
    with database.read() as connection:
        homes = read_homes(connection)
        return count(_read_moves(connection), homes, _read_contracts(connection), by, since, until)


def find_deal_of(database: Database, case: str) -> ToldDeal:
    """The deal of which a case told; raises NothingToTell where it told of none, StorageAway."""
    with database.read() as connection:
        own = select(sales.c.deal).where(sales.c.case_number == case, stands()).order_by(sales.c.id.desc())
        deal = connection.scalars(own).first()
        if deal is None:
            raise NothingToTell("NO_AGREEMENT", f"案件 {case} 没有登记的协议或合同")
        return next(_read_deals(connection, deal))


def list_deals(database: Database) -> tuple[ToldDeal, ...]:
    """All deals that stand, in the order of their first cases; raises StorageAway."""
    with database.read() as connection:
        return tuple(_read_deals(connection))


def name_company(database: Database, case: str) -> str:
    """The company of a case by its newest papers, of a deal both; raises StorageAway."""
    own = (packages.c.case_number == case, search_terms.c.kind == Term.TITLE)
    wanted = select(search_terms.c.text).join(packages, packages.c.id == search_terms.c.package_id).where(*own)
    with database.read() as connection:
        return connection.scalars(wanted.order_by(packages.c.version.desc())).first() or ""


def read_homes(connection: Connection) -> dict[str, Home]:
    """By code the county and the industry that a company's newest listed papers tell; else the county of its code."""
    term, homes = search_terms.c, dict[str, Home]()
    wanted = (
        select(submissions.c.uscc, term.kind, term.text)
        .join(packages, packages.c.case_number == submissions.c.case_number)
        .join(search_terms, (term.package_id == packages.c.id) & term.kind.in_((Term.COUNTY, Term.INDUSTRY)))
        .order_by(submissions.c.id, packages.c.version)
    )
    for code in connection.scalars(select(accounts.c.uscc).distinct()):
        homes[code] = Home(county_of_code(code))
    for row in connection.execute(wanted):
        homes[row.uscc] = homes.get(row.uscc, Home())._replace(**{row.kind: row.text})
    return homes


def _published(connection: Connection) -> dict[str, date]:
    """By case the day on which a listing was published."""
    own = select(steps.c.subject, steps.c.on).where(steps.c.step == Step.PUBLISHED, counts())
    return {row.subject: row.on for row in connection.execute(own)}


def _read_moves(connection: Connection) -> Iterator[Move]:
    columns = (accounts.c.uscc, accounts.c.metal, *(entries.c[name] for name in Move._fields[2:]))
    for row in connection.execute(select(*columns).join(accounts).order_by(entries.c.id)):
        uscc, metal, credit, debit, *rest = row
        yield Move(uscc, Metal(metal), Account(credit), Account(debit), *rest)


def _read_contracts(connection: Connection) -> Mapping[str, list[Contracted]]:
    """By deal what each of its contracts says that a metal costs, those that were taken back too."""
    found: defaultdict[str, list[Contracted]] = defaultdict(list)
    for row in connection.execute(select(sales).where(sales.c.stage == Stage.CONTRACTED).order_by(sales.c.id)):
        money: defaultdict[Metal, Decimal] = defaultdict(Decimal)
        for lot in share_out(_sale(row).items, _sale(row).total):
            money[lot.metal] += lot.money
        found[row.deal].append(Contracted(row.at, money))
    return found


def _read_deals(connection: Connection, deal: str | None = None) -> Iterator[ToldDeal]:
    wanted = select(sales).where(stands(), *([sales.c.deal == deal] if deal else [])).order_by(sales.c.id)
    told: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(wanted):
        told.setdefault(row.deal, []).append(row)
    opened, announced = _read_notices(connection), _read_announcements(connection)
    objections = find_objections(connection, told)
    for name in sorted(told):
        notice = next((opened[row.case_number] for row in told[name] if row.case_number in opened), None)
        pauses = [it.pause for it in objections.get(name, ())]
        yield _present(name, told[name], _tell_notice(notice, pauses) | _tell_announcement(announced.get(name)))


def _present(deal: str, told: list[Row[Any]], more: Mapping[str, Any]) -> ToldDeal:
    """The announcement speaks, before there is one the newest contract, before that the newest agreement."""
    contracts = [row for row in told if row.stage == Stage.CONTRACTED]
    own: dict[str, Any] = {"sale": _sale((contracts or told)[-1]), "contracted": bool(contracts)}
    return ToldDeal(deal=deal, **(own | dict(more)))


def _tell_notice(notice: Row[Any] | None, pauses: Collection[Pause]) -> dict[str, Any]:
    """The notice of a deal; an objection that is still open stops it up to today."""
    if notice is None:
        return {}
    today = datetime.now(CHINA).date()
    paused = tuple((it.first, it.last or max(today, it.first)) for it in pauses)
    return {"opened_on": notice.opened_on, "failed": notice.failed, "paused": paused}


def _tell_announcement(row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    content = {"sale": Sale.model_validate(row.content["sale"]), "completed_on": row.content["completed_on"]}
    return content | {"number": row.number, "announced_on": row.on}


def _read_notices(connection: Connection) -> dict[str, Row[Any]]:
    return {row.case_number: row for row in connection.execute(select(notices))}


def _read_announcements(connection: Connection) -> dict[str, Row[Any]]:
    wanted = select(announcements).where(announcements.c.taken_back_at.is_(None))
    return {row.deal: row for row in connection.execute(wanted)}


def _sale(row: Row[Any]) -> Sale:
    return Sale.model_validate(row.content)
