"""The example of a whole day: everybody is served, and the register at its end has no gap."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from engine.documents.pdf import trouble

ROOT = Path(__file__).parents[2]


def test_sixty_people_are_served_and_the_register_of_the_day_is_whole(tmp_path):
    folder = [] if trouble() else [tmp_path]  # PDF needs Pango
    played = subprocess.run(
        [sys.executable, ROOT / "examples" / "day_at_the_counter.py", *folder],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    lines = re.findall(r"^ *(\d+)  H12\.41-261123-(\d{4})  .*  (returned|open)", played, re.MULTILINE)
    assert [int(number) for number, _, _ in lines] == list(range(1, 46))
    assert [int(code) for _, code, _ in lines] == list(range(1, 46))
    assert {state for *_, state in lines} == {"returned"}
    assert re.search(r"received +60 +steps done +\d+ +handed over +45", played)
    assert not folder or (tmp_path / "register.pdf").read_bytes().startswith(b"%PDF")
