"""A served installation of the demo province: a real process on a free port, which may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

MOTCUA = Path(sys.executable).with_name("motcua")
START_WITHIN = 60  # seconds; a first start on a busy machine


@dataclass
class Served:
    """`motcua serve` on one database. `start` returns when it answers; `kill` is kill -9 for all of it."""

    database_url: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

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
        }

    def start(self) -> Served:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [MOTCUA, "serve"], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)  # nothing to wait on: the port opens in another process
        return self

    def kill(self) -> None:
        """Send SIGKILL to the server and all its workers, and see them dead."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            for _ in range(100):  # granian's worker is its own process in the same group
                os.killpg(self.process.pid, signal.SIGKILL)
                time.sleep(0.01)
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.kill()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another word of `motcua` on the same database."""
        return subprocess.run(
            [MOTCUA, *words], env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
