"""Style, scripts and fonts: addresses that change with the content, answers that are kept for ever.

Built files carry a hash in their name (`static/dist/manifest.json` says which); our own files get `?v=` with
a hash, and are sent without comments and blanks where the build made that of this very content. Built files
lie packed beside themselves (`.br`, `.gz`): slow lines are the rule. What was not built is packed by
`runtime_api.compression`, as pages are.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

STATIC = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


def init_assets(app: Flask) -> None:
    """Serve /static ourselves, and give templates `asset(name)`; `app` is made with static_folder=None."""
    app.add_url_rule("/static/<path:filename>", "static", _serve)
    app.add_url_rule("/sw.js", "service_worker", _serve_worker)
    app.url_defaults(_add_version)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a built file, e.g. `asset("designer.js")`; "" if it has not been built."""
    path = STATIC / "dist" / "manifest.json"
    if not path.exists():
        return ""
    file = _manifest(path, path.stat().st_mtime_ns).get(name)
    return url_for("static", filename=f"dist/{file}") if file else ""


def _serve(filename: str) -> ResponseReturnValue:
    suffix = Path(filename).suffix
    packing, path = _packed_beside(_lighter(filename))
    answer = send_from_directory(STATIC, path, conditional=True)
    answer.headers.remove("Content-Disposition")  # its name is its address
    if packing:
        answer.headers["Content-Encoding"] = packing
    if suffix in TYPES:
        answer.mimetype = TYPES[suffix]
    answer.vary.add("Accept-Encoding")
    is_named_by_hash = filename.startswith("dist/") and not filename.endswith((".json", ".txt"))
    answer.headers["Cache-Control"] = FOR_EVER if is_named_by_hash or "v" in request.args else SHORT
    return answer


def _lighter(filename: str) -> str:
    """Return the built file that holds the same in fewer bytes, or the file itself; see assets/build.mjs."""
    place = safe_join(str(STATIC), filename)
    if "/" in filename or place is None or not Path(place).is_file():
        return filename
    stem, _dot, suffix = filename.rpartition(".")
    lighter = f"dist/own-{stem}-{_version(place, Path(place).stat().st_mtime_ns)}.{suffix}"
    return lighter if (STATIC / lighter).is_file() else filename


def _packed_beside(filename: str) -> tuple[str, str]:
    """Return the packing to send and the file that holds it; "" and the file itself if there is none."""
    for packing, ending in (("br", ".br"), ("gzip", ".gz")):
        place = safe_join(str(STATIC), filename + ending)
        if packing in request.accept_encodings and place is not None and Path(place).is_file():
            return packing, filename + ending
    return "", filename


def _serve_worker() -> ResponseReturnValue:
    """The script that opens the counter without a network; it must lie above the pages that it serves."""
    answer = send_from_directory(STATIC, "sw.js", conditional=True)
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    filename = values.get("filename", "")
    if endpoint != "static" or "v" in values or filename.startswith("dist/"):
        return
    place = safe_join(str(STATIC), filename)
    if place is not None and Path(place).is_file():
        values["v"] = _version(place, Path(place).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _version(place: str, _changed: int) -> str:
    return hashlib.sha256(Path(place).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=2)
def _manifest(path: Path, _changed: int) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8"))
