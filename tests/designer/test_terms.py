"""Papers, fee, limit and law of a draft, on plain forms: written, refused in sentences, read back."""

from __future__ import annotations

from datetime import date

import pytest
from authoring import AUTHOR, HEAD
from pages import read

from designer.terms import AMOUNT, FREE, RULE, example_fee, parts_of
from engine.domain.fees import Fee
from engine.domain.procedures import Procedure
from engine.store.rows import ProcedureRow

pytestmark = pytest.mark.sqlite


@pytest.fixture
def draft(office, authoring) -> int:
    with office.unit(None) as unit:  # not of the standard set: a unit may change all of it
        unit.session.query(ProcedureRow).filter_by(key="P03").one().set_code = ""
    return authoring.draft()


@pytest.fixture
def author(app, office):
    return app.test_client().sign_in(AUTHOR)


def send(client, draft, do, **values):
    page = read(client.get(f"/designer/revisions/{draft}/terms/"))
    data = {"version": page.field("version"), "do": do, **values}
    return client.post(f"/designer/revisions/{draft}/terms/", data=data)


def content(authoring, draft) -> Procedure:
    return Procedure.from_json(authoring.row(draft).content)


def test_papers_are_added_changed_moved_and_taken_out(author, authoring, draft):
    first = [one.code for one in content(authoring, draft).components]
    paper = {"name_vi": "Bản cam kết phòng cháy", "name_en": "Fire pledge", "copies": "2", "kind": "original"}
    sent = {**paper, "need": "conditional", "when": "on_fire_list = true", "condition_vi": "thuộc diện PCCC"}
    assert send(author, draft, "new-paper", **sent).status_code == 303
    [added] = [one for one in content(authoring, draft).components if one.code not in first]
    assert (added.name.vi, added.copies, added.kind) == ("Bản cam kết phòng cháy", 2, "original")
    assert (added.need, added.when, added.condition.vi) == (
        "conditional",
        "on_fire_list = true",
        "thuộc diện PCCC",
    )

    send(author, draft, "up", code=added.code)
    assert content(authoring, draft).components[-2].code == added.code
    send(author, draft, "paper", code=added.code, **{**paper, "copies": "1", "need": "optional"})
    assert (
        next(one for one in content(authoring, draft).components if one.code == added.code).need == "optional"
    )
    send(author, draft, "drop-paper", code=added.code)
    assert [one.code for one in content(authoring, draft).components] == first
    assert send(author, draft, "drop-paper", code="C99").status_code == 404


