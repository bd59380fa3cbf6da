"""The way of one package from the intake to the queue: claim → pages → read → understand → check → settle."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

import validators
from domain.accounts import Overdrawn
from domain.dossier import Dossier
from domain.errors import IntakeError, StorageAway, on_this_machine
from domain.finding import Finding, State
from domain.life import IllegalStep
from domain.page import ReadPage
from extractors.opening import Opened, open_package
from extractors.reading import read_pages
from extractors.rereading import read_again
from extractors.understanding import understand
from reports.postings import Unpostable, mentioned, objected, posting
from reports.verdict import Verdict, markdown, quarantined, recall, verdict
from storage import intake as incoming
from storage.bucket import Bucket, open_bucket
from storage.deals import DealUnclear
from storage.ledger import Ledger, open_ledger
from storage.payments import SerialUsed
from storage.records import RECEIVED, Claimed
from storage.results import publish, publish_what_counts, set_aside
from storage.settings import load_settings
from storage.unfinished import hold
from storage.uploads import Uploads

log = logging.getLogger("heyan.intake")
T = TypeVar("T")


def whole(thing: T) -> T:
    """Handed to a task as it is: Prefect would walk through every word of every page in search of futures."""
    return quote(thing)  # type: ignore[return-value]


def storage_away(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a stage failed because the store did not answer: the one trouble that passes by itself."""
    return isinstance(state.data, StorageAway)


stage: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
patient: dict[str, Any] = stage | {"retries": 3, "retry_delay_seconds": [1, 5, 20], "retry_condition_fn": storage_away}


@flow(name="intake", flow_run_name="{package}", validate_parameters=False, persist_result=False)
async def intake(package: str, today: date | None = None, held: bool = False) -> Verdict:
    """The verdict over the package of this name in the intake; `today` is the day of submission.

    With `held` a watcher takes the case up again by itself where this run does not come to its end. Papers that cannot
    be processed end in quarantine at once; raises StorageAway when the store stays away.
    """
    started = time.monotonic()
    with on_this_machine(), TemporaryDirectory(prefix="heyan-") as work:
        bucket, ledger, claimed = await claim(package, today, Path(work), held)
        if claimed.duplicate and claimed.state != RECEIVED:
            result = recall(ledger.show(claimed.case).verdict, package, claimed.case)
        else:
            result = await examine(bucket, ledger, claimed, Path(work), started)
    await publish_artifact(result)
    return result


@flow(name="resume", flow_run_name="{case}", validate_parameters=False, persist_result=False)
async def resume(case: str) -> Verdict:
    """The verdict over a case that was received and not checked to the end, from its originals."""
    started = time.monotonic()
    settings = load_settings()
    bucket, ledger = open_bucket(settings), open_ledger(settings.database_url)
    claimed = ledger.claimed(case)
    # What came to an end right after the claim had no time to tell whoever handed it in.
    Uploads(ledger.database).match(claimed.package, case, claimed.version, duplicate=False)
    with on_this_machine(), TemporaryDirectory(prefix="heyan-") as work:
        result = await examine(bucket, ledger, claimed, Path(work), started)
    await publish_artifact(result)
    return result


async def examine(bucket: Bucket, ledger: Ledger, claimed: Claimed, work: Path, started: float) -> Verdict:
    """All stages after the claim."""
    spent: dict[str, float] = {}
    try:
        opened = await timed(spent, "pages", pages(whole((bucket, claimed)), work))
        read_out = await timed(spent, "read", read(whole(opened), whole(ledger), claimed.case))
        dossier = await timed(spent, "understand", understood(whole((claimed, read_out, opened))))
        findings = await timed(spent, "check", check(whole(dossier), whole(ledger), claimed.case))
        result = verdict(dossier, findings, time.monotonic() - started, claimed.case)
        result = await settle(whole((bucket, ledger)), whole(dossier), whole(result), whole(claimed), whole(spent))
    except IntakeError as error:
        result = quarantined(claimed.package, error, time.monotonic() - started, claimed.case)
        await quarantine(whole((bucket, ledger)), whole(error), whole(result), whole(claimed))
    return result


async def timed(spent: dict[str, float], stage: str, done: Awaitable[T]) -> T:
    """What a stage gives; how many seconds it took is noted."""
    began = time.monotonic()
    result = await done
    spent[stage] = round(time.monotonic() - began, 3)
    return result


