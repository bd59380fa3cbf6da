"""The bucket on an S3 server, through the MinIO client and plain S3 calls only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError

from domain.errors import HeyanError, StorageAway
from storage.bucket import SMALL, NotFound, StorageDenied, Stored, check_name
from storage.folder_bucket import copy_hashed, damaged
from storage.settings import Settings

_PRECONDITION_FAILED = 412
_CONFLICT = 409
_TRIES = 5
_MISSING = {"NoSuchKey", "NoSuchObject", "NoSuchBucket", "ResourceNotFound"}
_DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidBucketName", "AllAccessDisabled"}
_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


@dataclass(frozen=True)
class S3Bucket:
    """Objects of one bucket; see Bucket for what each method does."""

    client: Minio
    http: urllib3.PoolManager
    bucket: str

    def put(self, name: str, path: Path) -> None:
        with _translated(name):
            self.client.fput_object(self.bucket, check_name(name), str(path))

    def put_new(self, name: str, path: Path) -> bool:
        # Asking first saves the upload; the condition on the PUT decides between writers that asked together.
        if self.exists(check_name(name)):
            return False
        with _translated(name):
            return self._put_if_free(name, path)

    def write(self, name: str, body: bytes) -> None:
        with _translated(name):
            self.client.put_object(self.bucket, check_name(name), BytesIO(body), len(body))

    def get(self, name: str, path: Path, sha256: str | None = None) -> str:
        with self._opened(name) as source, path.open("wb") as target:
            found = copy_hashed(source, target)
        if sha256 not in (None, found):
            path.unlink()
            raise damaged(name)
        return found

    def read(self, name: str) -> bytes:
        with self._opened(name) as source:
            body = source.read(SMALL + 1)
        if len(body) > SMALL:
            raise damaged(name)
        return body

    def list(self, prefix: str = "") -> Iterator[Stored]:
        with _translated(prefix):
            for found in self.client.list_objects(self.bucket, prefix=prefix, recursive=True):
                yield _describe(found)

    def stat(self, name: str) -> Stored:
        with _translated(name):
            return _describe(self.client.stat_object(self.bucket, name))

    def exists(self, name: str) -> bool:
        try:
            self.stat(name)
        except NotFound:
            return False
        return True

    def remove(self, name: str) -> None:
        with _translated(name):
            self.client.remove_object(self.bucket, name)

    def _put_if_free(self, name: str, path: Path) -> bool:
        # The client's put_object takes no headers, so the condition goes along with a presigned PUT.
        url = self.client.presigned_put_object(self.bucket, name, expires=timedelta(minutes=15))
        for _ in range(_TRIES):
            answer = self._send(url, path)
            if answer.status != _CONFLICT:  # another conditional write of this name is under way: S3 says try again
                break
        if answer.status == _PRECONDITION_FAILED:
            return False
        if answer.status not in (200, 201, 204):
            raise _by_status(answer.status, f"HTTP {answer.status}")
        return True

    def _send(self, url: str, path: Path) -> urllib3.BaseHTTPResponse:
        headers = {"If-None-Match": "*", "Content-Length": str(path.stat().st_size)}
        try:
            with path.open("rb") as body:
                return self.http.request("PUT", url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:  # which tells the whole address, and that lets anybody write
            raise _away(type(error).__name__) from None

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        with _translated(name):
            answer = self.client.get_object(self.bucket, name)
            try:
                yield cast(BinaryIO, answer)
            finally:
                answer.close()
                answer.release_conn()


def open_s3(settings: Settings) -> S3Bucket:
    """The bucket of these settings, made if need be; raises StorageAway, StorageDenied."""
    http = _connect()
    client = Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=settings.s3_secure,
        region=settings.s3_region,  # else the client asks the server for it before every first call
        http_client=http,
    )
    bucket = S3Bucket(client, http, settings.bucket_name)
    with _translated(bucket.bucket):
        if not client.bucket_exists(bucket.bucket):
            _make(client, bucket.bucket)
    return bucket


def _connect() -> urllib3.PoolManager:
    # The client's own default waits five minutes; an officer should hear within seconds that the store is away.
    retries = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
    return urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=20), retries=retries, maxsize=8)


def _make(client: Minio, name: str) -> None:
    try:
        client.make_bucket(name)
    except S3Error as error:
        if error.code not in _OURS:  # else: another process made it just now
            raise


def _describe(found: Any) -> Stored:
    return Stored(name=found.object_name, size=found.size, modified=found.last_modified, etag=found.etag.strip('"'))


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise _by_code(error, name) from error
    except (ServerError, InvalidResponseError, urllib3.exceptions.HTTPError) as error:
        raise _away(type(error).__name__) from error


def _by_code(error: S3Error, name: str) -> HeyanError:
    if error.code in _MISSING:
        return NotFound("NOT_FOUND", f"存储中没有该对象：{name}")
    if error.code in _DENIED:
        return StorageDenied("STORAGE_DENIED", f"对象存储拒绝访问（{error.code}），请核对密钥与桶名。")
    return _by_status(error.response.status, str(error.code))


def _by_status(status: int, what: str) -> HeyanError:
    if status in (401, 403):
        return StorageDenied("STORAGE_DENIED", f"对象存储拒绝访问（{what}），请核对密钥与桶名。")
    return _away(what)


def _away(what: str) -> StorageAway:
    return StorageAway("STORAGE_AWAY", f"对象存储无法访问（{what}），请稍后再试。")
