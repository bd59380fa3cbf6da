"""Verified submissions: what a company offers or needs, and what it takes back while that is published."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from domain.accounts import Act, Entry
from domain.acts import list_figures, name_lot, unlist
from domain.books import Submission
from domain.dossier import Kind
from domain.life import IllegalStep, Step
from domain.postings import Listing
from domain.quantity import Metal
from storage import events
from storage.accounts import add_entries, lock_accounts
from storage.book_tables import submissions
from storage.database import clean
from storage.life_tables import steps
from storage.registers import newest_registers
from storage.steps import counts, has_taken, step, take, take_back

_OF_LISTINGS = frozenset({Step.VERIFIED, Step.PUBLISHED, Step.REOFFERED, Step.UPDATED, Step.WITHDRAWN})


def verify(connection: Connection, case: str, listing: Listing, actor: str) -> None:
    """Lists a verified submission and posts its figures; nothing happens where the case did so before.

    The company is registered by its first papers that are in order (guide 4(1)). Raises Overdrawn where more is
    offered than it has, IllegalStep.
    """
    if find_submission(connection, case) is not None:
        return
    if not has_taken(connection, listing.uscc, Step.REGISTERED):
        named = {"name": clean(listing.name)}
        take(connection, step(Step.REGISTERED, listing.uscc, listing.on, case), actor, detail=named)
    take(connection, step(Step.VERIFIED, case, listing.on, case), actor, others=[[listing.uscc]])
    known = lock_accounts(connection, _accounts(listing))
    new = list_figures(known, Act(case=case, at=datetime.now(UTC), on=listing.on), listing)
    add_entries(connection, new)
    flat = listing.model_dump(mode="json")
    texts = {"name": clean(listing.name), "project": listing.project and clean(listing.project)}
    own = {"case_number": case, "verified_on": listing.on, "kind": listing.kind, "uscc": listing.uscc}
    told = {name: flat[name] for name in ("figures", "surplus", "basis")}
    told["registers"] = newest_registers(connection)
    connection.execute(insert(submissions).values(own | texts | told))
    events.append(connection, case, actor, "listed", flat | {"entries": tell(new)})


def withdraw(connection: Connection, case: str, reason: str, on: date, actor: str) -> None:
    """Takes a listing back: all that its project still has on offer, or all that is still open of what it needs.

    What deals have reserved stays with them. Submissions that state the same project again go with it.
    Raises IllegalStep.
    """
    row = find_submission(connection, case)
    if row is None or row.withdrawn_on is not None:
        why = "已撤回" if row else "没有已核验并发布的供需信息"
        raise IllegalStep("NOT_LISTED", f"案件 {case} {why}，无法撤回")
    gone = [it for it in _standing(connection, row) if _project(it) == _project(row)]
    take(connection, step(Step.WITHDRAWN, case, on, case), actor, detail={"reason": reason})
    for it in gone:
        if it.case_number != case and has_taken(connection, it.case_number, Step.PUBLISHED):
            with_it = step(Step.WITHDRAWN, it.case_number, on, it.case_number)
            take(connection, with_it, actor, detail={"reason": reason, "with": case})
    new: tuple[Entry, ...] = ()
    for listing in map(_listing, gone):
        known = lock_accounts(connection, _accounts(listing))
        new += unlist([*known, *new], Act(case=case, at=datetime.now(UTC), on=on), listing)
    add_entries(connection, new)
    own = submissions.c.id.in_([it.id for it in gone])
    connection.execute(update(submissions).where(own).values(withdrawn_on=on))
    events.append(connection, case, actor, "withdrawn", {"reason": reason, "on": str(on), "entries": tell(new)})


def take_out(connection: Connection, case: str, reason: str, on: date, actor: str) -> None:
    """Takes a listing out of the books that should never have been there; the case may be listed anew.

    Its steps count no more; nothing happens where the case listed nothing. What is on offer by a later submission of
    its project stays, and what deals have reserved stays with them.
    """
    row = find_submission(connection, case)
    if row is None:
        return
    new: tuple[Entry, ...] = ()
    later = [it for it in _standing(connection, row) if _project(it) == _project(row) and it.id > row.id]
    if row.withdrawn_on is None and not later:
        known = lock_accounts(connection, _accounts(_listing(row)))
        new = unlist(known, Act(case=case, at=datetime.now(UTC), on=on), _listing(row))
    add_entries(connection, new)
    take_back(connection, case, _OF_LISTINGS, on, actor, reason)
    connection.execute(delete(submissions).where(submissions.c.id == row.id))
    events.append(connection, case, actor, "unlisted", {"reason": reason, "on": str(on), "entries": tell(new)})


def find_submission(connection: Connection, case: str) -> Row[Any] | None:
    """The submission that a case listed."""
    return connection.execute(select(submissions).where(submissions.c.case_number == case)).first()


def read_submissions(connection: Connection, codes: Collection[str] | None = None) -> tuple[Submission, ...]:
    """The submissions of these companies, or of all, oldest first."""
    public = exists().where(steps.c.subject == submissions.c.case_number, steps.c.step == Step.PUBLISHED, counts())
    wanted = select(submissions, public.label("published")).order_by(submissions.c.id)
    if codes is not None:
        wanted = wanted.where(submissions.c.uscc.in_(codes))
    return tuple(present_submission(row, published=row.published) for row in connection.execute(wanted))


def latest(found: Sequence[Submission]) -> Iterator[Submission]:
    """What counts of submissions, oldest first: of those that stand, the newest speaks for its project's metals."""
    spoken: set[tuple[str, str, str, Metal]] = set()
    kept = []
    for one in reversed(found):
        project = (one.kind, one.uscc, name_lot(one.project, one.name))
        figures = {metal: one.figures[metal] for metal in one.figures if (*project, metal) not in spoken}
        if one.withdrawn or figures:
            kept.append(one if one.withdrawn else one.model_copy(update={"figures": figures}))
        spoken |= {(*project, metal) for metal in figures if not one.withdrawn}
    return reversed(kept)


def tell(new: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Entries as an event tells them."""
    own = {"uscc", "metal", "project", "credit", "debit", "quantity", "cause"}
    return [entry.model_dump(mode="json", include=own) for entry in new]


def present_submission(row: Row[Any], *, published: bool) -> Submission:
    """A row of `submissions` as the rules see it."""
    return Submission(
        case=row.case_number,
        kind=Kind(row.kind),
        uscc=row.uscc,
        name=row.name,
        verified_on=row.verified_on,
        project=row.project,
        figures={Metal(metal): Decimal(quantity) for metal, quantity in row.figures.items()},
        published=published,
        withdrawn=row.withdrawn_on is not None,
    )


def _standing(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    same = (submissions.c.uscc == row.uscc, submissions.c.kind == row.kind, submissions.c.withdrawn_on.is_(None))
    return connection.execute(select(submissions).where(*same).order_by(submissions.c.id)).all()


def _project(row: Row[Any]) -> str:
    return name_lot(row.project, row.name)


def _accounts(listing: Listing) -> list[tuple[str, Metal]]:
    return [(listing.uscc, metal) for metal in {*listing.figures, *listing.surplus}]


def _listing(row: Row[Any]) -> Listing:
    names = ("kind", "uscc", "name", "project", "figures", "surplus")
    return Listing(on=row.verified_on, **{name: row._mapping[name] for name in names})
