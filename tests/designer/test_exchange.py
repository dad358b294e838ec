"""Files in and out: drawings of other tools, forms, pictures, the procedure book, the whole procedure."""

from __future__ import annotations

import io
import json

import pytest
from authoring import AUTHOR, without
from pages import read

from bpmn_library.packages import read_package
from engine.bpmn.picture import DI
from engine.domain.procedures import Procedure
from engine.store.rows import ProcedureRow

pytestmark = pytest.mark.sqlite

BARE = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:x">
  <process id="p"><startEvent id="s"/><task id="t" name="Xem ho so"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
  <sequenceFlow id="f2" sourceRef="t" targetRef="e"/></process>
</definitions>"""


@pytest.fixture
def draft(office, authoring) -> int:
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = ""
    return authoring.draft()


@pytest.fixture
def author(app, office):
    return app.test_client().sign_in(AUTHOR)


def bring(client, draft, data, do="look", **more):
    sent = {"do": do, "file": (io.BytesIO(data), "x.bpmn"), **more}
    return client.post(f"/designer/revisions/{draft}/files", data=sent, content_type="multipart/form-data")


def test_a_drawing_without_a_picture_is_repaired_laid_out_shown_and_then_kept(author, office, authoring):
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = ""
    draft = authoring.draft()
    base = authoring.row(draft).definition.xml
    from designer.drafts import get_revision, store_definition

    with office.unit(None) as unit:  # a draft of a drawing without locks
        row = get_revision(unit, draft)
        row.based_on_id = None
    before = authoring.row(draft).definition_hash
    page = read(bring(author, draft, BARE))
    assert "Tệp không có hình; máy đã tự xếp sơ đồ." in page.words
    assert authoring.row(draft).definition_hash == before, "only looked at"

    sent = {"do": "keep", "carried": page.field("carried")}
    assert author.post(f"/designer/revisions/{draft}/files", data=sent).status_code == 303

    kept = authoring.row(draft).definition.xml
    assert f"{{{DI}}}BPMNShape".split("}")[1].encode() in kept
    assert b"Xem ho so" in kept
    assert (base, store_definition) != (kept, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<x/>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><definitions>&b;</definitions>',
        b"<a>" * 5000,
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(author, draft, authoring, data):
    before = authoring.row(draft).definition_hash

    answer = bring(author, draft, data)

    assert answer.status_code == 422
    assert authoring.row(draft).definition_hash == before


def test_a_form_goes_out_and_comes_back(author, draft, authoring):
    out = author.get(f"/designer/revisions/{draft}/forms/application.json")
    form = json.loads(out.data) | {"id": "copied", "title": {"vi": "Bản sao"}}

    assert bring(author, draft, json.dumps(form).encode(), do="form").status_code == 303

    assert Procedure.from_json(authoring.row(draft).content).forms["copied"].title.vi == "Bản sao"
    assert bring(author, draft, b"[1]", do="form").status_code == 422
    assert bring(author, draft, b'{"id": 5}', do="form").status_code == 422


def test_pictures_have_their_colours_written_out(author, draft):
    base = f"/designer/revisions/{draft}/picture"

    svg = author.get(f"{base}.svg").text
    assert svg.startswith("<svg")
    assert "var(" not in svg
    assert author.get(f"{base}.pdf").data.startswith(b"%PDF-")
    assert author.get(f"{base}.png").data.startswith(b"\x89PNG")


def test_the_procedure_book_has_every_part_that_a_province_approves(author, draft):
    words = read(author.get(f"/designer/revisions/{draft}/book")).words

    for part in ("QUY TRÌNH NỘI BỘ", "I. Thông tin chung", "II. Thành phần hồ sơ", "III. Trình tự thực hiện",
                 "IV. Sơ đồ", "V. Biểu mẫu", "Căn cứ pháp lý", "1.013225", "10 ngày làm việc",
                 "Đơn đề nghị cấp giấy phép xây dựng", "Thẩm định hồ sơ", "12 giờ"):  # fmt: skip
        assert part in words, part
    assert author.get(f"/designer/revisions/{draft}/book.pdf").data.startswith(b"%PDF-")


def test_the_whole_procedure_goes_out_as_a_package_that_can_be_read_again(author, draft, authoring):
    answer = author.get(f"/library/export/{draft}.zip")

    package = read_package(answer.data)

    [entry] = package
    assert entry.content == Procedure.from_json(authoring.row(draft).content).as_json()
    assert entry.xml == authoring.row(draft).definition.xml


def test_a_draft_that_cannot_be_read_has_pages_all_the_same(author, draft, authoring):
    authoring.save(draft, without(authoring.row(draft).definition.xml, "Start"), login=None)

    for path in ("files", "book"):
        assert author.get(f"/designer/revisions/{draft}/{path}").status_code == 200


TIMED = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:x">
  <process id="p" isExecutable="true"><startEvent id="s"/>
  <intermediateCatchEvent id="w" name="Cho phan hoi"><timerEventDefinition id="td"/></intermediateCatchEvent>
  <task id="t" name="Xem ho so"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="w"/><sequenceFlow id="f2" sourceRef="w" targetRef="t"/>
  <sequenceFlow id="f3" sourceRef="t" targetRef="e"/></process>
</definitions>"""


