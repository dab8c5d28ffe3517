"""A portal with folders of its own and a folder for its backups, for tests: thrown away at the end."""

import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path
from unittest import mock

from django.db import connection
from django.test import TestCase, override_settings

from base.operations.backup import age_keys, dumping, taking
from base.public.gone.journal import journal

PRIVATE = age_keys.new_private_key()
IDENTITIES = [age_keys.read_private(PRIVATE)]


class OwnBackups:
    """Mixin of a test case: `self.var` the portal's folder, `self.folder` the one of its backups, prepared."""

    @classmethod
    def setUpClass(cls):
        cls.database = None
        if issubclass(cls, TestCase):
            cls.copy_database()
        super().setUpClass()

    @classmethod
    def copy_database(cls) -> None:
        """SQLite copies from no transaction, and a test is one: what is backed up is as migrations made it."""
        if connection.vendor != "sqlite":
            return
        connection.ensure_connection()
        folder = tempfile.mkdtemp(prefix="database-")
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.database = Path(folder) / "portal.sqlite3"
        with contextlib.closing(sqlite3.connect(cls.database)) as copy:
            connection.connection.backup(copy)

    def setUp(self):
        super().setUp()
        if self.database:
            source = mock.patch.object(dumping, "_source", lambda: contextlib.closing(sqlite3.connect(self.database)))
            source.start()
            self.addCleanup(source.stop)
        self.own = Path(tempfile.mkdtemp(prefix="backup-"))
        self.addCleanup(shutil.rmtree, self.own)
        self.var, self.folder = self.own / "var", self.own / "backups"
        settings = override_settings(
            VAR_DIR=self.var,
            MEDIA_ROOT=self.var / "media",
            ARCHIVE_ROOT=self.var / "archive",
            PORTAL_SEALS=self.var / "seals",
            PORTAL_GONE=self.var / "gone",
            PORTAL_GONE_SHARED=self.var / "gone-shared",
            PORTAL_BACKUP=str(self.folder),
            PORTAL_BACKUP_RECIPIENTS=[age_keys.public_of(PRIVATE)],
            PORTAL_BACKUP_KEYS=str(self.own / "keys"),
        )
        settings.enable()
        journal.cache_clear()
        self.addCleanup(journal.cache_clear)
        self.addCleanup(settings.disable)
        taking.prepare()

    def put(self, name: str, content: bytes = b"tep") -> Path:
        """Write a file of the portal: "media/a.txt"."""
        path = self.var / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def objects(self) -> list[Path]:
        """The objects that lie in the folder of the backups."""
        return sorted((self.folder / "objects").glob("*/*.age"))

    def private_key(self) -> str:
        """The path of a file with the private key."""
        path = self.own / "private.txt"
        path.write_text(f"# khóa thử\n{PRIVATE}\n")
        return str(path)
