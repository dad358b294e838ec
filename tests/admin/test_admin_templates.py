"""Templates of papers on the management pages: added from a file, tried out, ended, asked for by clerks."""

from __future__ import annotations

import io
import re

import pytest
from letters import letter, text_of
from office import open_office

from engine.documents import produce
from engine.store.document_rows import TemplateRow
from engine.store.rows import DossierRow

pytestmark = pytest.mark.sqlite
IT, CLERK = "vinh.dq", "mai.lt"
CODE = "H12.01-261123-0001"
OWN = letter("{{ applicant.name }}: {{ letter.reason }}")
FILLED = {"form": "02", "unit": "all", "version": "2026", "source": "QĐ 12", "since": "23/11/2026"}


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def it(app, office):
    return app.test_client().sign_in(IT)


def add(browser, content=OWN, name="mau.docx", **changed):
    data = {**FILLED, **changed, "file": (io.BytesIO(content), name)}
    return browser.post("/admin/templates/command/add", data=data, content_type="multipart/form-data")


def key_of(office):
    with office.reading(None) as unit:
        return unit.session.query(TemplateRow).filter(TemplateRow.shipped.is_(False)).one().hash


def test_a_template_goes_from_the_file_to_the_clerk(app, it, office):
    dossier = office.permit()
    with office.unit(CLERK) as unit:
        facts = {"gaps": [], "reason": "Thiếu bản vẽ"}
        produce(unit, unit.session.get(DossierRow, dossier), "02", facts)
    assert 'href="/admin/templates/command/add"' in it.get("/admin/templates/").text
    assert 'type="file"' in it.get("/admin/templates/command/add").text
    added = add(it)
    key = key_of(office)
    page = it.get(f"/admin/templates/details/?id={key}").text
    tried = it.post("/admin/templates/try", data={"id": key})
    seen = it.post("/admin/templates/try", data={"id": key, "code": CODE, "reason": "Thử mẫu mới xin lỗi"})
    own = it.get(f"/admin/templates/file?id={key}")
    clerk = app.test_client().sign_in(CLERK)
    papers = clerk.get(f"/staff/dossiers/{CODE}/papers").text
    (button,) = re.findall(r'action="(/staff/papers/\d+/word)"', papers)
    word = clerk.post(button)

    assert added.status_code == 303
    assert "Xem thử" in page
    assert "Nguyễn Văn Thử" in text_of(tried.data)
    assert text_of(seen.data) == text_of(word.data) == "Nguyễn Văn Á: Thiếu bản vẽ\n"
    assert own.data == OWN
    assert word.headers["Content-Disposition"] == f'attachment; filename="02-{CODE}.docx"'
    assert "Tệp Word" in it.get("/admin/word-files/").text
    assert "02 2026" in it.get("/admin/word-files/").text


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"content": letter("{{ ''.__class__ }}")}, 409, "__class__"),
        ({"content": letter("{{ letter.x }}")}, 409, "“x”"),
        ({"name": "mau.docm"}, 409, "chỉ nhận docx, html"),
        ({"since": "22/11/2026"}, 409, "23/11/2026"),
        ({"since": "31/02/2026"}, 422, "Cần một ngày"),
        ({"unit": "999"}, 422, "Hãy chọn một mục"),
        ({"name": ""}, 422, "Hãy chọn tệp mẫu"),
    ],
)
def test_a_refusal_stands_on_the_form_with_what_was_typed(it, changed, status, said):
    answer = add(it, **changed)

    assert answer.status_code == status
    assert said in answer.text
    assert 'value="QĐ 12"' in answer.text


def test_a_template_is_ended_and_others_may_do_nothing(app, it, office):
    add(it)
    key = key_of(office)
    refused = it.post("/admin/templates/command/end", data={"id": key, "last": "22/11/2026"})
    ended = it.post("/admin/templates/command/end", data={"id": key, "last": "30/11/2026"})
    clerk = app.test_client().sign_in(CLERK)

    assert (refused.status_code, ended.status_code) == (409, 303)
    assert "30/11/2026" in it.get("/admin/templates/").text
    assert add(clerk).status_code == 403
    assert clerk.get(f"/admin/templates/file?id={key}").status_code == 403
    assert clerk.post("/admin/templates/try", data={"id": key}).status_code == 403
