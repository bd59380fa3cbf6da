"""The watcher: takes one package after the other out of the intake, and finishes what was left behind.

Runs as a process of its own (`python -m flows.watching`), which `./heyan serve` and `./heyan watch` start anew where it
ends. Any number may share a database: each package is one watcher's turn (storage/turns.py).
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import ExitCode, HeyanError, IntakeError, StorageAway
from flows.telling import tell
from reports.webhooks.sending import deliver_due
from storage import intake as incoming
from storage.bucket import Bucket, NotFound, open_bucket
from storage.ledger import Ledger, open_ledger
from storage.papers import spell
from storage.pulse import beat
from storage.records import RECEIVED, Claimed
from storage.results import set_aside
from storage.settings import Settings, load_settings
from storage.turns import turn
from storage.unfinished import hold, list_unfinished
from storage.uploads import Uploads
from storage.webhooks import Webhooks

Take = Callable[[str], Awaitable[object]]
BEAT_SECONDS = 5.0
TRIES = 3  # after which a case that was not checked to the end is set aside
LONGEST_PAUSE = 600.0
LAST_WORDS = 5.0  # seconds between being told to stop and stopping, whatever still runs
UNFINISHED = "多次核验均未能完成，请联系维护人员查看日志；原件已保存，排除故障后可重试"
log = logging.getLogger("heyan.watcher")


@dataclass(frozen=True)
class Post:
    """Where a watcher stands: `take` runs the flow for a package, `finish` for a case that was left behind; `pauses`
    has until when what went wrong is left alone, and how often it did."""

    bucket: Bucket
    ledger: Ledger
    settings: Settings
    take: Take
    finish: Take
    pauses: dict[str, tuple[float, int]] = field(default_factory=dict)


async def go_round(post: Post) -> int:
    """Takes everything that waits, one after the other; gives how many were taken. Raises StorageAway, TimeoutError."""
    left = list_unfinished(post.ledger.database)
    ready = incoming.waiting(post.bucket, post.settings.quiet)
    taken = [await _try(post, case, _finish) for case in left if _may(post, case)]
    taken += [await _try(post, one.name, _take) for one in ready if _may(post, one.name)]
    return len(taken)


async def _take(post: Post, package: str) -> bool:
    with turn(post.ledger.database, spell(package)) as ours:
        # Another may have taken it since the round began.
        if mine := ours and _still_waits(post.bucket, package):
            await _take_it(post, package)
    return mine


def _still_waits(bucket: Bucket, package: str) -> bool:
    try:
        incoming.look(bucket, package)
    except NotFound:
        return False
    return True


async def _take_it(post: Post, package: str) -> None:
    try:
        await post.take(package)
    except IntakeError as error:  # it never became a case: whoever handed it in is told
        Uploads(post.ledger.database).fail(package, error.message)
        raise


async def _finish(post: Post, case: str) -> bool:
    with turn(post.ledger.database, post.ledger.claimed(case).package) as ours:
        claimed = post.ledger.claimed(case)
        # Another may have seen to it since the round began.
        if mine := ours and claimed.state == RECEIVED:
            await _finish_it(post, case, claimed)
    return mine


async def _finish_it(post: Post, case: str, claimed: Claimed) -> None:
    if hold(post.ledger.database, case) > TRIES:
        set_aside(post.bucket, post.ledger, case, IntakeError("NOT_FINISHED", UNFINISHED), since=claimed)
    else:
        await post.finish(case)


async def _try(post: Post, name: str, step: Callable[[Post, str], Awaitable[bool]]) -> bool:
    """One package; its trouble is its own and the next one goes on, unless the store is away or it hangs."""
    try:
        async with asyncio.timeout(post.settings.package_seconds):
            done = await step(post, name)
    except (StorageAway, TimeoutError):
        raise
    except HeyanError as error:
        log.warning("%s：%s", name, error)
        _pause(post, name)
    except Exception:  # the watcher's own blanket catch: whatever it is, others still wait
        log.exception("%s", name)
        _pause(post, name)
    else:
        post.pauses.pop(name, None)
        return done
    return False


def _may(post: Post, name: str) -> bool:
    return post.pauses.get(name, (0.0, 0))[0] <= time.monotonic()


def _pause(post: Post, name: str) -> None:
    """The more often something went wrong, the longer it is left alone."""
    times = post.pauses.get(name, (0.0, 0))[1] + 1
    pause = min(post.settings.poll_seconds * 2**times, LONGEST_PAUSE)
    post.pauses[name] = (time.monotonic() + pause, times)


async def watch(post: Post) -> None:
    """Goes round for ever; ends only by being cancelled, or with TimeoutError where a package hangs."""
    beating = asyncio.create_task(_beat(post.settings.data))
    telling = asyncio.create_task(_tell_others(post))
    try:
        while True:
            try:
                await go_round(post)
            except StorageAway as error:
                log.warning("%s", error)
            await asyncio.sleep(post.settings.poll_seconds)
    finally:
        beating.cancel()
        telling.cancel()


async def _beat(data: Path) -> None:
    while True:
        beat(data)
        await asyncio.sleep(BEAT_SECONDS)


async def _tell_others(post: Post) -> None:
    webhooks = Webhooks(post.ledger.database)
    while True:
        try:
            await asyncio.to_thread(deliver_due, webhooks, post.settings.allowed_hosts)
        except Exception:  # no message is worth the watcher
            log.exception("webhooks")
        await asyncio.sleep(post.settings.poll_seconds)


def main() -> int:
    """Watches until it is told to stop; `PREFECT_API_URL` must name a server."""
    settings = load_settings()
    tell(settings.log_format)
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_run(settings))
    except asyncio.CancelledError:
        return ExitCode.CLEAR
    except BaseException as error:
        if not _was_told(error):
            raise
        os._exit(ExitCode.CLEAR)  # a page that is being read would hold the process for its whole package
    except TimeoutError:
        log.error("一个材料包超过 %s 秒未完成，重新启动", settings.package_seconds)
        os._exit(ExitCode.INTERNAL)  # its threads would hold the process for ever
    return ExitCode.CLEAR


async def _run(settings: Settings) -> None:
    from flows.intake_flow import intake, resume

    logging.getLogger("prefect").propagate = False  # its own pages have what it tells

    async def take(package: str) -> object:
        return await _end(await intake(package, held=True, return_state=True))

    async def finish(case: str) -> object:
        return await _end(await resume(case, return_state=True))

    _stop_when_told()
    bucket, ledger = open_bucket(settings), open_ledger(settings.database_url)
    incoming.tidy(bucket, ledger)
    await watch(Post(bucket, ledger, settings, take, finish))


def _was_told(error: BaseException) -> bool:
    """Whether the process was told to stop: while a flow runs, Prefect takes the signal and raises it."""
    from prefect.exceptions import TerminationSignal

    return isinstance(error, TerminationSignal)


def _stop_when_told() -> None:
    """A package that is being read is not waited for: what was not recorded is done again after the next start."""
    this, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop() -> None:
        loop.call_later(LAST_WORDS, os._exit, ExitCode.CLEAR)
        if this is not None:
            this.cancel()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)


async def _end(state: Any) -> object:
    outcome = await state.aresult(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


if __name__ == "__main__":  # page readers started as fresh processes import this module again
    sys.exit(main())
