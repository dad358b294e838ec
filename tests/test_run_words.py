"""./run.sh: what it says it can do is what it does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*words):
    return subprocess.run([ROOT / "run.sh", *words], capture_output=True, text=True, check=False)


def test_without_a_word_it_lists_its_words():
    listed = re.findall(r"^  (\w+)  ", run().stdout, re.MULTILINE)
    known = re.search(r"^  (install \|.*)\) \$word", (ROOT / "run.sh").read_text(), re.MULTILINE)[1]

    assert run().returncode == 0
    assert set(listed) == {*known.split(" | "), "test"}


def test_an_unknown_word_is_refused_with_the_list():
    answer = run("tset")

    assert answer.returncode == 1
    assert "there is no word “tset”" in answer.stderr
    assert "./run.sh WORD" in answer.stderr


def test_the_deciding_script_runs_all_tests():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1].endswith('run.sh" test')
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
