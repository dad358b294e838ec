"""The picture of the README is made by the product, and is the present one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_in_the_readme_is_what_the_example_draws():
    drawn = subprocess.run(
        [sys.executable, ROOT / "examples" / "dossier_path.py"], capture_output=True, text=True, check=True
    )
    assert drawn.stdout == (ROOT / "docs" / "images" / "dossier-path.svg").read_text(encoding="utf-8")
