"""The contract of every kind of bucket, and what only one kind can show."""

import hashlib
import os
import socket
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from minio import Minio

from domain.errors import IntakeError, StorageAway
from storage.bucket import Bucket, Damaged, NotFound, StorageDenied, open_bucket
from storage.s3_bucket import S3Bucket
from storage.settings import Settings

Paper = Callable[..., Path]


def test_what_is_put_comes_back_with_its_hash(bucket: Bucket, paper: Paper, tmp_path: Path) -> None:
    body = os.urandom(6 * 1024 * 1024)  # more than one part of a multipart upload
    bucket.put("intake/甲 公司/扫描 1+1%.pdf", paper(body))
    found = bucket.get("intake/甲 公司/扫描 1+1%.pdf", tmp_path / "copy")
    assert found == hashlib.sha256(body).hexdigest()
    assert (tmp_path / "copy").read_bytes() == body


def test_put_replaces_and_write_and_read_carry_small_things(bucket: Bucket, paper: Paper) -> None:
    bucket.put("results/a.json", paper(b"old"))
    bucket.write("results/a.json", "新".encode())
    assert bucket.read("results/a.json") == "新".encode()


def test_an_empty_object_is_an_object(bucket: Bucket) -> None:
    bucket.write("intake/a/_READY", b"")
    assert bucket.exists("intake/a/_READY")
    assert bucket.read("intake/a/_READY") == b""


def test_put_new_leaves_what_is_there(bucket: Bucket, paper: Paper) -> None:
    assert bucket.put_new("originals/x", paper(b"first"))
    assert not bucket.put_new("originals/x", paper(b"second"))
    assert bucket.read("originals/x") == b"first"


def test_of_many_writers_at_once_exactly_one_creates(bucket: Bucket, paper: Paper) -> None:
    papers = [paper(bytes([65 + number]) * 300_000, f"{number}.pdf") for number in range(8)]
    start = threading.Barrier(len(papers))

    def create(path: Path) -> bool:
        start.wait()
        return bucket.put_new("originals/raced", path)

    with ThreadPoolExecutor(len(papers)) as pool:
        created = list(pool.map(create, papers))
    body = bucket.read("originals/raced")
    assert created.count(True) == 1
    assert body == papers[created.index(True)].read_bytes()


def test_the_condition_alone_keeps_what_is_there(s3_settings: Settings, paper: Paper) -> None:
    bucket = open_bucket(s3_settings)
    bucket.write("originals/x", b"first")
    assert not bucket._put_if_free("originals/x", paper(b"second"))
    assert bucket.read("originals/x") == b"first"


def test_a_listing_tells_name_size_time_and_etag_below_a_prefix(bucket: Bucket, paper: Paper) -> None:
    for name in ("intake/乙/2.pdf", "intake/甲/1.pdf", "intake/甲公司.pdf", "originals/1"):
        bucket.put(name, paper(b"12345"))
    listed = list(bucket.list("intake/甲"))
    assert [one.name for one in listed] == ["intake/甲/1.pdf", "intake/甲公司.pdf"]
    assert [one.size for one in listed] == [5, 5]
    assert all(abs(datetime.now(UTC) - one.modified) < timedelta(minutes=1) for one in listed)
    assert [one.name for one in bucket.list("nothing/")] == []


def test_a_changed_object_has_another_etag_and_an_unchanged_one_the_same(bucket: Bucket) -> None:
    bucket.write("intake/a.pdf", b"one")
    before = next(iter(bucket.list("intake/")))
    assert bucket.stat("intake/a.pdf").etag == before.etag
    bucket.write("intake/a.pdf", b"two")
    assert bucket.stat("intake/a.pdf").etag != before.etag


def test_removing_twice_is_the_same_as_once(bucket: Bucket) -> None:
    bucket.write("intake/a/b/c.pdf", b"x")
    bucket.remove("intake/a/b/c.pdf")
    bucket.remove("intake/a/b/c.pdf")
    assert not bucket.exists("intake/a/b/c.pdf")
    assert list(bucket.list()) == []


