"""Decision tables as grids: edited in place, checked for holes and overlaps, DMN in and out."""

from __future__ import annotations

import io

import pytest
from authoring import AUTHOR
from pages import read

from designer import decision_grids as grids
from engine.domain.access import SYSTEM
from engine.execution.dmn.parse import parse_decisions
from engine.store.rows import ProcedureRow

pytestmark = pytest.mark.sqlite

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/" xmlns:x="urn:other"
  id="d" name="n" namespace="n">
  <decision id="fee" name="Mức phí" x:owner="tool"><variable name="muc_phi"/>
  <decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i1" label="Tầng">
      <inputExpression id="e1" typeRef="number"><text>storeys</text></inputExpression></input>
    <output id="o1" name="muc_phi"/>
    <rule id="r1"><inputEntry id="c1"><text>[1..3]</text></inputEntry>
      <outputEntry id="c2"><text>75000</text></outputEntry>
      <annotationEntry><text>nhà thấp</text></annotationEntry></rule>
    <rule id="r2"><inputEntry id="c3"><text>&gt; 3</text></inputEntry>
      <outputEntry id="c4"><text>150000</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


@pytest.fixture
def draft(office, authoring) -> int:
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = ""
    return authoring.draft()


@pytest.fixture
def author(app, office):
    return app.test_client().sign_in(AUTHOR)


def upload(client, draft, data=None, name="fees.dmn"):
    sent = {"do": "upload", "file": (io.BytesIO(FOREIGN.encode() if data is None else data), name)}
    return client.post(
        f"/designer/revisions/{draft}/decisions/", data=sent, content_type="multipart/form-data"
    )


def content(authoring, draft):
    return authoring.row(draft).content


def test_a_file_of_another_tool_comes_in_and_goes_out_as_it_was(author, draft, authoring):
    assert upload(author, draft).status_code == 303

    out = author.get(f"/designer/revisions/{draft}/decisions/fees.dmn")

    assert parse_decisions(out.data) == parse_decisions(FOREIGN.encode())
    assert b"urn:other" in out.data
    assert "fees" in content(authoring, draft)["decisions"]


def test_cells_rows_and_columns_are_written_in_place(author, draft, authoring):
    upload(author, draft)
    address = f"/designer/revisions/{draft}/decisions/fees/fee"
    page = read(author.get(address))
    names = [one.get("name") for one in page.tree.xpath("//form[@novalidate]//*[@name]")]
    sent = {name: page.field(name) for name in names}
    sent |= {"rule.1.in.0": "(3..7]", "rule.2.in.0": "> 7", "rule.2.out.0": "300000",
             "in.1.expression": "work_type", "in.1.type": "string", "rule.0.in.1": '"house"'}  # fmt: skip

    assert author.post(address, data=sent).status_code == 303

    text = content(authoring, draft)["decisions"]["fees"]
    table = grids.grids_of(text)[0].table
    assert [one.expression for one in table.inputs] == ["storeys", "work_type"]
    assert [one.tests for one in table.rules] == [("[1..3]", '"house"'), ("(3..7]", "-"), ("> 7", "-")]
    assert "nhà thấp" in text
    assert 'x:owner="tool"' in text
    assert 'id="c1"' in text


def test_a_row_without_cells_and_a_column_without_its_name_are_taken_out(author, draft, authoring):
    upload(author, draft)
    sent = {"hit_policy": "FIRST", "in.0.expression": "storeys", "out.0.name": "muc_phi",
            "in.0.type": "number", "rule.0.in.0": "", "rule.0.out.0": "",
            "rule.1.in.0": "> 3", "rule.1.out.0": "1"}  # fmt: skip

    author.post(f"/designer/revisions/{draft}/decisions/fees/fee", data=sent)

    table = grids.grids_of(content(authoring, draft)["decisions"]["fees"])[0].table
    assert (table.hit_policy, [one.tests for one in table.rules]) == ("FIRST", [("> 3",)])


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("[1..3]", "> 4"), "không dòng nào áp dụng khi Tầng"),
        (("[1..4]", "> 3"), "các dòng 1, 2 cùng áp dụng khi Tầng"),
        (("[1..", "> 3"), "dòng 1: "),
    ],
)
def test_holes_overlaps_and_broken_cells_are_said_with_their_rows(author, draft, cells, sentence):
    upload(author, draft)
    address = f"/designer/revisions/{draft}/decisions/fees/fee"
    sent = {"hit_policy": "UNIQUE", "in.0.label": "Tầng", "in.0.expression": "storeys", "in.0.type": "number",
            "out.0.name": "muc_phi", "rule.0.in.0": cells[0], "rule.0.out.0": "1", "rule.1.in.0": cells[1],
            "rule.1.out.0": "2"}  # fmt: skip

    author.post(address, data=sent)

    assert sentence in read(author.get(address)).words


def test_a_new_table_asks_a_field_and_is_a_readable_file(author, draft, authoring):
    sent = {"do": "add", "name": "Mức phí theo tầng", "field": "storeys", "result": "Mức phí"}

    assert author.post(f"/designer/revisions/{draft}/decisions/", data=sent).status_code == 303

    [(name, text)] = content(authoring, draft)["decisions"].items()
    [grid] = grids.grids_of(text)
    assert (name, grid.name, grid.table.outputs[0].name) == (
        "muc-phi-theo-tang",
        "Mức phí theo tầng",
        "muc_phi",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"<x/>",
        b"not xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><definitions/>',
        b"<a>" * 400 + b"</a>" * 400,
        b" " * (grids.MOST_BYTES + 1),
    ],
)
def test_a_hostile_or_foreign_file_is_a_sentence_and_changes_nothing(author, draft, authoring, data):
    before = content(authoring, draft)

    answer = upload(author, draft, data)

    assert answer.status_code in (413, 422)
    assert content(authoring, draft) == before


def test_what_is_no_table_is_kept_and_not_edited(author, draft):
    literal = FOREIGN.replace(FOREIGN[FOREIGN.index("<decisionTable") : FOREIGN.index("</decision>")],
                              "<literalExpression><text>1 + 1</text></literalExpression>")  # fmt: skip
    upload(author, draft, literal.encode())

    page = read(author.get(f"/designer/revisions/{draft}/decisions/fees/fee"))

    assert "Quyết định này không phải là bảng" in page.words


def test_a_locked_set_shows_the_tables_and_takes_no_change(office, authoring, app):
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = "set"
    draft = authoring.draft()
    client = app.test_client().sign_in(AUTHOR)

    assert upload(client, draft).status_code in (409, 422)
    with office.engine.reading(SYSTEM):
        assert "decisions" not in content(authoring, draft)
