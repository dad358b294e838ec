"""Forms built on plain pages: every act is a form, every refusal a sentence, nothing typed is lost."""

from __future__ import annotations

import pytest
from authoring import AUTHOR, HEAD
from pages import read

from designer import form_editing as editing
from designer.contents import CannotBeSaved, change_content
from engine.domain.procedures import Procedure
from engine.store.rows import ProcedureRow

pytestmark = pytest.mark.sqlite


@pytest.fixture
def draft(office, authoring) -> int:
    """A draft of a procedure of the unit's own: no set locks its forms."""
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = ""
    return authoring.draft()


class Builder:
    def __init__(self, client, draft, authoring, form="application"):
        self.client, self.draft, self.authoring = client, draft, authoring
        self.base = f"/designer/revisions/{draft}/forms/"
        self.address = f"{self.base}{form}"

    def send(self, address="", **facts):
        self.answer = self.client.post(
            address or self.address, data={"version": self.authoring.row(self.draft).version, **facts}
        )
        return self.answer

    def form(self, key="application"):
        return Procedure.from_json(self.authoring.row(self.draft).content).forms[key]


@pytest.fixture
def builder(app, office, authoring, draft):
    return Builder(app.test_client().sign_in(AUTHOR), draft, authoring)


def test_a_form_is_built_from_an_empty_page_by_plain_forms(builder):
    assert builder.send(builder.base, title_vi="Đơn xin cấp lại").status_code == 303
    key = builder.answer.headers["Location"].rsplit("/", 1)[1]
    assert key == "don_xin_cap_lai"
    at = f"{builder.base}{key}"

    builder.send(at, do="add-field", at="0", label_vi="Diện tích sàn", type="decimal")
    page = read(builder.client.get(builder.answer.headers["Location"]))
    assert "dien_tich_san" in page.words
    builder.send(
        f"{at}/fields/dien_tich_san",
        label_vi="Diện tích sàn", label_en="Floor area", type="decimal", required="yes", min="0,5",
        max="1000", digits="2", unit="m²", check_lines="1", check_mode="all",
        check_field_0="dien_tich_san", check_operator_0=">", check_value_0="0.5",
        check_message_vi="Diện tích phải lớn hơn 0,5 m²",
    )  # fmt: skip
    builder.send(at, do="add-section", group="person.1", prefix="ben_mua_")
    builder.send(at, do="section", at="1", title_vi="Bên mua", group="person.1", visible="dien_tich_san > 10",
                 keep=["full_name", "id_no", "phone"])  # fmt: skip

    form = builder.form(key)
    field = form.field("dien_tich_san")
    assert (field.required, field.unit, field.digits, str(field.min)) == (True, "m²", 2, "0.5")
    assert field.check == "dien_tich_san > 0.5"
    assert [one.name for one in form.sections[1].fields] == [
        "ben_mua_full_name",
        "ben_mua_id_no",
        "ben_mua_phone",
    ]
    assert form.field("ben_mua_phone").visible == "dien_tich_san > 10"


def test_fields_move_by_buttons_and_by_dropping_them(builder):
    names = [one.name for one in builder.form().sections[0].fields]

    builder.send(do="field-down", field=names[0])
    assert [one.name for one in builder.form().sections[0].fields][:2] == [names[1], names[0]]
    builder.send(do="field-put", field=names[0], at="0", to="0")
    assert [one.name for one in builder.form().sections[0].fields] == names
    builder.send(do="field-put", field=names[0], at="1", to="1")
    assert builder.form().sections[1].fields[1].name == names[0]


def test_a_table_has_columns_and_a_choice_has_options_written_as_lines(builder):
    builder.send(do="add-field", at="0", label_vi="Đồng sở hữu", type="table")
    builder.send(f"{builder.address}/fields/dong_so_huu", **{
        "label_vi": "Đồng sở hữu", "type": "table", "required": "no", "most_rows": "5",
        "column.0.label_vi": "Họ tên", "column.0.type": "text", "column.0.required": "1",
        "column.1.label_vi": "Vai trò", "column.1.type": "choice",
        "column.1.options": "a = Chủ | Owner; b = Khác",
        "column.2.label_vi": "", "column.2.type": "text",
    })  # fmt: skip
    builder.send(do="add-field", at="0", label_vi="Loại mái", type="choice")
    builder.send(f"{builder.address}/fields/loai_mai", label_vi="Loại mái", type="choice", required="no",
                 options="ngoi = Ngói | Tiles\nTôn\n")  # fmt: skip

    table, roof = builder.form().field("dong_so_huu"), builder.form().field("loai_mai")
    assert [(one.name, one.type, one.required) for one in table.columns] == [
        ("ho_ten", "text", True), ("vai_tro", "choice", False)
    ]  # fmt: skip
    assert [(one.value, one.label.en) for one in roof.options] == [("ngoi", "Tiles"), ("ton", "")]
    page = read(builder.client.get(f"{builder.address}/fields/dong_so_huu"))
    assert page.field("column.1.options") == "a = Chủ | Owner; b = Khác"