@pytest.mark.parametrize(
    ("do", "values", "sentence"),
    [
        ("new-paper", {"name_vi": " "}, "hãy ghi tên giấy tờ"),
        ("new-paper", {"name_vi": "Đơn", "copies": "-1"}, "số bản là một số"),
        ("new-paper", {"name_vi": "Đơn", "when": "= = 1"}, "điều kiện của giấy tờ"),
        ("fee", {"fee_kind": "amount", "amount": "75,5 nghìn"}, "mức thu là số đồng nguyên"),
        ("fee", {"fee_kind": "amount", "amount": "9" * 15}, "mức thu quá lớn"),
        ("fee", {"fee_kind": "rule", "rule": "if then"}, "công thức tính phí"),
        ("fee", {"fee_kind": "rule", "rule": " "}, "hãy ghi công thức"),
        ("limit", {"limit_value": "0", "limit_kind": "working_day"}, "thời hạn là một số nguyên"),
        ("limit", {"limit_value": "5", "limit_kind": "moon"}, "thời hạn là một số nguyên"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_stays_in_the_form(author, authoring, draft, do, values, sentence):
    before = authoring.row(draft).content
    answer = send(author, draft, do, **values)
    assert answer.status_code == 422
    page = read(answer)
    assert sentence in page.words
    assert authoring.row(draft).content == before
    for name, value in values.items():
        typed = page.tree.xpath(f'//*[@name="{name}" and not(self::select)]')  # a list has no other value
        shown = [(one.get("value") or one.text or "").strip() for one in typed]
        assert not typed or value.strip() in shown, name


def test_a_fee_has_an_amount_or_a_rule_an_exemption_and_its_law(author, authoring, draft):
    law = {"source": "điều 4, Thông tư 999/2026/TT-BTC", "text_vi": "75.000 đồng", "when": "4"}
    exempt = {
        "exempts": "1",
        "x_lines": "1",
        "x_field_0": "work_class",
        "x_operator_0": "=",
        "x_value_0": "IV",
    }
    sent = {"fee_kind": "amount", "amount": "75.000", **law, **exempt}
    assert send(author, draft, "fee", **sent).status_code == 303
    fee = content(authoring, draft).fee
    assert (fee.when, fee.source, fee.verified) == (4, law["source"], False)
    assert fee.rule == 'if (work_class = "IV") then 0 else (75000)'
    assert parts_of(fee).amount == 75_000
    page = read(author.get(f"/designer/revisions/{draft}/terms/"))
    assert page.field("amount") == "75000"
    assert page.tree.xpath('//select[@name="x_field_0"]//option[@selected]/@value') == ["work_class"]
    assert page.field("x_value_0") == "IV"
    assert "999/2026/TT-BTC" in read(author.get("/designer/law/")).words, "and the law lists it"

    send(author, draft, "fee", fee_kind="rule", rule='if work_type = "x" then 1 else 2', **law)
    assert parts_of(content(authoring, draft).fee).kind == RULE
    send(author, draft, "fee", fee_kind="free")
    assert content(authoring, draft).fee.rule == ""


def test_a_rule_is_taken_apart_only_where_this_form_put_it_together():
    def parts(rule):
        found = parts_of(Fee(rule=rule))
        return found.kind, found.amount, found.rule, found.exempt

    assert parts("") == (FREE, 0, "", "")
    assert parts("5000") == (AMOUNT, 5000, "", "")
    assert parts("if (a = 1) then 0 else (5000)") == (AMOUNT, 5000, "", "a = 1")
    other = "if (a) then 0 else (1) + if (b) then 0 else (2)"
    assert parts(other) == (RULE, 0, other, "")


def test_the_page_says_what_a_dossier_like_the_first_scenario_pays(author, authoring, draft):
    assert example_fee(content(authoring, draft), date(2026, 11, 23))[0] == 75_000
    assert "Với hồ sơ mẫu hiện nay: 75.000" in read(author.get(f"/designer/revisions/{draft}/terms/")).words


def test_limit_and_law_are_written(author, authoring, draft):
    send(author, draft, "limit", limit_value="7", limit_kind="working_day", source="điều 1, 12/2026/NQ-HĐND")
    limit = content(authoring, draft).limit
    assert (limit.value, limit.kind, limit.hours) == (7, "working_day", 56)
    lines = {
        "legal_document": ["Luật 50/2014/QH13", " "],
        "legal_article": ["điều 91", ""],
        "legal_note": ["", ""],
    }
    send(author, draft, "laws", **lines)
    assert [(one.document, one.article) for one in content(authoring, draft).legal] == [
        ("Luật 50/2014/QH13", "điều 91")
    ]


def test_a_stale_tab_and_somebody_else_change_nothing(app, author, authoring, draft):
    address = f"/designer/revisions/{draft}/terms/"
    answer = author.post(address, data={"version": "1", "do": "fee", "fee_kind": "amount", "amount": "1"})
    assert answer.status_code in (303, 409)
    send(author, draft, "fee", fee_kind="amount", amount="2")
    stale = author.post(address, data={"version": "1", "do": "fee", "fee_kind": "amount", "amount": "333"})
    assert stale.status_code == 409
    assert read(stale).field("amount") == "333"
    head = app.test_client().sign_in(HEAD)
    assert head.get(address).status_code == 200
    assert head.post(address, data={"do": "fee", "fee_kind": "free"}).status_code == 403


def test_parts_of_the_standard_set_are_shown_and_kept(app, office, authoring):
    draft = authoring.draft()
    author = app.test_client().sign_in(AUTHOR)
    page = read(author.get(f"/designer/revisions/{draft}/terms/"))
    assert page.tree.xpath('//section[@id="fee"]//fieldset[@disabled]')
    before = authoring.row(draft).content
    assert send(author, draft, "fee", fee_kind="free").status_code in (403, 409, 422)
    assert authoring.row(draft).content == before
