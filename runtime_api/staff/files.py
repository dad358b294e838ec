"""Papers of a dossier: fetching a file, looking at its pages beside the work, and sending one in pieces.

Nothing that somebody sent is ever shown as a page of ours: a file is an attachment, PDF may be opened in the
reader of the browser, and what is shown beside the form are pictures that we drew. Every byte asks again
whether this person may see the dossier.

Sending in pieces follows the core of tus 1.0.0 with creation and termination
(https://tus.io/protocols/resumable-upload).
"""

from __future__ import annotations

import base64
import binascii

from flask import g, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.domain.file_types import PDF
from engine.errors import Invalid, NotFound
from engine.rendering import CONTENT_TYPE, NotDrawn
from engine.usecases import uploads
from engine.usecases.attachments import StoredFile, get_attachment, open_attachment
from engine.usecases.filing_pages import open_filing_file
from engine.usecases.pictures import PAGE, SMALL, Picture, find_picture, make_picture
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine

CLOSED = "default-src 'none'; sandbox"
PRIVATE = "private, no-cache"  # kept by the browser, but it asks each time whether it still may show it
TUS = "1.0.0"
PIECE = "application/offset+octet-stream"


class BadUploadRequest(Invalid):
    """A request for sending in pieces that does not follow the protocol."""

    code = "bad_upload_request"
    vi = "Yêu cầu tải tệp không đúng: cần {expected}, nhưng {found}."
    en = "The upload request is not right: expected {expected}, but {found}."


@bp.get("/dossiers/<code>/files/<int:file_id>")
def download(code: str, file_id: int) -> ResponseReturnValue:
    """Send a file: as an attachment, or a PDF for the browser's own reader (`?inline=1`)."""
    with engine().reading(g.actor) as unit:
        file = open_attachment(unit, file_id)
    return _send(file)


@bp.get("/filings/<number>/files/<int:file_id>")
def download_filed(number: str, file_id: int) -> ResponseReturnValue:
    """Send a file that was handed in and is not accepted, as one of a dossier."""
    with engine().reading(g.actor) as unit:
        file = open_filing_file(unit, number, file_id)
    return _send(file)


def _send(file: StoredFile) -> ResponseReturnValue:
    inline = file.content_type == PDF and request.args.get("inline") == "1"
    answer = send_file(
        file.stream,
        mimetype=file.content_type,
        as_attachment=not inline,
        download_name=file.file_name,
        etag=file.sha256,
        max_age=0,
    )
    answer.headers["Content-Length"] = str(file.size)
    # a browser's PDF reader does not start in a sandbox; it has no scripts of ours and no pages to reach
    answer.headers["Content-Security-Policy"] = "default-src 'none'" if inline else CLOSED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/dossiers/<code>/files/<int:file_id>/look")
def look(code: str, file_id: int) -> ResponseReturnValue:
    """One page of a file as a picture, with the way to the others; a part of a page if script asks."""
    page = _page_number()
    refusal = picture = pages = None
    with engine().reading(g.actor) as unit:
        row = get_attachment(unit, file_id)
    try:
        picture = _picture(file_id, page, PAGE)
        picture.stream.close()
        pages = picture.pages
    except NotDrawn as error:
        refusal = error
    whole = "HX-Request" not in request.headers
    return render_template(
        "staff/look.html" if whole else "staff/_look.html",
        code=code,
        file=row,
        page=page,
        pages=pages,
        picture=picture,
        problem=refusal.say(language()) if refusal else "",
        is_pdf=row.content_type == PDF,
    )


@bp.get("/dossiers/<code>/files/<int:file_id>/pages/<int:page>/<any(small, page):size>")
def picture(code: str, file_id: int, page: int, size: str) -> ResponseReturnValue:
    """Send a picture of a page (from 1). A small one is made in the background, so it may be missing yet."""
    if size == SMALL:
        with engine().reading(g.actor) as unit:
            found = find_picture(unit, file_id, page - 1, SMALL)
        if found is None:
            raise NotFound("a small picture", "it is still to be made", what="ảnh nhỏ")
    else:
        found = _picture(file_id, page, PAGE)
    answer = send_file(found.stream, mimetype=CONTENT_TYPE, etag=found.sha256, conditional=True)
    answer.headers["Content-Security-Policy"] = CLOSED
    answer.headers["Cache-Control"] = PRIVATE
    return answer


@bp.post("/uploads")
def begin_upload() -> ResponseReturnValue:
    """tus creation: `Upload-Length` and `Upload-Metadata: filename <base64>`."""
    name = _metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    with engine().unit(g.actor) as unit:
        upload = uploads.begin_upload(unit, name, _whole("Upload-Length"))
    answer = _tus(201, upload)
    answer.headers["Location"] = url_for("staff.upload_state", token=upload.token)
    return answer


@bp.route("/uploads/<token>", methods=["HEAD"])
def upload_state(token: str) -> ResponseReturnValue:
    """tus: how much has come, in `Upload-Offset`."""
    with engine().reading(g.actor) as unit:
        upload = uploads.get_upload(unit, token)
    answer = _tus(200, upload)
    answer.headers["Upload-Length"] = str(upload.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.patch("/uploads/<token>")
def add_piece(token: str) -> ResponseReturnValue:
    """tus: the next piece, from `Upload-Offset` on. What arrives before a line is cut is kept."""
    if request.mimetype != PIECE:
        raise BadUploadRequest(PIECE, request.mimetype or "nothing")
    content = _piece()
    with engine().unit(g.actor) as unit:
        upload = uploads.add_piece(unit, token, _whole("Upload-Offset"), content)
    if upload.is_whole:
        uploads.settle_upload(engine(), upload)
    return _tus(204, upload)


@bp.delete("/uploads/<token>")
def drop_upload(token: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        uploads.drop_upload(unit, token)
    engine().files.drop_part(token)
    return _tus(204)


def _picture(file_id: int, page: int, size: str) -> Picture:
    """Return a picture, drawn now if nobody has looked at that page before."""
    with engine().reading(g.actor) as unit:
        found = find_picture(unit, file_id, page - 1, size)
        row = get_attachment(unit, file_id)
    if found is None:
        make_picture(engine(), row.sha256, row.content_type, page - 1, size)
        with engine().reading(g.actor) as unit:
            found = find_picture(unit, file_id, page - 1, size)
    if found is None:
        raise NotDrawn("a picture", "it was not kept")
    return found


def _piece() -> bytes:
    """Read the body, at most one piece; if the line is cut, what came until then."""
    parts, room = [], uploads.LARGEST_PIECE
    while room > 0:
        try:
            part = request.stream.read(min(room, 64 * 1024))
        except OSError:
            break
        if not part:
            break
        parts.append(part)
        room -= len(part)
    return b"".join(parts)


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 6 and int(text) > 0 else 1


def _whole(name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isdecimal() or len(text) > 15:
        raise BadUploadRequest(f"{name} to be a number", text[:20] or "nothing")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Read pairs of a name and a value in base64."""
    found = {}
    for pair in text[:4000].split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadUploadRequest("metadata in base64", "it is not") from error
    return found


def _tus(status: int, upload: uploads.Upload | None = None) -> ResponseReturnValue:
    answer = make_response("", status)
    answer.headers["Tus-Resumable"] = TUS
    if upload is not None:
        answer.headers["Upload-Offset"] = str(upload.received)
    return answer
