"""A round of the watcher: what was left behind is finished, then what waits is taken, one package after the other."""

import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import HeyanError, IntakeError, is_machines
from storage import intake as incoming
from storage.bucket import Bucket, NotFound
from storage.ledger import Ledger
from storage.papers import spell
from storage.records import RECEIVED, Claimed
from storage.results import set_aside
from storage.settings import Settings
from storage.turns import turn
from storage.unfinished import hold, let_go, list_unfinished
from storage.uploads import Uploads

Take = Callable[[str], Awaitable[object]]
TRIES = 3  # after which a case that was not checked to the end is set aside
LONGEST_PAUSE = 600.0
UNFINISHED = "多次核验均未能完成，请联系维护人员查看日志；原件已保存，排除故障后可重试"
log = logging.getLogger("heyan.watcher")


@dataclass(frozen=True)
class Post:
    """Where a watcher stands: `take` runs the flow for a package, `finish` for a case that was left behind; `reach`
    raises ServerAway while flows cannot run; `pauses` has until when what went wrong is left alone, and how often it
    did."""

    bucket: Bucket
    ledger: Ledger
    settings: Settings
    take: Take
    finish: Take
    reach: Callable[[], None] = lambda: None
    pauses: dict[str, tuple[float, int]] = field(default_factory=dict)


async def go_round(post: Post) -> int:
    """Takes everything that waits, one after the other; gives how many were taken.

    Raises TimeoutError, and what is the machines' trouble: StorageAway, StorageDenied, ServerAway.
    """
    # All that may wait for a server does so beside the loop, which must turn meanwhile.
    left = await asyncio.to_thread(list_unfinished, post.ledger.database)
    ready = await asyncio.to_thread(incoming.waiting, post.bucket, post.settings.quiet)
    if left or ready:
        await asyncio.to_thread(post.reach)
    taken = [await _try(post, case, _finish) for case in left if _may(post, case)]
    for one in ready:
        if _may(post, one.name) and await asyncio.to_thread(_has_room, post):
            taken.append(await _try(post, one.name, _take))
    return len(taken)


def _has_room(post: Post) -> bool:
    """Whether another package may be taken: what waits in the intake costs nothing, a full disk stops everything."""
    free = min(shutil.disk_usage(place).free for place in _places(post.settings)) // 2**20
    if free < post.settings.least_free_mb:
        log.warning("磁盘剩余 %d MB，低于 HEYAN_LEAST_FREE_MB，暂不取件", free)
        return False
    unfinished = len(list_unfinished(post.ledger.database))
    if unfinished >= post.settings.most_unfinished:
        log.warning("%d 个案件未核验完，达到 HEYAN_MOST_UNFINISHED，暂不取件", unfinished)
        return False
    return True


def _places(settings: Settings) -> Sequence[Path]:
    own = [Path(tempfile.gettempdir()), settings.data]
    return own if settings.on_s3 else [*own, Path(settings.bucket)]


@asynccontextmanager
async def _turn(post: Post, package: str) -> AsyncIterator[bool]:
    ours = turn(post.ledger.database, package)
    entered = await asyncio.to_thread(ours.__enter__)
    try:
        yield entered
    finally:
        ours.__exit__(None, None, None)


async def _take(post: Post, package: str) -> bool:
    async with _turn(post, spell(package)) as ours:
        # Another may have taken it since the round began.
        if mine := ours and await asyncio.to_thread(_still_waits, post.bucket, package):
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
    async with _turn(post, post.ledger.claimed(case).package) as ours:
        claimed = post.ledger.claimed(case)
        # Another may have seen to it since the round began.
        if mine := ours and claimed.state == RECEIVED:
            await _finish_it(post, case, claimed)
    return mine


async def _finish_it(post: Post, case: str, claimed: Claimed) -> None:
    if hold(post.ledger.database, case) > TRIES:
        set_aside(post.bucket, post.ledger, case, IntakeError("NOT_FINISHED", UNFINISHED), since=claimed)
        return
    try:
        await post.finish(case)
    except Exception as error:
        if await _is_machines(post, error):
            let_go(post.ledger.database, case)  # however long it lasts, it does not count against the papers
        raise


async def _is_machines(post: Post, error: Exception) -> bool:
    if is_machines(error):
        return True
    try:
        await asyncio.to_thread(post.reach)  # Prefect tells in many ways that its server is gone
    except HeyanError:
        return True
    return False


async def _try(post: Post, name: str, step: Callable[[Post, str], Awaitable[bool]]) -> bool:
    """One package; its trouble is its own and the next one goes on, unless a machine is away or it hangs."""
    try:
        async with asyncio.timeout(post.settings.package_seconds):
            done = await step(post, name)
    except TimeoutError:
        raise
    except HeyanError as error:
        if is_machines(error):
            raise
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
    post.pauses[name] = (time.monotonic() + longer(post.settings.poll_seconds, times, LONGEST_PAUSE), times)


def longer(seconds: float, times: int, longest: float) -> float:
    """How long to wait after so many failures: twice as long every time, up to the longest or what it was at first."""
    return float(min(seconds * 2 ** min(times, 30), max(longest, seconds)))
