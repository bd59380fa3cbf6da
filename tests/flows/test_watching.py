"""The watcher: what waits is taken one after the other, and no package's trouble is another's."""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from domain.errors import IntakeError, StorageAway
from flows import watching
from flows.embedded import ServerAway
from flows.rounds import TRIES, Post, go_round, longer
from flows.watching import watch
from storage.bucket import StorageDenied, open_bucket
from storage.intake import claim, drop, look
from storage.pulse import PULSE
from storage.settings import load_settings
from storage.unfinished import hold, list_unfinished
from storage.uploads import Uploads
from tests.storage.databases import open_embedded


@dataclass
class Flow:
    """Stands for the flows: claims a package, or fails as it is told to by the package's name."""

    folder: Path
    taken: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    post: Post | None = None
    trouble: Exception = field(default_factory=lambda: ValueError("again"))

    async def take(self, package: str) -> None:
        self.taken.append(package)
        assert self.post is not None
        if package.startswith("错名"):
            raise IntakeError("BAD_NAME", "文件名不可用")
        if package.startswith("断线"):
            raise StorageAway("S3", "不可用")
        with TemporaryDirectory() as work:
            claimed = claim(self.post.bucket, self.post.ledger, look(self.post.bucket, package), Path(work))
        hold(self.post.ledger.database, claimed.case)
        if package.startswith("出错"):
            raise ValueError("a fault of the program")
        if package.startswith("拒绝"):
            raise StorageDenied("STORAGE_DENIED", "时钟不符")
        if package.startswith("卡住"):
            await asyncio.sleep(60)
        self.post.ledger.quarantine(claimed.case, "DONE", "完成")  # any state will do

    async def finish(self, case: str) -> None:
        self.finished.append(case)
        raise self.trouble


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[Flow]:
    made = Flow(tmp_path)
    ledger = open_embedded(tmp_path / "heyan.db")
    settings = load_settings(data=tmp_path, quiet_seconds=0, poll_seconds=0.01, package_seconds=5, least_free_mb=0)
    made.post = Post(open_bucket(tmp_path / "bucket"), ledger, settings, made.take, made.finish)
    yield made
    ledger.close()


def put(flow: Flow, name: str) -> None:
    path = flow.folder / name
    path.write_bytes(name.encode())
    drop(flow.post.bucket, path)  # type: ignore[union-attr]


def go(flow: Flow) -> int:
    return asyncio.run(go_round(flow.post))  # type: ignore[arg-type]


def test_everything_that_waits_is_taken_oldest_first(flow: Flow) -> None:
    for name in ("乙.pdf", "甲.pdf"):
        put(flow, name)
    assert (go(flow), flow.taken) == (2, ["乙.pdf", "甲.pdf"])
    assert (go(flow), flow.taken) == (0, ["乙.pdf", "甲.pdf"])


