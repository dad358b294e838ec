"""Clears up after a bench that was cut short, even by kill -9: stops its PostgreSQL, removes its folders.

A process of its own, started beside the server, waits until the bench closes their pipe. However the bench
ends, the system closes it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic, sleep

PATIENCE_S = 20  # for an orderly shutdown; then the server is told to stop at once
PID_FILE = "postmaster.pid"


def guard(stack: ExitStack, folders: Sequence[str]) -> None:
    """Have folders removed when the stack unwinds or this process dies; servers in them are stopped first."""
    guardian = subprocess.Popen(
        [sys.executable, "-m", __name__, *folders], stdin=subprocess.PIPE, start_new_session=True
    )

    def release() -> None:
        guardian.stdin.close()
        guardian.wait()

    stack.callback(release)


def clear(folders: Sequence[str]) -> None:
    """Stop the servers whose data lie in these folders, and remove the folders."""
    for folder in folders:
        for found in Path(folder).glob(f"*/{PID_FILE}"):
            with suppress(OSError, ValueError, IndexError):
                _stop(int(found.read_text(encoding="utf-8").split("\n")[0]), found)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(server: int, pid_file: Path) -> None:
    until = monotonic() + PATIENCE_S
    os.kill(server, signal.SIGINT)  # PostgreSQL's fast shutdown
    while pid_file.exists() and monotonic() < until:
        sleep(0.05)
    if pid_file.exists():
        os.kill(server, signal.SIGQUIT)


def main(folders: Sequence[str]) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # what ends the bench must not end this
    sys.stdin.buffer.read()
    clear(folders)


if __name__ == "__main__":
    main(sys.argv[1:])
