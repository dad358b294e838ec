"""Steps whose ids changed are found by name, kind and place; a person confirms."""

from dataclasses import replace

import pytest
from drawings import person, straight

from engine.bpmn.definitions import load_definition
from engine.scenarios.remap import propose, remap
from engine.scenarios.reports import report
from engine.scenarios.runs import play


def redrawn(definition, **ids):
    """The same diagram with steps under other ids."""
    text = definition.xml.decode()
    for old, new in ids.items():
        for mark in ('"{}"', "_{}_", ">{}<"):
            text = text.replace(mark.format(old), mark.format(new))
    return text


def test_a_step_with_another_id_is_found_by_its_name(permit):
    definition, procedure, by_id = permit
    after = load_definition(redrawn(definition, T7="Activity_1x8k2").encode())
    lost = propose(after, by_id.values())
    assert [(one.old, one.new, one.why.vi) for one in lost] == [("T7", "Activity_1x8k2", "cùng tên")]

    broken = play(after, procedure, by_id["granted"])
    mended = remap(after, by_id["granted"], {"T7": "Activity_1x8k2"})
    assert broken.differences[0].text.vi == (
        "Việc 5 “Tổng hợp, dự thảo giấy phép”: đáng lẽ tới “Duyệt dự thảo (không còn trong sơ đồ)”, "
        "thực tế “Duyệt dự thảo”."
    )
    assert play(after, procedure, mended).passed
    assert mended.steps["Activity_1x8k2"].name.vi == "Duyệt dự thảo"
    assert "T7" not in mended.named_steps


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Duyệt bản dự thảo", "tên gần giống"),
        ("Trưởng phòng cho ý kiến", "cùng loại bước, cùng chỗ trong sơ đồ"),
    ],
)
def test_a_step_that_was_also_renamed_is_found_by_likeness(permit, name, why):
    definition, _, by_id = permit
    text = redrawn(definition, T7="new").replace('name="Duyệt dự thảo"', f'name="{name}"')
    (found,) = propose(load_definition(text.encode()), by_id.values())
    assert (found.new, found.why.vi) == ("new", why)


def test_two_lost_steps_are_not_taken_for_the_same(permit):
    definition, _, by_id = permit
    after = load_definition(redrawn(definition, T9="x9", T9r="x9r", T5b="fire", T5c="culture").encode())
    assert {one.old: one.new for one in propose(after, by_id.values())} == {
        "T9": "x9", "T9r": "x9r", "T5b": "fire", "T5c": "culture",
    }  # fmt: skip


def test_a_step_that_is_really_gone_has_no_proposal_but_choices(permit):
    _, _, by_id = permit
    after = load_definition(straight(("a", person("a", "Đóng gói hồ sơ"))))
    lost = {one.old: one for one in propose(after, by_id.values())}
    assert lost["T3"].new == ""
    assert [one for one, _ in lost["T3"].others] == ["a"]


def test_a_new_name_under_the_same_id_breaks_nothing(permit):
    definition, procedure, _ = permit
    after = load_definition(definition.xml.replace("Thẩm định hồ sơ".encode(), "Xem xét hồ sơ".encode()))
    found = report(after, procedure)
    assert found.passed
    assert found.lost == ()


def test_mending_all_scenarios_of_a_redrawn_procedure_lets_all_pass(permit):
    definition, procedure, by_id = permit
    ids = {"T2": "u1", "T3": "u2", "T6": "u3", "T10": "u4"}
    after = load_definition(redrawn(definition, **ids).encode())
    pairs = {one.old: one.new for one in propose(after, by_id.values())}
    mended = replace(procedure, scenarios=tuple(remap(after, one, pairs) for one in procedure.scenarios))
    assert pairs == ids
    assert report(after, mended).passed
