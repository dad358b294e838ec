"""REST for programs: the own list, taking and finishing a step, by key or by session, refused in words."""

from __future__ import annotations

import re

import pytest
from office import open_office
from sqlalchemy import func, select, update

from engine.domain.access import RoleMissing
from engine.errors import NotFound
from engine.store.rows import AssignmentRow, AuditRow, PositionRow, UserRow, WorkItemRow
from engine.store.token_rows import ApiTokenRow
from engine.usecases import tokens
from engine.usecases.reception import ReceivedComponent

pytestmark = pytest.mark.sqlite  # the use cases behind it are tested on both databases
REASON = "Máy chủ kia đã bỏ."


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def task(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    return office.task(dossier, "T3")


@pytest.fixture
def ask(app, office):
    """`ask("linh.vt")` is a program that acts as that account; "" sends no key."""

    def program(login, **headers):
        if login:
            headers["Authorization"] = f"Bearer {key_for(office, login)}"
        client = app.test_client()

        def call(method, path, etag="", key="", **more):
            sent = {**headers, **({"If-Match": f'"{etag}"'} if etag else {})}
            sent |= {"Idempotency-Key": key} if key else {}
            return client.open(f"/api/v1{path}", method=method, headers=sent, **more)

        return call

    return program


def key_for(office, login, days=30):
    with office.unit("vinh.dq") as unit:
        user_id = unit.session.scalar(select(UserRow.id).where(UserRow.login == login))
        return tokens.issue_token(unit, user_id, "Hệ thống thẩm định", days)


def test_a_program_reads_its_list_takes_a_step_and_finishes_it(ask, office, task):
    call = ask("linh.vt")
    listed = call("GET", "/tasks?scope=unit&procedure=P03").get_json()
    taken = call("POST", f"/tasks/{task}:claim")
    shown = call("GET", f"/tasks/{task}")
    done = call(
        "POST",
        f"/tasks/{task}:complete",
        etag=shown.headers["ETag"].strip('"'),
        json={"outcome": "supplement", "reason": "Thiếu giấy tờ đất.", "answers": {}},
    )

    assert [one["id"] for one in listed["tasks"]] == [task]
    assert listed["counts"]["all"] == {"count": 1, "more": False}
    assert listed["next"] is None
    assert taken.headers["ETag"] == shown.headers["ETag"] == f'"{taken.get_json()["version"]}"'
    assert {one["code"] for one in shown.get_json()["outcomes"]} >= {"pass", "supplement"}
    assert done.get_json()["next"][0]["name"]["vi"]
    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, task)
        assert (item.status, item.outcome) == ("done", "supplement")
        assert item.ended_by == unit.session.scalar(select(UserRow.id).where(UserRow.login == "linh.vt"))
    assert office.check() == {}


def test_pages_follow_each_other_by_cursor(ask, office):
    dossiers = [office.permit() for _ in range(3)]
    for one in dossiers:
        office.do(one, "T2", "assign")
    call = ask("linh.vt")
    first = call("GET", "/tasks?scope=unit&limit=2").get_json()
    second = call(
        "GET", "/tasks", query_string={"scope": "unit", "limit": 2, "cursor": first["next"]}
    ).get_json()

    assert [one["id"] for one in first["tasks"] + second["tasks"]] == [
        office.task(one, "T3") for one in dossiers
    ]
    assert second["next"] is None
    refused = call("GET", "/tasks?cursor=%5B%5D")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "bad_cursor")


def test_the_same_key_twice_finishes_once_and_gives_the_same_answer(ask, office, task):
    call = ask("linh.vt")
    call("POST", f"/tasks/{task}:claim")
    etag = call("GET", f"/tasks/{task}").headers["ETag"].strip('"')
    sent = {"json": {"outcome": "pass"}, "etag": etag, "key": "a-1"}
    first = call("POST", f"/tasks/{task}:complete", **sent)
    again = call("POST", f"/tasks/{task}:complete", **sent)
    other = call("POST", f"/tasks/{task}:complete", **{**sent, "key": "a-2"})

    assert first.status_code == 200
    assert again.get_json() == first.get_json()
    assert other.status_code == 409
    with office.reading(None) as unit:
        ended = select(func.count()).select_from(AuditRow).where(AuditRow.action == "task.completed")
        assert unit.session.scalar(ended) == 2  # T2 of the office, T3 of the program


