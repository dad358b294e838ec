"""Pages travel packed: gzip, which every browser takes on plain http too, where offices are.

Compressing a page that repeats what somebody typed beside a secret lets an attacker who sees the length guess
the secret, if he can make the victim's browser send requests of his. Ours cannot be made to: the session
cookie is SameSite=Lax and pages cannot be framed.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

SMALLEST = 500  # bytes; below, packing costs more than it saves
LARGEST = 8 * 1024 * 1024  # what is larger is sent as it is rather than held twice
LEVEL = 5
TYPES = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/xml",
        "application/manifest+json",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
        "text/xml",
    }
)


def init_compression(app: Flask) -> None:
    """Pack the answers of `app`; call before anything else looks at answers, so that this is done last."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if response.mimetype not in TYPES or not _is_whole(response):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (204, 206, 304) or "Content-Encoding" in response.headers:
        return response
    if "gzip" not in request.accept_encodings:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag, _weak = response.get_etag()
        if tag is not None:
            response.set_etag(tag, weak=True)  # the same page, not the same bytes
    return response


def _is_whole(response: Response) -> bool:
    """Whether the answer is at hand or in a small file; what is made while it is sent stays as it is."""
    if not response.is_streamed:
        return True
    return response.direct_passthrough and (response.content_length or LARGEST) < LARGEST
