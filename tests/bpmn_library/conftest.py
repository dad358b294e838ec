"""What tests of the library share: a copy of the shipped set that may be changed, and zips made by hand."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bpmn_library.packages import build_package
from bpmn_library.sets import SETS

CODE = "mot-cua-co-ban"


class SetFolder:
    """A standard set on disk, being written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def change_json(self, name: str, change: Callable[[Any], None]) -> None:
        file = self.path / name
        content = json.loads(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def change_text(self, name: str, old: str, new: str) -> None:
        file = self.path / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def packed(self) -> bytes:
        return build_package(self.path)


@pytest.fixture
def set_folder(tmp_path: Path) -> SetFolder:
    """A copy of the shipped set."""
    target = tmp_path / CODE
    shutil.copytree(SETS / CODE, target)
    return SetFolder(target)


@pytest.fixture
def make_zip() -> Callable[..., bytes]:
    """`make_zip({"name": b"content"})`; also takes ZipInfo objects as names."""

    def build(entries: list[tuple[Any, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for name, content in entries:
                archive.writestr(name, content)
        return packed.getvalue()

    return build
