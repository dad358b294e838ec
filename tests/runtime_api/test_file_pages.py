"""Files over HTTP: never a page of ours, pictures beside the form, sent in pieces by the tus protocol."""

from __future__ import annotations

import base64
import io

import pytest
from office import open_office
from pages import read
from papers import pdf, photo

from engine.usecases.pictures import draw_due

pytestmark = pytest.mark.sqlite


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def clerk(app, office):
    return app.test_client().sign_in("khoa.nd")


@pytest.fixture
def task(office):
    """A step of the permit that the head does: assigning."""
    return office.task(office.permit(), "T2")


def begin(client, name="đơn.pdf", size=0, **more):
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    return client.post("/staff/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": metadata})


def send(client, url, offset, content, kind="application/offset+octet-stream"):
    return client.patch(
        url,
        data=content,
        headers={"Upload-Offset": str(offset), "Content-Type": kind, "X-CSRFToken": client.csrf_token()},
    )


def test_a_file_is_sent_in_pieces_and_comes_with_the_form(clerk, task, office):
    content = pdf(pages=3)
    begun = begin(clerk, size=len(content))
    url = begun.headers["Location"]
    assert begun.status_code == 201
    assert begun.headers["Tus-Resumable"] == "1.0.0"

    assert send(clerk, url, 0, content[:300]).headers["Upload-Offset"] == "300"
    state = clerk.head(url)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == ("300", str(len(content)))
    assert send(clerk, url, 0, b"again").status_code == 409
    assert send(clerk, url, 300, content[300:]).status_code == 204

    page = read(clerk.get(f"/staff/tasks/{task}"))
    token = url.rpartition("/")[2]
    form = {**page.form(f"/staff/tasks/{task}/complete"), "files.sent": token}
    refused = clerk.post(f"/staff/tasks/{task}/complete", data={**form, "outcome": "assign", "version": "0"})
    assert refused.status_code >= 400
    back = read(refused)
    assert back.field("files.sent") == token, "what was sent is not asked for again"
    assert "đơn.pdf" in back.words

    done = clerk.post(
        f"/staff/tasks/{task}/complete", data={**form, "outcome": "assign", "d.assign_note": "làm sớm"}
    )
    assert done.status_code == 303, read(done).words
    assert clerk.head(url).status_code == 404, "a file is used once"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "x", "Upload-Metadata": "filename YQ=="}, 422),
        ({"Upload-Metadata": "filename YQ=="}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": "filename !!"}, 422),
        ({"Upload-Length": "10"}, 422),
        ({"Upload-Length": str(10**9), "Upload-Metadata": "filename YS5wZGY="}, 413),
    ],
)
def test_a_wrong_request_is_answered_in_a_sentence(clerk, headers, status):
    answer = clerk.post("/staff/uploads", headers={**headers, "Accept": "application/json"})

    assert answer.status_code == status, answer.text
    assert answer.json["detail"]


def test_pieces_need_a_person_a_token_and_the_right_kind(app, clerk, office):
    url = begin(clerk, size=100).headers["Location"]

    assert send(clerk, url, 0, pdf()[:50], kind="text/plain").status_code == 422
    assert clerk.patch(url, data=b"x", headers={"Upload-Offset": "0"}).status_code == 400
    assert app.test_client().head(url).status_code in (303, 401)
    assert app.test_client().sign_in("mai.lt").head(url).status_code == 404
    assert clerk.delete(url, headers={"X-CSRFToken": clerk.csrf_token()}).status_code == 204
    assert clerk.head(url).status_code == 404


# --- looking ------------------------------------------------------------------------------------


@pytest.fixture
def file_url(clerk, task, office):
    """The address of a PDF of two pages in a dossier that this person sees."""
    page = read(clerk.get(f"/staff/tasks/{task}"))
    code = next(one for one in page.links() if "/staff/dossiers/H" in one).rpartition("/")[2]
    form = page.form(f"/staff/tasks/{task}/complete")
    files = [(io.BytesIO(pdf(pages=2)), "bản vẽ.pdf"), (io.BytesIO(photo(turned=True)), "ảnh.jpg")]
    done = clerk.post(f"/staff/tasks/{task}/complete", data={**form, "outcome": "assign", "files": files})
    assert done.status_code == 303, read(done).words
    return f"/staff/dossiers/{code}/files/1"


def test_a_file_is_an_attachment_and_no_page_of_ours(clerk, file_url):
    answer = clerk.get(file_url)

    assert answer.data == pdf(pages=2)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_a_pdf_opens_in_the_reader_of_the_browser(clerk, file_url):
    paper, picture = clerk.get(f"{file_url}?inline=1"), clerk.get(f"{file_url[:-1]}2?inline=1")

    assert paper.headers["Content-Disposition"].startswith("inline")
    assert paper.headers["Content-Security-Policy"] == "default-src 'none'"
    assert picture.headers["Content-Disposition"].startswith("attachment")


def test_pages_are_looked_at_as_pictures_that_we_drew(clerk, file_url, province):
    first = read(clerk.get(f"{file_url}/look"))
    assert "Trang 1 trên 2" in first.words
    second = clerk.get(f"{file_url}/look?page=2", headers={"HX-Request": "true"})
    assert "<html" not in second.text

    picture = clerk.get(f"{file_url}/pages/2/page")
    assert picture.mimetype == "image/webp"
    assert picture.data[8:12] == b"WEBP"
    again = clerk.get(f"{file_url}/pages/2/page", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304

    assert clerk.get(f"{file_url}/pages/3/page").status_code == 404
    assert clerk.get(f"{file_url}/pages/1/small").status_code == 404, "it is made in the background"
    draw_due(province)
    assert clerk.get(f"{file_url}/pages/1/small").status_code == 200


def test_every_byte_asks_whether_this_person_may_see_the_dossier(app, file_url):
    stranger = app.test_client().sign_in("be.tv")

    for end in ("", "?inline=1", "/look", "/pages/1/page", "/pages/1/small"):
        assert stranger.get(f"{file_url}{end}").status_code == 404
        assert app.test_client().get(f"{file_url}{end}").status_code in (303, 401)
