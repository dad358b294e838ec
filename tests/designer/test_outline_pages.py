"""The outline's pages without JavaScript: forms, refusals that keep what was typed, stale tabs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from designer.outline import Words
from designer.rows import read_rows
from engine.domain.access import SYSTEM
from engine.domain.procedures import Procedure
from engine.errors import NotFound
from engine.store.rows import CompetenceRow, ProcedureRow, RevisionRow

pytestmark = pytest.mark.sqlite

P10 = {
    "name": "Cấp giấy phép xuất bản bản tin", "name_en": "Licence to publish a bulletin", "key": "P10",
    "national_code": "1.009374", "field": "Báo chí", "limit_value": "10", "limit_kind": "working_day",
}  # fmt: skip


@pytest.fixture
def author(client):
    return client.sign_in("thao.np")


def start(author, **changes) -> int:
    form = author.get("/designer/new").text
    unit = re.search(r'<select id="unit" name="unit"><option value="(\d+)"', form)[1]
    answer = author.post("/designer/new", data={**P10, "unit": unit, "then": "outline", **changes})
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/revisions/(\d+)/", answer.location)[1])


def version_of(author, draft: int) -> str:
    page = author.get(f"/designer/revisions/{draft}/outline").text
    return re.search(r'name="version" value="(\d+)"', page)[1]


def act(author, draft: int, name: str, /, **sent):
    data = {"version": version_of(author, draft), "act": name, **sent}
    return author.post(f"/designer/revisions/{draft}/outline/acts/{name}", data=data)


def drawing(province, draft: int) -> bytes:
    with province.reading(SYSTEM) as unit:
        return unit.session.get(RevisionRow, draft).definition.xml


def rows(province, draft: int):
    return {row.name.vi: row for row in read_rows(drawing(province, draft), Words())}


def test_a_procedure_begins_with_an_empty_page(author, province):
    draft = start(author)

    page = author.get(f"/designer/revisions/{draft}/outline").text
    assert "Có hồ sơ nộp" in page
    assert "0 / 80 giờ" in page
    with province.reading(SYSTEM) as unit:
        procedure = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == "P10")).one()
        assert procedure.national_code == "1.009374"
        assert unit.session.scalars(
            select(CompetenceRow.unit_id).where(CompetenceRow.procedure_id == procedure.id)
        ).all() == [procedure.owner_unit_id]
    assert "Cấp giấy phép xuất bản bản tin" in author.get("/designer/?q=ban tin").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"key": "P03"}, "đã dùng cho thủ tục", id="a code that is taken"),
        pytest.param({"key": "a b"}, "mã gồm chữ không dấu", id="a code with a space"),
        pytest.param({"national_code": "12"}, "mã thủ tục quốc gia", id="no national code"),
        pytest.param({"limit_value": "-3"}, "limit", id="a limit below one"),
        pytest.param({"limit_value": "9" * 40}, "limit", id="an endless limit"),
        pytest.param({"limit_kind": "moon"}, "limit", id="an unknown limit"),
        pytest.param({"name": "  "}, "đặt tên cho thủ tục", id="no name"),
        pytest.param({"unit": "1"}, "đơn vị của bạn", id="the unit of others"),
        pytest.param({"unit": "x"}, "đơn vị của bạn", id="no unit"),
    ],
)
def test_a_procedure_that_cannot_begin_is_refused_and_what_was_typed_stays(author, changes, sentence):
    form = author.get("/designer/new").text
    unit = re.search(r'<select id="unit" name="unit"><option value="(\d+)"', form)[1]

    answer = author.post("/designer/new", data={**P10, "unit": unit, **changes})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Licence to publish a bulletin"' in answer.text


def test_who_writes_no_procedures_is_told_so(client):
    page = client.sign_in("my.nk").get("/designer/new").text

    assert "Bạn chưa xây dựng quy trình cho đơn vị nào" in page


def test_steps_decisions_branches_and_deadlines_are_made_by_forms_alone(author, province):
    draft = start(author)
    assert (
        act(author, draft, "add", where="Start", kind="receive", name="Tiếp nhận", hours="4").status_code
        == 303
    )
    act(
        author,
        draft,
        "add",
        where="Step_1",
        kind="appraise",
        name="Thẩm định",
        name_en="Appraise",
        hours="40,5",
    )
    act(author, draft, "add", where="Step_2", kind="sign", name="Ký", role="SIGNATORY")

    answer = act(
        author, draft, "decide", shown="Step_2", lines="2",
        name_0="Đạt", to_0="next", style_0="main", name_1="Làm lại", to_1="Step_1", reason_1="1",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    act(author, draft, "attach", shown="Step_3", name="Quá hạn", number="3", counted="wd", to="Step_2")
    act(author, draft, "parallel", shown="Step_1", where="Step_1", lines="2", kind_0="site_check", name_0="A",
        kind_1="draft", name_1="B")  # fmt: skip
    act(author, draft, "add", where="Step_1", kind="wait_timer", name="Chờ niêm yết")
    act(author, draft, "event", shown="Event_2", name="Chờ niêm yết", number="2", counted="wd")

    found = rows(province, draft)
    assert found["Thẩm định"].step.minutes == 40.5 * 60
    gate = found["Thẩm định: kết quả?"]
    assert [(one.name.vi, one.to_id) for one in gate.ways] == [("Đạt", "Step_3"), ("Làm lại", "Step_1")]
    assert found["Quá hạn"].host == "Step_3"
    assert found["Chờ niêm yết"].time.vi == "sau 2 ngày làm việc"
    page = author.get(f"/designer/revisions/{draft}/outline").text
    assert re.findall(r"finding error.*", page) == []


def test_a_step_keeps_what_its_form_does_not_show(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="check")
    page = author.get(f"/designer/revisions/{draft}/outline/parts/Step_1").text
    assert 'value="Kiểm tra hồ sơ"' in page

    answer = act(
        author, draft, "step", shown="Step_1", name="Kiểm tra", name_en="Check", kind="check",
        role="SPECIALIST",
        unit="competent", hours="6", todo="Đọc đơn\nĐối chiếu", public="Đang kiểm tra.",
        button_0="Đạt", button_old_0="done", button_code_0="ok",
        legal_document="Luật Báo chí", legal_article="điều 5",
        legal_note="",
    )  # fmt: skip

    assert answer.status_code == 303, answer.text
    step = rows(province, draft)["Kiểm tra"].step
    assert (step.minutes, [one.vi for one in step.todo], step.public.vi) == (
        360,
        ["Đọc đơn", "Đối chiếu"],
        "Đang kiểm tra.",
    )
    assert step.public.en == ""
    assert [(one.code, one.name.vi) for one in step.outcomes] == [("ok", "Đạt")]
    assert [(one.document, one.article) for one in step.legal] == [("Luật Báo chí", "điều 5")]


def test_a_condition_is_written_by_lines_and_comes_back_as_it_was(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="check")
    answer = act(
        author, draft, "choose", shown="Step_1", where="Step_1", name="Phí?", lines="2", rest="0",
        name_0="Ít", to_0="next", name_1="Nhiều", to_1="end", c1_lines="2", c1_mode="all",
        c1_field_0="dossier.fee", c1_operator_0=">", c1_value_0="100000",
        c1_field_1="dossier.paid", c1_operator_1="=", c1_value_1="không",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    way = next(one for one in rows(province, draft)["Phí?"].ways if one.name.vi == "Nhiều")
    assert way.feel == "dossier.fee > 100000 and dossier.paid = false"

    page = author.get(f"/designer/revisions/{draft}/outline/ways/{way.flow}").text
    sent = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
    for name, body in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(
            r'<option value="([^"]*)"', body
        )
        sent[name] = chosen[1]
    sent = {name: value.replace("&gt;", ">") for name, value in sent.items() if not name.startswith("csrf")}
    sent["is_rest"] = "0"
    author.post(f"/designer/revisions/{draft}/outline/acts/way", data=sent)

    assert next(one for one in rows(province, draft)["Phí?"].ways if one.flow == way.flow).feel == way.feel


def test_a_stale_tab_overwrites_nothing_and_keeps_what_was_typed(author, province):
    draft = start(author)
    old = version_of(author, draft)
    act(author, draft, "add", where="Start", kind="check", name="Của thẻ kia")

    late = author.post(
        f"/designer/revisions/{draft}/outline/acts/add",
        data={"version": old, "act": "add", "where": "Start", "kind": "sign", "name": "Của thẻ này"},
    )

    assert late.status_code == 409
    assert "đã lưu bản nháp này sau khi bạn mở trang" in late.text
    assert 'value="Của thẻ này"' in late.text
    assert "Của thẻ này" not in rows(province, draft)
    assert "Của thẻ kia" in rows(province, draft)
    assert f'value="{version_of(author, draft)}"' in late.text  # the next press counts


@pytest.mark.parametrize(
    ("name", "sent", "status"),
    [
        pytest.param("add", {"where": "Nowhere", "kind": "check"}, 409, id="a place that is gone"),
        pytest.param("add", {"where": "Start", "kind": "<script>"}, 409, id="a kind that is none"),
        pytest.param("step", {"shown": "Step_9", "name": "x"}, 409, id="a step that is gone"),
        pytest.param(
            "step", {"shown": "Start", "name": "x", "hours": "nhiều"}, 409, id="hours that are no number"
        ),
        pytest.param("attach", {"shown": "Start", "number": "0"}, 409, id="no time at all"),
        pytest.param("explode", {}, 404, id="an act that is none"),
    ],
)
def test_an_act_that_does_not_fit_is_refused_in_a_sentence_and_changes_nothing(
    author, province, name, sent, status
):
    draft = start(author)
    before = drawing(province, draft)

    answer = act(author, draft, name, **sent)

    assert answer.status_code == status
    assert drawing(province, draft) == before


def test_a_repair_is_one_press_of_a_button(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="check", hours="100")
    page = author.get(f"/designer/revisions/{draft}/outline").text
    key = re.search(r'name="repair" value="(hours-over-limit:[^"]+)"', page)[1]

    author.post(
        f"/designer/revisions/{draft}/outline/mend",
        data={"version": version_of(author, draft), "repair": key},
    )

    assert rows(province, draft)["Kiểm tra hồ sơ"].step.minutes == 80 * 60


def test_others_do_not_edit_the_outline_of_a_unit(client, author, province):
    draft = start(author)
    other = client.application.test_client().sign_in("nga.tt")

    refused = other.get(f"/designer/revisions/{draft}/outline")
    assert refused.status_code == 403
    assert "PROC_AUTHOR" not in refused.text, "roles are called by their names"
    nothing = NotFound("the draft to exist", "there is none", what="bản nháp")
    assert nothing.say("en").startswith("The draft was not found"), "English in English"
    assert (
        other.post(f"/designer/revisions/{draft}/outline/acts/add", data={"where": "Start"}).status_code
        == 403
    )


def test_rows_of_every_kind_of_a_drawn_procedure_can_be_opened(author, province):
    with province.reading(SYSTEM) as unit:
        source = unit.session.scalars(
            select(RevisionRow).join(ProcedureRow).where(ProcedureRow.key == "P03")
        ).first()
        procedure, revision = source.procedure_id, source.id
    author.post(f"/designer/procedures/{procedure}/drafts", data={"from_revision": revision})
    with province.reading(SYSTEM) as unit:
        draft = max(unit.session.scalars(select(RevisionRow.id)).all())

    kinds = {one.kind.vi: one for one in read_rows(drawing(province, draft), Words())}
    assert len(kinds) > 10
    for row in kinds.values():
        assert author.get(f"/designer/revisions/{draft}/outline/parts/{row.id}").status_code == 200, row.id
        for way in row.ways[:1]:
            assert author.get(f"/designer/revisions/{draft}/outline/ways/{way.flow}").status_code == 200


def test_a_comment_on_a_step_is_written_and_read_on_its_page(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="check")
    page = f"/designer/revisions/{draft}/outline/parts/Step_1"

    author.post(
        f"/designer/revisions/{draft}/comments",
        data={"element": "Step_1", "step": "Kiểm tra hồ sơ", "text": "Hai giờ là đủ."},
    )

    assert "Hai giờ là đủ." in author.get(page).text
    assert "Hai giờ là đủ." not in author.get(page.replace("Step_1", "End")).text


def test_groups_calls_first_events_and_payloads_are_forms_too(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="group", name="Thẩm định liên ngành")
    group = rows(province, draft)["Thẩm định liên ngành"]
    table = author.get(f"/designer/revisions/{draft}/outline").text
    assert "trong nhóm “Thẩm định liên ngành”" in table

    act(author, draft, "add", where=group.id, kind="call", name="Hỏi liên ngành")
    call = rows(province, draft)["Hỏi liên ngành"]
    assert call.called
    page = author.get(f"/designer/revisions/{draft}/outline/parts/{call.id}").text
    assert f'<option value="{call.called}" selected' in page

    sent = {"name_0": "Có trả lời", "awaits_0": "message", "message_0": "tra_loi", "to_0": "next"}
    sent |= {"name_1": "Quá hạn", "awaits_1": "time", "number_1": "5", "counted_1": "wd", "to_1": "end"}
    answer = act(author, draft, "first", shown=call.id, where=call.id, lines="4", name="Chờ", **sent)
    assert answer.status_code == 303, answer.text
    gate = rows(province, draft)["Chờ"]
    assert len(gate.ways) == 2
    bad = act(author, draft, "first-one", shown=gate.id, part=gate.id, name="Rút", awaits="time", number="x")
    assert bad.status_code == 409
    assert 'value="Rút"' in bad.text, "what was typed stays"
    act(author, draft, "first-one", shown=gate.id, part=gate.id, name="Rút", awaits="message", message="rut")

    after = rows(province, draft)["Có trả lời"].id
    act(author, draft, "add", where=after, kind="send_message", name="Báo cơ quan thuế")
    send = rows(province, draft)["Báo cơ quan thuế"].id
    sent = {"field_0": "ma", "value_0": "dossier.code", "field_1": "", "value_1": "today"}
    assert act(author, draft, "payload", shown=send, lines="4", **sent).status_code == 303
    assert rows(province, draft)["Báo cơ quan thuế"].fields == (("ma", "dossier.code"), ("today", "today"))
    page = author.get(f"/designer/revisions/{draft}/outline/parts/{send}").text
    assert 'value="dossier.code"' in page
    assert act(author, draft, "payload", shown=send, lines="1", field_0="a b", value_0="1").status_code == 409


def test_p10_gets_its_papers_its_fee_and_the_fields_of_its_form_without_javascript(author, province):
    draft = start(author)
    base = f"/designer/revisions/{draft}"

    def version():
        return re.search(r'name="version" value="(\d+)"', author.get(f"{base}/terms/").text)[1]

    for name in ("Tờ khai đề nghị cấp giấy phép", "Măng-sét bản tin"):
        data = {"version": version(), "do": "new-paper", "name_vi": name, "copies": "1", "kind": "original"}
        assert author.post(f"{base}/terms/", data=data).status_code == 303
    data = {"version": version(), "do": "fee", "fee_kind": "free", "text_vi": "Không thu phí."}
    assert author.post(f"{base}/terms/", data=data).status_code == 303

    answer = author.post(f"{base}/forms/", data={"version": version(), "title_vi": "Tờ khai"})
    assert answer.status_code == 303, answer.text
    form = answer.location.rstrip("/").rpartition("/")[2]
    for label, kind in (("Tên bản tin", "text"), ("Số trang", "decimal")):
        data = {"version": version(), "do": "add-field", "at": "0", "label_vi": label, "type": kind}
        assert author.post(f"{base}/forms/{form}", data=data).status_code == 303
    act(author, draft, "add", where="Start", kind="appraise", name="Thẩm định")
    step = rows(province, draft)["Thẩm định"].id
    sent = {"name": "Thẩm định", "kind": "appraise", "role": "specialist", "unit": "competent", "hours": "8"}
    assert act(author, draft, "step", shown=step, form=form, **sent).status_code == 303
    assert rows(province, draft)["Thẩm định"].step.form == form
    with province.reading(SYSTEM) as unit:
        content = unit.session.get(RevisionRow, draft).content
    assert [one["name"]["vi"] for one in content["components"]] == [
        "Tờ khai đề nghị cấp giấy phép", "Măng-sét bản tin"
    ]  # fmt: skip
    assert content["fee"]["text"]["vi"] == "Không thu phí."
    [kept] = Procedure.from_json(content).forms.values()
    assert [(one.label.vi, one.type) for one in kept.fields] == [
        ("Tên bản tin", "text"),
        ("Số trang", "decimal"),
    ]


def test_events_repetitions_keys_and_tables_are_forms_that_come_back_as_they_were_sent(author, province):
    draft = start(author)
    act(author, draft, "add", where="Start", kind="group", name="Thẩm định")
    group = rows(province, draft)["Thẩm định"]
    asked = {"t_lines": "1", "t_field_0": "late", "t_operator_0": "=", "t_value_0": "có"}
    act(
        author,
        draft,
        "attach",
        shown=group.id,
        name="Bị trễ",
        trigger="conditional",
        to="end",
        goes_on="1",
        **asked,
    )
    late = rows(province, draft)["Bị trễ"]
    assert (late.trigger.kind, late.trigger.feel, late.trigger.interrupts) == (
        "conditional",
        "late = true",
        False,
    )
    sent = {"name": "Bị giả mạo", "name_en": "Forged", "trigger": "error", "ref": "GIA_MAO"}
    assert act(author, draft, "event", shown=late.id, **sent).status_code == 303
    page = author.get(f"/designer/revisions/{draft}/outline/parts/{late.id}").text
    assert 'value="GIA_MAO"' in page
    assert '<option value="error" selected>' in page
    table = author.get(f"/designer/revisions/{draft}/outline").text
    assert "lỗi “GIA_MAO”" in table

    until = {"u_lines": "1", "u_field_0": "found", "u_operator_0": "=", "u_value_0": "có"}
    act(
        author,
        draft,
        "repeat",
        shown=group.id,
        repeat="each",
        items="parcels",
        item="parcel",
        in_turn="1",
        **until,
    )
    again = rows(province, draft)["Thẩm định"].repeat
    assert (again.kind, again.items, again.in_turn, again.until) == ("each", "parcels", True, "found = true")
    bad = act(author, draft, "repeat", shown=group.id, repeat="again", maximum="ba", item="giữ lại")
    assert bad.status_code == 409
    assert 'value="giữ lại"' in bad.text, "what was typed stays"

    act(author, draft, "add", where=group.id, kind="wait_message", name="Chờ thuế")
    waits = rows(province, draft)["Chờ thuế"].id
    sent = {"key_0": "ma_lo", "brings_0": "lo", "compares_0": "parcel", "key_1": "", "brings_1": "nam"}
    assert act(author, draft, "keys", shown=waits, lines="2", **sent).status_code == 303
    assert [one.name for one in rows(province, draft)["Chờ thuế"].keys] == ["ma_lo", "nam"]
    assert 'value="parcel"' in author.get(f"/designer/revisions/{draft}/outline/parts/{waits}").text

    act(author, draft, "add", where=waits, kind="decide", name="Tính phí")
    rule = rows(province, draft)["Tính phí"].id
    assert "chưa có bảng quyết định" in author.get(f"/designer/revisions/{draft}/outline/parts/{rule}").text
    assert (
        act(author, draft, "table", shown=rule, name="Tính phí", decide="phi", into="fee").status_code == 303
    )
    assert rows(province, draft)["Tính phí"].decide == "phi"