def test_a_program_lends_a_step_to_a_colleague_by_login(ask, office, task):
    call = ask("linh.vt")
    assert call("POST", f"/tasks/{task}:claim").status_code == 200
    with office.reading(None) as unit:
        holder = unit.session.get_one(WorkItemRow, task)
        colleague = unit.session.scalars(
            select(UserRow)
            .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
            .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
            .where(PositionRow.unit_id == holder.unit_id, UserRow.id != holder.claimed_by)
        ).all()
    able = next(one for one in colleague if office.actor(one.login).holds(holder.role, holder.unit_id))

    lent = call("POST", f"/tasks/{task}:delegate", json={"to": able.login, "note": "Nhờ xem giúp"})

    assert (lent.status_code, lent.get_json()["version"]) == (200, int(lent.headers["ETag"].strip('"')))
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, task).claimed_by == able.id
    unknown = call("POST", f"/tasks/{task}:delegate", json={"to": "khong.ai"})
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not_found")


def test_a_program_finds_dossiers_and_reads_what_happened(ask, office, task):
    call = ask("linh.vt")
    page = call("GET", "/dossiers?q=nguyen&limit=1&status=in_progress").get_json()
    code = page["dossiers"][0]["code"]
    one = call("GET", f"/dossiers/{code}")
    events = call("GET", f"/dossiers/{code}/events").get_json()["events"]

    assert one.get_json()["open_steps"][0]["task"] == task
    assert one.headers["ETag"] == f'"{one.get_json()["version"]}"'
    assert [events[0]["kind"], events[-1]["kind"]] == ["received", "step.opened"]
    assert ask("my.nk")("GET", f"/dossiers/{code}").status_code == 404  # another office
    for wrong in ("limit=0", "limit=x", "cursor=-1", "status=lost", f"cursor={'9' * 30}"):
        assert call("GET", f"/dossiers?{wrong}").status_code == 422, wrong