def test_a_missing_object_is_not_found(bucket: Bucket, tmp_path: Path) -> None:
    for ask in (bucket.read, bucket.stat, lambda name: bucket.get(name, tmp_path / "copy")):
        with pytest.raises(NotFound):
            ask("originals/missing")


def test_a_wrong_hash_is_told_and_leaves_no_copy(bucket: Bucket, tmp_path: Path) -> None:
    bucket.write("originals/x", b"altered")
    with pytest.raises(Damaged):
        bucket.get("originals/x", tmp_path / "copy", sha256="0" * 64)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "name",
    ["../x", "intake/../../x", "/etc/x", "intake//x", "intake/./x", "", "a\nb", "a\0b", "a\\b", "字" * 86, "a/" * 600],
)
def test_names_that_lead_astray_are_refused(bucket: Bucket, paper: Paper, name: str) -> None:
    for store in (bucket.put, bucket.put_new):
        with pytest.raises(IntakeError) as raised:
            store(name, paper())
        assert raised.value.code == "BAD_NAME"
    assert list(bucket.list()) == []


def test_opening_twice_finds_the_same_bucket(s3_settings: Settings) -> None:
    open_bucket(s3_settings).write("intake/a.pdf", b"x")
    assert open_bucket(s3_settings).exists("intake/a.pdf")


def test_no_half_object_is_ever_seen_in_the_folder(folder: Bucket, paper: Paper) -> None:
    body = os.urandom(8 * 1024 * 1024)
    seen = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.update(one.size for one in folder.list("intake/"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(8):
        folder.put_new(f"intake/{number}.pdf", paper(body))
    done.set()
    watcher.join()
    assert seen <= {len(body)}


def test_originals_in_the_folder_are_read_only(folder: Bucket, paper: Paper, tmp_path: Path) -> None:
    folder.put_new("originals/x", paper())
    assert (tmp_path / "bucket/originals/x").stat().st_mode & 0o222 == 0


def test_links_in_the_folder_lead_nowhere(folder: Bucket, tmp_path: Path) -> None:
    (tmp_path / "bucket/intake").mkdir()
    (tmp_path / "bucket/intake/passwd.pdf").symlink_to("/etc/passwd")
    assert list(folder.list("intake/")) == []
    with pytest.raises(IntakeError):
        folder.read("intake/passwd.pdf")


def test_a_folder_that_cannot_be_made_is_storage_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageAway):
        open_bucket(tmp_path / "bucket")


def test_a_server_that_is_not_there_is_storage_away(s3_settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gone = s3_settings.model_copy(update={"s3_endpoint": f"127.0.0.1:{closed.getsockname()[1]}"})
        with pytest.raises(StorageAway):
            open_bucket(gone)


@pytest.mark.parametrize(("status", "expected"), [(503, StorageAway), (500, StorageAway), (403, StorageDenied)])
def test_a_server_that_fails_is_away_and_one_that_refuses_is_not_asked_again(
    s3_settings: Settings, paper: Paper, status: int, expected: type[Exception]
) -> None:
    server = _answer_always(status)
    try:
        failing = s3_settings.model_copy(update={"s3_endpoint": f"127.0.0.1:{server.server_port}"})
        with pytest.raises(expected):
            open_bucket(failing)
    finally:
        server.shutdown()


def _answer_always(status: int) -> HTTPServer:
    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = do_HEAD

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_an_address_that_lets_anybody_write_is_never_told(s3_settings: Settings, paper: Paper) -> None:
    store = open_bucket(s3_settings)
    assert isinstance(store, S3Bucket)
    nobody = Minio("127.0.0.1:1", "key", "a-secret", secure=False, region="us-east-1")
    with pytest.raises(StorageAway) as told:
        replace(store, client=nobody)._put_if_free("originals/a", paper())
    whole = "".join(traceback.format_exception(told.value))
    assert "X-Amz" not in whole and "a-secret" not in whole
