"""The session that management pages read through: one for each request, unable to write.

Flask-Admin would add, flush and commit by itself, past rules and audit. This session refuses all three, so
that a forgotten switch in some view is an error and never a silent change.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from engine.runtime import Engine


class WritesRefused(RuntimeError):
    """A management page tried to write by itself."""


class ReadSession(Session):
    """A session that only reads."""

    def _refuse(self, *_: Any, **__: Any) -> None:
        raise WritesRefused("expected a command to write through a use case, but a page wrote by itself")

    add = add_all = delete = merge = commit = _refuse  # type: ignore[assignment]

    def flush(self, objects: Any = None) -> None:
        if self.new or self.dirty or self.deleted:
            self._refuse()


class Reading(scoped_session):
    """A read session for each request; Flask-Admin takes it where it would take a database."""

    @property
    def session(self) -> Reading:
        return self


def open_reading(app: Flask, engine: Engine) -> Reading:
    """Return the sessions of `app`'s requests, each closed with its request."""
    database = engine.database.execution_options(reading=True)
    sessions = Reading(
        sessionmaker(database, class_=ReadSession, autoflush=False, expire_on_commit=False),
        scopefunc=lambda: id(g._get_current_object()),  # type: ignore[attr-defined]
    )

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        sessions.remove()

    return sessions