def test_a_package_that_fails_does_not_stop_the_next(flow: Flow, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("出错.pdf", "错名.pdf", "好.pdf"):
        put(flow, name)
    with caplog.at_level(logging.WARNING, "heyan.watcher"):
        go(flow)
    assert flow.taken == ["出错.pdf", "错名.pdf", "好.pdf"]
    assert "Traceback" in caplog.text and "a fault of the program" in caplog.text


def test_what_cannot_be_claimed_is_told_to_whoever_handed_it_in_and_left_alone_for_longer_and_longer(
    flow: Flow,
) -> None:
    put(flow, "错名.pdf")
    post = flow.post
    assert post is not None
    from domain.people import Role, User

    user = User(id=1, name="chen", display="陈", role=Role.OFFICER)
    uploads = Uploads(post.ledger.database)
    number = uploads.open("错名.pdf", 1, 1, user, "a" * 64).id
    go(flow)
    assert (uploads.find(number).state, uploads.find(number).reason) == ("trouble", "文件名不可用")
    first = post.pauses["错名.pdf"][0] - time.monotonic()
    time.sleep(0.03)
    go(flow)
    assert post.pauses["错名.pdf"][1] == 2
    assert post.pauses["错名.pdf"][0] - time.monotonic() > first


def test_a_case_that_was_left_behind_is_finished_or_at_last_set_aside(flow: Flow) -> None:
    put(flow, "出错.pdf")
    post = flow.post
    assert post is not None
    for _ in range(TRIES + 1):
        go(flow)
        post.pauses.clear()
    (case,) = (one.case for one in post.ledger.cases())
    assert flow.finished == [case] * (TRIES - 1)  # the first try was the package itself
    told = post.ledger.show(case).case
    assert (told.state, told.reason_code) == ("quarantined", "NOT_FINISHED")
    assert list_unfinished(post.ledger.database) == ()


def test_while_the_store_is_away_nothing_is_counted_against_a_package(flow: Flow) -> None:
    put(flow, "断线.pdf")
    with pytest.raises(StorageAway):
        go(flow)
    assert flow.post is not None and flow.post.pauses == {}


def test_a_machine_that_stays_away_never_counts_against_the_papers(flow: Flow) -> None:
    put(flow, "出错.pdf")
    post = flow.post
    assert post is not None
    go(flow)
    (case,) = (one.case for one in post.ledger.cases())
    troubles = (StorageAway("S3", "不可用"), StorageDenied("STORAGE_DENIED", "时钟不符"), ServerAway("FLOW", "停机"))
    for trouble in troubles * (TRIES + 1):
        flow.trouble = trouble
        post.pauses.clear()
        with pytest.raises(type(trouble)):
            go(flow)
    assert len(flow.finished) == len(troubles) * (TRIES + 1)
    assert post.ledger.show(case).case.state == "received"


def test_what_breaks_while_the_flow_server_is_away_does_not_count_either(flow: Flow) -> None:
    put(flow, "出错.pdf")
    post = flow.post
    assert post is not None
    go(flow)
    asked: list[int] = []

    def reach() -> None:
        asked.append(1)
        if len(asked) % 2 == 0:  # it answers when the round begins, and is gone when the flow has failed
            raise ServerAway("FLOW_SERVER", "停机")

    away = Post(post.bucket, post.ledger, post.settings, flow.take, flow.finish, reach)
    for _ in range(TRIES + 2):
        away.pauses.clear()
        asyncio.run(go_round(away))
    assert len(flow.finished) == TRIES + 2
    assert [one.state for one in post.ledger.cases()] == ["received"]


def test_nothing_is_taken_while_the_flow_server_is_away(flow: Flow) -> None:
    put(flow, "甲.pdf")
    post = flow.post
    assert post is not None

    def reach() -> None:
        raise ServerAway("FLOW_SERVER", "停机")

    with pytest.raises(ServerAway):
        asyncio.run(go_round(Post(post.bucket, post.ledger, post.settings, flow.take, flow.finish, reach)))
    assert flow.taken == []


def test_on_a_disk_that_is_nearly_full_nothing_new_is_taken(flow: Flow, caplog: pytest.LogCaptureFixture) -> None:
    put(flow, "出错.pdf")
    go(flow)
    put(flow, "甲.pdf")
    post = flow.post
    assert post is not None
    settings = post.settings.model_copy(update={"least_free_mb": 10**9})
    full = Post(post.bucket, post.ledger, settings, flow.take, flow.finish)
    with caplog.at_level(logging.WARNING, "heyan.watcher"):
        asyncio.run(go_round(full))
    assert (flow.taken, len(flow.finished)) == (["出错.pdf"], 1)  # what was begun goes on
    assert "HEYAN_LEAST_FREE_MB" in caplog.text


def test_while_too_many_cases_are_unfinished_nothing_new_is_taken(flow: Flow) -> None:
    for name in ("出错一.pdf", "出错二.pdf", "甲.pdf"):
        put(flow, name)
    post = flow.post
    assert post is not None
    settings = post.settings.model_copy(update={"most_unfinished": 2})
    narrow = Post(post.bucket, post.ledger, settings, flow.take, flow.finish)
    asyncio.run(go_round(narrow))
    assert flow.taken == ["出错一.pdf", "出错二.pdf"]
    assert look(post.bucket, "甲.pdf").papers


def test_pauses_grow_to_a_limit_however_often_it_failed() -> None:
    assert [longer(5, times, 600) for times in (0, 1, 2, 9, 10_000)] == [5, 10, 20, 600, 600]
    assert longer(3600, 4, 60) == 3600


HANGING = """
import asyncio, sys, time
from flows.rounds import Post
from flows.watching import watch_or_end
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.settings import load_settings

async def take(package):
    await asyncio.to_thread(time.sleep, 60)

settings = load_settings(data=sys.argv[1], package_seconds=0.2, least_free_mb=0)
bucket, ledger = open_bucket(settings), open_ledger(settings.database_url)
asyncio.run(watch_or_end(Post(bucket, ledger, settings, take, take)))
"""


def test_a_thread_that_hangs_does_not_hold_the_process(flow: Flow, tmp_path: Path) -> None:
    put(flow, "卡住.pdf")
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", HANGING, str(tmp_path)], cwd=Path(__file__).parents[2])
    assert ended.returncode == 5
    assert time.monotonic() - began < 50


class SlowBucket:
    """A store that takes its time."""

    def list(self, prefix: str = "") -> Iterator[object]:
        time.sleep(0.5)
        return iter(())


def test_the_loop_turns_while_the_store_takes_its_time(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BEAT_SECONDS", 0.02)
    post = flow.post
    assert post is not None
    slow = Post(SlowBucket(), post.ledger, post.settings, flow.take, flow.finish)  # type: ignore[arg-type]

    async def run() -> float:
        task = asyncio.create_task(watch(slow))
        await asyncio.sleep(0.1)
        longest = await _longest_gap(0.4)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return longest

    assert asyncio.run(run()) < 0.3


async def _longest_gap(seconds: float) -> float:
    end, last, longest = time.monotonic() + seconds, time.monotonic(), 0.0
    while last < end:
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest


def test_a_package_that_hangs_ends_the_watcher_so_that_it_starts_anew(flow: Flow) -> None:
    put(flow, "卡住.pdf")
    assert flow.post is not None
    settings = flow.post.settings.model_copy(update={"package_seconds": 0.1})
    hanging = Post(flow.post.bucket, flow.post.ledger, settings, flow.take, flow.finish)
    with pytest.raises(TimeoutError):
        asyncio.run(watch(hanging))


def test_it_beats_while_it_turns_and_stops_when_it_is_told_to(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BEAT_SECONDS", 0.02)
    put(flow, "甲.pdf")
    pulse = flow.folder / PULSE

    async def run() -> None:
        task = asyncio.create_task(watch(flow.post))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        os.utime(pulse, (0, 0))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert flow.taken == ["甲.pdf"]
    assert time.monotonic() - pulse.stat().st_mtime < 30