def test_the_description_names_each_address_and_what_it_answers(app, ask, office, task):
    call = ask("linh.vt")
    said = call("GET", "/openapi.json").get_json()
    served = {
        (re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, methods in said["paths"].items() for method in methods}
    assert said["openapi"] == "3.1.0"

    code = call("GET", "/dossiers").get_json()["dossiers"][0]["code"]
    asked = {"/tasks": "", "/tasks/{task_id}": task, "/dossiers": "", "/dossiers/{code}": code}
    asked["/dossiers/{code}/events"] = code
    for path, place in asked.items():
        answer = call("GET", re.sub(r"{\w+}", str(place), path)).get_json()
        told = said["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        _compare(told, answer, path)


def _compare(schema, value, where):
    """Compare names of properties, in what they hold too."""
    if schema.get("type") == "object" and "required" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, inner in schema["properties"].items():
            _compare(inner, value[name], f"{where} {name}")
    elif schema.get("type") == "array" and schema["items"]:
        assert value, where
        _compare(schema["items"], value[0], where)


def test_refusals_are_problem_details_in_the_language_that_is_asked(ask, office, task):
    for language, words in (("vi", "phiên bản"), ("en", "version")):
        call = ask("linh.vt", **{"Accept-Language": language})
        missing = call("POST", f"/tasks/{task}:complete", json={})
        stale = call("POST", f"/tasks/{task}:complete", etag="77", json={"outcome": "pass"})
        assert missing.mimetype == stale.mimetype == "application/problem+json"
        assert (missing.status_code, missing.get_json()["code"]) == (428, "version_missing")
        assert words in missing.get_json()["detail"]
        assert (stale.status_code, stale.get_json()["code"]) == (409, "stale_page")
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, task).status == "open"


BAD = (
    {"data": "{", "content_type": "application/json"},
    {"data": "[]", "content_type": "application/json"},
    {"data": "outcome=pass"},
    {"json": {"outcome": 7}},
    {"json": {"outcome": "pass", "answers": []}},
    {"json": {"outcome": "pass", "answers": {"note": {"a": {"b": 1}}}}},
    {"json": {"outcome": "pass", "reason": "a\x00b"}},
    {"json": {"outcome": "nonsense"}},
    {"json": {"outcome": "supplement"}},  # without its reason
)


def test_what_a_program_sends_wrongly_is_refused_in_a_sentence_and_nothing_moves(ask, office, task):
    call = ask("linh.vt")
    before = office.counts()
    for sent in BAD:
        answer = call("POST", f"/tasks/{task}:complete", etag="1", **sent)
        assert answer.status_code in (400, 409, 422), sent
        facts = answer.get_json()
        assert facts["detail"].endswith(".") or facts["detail"].endswith("…"), facts
        assert facts["code"] != "broken"
    for limit in ("0", "101", "-1", "x", "9" * 30):
        assert call("GET", f"/tasks?limit={limit}").status_code == 422
    assert office.counts() == before


def test_fields_that_are_wrong_are_named(ask, office, task):
    office.do(1, "T3", "refuse", reason="Trái quy hoạch.")
    draft = office.task(1, "TR")
    call = ask("linh.vt")
    etag = call("GET", f"/tasks/{draft}").headers["ETag"].strip('"')
    answer = call("POST", f"/tasks/{draft}:complete", etag=etag, json={"outcome": "refuse"}).get_json()

    assert answer["code"] == "form_invalid"
    assert set(answer["problems"]) >= {"refusal_reason"}


def test_a_program_may_no_more_than_its_account(ask, office, task):
    stranger = ask("my.nk")

    assert stranger("GET", "/tasks?scope=unit").get_json()["tasks"] == []
    for method, path in (("GET", ""), ("POST", ":claim"), ("POST", ":release")):
        assert stranger(method, f"/tasks/{task}{path}").status_code in (403, 404), path


def test_a_key_that_does_not_hold_opens_nothing(app, ask, office, task, clock):
    key = key_for(office, "linh.vt", days=1)
    with office.reading(None) as unit:
        token = unit.session.scalars(select(ApiTokenRow)).one()
        assert key not in (token.key_hash, token.name)

    def status(sent):
        return app.test_client().get("/api/v1/tasks", headers={"Authorization": sent}).status_code

    assert status(f"Bearer {key}") == 200
    assert {status(one) for one in ("Bearer", "Bearer x", f"Basic {key}", key, f"Bearer {key}x")} == {401}
    clock.advance(days=2)
    assert status(f"Bearer {key}") == 401
    newer = key_for(office, "linh.vt")
    with office.unit("vinh.dq") as unit:
        tokens.revoke_token(unit, token.id + 1, REASON)
    assert status(f"Bearer {newer}") == 401
    last = key_for(office, "linh.vt")
    with office.unit(None) as unit:
        unit.session.execute(update(UserRow).where(UserRow.login == "linh.vt").values(is_active=False))
    assert status(f"Bearer {last}") == 401


def test_a_program_hands_no_result_back(ask, office):
    """Who took it is known at the desk only; the answer says so and leads there."""
    copies = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    papers = [ReceivedComponent(code="C1")]
    dossier = office.receive("my.nk", "P07", "nam-can", copies, components=papers)
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    task, call = office.task(dossier, "T5"), ask("my.nk")
    version = call("GET", f"/tasks/{task}").headers["ETag"].strip('"')
    answers = {"recipient_name": "Á", "method": "counter"}

    done = call(
        "POST", f"/tasks/{task}:complete", etag=version, json={"outcome": "handed_over", "answers": answers}
    )

    assert (done.status_code, done.get_json()["code"]) == (409, "hand_over_missing")
    assert office.open_steps(dossier) == ["T5"]


def test_a_signed_in_page_may_ask_but_writes_only_with_its_form_token(app, office, task):
    client = app.test_client().sign_in("linh.vt")
    bare = client.open(f"/api/v1/tasks/{task}:claim", method="POST")
    wrong_key = client.open("/api/v1/tasks", headers={"Authorization": "Bearer mc_x"})

    assert client.get("/api/v1/tasks?scope=unit").get_json()["tasks"][0]["id"] == task
    assert (bare.status_code, bare.get_json()["code"]) == (400, "csrf")
    assert wrong_key.status_code == 401  # a wrong key is not helped out by a session
    assert client.post(f"/api/v1/tasks/{task}:claim").status_code == 200
    assert app.test_client().get("/api/v1/tasks").status_code == 401


def test_only_it_staff_give_keys_and_take_them_back(office):
    with office.reading(None) as unit:
        linh = unit.session.scalar(select(UserRow.id).where(UserRow.login == "linh.vt"))
    with pytest.raises(RoleMissing), office.unit("khoa.nd") as unit:
        tokens.issue_token(unit, linh, "Tự cấp", 30)
    for name, days in (("", 30), ("x" * 81, 30), ("a\nb\x07", 30), ("Tên", 0), ("Tên", 367)):
        with pytest.raises(tokens.BadToken), office.unit("vinh.dq") as unit:
            tokens.issue_token(unit, linh, name, days)
    for _ in range(tokens.MOST):
        key_for(office, "linh.vt")
    with pytest.raises(tokens.TooManyTokens):
        key_for(office, "linh.vt")
    with office.unit("vinh.dq") as unit:
        tokens.revoke_token(unit, 1, REASON)
    with pytest.raises(NotFound), office.unit("vinh.dq") as unit:
        tokens.revoke_token(unit, 1, REASON)


def test_it_staff_issue_a_key_that_is_shown_once(app, office):
    client = app.test_client().sign_in("vinh.dq")
    with office.reading(None) as unit:
        linh = unit.session.scalar(select(UserRow.id).where(UserRow.login == "linh.vt"))
    page = client.post(
        "/admin/tokens/command/issue", data={"account": str(linh), "name": "Thẩm định", "days": "30"}
    ).text
    key = page.partition("<code>")[2].partition("</code>")[0]

    assert key.startswith(tokens.PREFIX)
    assert key not in client.get("/admin/tokens/").text
    with office.reading(None) as unit:
        assert tokens.holder_of(unit, key) == linh
