"""Disks to fill up and to cut from power. They need root; without it the caller learns the reason.

A `CutDisk` is an ext4 in an image file. What was forced to disk is in the image, what was only written is
still in the memory of the kernel; a copy of the image is therefore what a power cut at this moment leaves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path


class NotPossible(Exception):
    """Disks cannot be mounted here; says why."""


def small_disk(place: Path, megabytes: int) -> None:
    """Mount an empty disk of that size, in memory, at `place`."""
    place.mkdir(parents=True, exist_ok=True)
    _as_root("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "motcua-test", str(place))


def unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


class CutDisk:
    """An ext4 in an image file, mounted at `place`."""

    def __init__(self, folder: Path, megabytes: int = 24) -> None:
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        _as_root("mkfs.ext4", "-q", "-F", str(self.image))
        _as_root("mount", "-o", "loop,commit=300", str(self.image), str(self.place))

    def sync(self) -> None:
        """Force everything that was written so far to the disk."""
        subprocess.run(["sync", "-f", str(self.place)], check=True)

    def cut(self, name: str) -> Path:
        """Return what a power cut at this moment would leave."""
        copy = self.image.with_name(f"{name}.img")
        shutil.copyfile(self.image, copy)
        return copy

    @contextmanager
    def after(self, cut: Path):
        """Switch on again what `cut` left: the folder as it is after the file system's own recovery."""
        place = cut.with_suffix("")
        place.mkdir()
        _as_root("mount", "-o", "loop", str(cut), str(place))
        try:
            yield place
        finally:
            unmount(place)

    def close(self) -> None:
        unmount(self.place)


def _as_root(*command: str) -> None:
    if os.geteuid() != 0:
        raise NotPossible("only root may mount disks")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        raise NotPossible(f"there is no {command[0]} on this machine") from missing
    if done.returncode:
        raise NotPossible(f"{command[0]} said: {done.stderr.strip()}")
