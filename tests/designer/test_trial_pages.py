"""Trying a procedure out on the page, without script: the page carries all, the server keeps nothing."""

from __future__ import annotations

import json

import pytest
from authoring import AUTHOR, HEAD
from pages import read

from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.scenarios.reports import report
from engine.store.rows import DossierRow, RevisionRow

pytestmark = pytest.mark.sqlite

HOUSE = {
    "work_type": "detached_house",
    "work_class": "IV",
    "parcel_no": "128",
    "map_sheet": "14",
    "parcel_area": "200",
    "parcel_address": "ấp 4, xã Năm Căn",
    "build_area": "92,5",
    "total_floor": "185",
    "height": "7,8",
    "storeys": "2",
}


class Person:
    """Somebody with a browser on the page of a trial run."""

    def __init__(self, client, revision):
        self.client, self.address = client, f"/designer/revisions/{revision}/trial"
        self.page = read(client.get(self.address))

    def send(self, do, **values):
        carried = self.page.field("scenario")
        self.answer = self.client.post(self.address, data={"do": do, "scenario": carried, **values})
        self.page = read(self.answer) if self.answer.status_code != 303 else self.page
        return self

    def accept(self, at="23/11/2026 09:10", **more):
        return self.send("start", at=at, **{f"d.{name}": value for name, value in {**HOUSE, **more}.items()})

    def finish(self, step, outcome, reason="", **answers):
        typed = {f"d.{name}": value for name, value in answers.items()}
        return self.send("complete", step=step, outcome=outcome, reason=reason, **typed)

    @property
    def scenario(self):
        return json.loads(self.page.field("scenario"))


@pytest.fixture
def draft(authoring):
    return authoring.draft()


@pytest.fixture
def author(app, office, draft):
    return Person(app.test_client().sign_in(AUTHOR), draft)


def test_nobody_tries_anything_without_signing_in(app, office):
    for path in ("trial", "scenarios"):
        assert app.test_client().get(f"/designer/revisions/1/{path}").status_code == 303


def test_a_trial_goes_from_step_to_step_and_becomes_a_scenario(author, authoring, draft):
    page = author.accept().page
    assert "Phân công thụ lý" in page.words
    assert "17:00, 08/12/2026" in page.words
    author.finish("T2", "assign")
    author.send("wait", at="25/11/2026 09:00").finish("T3", "supplement", "Thiếu bản vẽ.")
    page = author.finish("T3b", "approve").page
    assert "Tình trạng Chờ bổ sung giấy tờ" in page.words

    answer = author.send("save", title_vi="Bổ sung một lần", title_en="One supplement").answer
    assert answer.status_code == 303
    saved = {one.id: one for one in Procedure.from_json(authoring.row(draft).content).scenarios}
    mine = saved["bo-sung-mot-lan"]
    assert [(act.step, act.expected.next) for act in mine.acts] == [
        ("T2", ("T3",)), ("T3", ("T3b",)), ("T3b", ("TS",))
    ]  # fmt: skip
    assert mine.acts[-1].expected.status == "supplement"
    assert [day.isoformat() for day in mine.days_off][:1] == ["2026-11-24"]
    listed = read(author.client.get(f"/designer/revisions/{draft}/scenarios"))
    assert "12 kịch bản, tất cả như mong đợi" in listed.words


def test_a_trial_leaves_nothing_behind(author, authoring):
    with authoring.office.reading(None) as unit:
        before = unit.session.query(DossierRow).count()
    counts = authoring.office.counts()
    author.accept().finish("T2", "assign").finish("T3", "refuse", "Trái quy hoạch.")
    assert authoring.office.counts() == counts
    with authoring.office.reading(None) as unit:
        assert unit.session.query(DossierRow).count() == before


def test_a_refusal_says_why_and_keeps_what_was_typed(author):
    page = author.accept(parcel_area="0", build_area="").page
    assert author.answer.status_code == 422
    assert page.field("d.parcel_address") == "ấp 4, xã Năm Căn"
    assert "Diện tích thửa đất phải lớn hơn 0 m²" in page.problem_of("d.parcel_area")

    author.accept().finish("T2", "assign")
    page = author.finish("T3", "refuse", appraisal_note="Trái quy hoạch phân khu.").page
    assert author.answer.status_code == 422
    assert "Hãy ghi lý do khi chọn “Không đủ điều kiện, từ chối”" in page.words
    assert page.field("d.appraisal_note") == "Trái quy hoạch phân khu."
    assert len(author.scenario["acts"]) == 1, "what was refused did not happen"


