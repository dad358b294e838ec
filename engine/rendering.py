"""Pictures of files: a page of a PDF or an image, made small enough for a slow line.

Whoever sent the file may have built it to break the program that draws it. So a process of its own draws,
with bounded memory and time and nothing of ours in it, and what it hands back is a picture that it made
itself: turned upright, without whatever the camera wrote beside it (place, time, device).
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refused

PATIENCE = 30  # seconds
MEMORY = 1536 * 1024 * 1024
MOST_PIXELS = 80_000_000  # of an image as it came; a telephone makes 50 million
QUALITY = 70
CONTENT_TYPE = "image/webp"


class NotDrawn(Refused):
    """There is no picture of this: broken, locked with a password, too large, or without such a page."""

    code = "file_not_drawn"
    vi = "Không xem trước được tệp này. Hãy tải về để mở."
    en = "This file cannot be previewed. Download it to open it."


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of one page, and how many pages there are."""

    picture: bytes
    width: int
    height: int
    pages: int


def draw(path: Path, is_pdf: bool, page: int, width: int) -> Drawing:
    """Draw a page (from 0), at most `width` pixels wide, in a process of its own.

    Raises:
        NotDrawn: If there is no picture of it, for whatever reason.
    """
    command = [sys.executable, "-m", __name__, str(path), "pdf" if is_pdf else "image", str(page), str(width)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as slow:
        raise NotDrawn("a picture in time", f"it took over {PATIENCE} s") from slow
    head, _, picture = done.stdout.partition(b"\n")
    if done.returncode or not picture:
        raise NotDrawn("a picture", f"the drawing process ended with {done.returncode}")
    return Drawing(picture, *json.loads(head))


def _main(path: str, kind: str, page: int, width: int) -> None:
    limit_process(MEMORY, PATIENCE)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses above twice this
    if kind == "pdf":
        import pypdfium2

        document = pypdfium2.PdfDocument(path)
        pages, sheet = len(document), document[page]
        picture = sheet.render(scale=min(width / sheet.get_width(), 4), may_draw_forms=False).to_pil()
    else:
        picture = Image.open(path, formats=("JPEG", "PNG", "WEBP", "TIFF"))
        pages = getattr(picture, "n_frames", 1)
        picture.seek(page)
        picture.draft("RGB", (width, width * 4))
        picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((width, width * 4))
    if picture.mode not in ("RGB", "L"):
        ground = Image.new("RGB", picture.size, "white")
        alpha = picture.convert("RGBA")
        ground.paste(alpha, mask=alpha.getchannel("A"))
        picture = ground
    picture.info = {}
    sys.stdout.buffer.write(f"{json.dumps([*picture.size, pages])}\n".encode())
    picture.save(sys.stdout.buffer, "WEBP", quality=QUALITY)


def limit_process(memory: int, seconds: int) -> None:
    """Bound the memory (bytes) and processor time of this very process, for good."""
    with suppress(ImportError):  # where the system has no limits, time alone is bounded
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
