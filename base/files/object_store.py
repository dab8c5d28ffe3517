"""Pictures, files and archive in an object store of the S3 kind: in a private bucket that the portal alone asks.

1. An object is there once the store has said so: whole, or not at all. 2. No reader gets an address of the bucket:
`url` is the guarded one, and the web server in front gets a signed address for each request, good for two minutes
(`signed_address`). 3. What is deleted goes with all its versions. 4. A store that does not answer is not asked again
for some seconds; meanwhile files are answered 503 and none is taken. `/readyz` looks at it (`store_check.py`).

Imported only where the setting PORTAL_S3_BUCKET names it: the library is no part of every portal
(`requirements-s3.lock`).
"""

import contextlib
import io
import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from hashlib import file_digest
from pathlib import Path
from time import monotonic
from urllib.parse import urljoin, urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils import timezone
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from .storage import NO_ROOM, StoreAway

logger = logging.getLogger(__name__)

MARK = ".portal"
# For connecting and for an answer; asked once more where nothing came back.
CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 2, 20, 2
# So long it is not asked again after it did not answer.
REST_SECONDS = 5.0
SIGNED_SECONDS = 120
# Larger files are read by way of the disk.
MOST_IN_MEMORY = 2 * 1024 * 1024
# No file of ours is so large: each is written in one request, so that none is left in parts.
ONE_REQUEST_BYTES = 4 * 1024**3
NOT_THERE, NOT_OFFERED = 404, 501
# Stores refuse who did not sign in ways of their own: 403, 412 where an unsigned request is one of another protocol.
REFUSALS = range(400, 500)
AWAY = "Kho tệp (S3) không trả lời nên tệp chưa mở được, chưa nhận được; hãy thử lại sau ít phút."
OTHER_CONTENT = "Kho tệp (S3) trả lại nội dung khác với nội dung đã ghi; hãy báo nơi vận hành kho."