def test_the_clock_is_moved_by_hand_and_timers_go_off_on_the_way(author):
    author.accept(on_fire_list="true").finish("T2", "assign").finish("T3", "pass")
    page = author.page
    assert "Chờ tới “Quá 24 giờ làm việc”" in page.words
    until = page.tree.xpath('//button[@name="until"]')[0].get("value")
    assert until == "27/11/2026 09:10"
    page = author.finish("T5a", "done", red_line="4 m", building_line="2 m").send("wait", until=until).page
    assert "Kiểm tra thực địa, lập biên bản" in [one.text for one in page.tree.iter("h2")]
    assert [one.get("act", "") for one in author.scenario["acts"]][-1] == "wait"

    page = author.send("wait", at="23/11/2026 08:00").page
    assert "chỉ đi tới được, không lùi được" in page.words
    assert "đang ghi “mai”" in author.send("wait", at="mai").page.words


def test_a_wait_in_which_nothing_happened_is_no_act_of_its_own(author):
    author.accept().send("wait", at="23/11/2026 10:00").send("wait", at="23/11/2026 11:00").finish(
        "T2", "assign"
    )
    assert [(one.get("act"), one["at"]) for one in author.scenario["acts"]] == [(None, "2026-11-23 11:00")]


def test_the_last_act_is_taken_back(author):
    author.accept().finish("T2", "assign").finish("T3", "pass").send("undo")
    assert [one["step"] for one in author.scenario["acts"]] == ["T2"]


def test_an_option_of_the_procedure_is_set_otherwise(author):
    typed = {f"d.{name}": value for name, value in {**HOUSE, "on_fire_list": "true"}.items()}
    author.send("start", at="23/11/2026 09:10", **{"o.late_opinion": "ESCALATE", **typed})
    assert author.scenario["options"] == {"late_opinion": "ESCALATE"}


def test_the_applicant_withdraws_and_the_trial_is_over(author):
    page = author.accept().send("withdraw", reason="Đổi ý").page
    assert "Hồ sơ đã kết thúc" in page.words
    assert "Người nộp đã rút hồ sơ" in page.words
    assert page.tree.xpath('//button[@name="outcome"]') == []


def test_a_saved_scenario_is_shown_act_by_act_in_english(author, draft):
    page = read(author.client.get(f"{author.address}?scenario=two-supplements&lang=en"))
    assert "Two rounds of supplements, a third is refused" in page.words
    assert "Refused: Dossier THU-NGHIEM was already asked for papers 2 times" in page.words
    assert author.client.get(f"{author.address}?scenario=nothing").status_code == 404


def test_a_damaged_page_is_refused_in_a_sentence(author):
    for carried in ("{", '{"id": "x"}', "[" * 5000, '{"acts": 1}'):
        answer = author.client.post(author.address, data={"do": "wait", "scenario": carried})
        assert answer.status_code == 422


def test_somebody_else_may_try_but_not_save(app, office, draft):
    other = Person(app.test_client().sign_in(HEAD), draft)
    page = other.accept().finish("T2", "assign").page
    assert "Chỉ người soạn lưu được kịch bản" in page.words
    assert other.send("save", title_vi="Của tôi").answer.status_code == 403


def test_a_title_is_needed(author):
    page = author.accept().finish("T2", "assign").send("save", title_vi=" ").page
    assert "Hãy đặt tên cho kịch bản." in page.words


def test_the_page_of_scenarios_shows_failures_coverage_and_lost_steps(author, authoring, draft):
    text = authoring.row(draft).definition.xml.decode()
    authoring.save(draft, text.replace('"T2"', '"Activity_2"').replace(">T2<", ">Activity_2<").encode())
    page = read(author.client.get(f"/designer/revisions/{draft}/scenarios"))
    assert "11 kịch bản, 11 không như mong đợi" in page.words
    assert page.field("new.T2") == "Activity_2"
    assert "Đường nét đứt là chỗ chưa kịch bản nào đi qua" in page.words
    assert "is-missed" in page.answer.text

    form = page.form(f"/designer/revisions/{draft}/scenarios/remap")
    author.client.post(f"/designer/revisions/{draft}/scenarios/remap", data={**form, "new.T2": "Activity_2"})
    page = read(author.client.get(f"/designer/revisions/{draft}/scenarios"))
    assert "11 kịch bản, tất cả như mong đợi" in page.words