def test_what_makes_no_sense_is_a_sentence_and_stays_typed(builder):
    builder.send(do="add-field", at="0", label_vi="Số tầng hầm", type="integer")
    address = f"{builder.address}/fields/so_tang_ham"

    page = read(builder.send(address, label_vi="Số tầng hầm", type="integer", required="no", min="nhiều"))

    assert builder.answer.status_code == 422
    assert "giới hạn phải là một số, đang ghi “nhiều”" in page.words
    assert page.field("min") == "nhiều"
    page = read(builder.send(address, label_vi="Số tầng hầm", type="text", required="no", pattern="[a-"))
    assert "cần một mẫu ký tự đúng" in page.words
    assert builder.form().field("so_tang_ham").type == "integer"


def test_a_page_that_is_behind_changes_nothing(builder, authoring, draft):
    behind = authoring.row(draft).version
    builder.send(do="rename", title_vi="Đơn mới")

    answer = builder.client.post(
        builder.address, data={"version": behind, "do": "rename", "title_vi": "Đơn cũ"}
    )

    assert answer.status_code == 409
    assert builder.form().title.vi == "Đơn mới"


def test_only_the_author_of_the_unit_changes_a_draft(app, office, builder, draft, authoring):
    client = app.test_client().sign_in(HEAD)

    page = read(client.get(builder.address))

    assert not page.tree.xpath('//button[contains(., "Thêm ô")]')
    assert client.post(builder.address, data={"do": "rename", "title_vi": "X"}).status_code == 403


def test_forms_of_a_standard_set_are_shown_as_locked(app, office, authoring):
    with office.unit(None) as unit:
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = "mot-cua-co-ban"
    draft = authoring.draft()
    client = app.test_client().sign_in(AUTHOR)

    page = read(client.get(f"/designer/revisions/{draft}/forms/application"))

    assert "đơn vị không đổi được biểu mẫu" in page.words
    answer = client.post(
        f"/designer/revisions/{draft}/forms/application", data={"do": "rename", "title_vi": "X"}
    )
    assert answer.status_code == 422 or answer.status_code == 409


def test_a_form_in_use_is_not_taken_out(builder):
    page = read(builder.send(f"{builder.base}appraisal", do="drop-form"))

    assert builder.answer.status_code == 422
    assert "đang dùng ở Thẩm định hồ sơ" in page.words


def test_a_field_tells_where_its_name_is_used(builder):
    page = read(builder.client.get(f"{builder.address}/fields/on_fire_list"))

    assert "giấy tờ “Kết quả thủ tục phòng cháy, chữa cháy”" in page.words
    assert "trên sơ đồ" in page.words


@pytest.mark.parametrize("look", ["citizen", "clerk", "paper"])
def test_the_preview_shows_the_form_as_others_have_it(builder, look):
    page = read(builder.client.get(f"{builder.address}/preview?as={look}"))

    assert (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page.words
        if look == "paper"
        else page.tree.xpath("//form[@novalidate]")
    )


def test_the_preview_judges_what_is_tried_and_keeps_nothing(builder, office):
    counts = office.counts()
    page = read(builder.client.post(f"{builder.address}/preview", data={"as": "clerk", "d.parcel_area": "0"}))

    assert "Diện tích thửa đất phải lớn hơn 0 m²" in page.problem_of("d.parcel_area")
    assert office.counts() == counts


def test_a_change_that_leaves_no_procedure_is_refused_with_the_place(office, authoring, draft):
    with office.unit(AUTHOR) as unit, pytest.raises(CannotBeSaved, match="forms"):
        change_content(
            unit, draft, None, lambda content: content["forms"]["application"].update(sections="x")
        )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Diện tích sàn (m²)", "dien_tich_san_m2"),
        ("Số", "so"),
        ("Date", "date_2"),
        ("123", "o_123"),
        ("", "o"),
    ],
)
def test_names_for_expressions_are_made_from_labels(words, name):
    assert editing.free_name(words, [], "o") == name