class PrivateObjects(S3Storage):
    """One folder of the bucket; the same methods as `WholeFileStorage`. `named`: how its settings begin."""

    def __init__(self, folder: str, named: str = "PORTAL_S3"):
        # Stores of other makers do not know the checksums that the library would add by itself.
        checks = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        super().__init__(
            access_key=getattr(settings, f"{named}_KEY"),
            secret_key=getattr(settings, f"{named}_SECRET"),
            bucket_name=getattr(settings, f"{named}_BUCKET"),
            endpoint_url=getattr(settings, f"{named}_ENDPOINT"),
            region_name=getattr(settings, f"{named}_REGION"),
            location=folder,
            default_acl=None,
            file_overwrite=False,
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                max_pool_connections=32,
                **checks,
            ),
            transfer_config=TransferConfig(multipart_threshold=ONE_REQUEST_BYTES, use_threads=False),
        )
        self._rests_until = 0.0

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """Turn what the library raises into FileNotFoundError or StoreAway."""
        self.demand_answering()
        try:
            yield
        except ClientError as error:
            if _status(error) == NOT_THERE:
                raise FileNotFoundError("Không có tệp này trong kho.") from error
            logger.error("Kho tệp (S3) từ chối: %s", error.response.get("Error", {}).get("Code", ""))
            raise StoreAway(AWAY) from error
        except BotoCoreError as error:
            self._rests_until = monotonic() + REST_SECONDS
            logger.error("Kho tệp (S3) không trả lời: %s", type(error).__name__)
            raise StoreAway(AWAY) from error

    def demand_answering(self) -> None:
        """Raise StoreAway where the store did not answer a moment ago."""
        if monotonic() < self._rests_until:
            raise StoreAway(AWAY)

    def __str__(self):
        return f"{self.endpoint_url}/{self.bucket_name}/{self.location}"

    @property
    def client(self):
        """The library's client of this thread."""
        return self.connection.meta.client

    def _create_session(self):
        # What the library knows of the protocol is read once, not by each thread.
        with _session_lock:
            return _session(self.access_key, self.secret_key)

    def _key(self, name: str) -> str:
        return self._normalize_name(str(name))

    # --- What Django asks of a storage -------------------------------------------------------------

    def _save(self, name, content):
        try:
            with self._asked():
                return super()._save(name, content)
        except FileNotFoundError as error:
            # The bucket itself is not there.
            raise StoreAway(NO_ROOM) from error

    def _open(self, name, mode="rb"):
        if mode != "rb":
            raise ValueError("A stored file is only read.")
        target = tempfile.SpooledTemporaryFile(max_size=MOST_IN_MEMORY)  # noqa: SIM115  closed by its reader
        try:
            with self._asked():
                shutil.copyfileobj(self.client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"], target)
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return File(target, name)

    def exists(self, name):
        with self._asked():
            return super().exists(name)

    def size(self, name):
        with self._asked():
            return self.client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"]

    def listdir(self, name):
        with self._asked():
            return super().listdir(name)

    def url(self, name, *_signing, **_parameters):
        """Return the guarded address, whatever is asked for."""
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def delete(self, name):
        """Remove a file, its versions too; where the store is away, what no row names goes by the nightly job."""
        try:
            self.remove(name)
        except StoreAway:
            logger.warning("Một tệp chưa xóa được khỏi kho (S3); việc purge_file_orphans sẽ xóa.")

    # --- What the portal asks beside ---------------------------------------------------------------

    def has_room(self, size: int) -> bool:
        """Tell whether a file can be written now: the store answers and knows the bucket. Its room it does not say."""
        try:
            with self._asked():
                self.client.head_bucket(Bucket=self.bucket_name)
        except OSError:
            return False
        return size < ONE_REQUEST_BYTES

    def listed(self, below: str = "") -> Iterator[tuple[str, datetime, int]]:
        """Yield the name of each file, when it was written, and its bytes, by their names. Raises StoreAway.

        `below`: only of those whose names begin so.
        """
        prefix, wanted = f"{self.location}/", f"{self.location}/{below}"
        with self._asked():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=wanted)
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(prefix), found["LastModified"], found["Size"]

    def remove(self, name: str) -> None:
        """Remove a file and every version of it that the bucket has. Raises StoreAway."""
        key = self._key(name)
        with self._asked():
            versions = self._versions(key) if self._has_versions() else [{}]
            for version in versions:
                self.client.delete_object(Bucket=self.bucket_name, Key=key, **version)

    def part(self, name: str, start: int, length: int):
        """Return what gives `length` bytes of a file from `start` on, straight from the store; to be closed."""
        if not length:
            return io.BytesIO()
        wanted = f"bytes={start}-{start + length - 1}"
        with self._asked():
            return self.client.get_object(Bucket=self.bucket_name, Key=self._key(name), Range=wanted)["Body"]

    def signed_address(self, name: str, method: str) -> str:
        """Return path and query by which the web server in front gets a file of the store, once and soon.

        Raises StoreAway where it would get nothing.
        """
        self.demand_answering()
        operation = "head_object" if method == "HEAD" else "get_object"
        place = {"Bucket": self.bucket_name, "Key": self._key(name)}
        parts = urlsplit(self.client.generate_presigned_url(operation, Params=place, ExpiresIn=SIGNED_SECONDS))
        return f"{parts.path}?{parts.query}"

    def replace(self, name: str, content: File) -> None:
        """Write a content under a name whose content is always the same one. Raises StoreAway."""
        self._save(name, content)

    def replace_checked(self, name: str, path: Path) -> None:
        """Write a file of the disk under a name, and read it back. Raises StoreAway, also for another content."""
        with path.open("rb") as source:
            self.replace(name, File(source, name=path.name))
        if not self.has_content_of(name, path):
            raise StoreAway(OTHER_CONTENT)

    def has_content_of(self, name: str, path: Path) -> bool:
        """Tell whether a file of the store holds the same bytes as one of the disk. Raises StoreAway."""
        with path.open("rb") as source, self.open(name) as stored:
            return file_digest(source, "sha256").digest() == file_digest(stored, "sha256").digest()

    def renewed(self, name: str, after: timedelta) -> int | None:
        """Return the size of a file, None of one that is not there; one as old as `after` gets the moment of now."""
        place = {"Bucket": self.bucket_name, "Key": self._key(name)}
        try:
            with self._asked():
                found = self.client.head_object(**place)
                if found["LastModified"] < timezone.now() - after:
                    self.client.copy_object(**place, CopySource=place, MetadataDirective="REPLACE")
        except FileNotFoundError:
            return None
        return found["ContentLength"]

    def read_mark(self) -> str:
        """Return the name of the portal that this folder of the bucket belongs to, "" of none. Raises StoreAway."""
        try:
            with self._asked():
                found = self.client.get_object(Bucket=self.bucket_name, Key=f"{self.location}{MARK}")
                return found["Body"].read().decode().strip()
        except FileNotFoundError:
            return ""

    def write_mark(self, portal: str) -> None:
        """Write whose folder it is, beside the folder: no file of it. Raises StoreAway."""
        with self._asked():
            self.client.put_object(Bucket=self.bucket_name, Key=f"{self.location}{MARK}", Body=portal.encode())

    def answers_strangers(self) -> bool:
        """Tell whether a request that no key signed gets a list of the bucket, or a file. Raises StoreAway."""
        with self._asked():
            first = self.client.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1).get("Contents", ())
            stranger = self.unsigned_connection.meta.client
            asks = [lambda: stranger.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1)]
            asks += [lambda key=found["Key"]: stranger.head_object(Bucket=self.bucket_name, Key=key) for found in first]
            return any(_is_answered(ask) for ask in asks)

    def _has_versions(self) -> bool:
        try:
            return "Status" in self.client.get_bucket_versioning(Bucket=self.bucket_name)
        except ClientError as error:
            if _status(error) == NOT_OFFERED:
                return False
            raise

    def _versions(self, key: str) -> Iterator[dict[str, str]]:
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket_name, Prefix=key)
        for page in pages:
            for found in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                if found["Key"] == key:
                    yield {"VersionId": found["VersionId"]}


_session_lock = threading.Lock()


@cache
def _session(key: str, secret: str) -> boto3.session.Session:
    return boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret)


def _is_answered(ask) -> bool:
    try:
        ask()
    except ClientError as error:
        if _status(error) in REFUSALS:
            return False
        raise
    return True


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
