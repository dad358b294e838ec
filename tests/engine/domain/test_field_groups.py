"""Shared groups by reference, repeating tables and files: what a form may hold besides single fields."""

from __future__ import annotations

import hashlib
import json

import pytest

from engine.domain.field_groups import FIELD_GROUPS
from engine.domain.forms import BadForm, Form, as_context, input_value, parse_answers, show_value
from engine.usecases.evaluation import evaluate

KNOWN: dict = {}


def form(*sections) -> Form:
    return Form.from_json({"id": "f", "title": "Đơn", "sections": list(sections)})


def parse(found: Form, **raw):
    return parse_answers(found, raw, KNOWN, evaluate)


OWNERS = {
    "name": "owners",
    "label": "Đồng sở hữu",
    "type": "table",
    "most_rows": 3,
    "columns": [
        {"name": "full_name", "label": "Họ tên", "type": "text", "required": True},
        {"name": "share", "label": "Phần", "type": "decimal", "min": 0},
    ],
}
TABLE = {"title": "Sở hữu", "fields": [OWNERS]}


# --- groups -----------------------------------------------------------------------------------

RELEASED = {
    "address.1": "2bf244a721f1",
    "consent.1": "6cf8529cc802",
    "money.1": "f69e61458741",
    "organisation.1": "201c1118afd7",
    "parcel.1": "4fea5ad0ed93",
    "person.1": "3dfd054d65d3",
    "proxy.1": "60ef5c36bab0",
    "receive.1": "8fcb8f9f338a",
}


def test_a_released_version_of_a_group_never_changes():
    """Forms of running dossiers are read from it. What has to differ becomes the next version."""
    assert {
        key: hashlib.sha256(json.dumps(one.fields, sort_keys=True).encode()).hexdigest()[:12]
        for key, one in FIELD_GROUPS.items()
    } == RELEASED


@pytest.mark.parametrize("group", FIELD_GROUPS)
def test_every_group_can_be_asked_for_in_both_languages(group):
    found = form({"title": "", "group": group, "prefix": "x_", "fields": []})

    assert found.fields
    assert all(one.name.startswith("x_") and one.label.vi and one.label.en for one in found.fields)


def test_a_group_is_kept_by_reference_and_may_stand_twice():
    written = {
        "id": "f",
        "title": {"vi": "Đơn"},
        "sections": [
            {"title": {"vi": "Bên bán"}, "group": "person.1", "prefix": "seller_", "fields": []},
            {
                "title": {"vi": "Bên mua"},
                "group": "person.1",
                "prefix": "buyer_",
                "without": ["ethnicity", "email"],
                "visible": "by_hand = true",
                "fields": [{"name": "by_hand", "label": {"vi": "Tự làm"}, "type": "bool"}],
            },
        ],
    }

    found = Form.from_json(written)

    assert found.as_json() == written
    assert {"seller_full_name", "buyer_full_name", "seller_email"} <= set(found.asked)
    assert "buyer_email" not in found.asked
    assert found.asked["buyer_phone"].visible == "by_hand = true"


def test_two_groups_under_one_prefix_are_refused_with_the_place():
    section = {"title": "", "group": "person.1", "fields": []}
    with pytest.raises(BadForm, match=r"sections\[1\]\.prefix"):
        form(section, section)


@pytest.mark.parametrize("bad", [{"group": "person.9"}, {"group": "person.1", "prefix": "Ông "}])
def test_a_group_that_is_not_there_or_a_prefix_that_is_no_name_is_refused(bad):
    with pytest.raises(BadForm):
        form({"title": "", "fields": [], **bad})


def test_fields_of_a_group_speak_of_each_other_under_their_full_names():
    found = form({"title": "", "group": "receive.1", "prefix": "r_", "fields": []})

    values, problems = parse(found, r_method="post")
    assert set(problems) == {"r_postal_address"}
    values, problems = parse(found, r_method="counter", r_postal_address="ấp 4")
    assert (values["r_postal_address"], problems) == (None, {})


# --- tables -----------------------------------------------------------------------------------


def test_rows_come_from_cells_and_blank_rows_are_none():
    raw = {
        "owners.0.full_name": "An",
        "owners.0.share": "0,5",
        "owners.1.full_name": " ",
        "owners.5.full_name": "Bé",
    }

    values, problems = parse(form(TABLE), **raw)

    assert problems == {}
    assert values["owners"] == [{"full_name": "An", "share": "0.5"}, {"full_name": "Bé", "share": None}]


def test_a_wrong_cell_is_named_by_row_and_column():
    _, problems = parse(form(TABLE), **{"owners.0.full_name": "An", "owners.1.share": "nửa"})

    assert problems["owners"].vi.startswith("Đồng sở hữu, dòng 2: ")
    _, problems = parse(form(TABLE), **{"owners.0.share": "1"})
    assert problems["owners"].vi == "Đồng sở hữu, dòng 1: hãy nhập “Họ tên”; ô này đang để trống."
    _, problems = parse(form(TABLE), **{f"owners.{n}.full_name": "An" for n in range(4)})
    assert problems["owners"].vi == "Đồng sở hữu: cần tối đa 3 dòng; đang có 4 dòng."


def test_formulas_add_up_a_column_and_conditions_count_rows():
    total = {"name": "total", "label": "Tổng", "type": "decimal", "computed": "sum(owners.share)"}
    why = {"name": "why", "label": "Vì sao", "type": "text", "visible": "count(owners) > 1"}
    found = form(TABLE, {"title": "", "fields": [total, why]})

    first, second = {"full_name": "An", "share": "0,5"}, {"full_name": "Bé", "share": "0,25"}
    values, _ = parse(found, owners=[first, second], why="Thừa kế")

    assert (values["total"], values["why"]) == ("0.75", "Thừa kế")


def test_stored_rows_are_shown_put_back_and_handed_to_expressions():
    field = form(TABLE).asked["owners"]
    stored = [{"full_name": "An", "share": "0.5"}]

    assert show_value(field, stored, "vi") == "An, 0,5"
    assert input_value(field, stored) == [{"full_name": "An", "share": "0,5"}]
    assert as_context(form(TABLE), {"owners": stored})["owners"][0]["share"] == 0.5


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [
            {
                "name": "a",
                "label": "A",
                "type": "table",
                "columns": [{"name": "b", "label": "B", "type": "text"}],
            }
        ],
        [{"name": "a", "label": "A", "type": "text", "visible": "true"}],
        [{"name": "a", "label": "A", "type": "text"}] * 2,
    ],
)
def test_columns_are_plain_fields_with_names_of_their_own(columns):
    with pytest.raises(BadForm):
        form({"title": "", "fields": [{**OWNERS, "columns": columns}]})


def test_a_file_keeps_the_names_of_what_came():
    found = form(
        {"title": "", "fields": [{"name": "plan", "label": "Bản vẽ", "type": "file", "required": True}]}
    )

    assert parse(found, plan=["a.pdf", "a.pdf", ""])[0]["plan"] == ["a.pdf"]
    assert set(parse(found)[1]) == {"plan"}