def test_the_first_form_is_filled_in_with_made_up_answers(author):
    author.page = read(author.client.get(f"{author.address}?fill=made-up&seed=2"))
    first = author.page.field("d.parcel_address")
    again = read(author.client.get(f"{author.address}?fill=made-up&seed=2"))

    assert first
    assert again.field("d.parcel_address") == first
    kinds = {one.split("fill=")[1].split("&")[0] for one in author.page.links() if "fill=" in one}
    assert kinds == {"made-up", "real"}


def test_a_real_dossier_fills_the_first_form_without_saying_whose_it_is(author, office):
    secret = "ấp Bí Mật, xã Năm Căn"
    office.permit(parcel_address=secret, build_area="93,5", parcel_no="987654")
    answer = author.client.get(f"{author.address}?fill=real&seed=1")
    page = read(answer)

    assert page.field("d.build_area") == "93,5", "what says nothing of a person is as it was"
    assert page.field("d.parcel_address")
    assert secret not in answer.text


def test_who_plays_one_role_is_offered_its_steps_only(author):
    page = author.accept(on_fire_list="true").finish("T2", "assign").finish("T3", "pass").page
    roles = page.tree.xpath('//select[@name="as"]/option/@value')
    assert roles[0] == ""
    steps = page.tree.xpath('//input[@name="step"]/@value')
    assert {"T5a", "T5b"} <= set(steps), "two agencies and more at the same time"

    mine = page.tree.xpath('//select[@name="as"]/option/@value')[1]
    page = author.send("as", **{"as": mine}).page
    assert page.field("as") == mine, "every form carries the role"
    assert page.tree.xpath('//input[@name="step"]/@value') == []
    assert "Vai này chưa có việc" in page.words
    answer = author.finish("T5a", "done", red_line="4 m", building_line="2 m").answer
    assert answer.status_code == 200, "without the role it is anybody's"
    author.send("undo")
    answer = author.send("complete", step="T5a", outcome="done", **{"as": mine}).answer
    assert answer.status_code == 422
    assert "không phải của vai đang thử" in author.page.words


def test_the_diagram_of_a_trial_shows_what_all_scenarios_cover(author, authoring, draft):
    page = author.accept().finish("T2", "assign").page
    row = authoring.row(draft)
    percent = report(load_definition(row.definition.xml), Procedure.from_json(row.content)).coverage.percent
    assert f"Độ phủ của các kịch bản: {percent}% đường đi" in page.words
    assert "Tất cả 11 kịch bản chạy lại trên bản nháp này: 0 không như mong đợi" in page.words

    with authoring.office.unit(AUTHOR) as unit:
        row = unit.session.get_one(RevisionRow, draft)
        row.content = {**row.content, "scenarios": row.content["scenarios"][:1]}
    page = author.finish("T3", "refuse", "Trái quy hoạch.").page
    assert "lần thử này đi thêm" in page.words
    assert "is-fresh" in author.answer.text


def test_every_save_plays_the_scenarios_again_and_says_how_many_hold(author, authoring, draft):
    row = authoring.row(draft)
    address = f"/designer/revisions/{draft}/save"
    text = row.definition.xml.decode()
    said = author.client.post(address, json={"xml": text, "version": row.version}).get_json()
    assert (said["scenarios"], said["scenariosTone"]) == ("11/11 kịch bản như mong đợi", "ok")

    other = text.replace('"T2"', '"Activity_2"').replace(">T2<", ">Activity_2<")
    said = author.client.post(address, json={"xml": other, "version": said["version"]}).get_json()
    assert (said["scenarios"], said["scenariosTone"]) == ("0/11 kịch bản như mong đợi", "late")
    assert {one["source"] for one in said["findings"] if one["rule"] == "scenario"} == {"Kịch bản thử"}

    listed = read(author.client.get(f"/designer/revisions/{draft}/outline"))
    assert "0/11 kịch bản như mong đợi" in listed.words