def test_questions_of_repairs_are_asked_on_the_page_and_the_answers_are_drawn(
    author, office, draft, authoring
):
    from designer.drafts import get_revision

    with office.unit(None) as unit:
        get_revision(unit, draft).based_on_id = None
    page = read(bring(author, draft, TIMED))
    assert "“Cho phan hoi” là bao lâu? Tạm đặt 1 ngày." in page.words
    form = {"carried": page.field("carried")}
    ids = page.tree.xpath('//input[@name="offered"]/@value')
    [asked] = [one for one in ids if one.endswith(":w")]

    said = {**form, "offered": ids, "wanted": ids, f"answer.{asked}": "3 ngày"}
    address = f"/designer/revisions/{draft}/files"
    page = read(author.post(address, data={**said, "do": "look"}))
    assert page.field(f"answer.{asked}") == "3 ngày", "asked once more, with what was answered"

    without_it = read(
        author.post(address, data={**said, "do": "look", "wanted": [one for one in ids if one != asked]})
    )
    assert "▲" in without_it.words, "left out, the error stays and is said"
    assert asked in without_it.tree.xpath('//input[@name="wanted"]/@value'), "and it stays on offer"

    assert author.post(address, data={**said, "do": "keep"}).status_code == 303
    kept = authoring.row(draft).definition.xml.decode()
    assert ">P3D<" in kept
    assert ">P1D<" not in kept


def send_package(client, draft, data):
    sent = {"package": (io.BytesIO(data), "p.zip")}
    return client.post(f"/library/drafts/{draft}/packages", data=sent, content_type="multipart/form-data")


def test_a_whole_procedure_is_taken_into_the_draft_of_another_one(app, author, draft, office, authoring):
    before = authoring.row(draft)
    data = author.get(f"/library/export/{draft}.zip").data
    with office.unit(AUTHOR) as unit:  # the draft goes on: another fee, no scenarios
        from designer.contents import change_content

        def other(content):
            content["scenarios"] = []
            content["fee"] = {**content["fee"], "rule": "90000"}

        change_content(unit, draft, None, other)

    looked = send_package(author, draft, data)
    assert looked.status_code == 303
    page = read(author.get(looked.location))
    assert "90000" in page.words
    assert authoring.row(draft).content["fee"]["rule"] == "90000", "only looked at"

    form = {"key": page.field("key"), "version": page.field("version")}
    assert author.post(looked.location, data={**form, "version": "1"}).status_code == 409, "somebody saved"
    assert author.post(looked.location, data=form).status_code == 303

    after = authoring.row(draft)
    assert Procedure.from_json(after.content).as_json() == Procedure.from_json(before.content).as_json()
    assert after.content["key"] == "P03"
    assert "nhận cả thủ tục từ gói" in read(author.get(f"/designer/revisions/{draft}/history")).words
    assert "giống hệt bản nháp" in read(author.get(looked.location)).words

    other = app.test_client().sign_in("nga.tt")
    assert other.get(looked.location).status_code == 403
    assert other.post(looked.location, data=form).status_code == 403
    assert send_package(other, draft, data).status_code == 403
    assert send_package(author, draft, b"PK no zip").status_code == 422
