"""The watcher: takes one package after the other out of the intake, and finishes what was left behind.

Runs as a process of its own (`python -m flows.watching`), which `./heyan serve` and `./heyan watch` start anew where it
ends. Any number may share a database: each package is one watcher's turn (storage/turns.py).
"""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from domain.errors import ExitCode, HeyanError, StorageAway, is_machines
from flows.embedded import reach
from flows.rounds import Post, go_round, longer
from flows.telling import tell
from reports.webhooks.sending import deliver_due
from storage import intake as incoming
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.pulse import beat
from storage.settings import Settings, load_settings
from storage.webhooks import Webhooks
from storage.workplace import workplace

BEAT_SECONDS = 5.0
LONGEST_WAIT = 60.0  # seconds between rounds while a machine is away
LAST_WORDS = 5.0  # seconds between being told to stop and stopping, whatever still runs
log = logging.getLogger("heyan.watcher")


async def watch(post: Post) -> None:
    """Goes round for ever; ends only by being cancelled, or with TimeoutError where a package hangs."""
    beating = asyncio.create_task(_beat(post.settings.data))
    telling = asyncio.create_task(_tell_others(post))
    try:
        times = 0
        while True:
            times = 0 if await _went_round(post) else times + 1
            await asyncio.sleep(longer(post.settings.poll_seconds, times, LONGEST_WAIT))
    finally:
        beating.cancel()
        telling.cancel()


async def watch_or_end(post: Post) -> None:
    """Watches, and ends the whole process where a package hangs."""
    try:
        await watch(post)
    except TimeoutError:
        log.error("一个材料包超过 %s 秒未完成，重新启动", post.settings.package_seconds)
        os._exit(ExitCode.INTERNAL)  # not even asyncio ends while one of its threads hangs


async def _went_round(post: Post) -> bool:
    try:
        await go_round(post)
    except HeyanError as error:
        if not is_machines(error):
            raise
        log.warning("%s", error)
        return False
    return True


async def _beat(data: Path) -> None:
    while True:
        beat(data)
        await asyncio.sleep(BEAT_SECONDS)


async def _tell_others(post: Post) -> None:
    webhooks = Webhooks(post.ledger.database)
    while True:
        try:
            await asyncio.to_thread(deliver_due, webhooks, post.settings.allowed_hosts)
        except StorageAway as error:
            log.warning("%s", error)
        except Exception:  # no message is worth the watcher
            log.exception("webhooks")
        await asyncio.sleep(post.settings.poll_seconds)


def main() -> int:
    """Watches until it is told to stop; `PREFECT_API_URL` must name a server."""
    settings = load_settings()
    tell(settings.log_format)
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        with workplace():
            asyncio.run(_run(settings))
    except asyncio.CancelledError:
        return ExitCode.CLEAR
    except BaseException as error:
        if not _was_told(error):
            raise
        os._exit(ExitCode.CLEAR)  # a page that is being read would hold the process for its whole package
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
    await watch_or_end(Post(bucket, ledger, settings, take, finish, _reach))


def _reach() -> None:
    reach(os.environ["PREFECT_API_URL"])


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