@task(name="claim", **patient)
async def claim(package: str, today: date | None, work: Path, held: bool = False) -> tuple[Bucket, Ledger, Claimed]:
    """Stores the originals, records the package, takes it out of the intake."""
    settings = load_settings()
    bucket, ledger = open_bucket(settings), open_ledger(settings.database_url)
    waiting = incoming.look(bucket, package)
    with on_this_machine():
        claimed = await asyncio.to_thread(incoming.claim, bucket, ledger, waiting, work / "claim", today, held=held)
    if held and claimed.state == RECEIVED:
        hold(ledger.database, claimed.case)
    Uploads(ledger.database).match(package, claimed.case, claimed.version, duplicate=claimed.duplicate)
    return bucket, ledger, claimed


@task(name="pages", **patient)
async def pages(source: tuple[Bucket, Claimed], work: Path) -> Opened:
    """Rebuilds the package from its originals and renders its pages."""
    bucket, claimed = source
    with on_this_machine():
        laid_out = await asyncio.to_thread(incoming.lay_out, bucket, claimed, work / "package")
        return await asyncio.to_thread(open_package, laid_out, work)


@task(name="read", **stage)
async def read(opened: Opened, ledger: Ledger, case: str) -> tuple[ReadPage, ...]:
    """Reads every page that was never read before, and every critical value a second time by another engine."""

    def tell(done: int, total: int) -> None:
        log.info("%s：读页 %d/%d", opened.name, done, total, extra={"done": done, "total": total})
        with suppress(StorageAway):  # who waits is told later
            Uploads(ledger.database).tell_progress(case, done, total)

    workers = load_settings().workers
    with on_this_machine():
        once = await asyncio.to_thread(lambda: tuple(read_pages(opened.images, workers, ledger.readings, tell)))
        return await asyncio.to_thread(read_again, once, opened.images, ledger.readings)


@task(name="understand", **stage)
async def understood(source: tuple[Claimed, Sequence[ReadPage], Opened]) -> Dossier:
    """Gathers pages into documents and reads their fields."""
    claimed, read_out, opened = source
    return await asyncio.to_thread(understand, claimed.package, read_out, claimed.submitted_on, opened.refused)


@task(name="check", **patient)
async def check(dossier: Dossier, ledger: Ledger, case: str) -> tuple[Finding, ...]:
    """Runs every rule against the books as they are now."""
    return await asyncio.to_thread(lambda: validators.check(dossier, ledger.books(mentioned(dossier), case)))


@task(name="settle", **patient)
async def settle(
    store: tuple[Bucket, Ledger],
    dossier: Dossier,
    result: Verdict,
    since: Claimed | None = None,
    spent: Mapping[str, float] = {},
) -> Verdict:
    """Records what was read and found, and posts what a clear case settles; what holds it back stands in the queue.

    Where somebody else was faster (the last kilogram, a payment's serial), the rules run again on fresh books. What
    cannot be posted although no rule objects waits for a person: no case is ever lost. A case that went on since it
    was taken up (`since`) stays where it is.
    """
    try:
        return await asyncio.to_thread(record, store, dossier, result, since, spent)
    except (Overdrawn, SerialUsed, DealUnclear, IllegalStep, Unpostable) as trouble:
        log.info("%s：%s，重新核验", result.case, trouble.code)
        again = await check.fn(dossier, store[1], str(result.case))
        beaten = verdict(dossier, objected(dossier, again, trouble), result.seconds, result.case)
        return await asyncio.to_thread(record, store, dossier, beaten, since, spent)


def record(
    store: tuple[Bucket, Ledger],
    dossier: Dossier,
    result: Verdict,
    since: Claimed | None = None,
    spent: Mapping[str, float] = {},
) -> Verdict:
    """The verdict is published first: a crash in between leaves a case that is examined again, never one without.

    One that came too late gives way to the one that counts.
    """
    (bucket, ledger), text, case = store, result.model_dump_json(), str(result.case)
    due = posting(dossier, case) if result.state is State.CLEAR else None
    with on_this_machine():
        publish(bucket, case, text)
    counts = ledger.record(
        case,
        dossier,
        result.findings,
        state=result.state,
        seconds=result.seconds,
        ruleset=validators.RULESET,
        verdict=text,
        posting=due,
        since=since,
        stages=spent,
    )
    if counts:
        return result
    log.warning("%s：核验结束时案件已有变化，结论不采用", case)
    newest = publish_what_counts(bucket, ledger, case)
    return Verdict.model_validate_json(newest) if newest else result


@task(name="quarantine", **patient)
async def quarantine(
    store: tuple[Bucket, Ledger], error: IntakeError, result: Verdict, since: Claimed | None = None
) -> None:
    """Sets the package aside with its reason; its originals stay."""
    set_aside(*store, str(result.case), error, result.model_dump_json(), since)


async def publish_artifact(result: Verdict) -> None:
    """Shows the verdict in Prefect's own pages."""
    key = (result.case or "no-case").lower()
    await acreate_markdown_artifact(key=key, markdown=markdown(result), description=result.package)
