"""The web layer: headers, cookies, forgery, hosts, sizes, refusals, languages."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace

import pytest
from browser import TOKEN, Browser
from flask import g, request
from offices import PASSWORD, add_basics, add_office, add_person
from sqlalchemy.exc import OperationalError

from engine.domain.access import SYSTEM
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.usecases import accounts
from runtime_api.app import create_app
from runtime_api.auth import login_required, safe_next

pytestmark = pytest.mark.sqlite  # what a page answers does not depend on the database

REFUSALS = {
    "missing": (NotFound("a dossier", "there is none", what="hồ sơ 7"), 404),
    "forbidden": (Forbidden("a role", "none is held"), 403),
    "invalid": (Invalid("a date", "a word"), 422),
    "refused": (Refused("an open task", "it is done"), 409),
    "conflict": (Conflict("to save", "it was changed"), 409),
}

OPEN_TO_ALL = {"/lookup", "/lookup/rating"}  # carry code and digits; have to work where cookies do not


def make_site(engine, settings):
    """The application with a few views that do what views do wrong."""
    app = create_app(engine, settings)
    app.test_client_class = Browser

    @app.get("/test/raise/<what>")
    def raise_it(what):
        if what in REFUSALS:
            raise REFUSALS[what][0]
        if what == "unreachable":
            raise OperationalError("SELECT 1", {}, Exception("no route"))
        raise RuntimeError("secret words of the database")

    @app.route("/test/mine", methods=["GET", "POST"])
    @login_required
    def mine():
        return f"<p>{g.actor.name}</p>"

    @app.post("/test/echo")
    def echo():
        return {"form": request.form.to_dict(), "size": request.content_length}

    @app.get("/test/number/<int:number>")
    def number(number):
        return str(number)

    return app


@pytest.fixture
def site(engine, settings):
    add_basics(engine)
    office = add_office(engine, "sxd")
    add_person(engine, "lan", office, ["SPECIALIST"])
    return make_site(engine, settings)


@pytest.fixture
def visitor(site):
    return site.test_client()


def test_every_answer_carries_the_headers(visitor):
    for path in ("/sign-in", "/healthz", "/sw.js", "/static/mark.svg", "/no/such/page", "/test/raise/broken"):
        headers = visitor.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert "unsafe-inline" not in policy["script-src"]
        assert policy["frame-ancestors"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_parts_of_a_page_carry_only_the_headers_that_bind_them(visitor):
    for path in ("/static/tokens.css", "/static/app.js"):
        headers = visitor.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Content-Security-Policy" not in headers


def test_pages_are_not_kept_by_caches_and_static_files_are(visitor):
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "immutable" in visitor.get("/static/tokens.css?v=1").headers["Cache-Control"]
    assert "immutable" not in visitor.get("/static/tokens.css").headers["Cache-Control"]


def test_pages_name_static_files_by_their_content(visitor):
    assert "/static/tokens.css?v=" in visitor.get("/sign-in").text


def test_on_https_cookies_are_bound_to_the_host_and_hsts_is_sent(engine, settings, site):
    secure = make_site(engine, replace(settings, public_url="https://localhost", allow_http=False))
    client = secure.test_client()
    page = client.get("/sign-in", base_url="https://localhost")
    token = TOKEN.search(page.text)[1]

    answer = client.post(
        "/sign-in",
        base_url="https://localhost",
        csrf=False,
        headers={"Referer": "https://localhost/sign-in"},
        data={"login": "lan", "password": PASSWORD, "csrf_token": token},
    )

    assert answer.status_code == 303
    cookies = [page.headers["Set-Cookie"], *answer.headers.getlist("Set-Cookie")]
    assert page.headers["Set-Cookie"].startswith("__Host-motcua=")
    assert any(cookie.startswith("__Host-motcua-staff=") for cookie in cookies)
    for cookie in cookies:
        assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_signing_in_leads_home_and_out_again(visitor, site):
    visitor.sign_in("lan", PASSWORD)
    assert visitor.get("/test/mine").text == "<p>Người lan</p>"

    visitor.post("/sign-out")
    answer = visitor.get("/test/mine")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/test/mine"


def test_the_key_changes_at_sign_in_and_the_old_cookies_are_worth_nothing(visitor, site):
    visitor.sign_in("lan", PASSWORD)
    first = visitor.get_cookie("motcua-staff").value
    visitor.sign_in("lan", PASSWORD)
    second = visitor.get_cookie("motcua-staff").value
    visitor.post("/sign-out")

    assert first != second
    for key in (first, second, "x" * 43):
        thief = site.test_client()
        thief.set_cookie("motcua-staff", key)
        assert thief.get("/test/mine").status_code == 303


def test_a_session_ends_with_the_account(visitor, engine, site):
    visitor.sign_in("lan", PASSWORD)
    with engine.unit(SYSTEM) as unit:
        accounts.disable_user(unit, 1, "nghỉ việc")

    assert visitor.get("/test/mine").status_code == 303


def test_a_session_ends_after_silence(visitor, clock, site):
    visitor.sign_in("lan", PASSWORD)
    for _ in range(3):
        clock.advance(minutes=25)
        assert visitor.get("/test/mine").status_code == 200
    clock.advance(minutes=31)

    assert visitor.get("/test/mine").status_code == 303


def test_a_wrong_password_stays_on_the_page_and_keeps_the_login(visitor):
    answer = visitor.post("/sign-in", data={"login": "lan", "password": "wrong"})

    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in answer.text
    assert 'value="lan"' in answer.text


def test_after_too_many_tries_the_page_says_until_when(visitor):
    answers = [visitor.post("/sign-in", data={"login": "lan", "password": "wrong"}) for _ in range(6)]

    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert "Đã nhập sai nhiều lần" in answers[-1].text


def test_every_writing_route_refuses_a_request_without_token(site, visitor):
    writing = [
        (rule, method)
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or ()) - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(writing) > 20
    signed_in = site.test_client().sign_in("lan", PASSWORD)

    for rule, method in writing:
        if rule.rule in OPEN_TO_ALL:
            continue
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<[^>]+>", "1", path)
        answer = signed_in.open(path, method=method)
        assert answer.status_code == 400, f"{method} {path}"
        assert "chưa nhận nội dung vừa gửi" in answer.text
        stranger = visitor.open(path, method=method)
        if path.startswith("/staff/"):  # the session ended while somebody typed
            assert stranger.location.startswith("/sign-in"), f"{method} {path}"
        else:
            assert stranger.status_code == 400, f"{method} {path}"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_writing_from_another_site_is_refused_even_with_a_token(visitor, headers):
    assert visitor.post("/test/echo", headers=headers).status_code == 403
    assert visitor.post("/test/echo", headers={"Origin": "http://localhost"}).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "//evil", "///evil", "https://evil", "http:evil", "javascript:alert(1)", "\\evil", "/\\evil",
        "\\\\evil", "evil", "/no/such/page", "/sign-out", "/test/mine\r\nX: y", "/\tevil", " /test/mine",
        "", "//localhost/", "https:evil", "/%5c%5cevil", "http://localhost@evil/", "@evil",
    ],
)  # fmt: skip
def test_next_never_leads_away(site, visitor, target):
    with site.test_request_context():
        assert safe_next(target) == ""
    answer = visitor.post("/sign-in", data={"login": "lan", "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", "/staff/")


def test_next_leads_to_a_page_of_ours(visitor):
    data = {"login": "lan", "password": PASSWORD, "next": "/test/mine?page=2"}

    assert visitor.post("/sign-in", data=data).headers["Location"] == "/test/mine?page=2"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil", "127.0.0.1"])
def test_another_host_name_is_refused(visitor, host):
    assert visitor.get("/sign-in", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(("what", "status"), [(name, status) for name, (_, status) in REFUSALS.items()])
def test_a_refusal_is_a_page_in_both_languages_or_problem_details(visitor, what, status):
    page = visitor.get(f"/test/raise/{what}")
    english = visitor.get(f"/test/raise/{what}?lang=en")
    problem = visitor.get(f"/test/raise/{what}", headers={"Accept": "application/json"})
    error = REFUSALS[what][0]

    assert [one.status_code for one in (page, english, problem)] == [status] * 3
    assert error.say("vi") in page.text
    assert '<html lang="vi">' in page.text
    assert error.say("en") in english.text
    assert '<html lang="en">' in english.text
    assert problem.mimetype == "application/problem+json"
    assert (problem.json["status"], problem.json["code"]) == (status, error.code)


def test_htmx_gets_a_fragment(visitor):
    answer = visitor.get("/test/raise/refused", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert answer.text.startswith('<p class="flash bad" role="alert">')
    assert "<html" not in answer.text


def test_a_breakdown_shows_an_incident_number_and_nothing_else(visitor, caplog):
    caplog.set_level(logging.ERROR)
    page = visitor.get("/test/raise/broken")
    problem = visitor.get("/test/raise/broken", headers={"Accept": "application/json"})

    for answer in (page, problem):
        assert answer.status_code == 500
        assert "secret words" not in answer.text
        assert "Traceback" not in answer.text
    assert problem.json["incident"] in caplog.text
    assert "secret words" in caplog.text
    assert any(record.args[0] in page.text for record in caplog.records if record.args)


def test_an_unreachable_database_asks_for_patience(visitor):
    answer = visitor.get("/test/raise/unreachable")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_unknown_pages_methods_and_numbers_are_answered_in_words(visitor):
    assert "Không tìm thấy" in visitor.get("/no/such/page").text
    wrong = visitor.get("/test/echo")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]
    assert visitor.get(f"/test/number/{2**63 - 1}").status_code == 200
    assert visitor.get(f"/test/number/{2**63}").status_code == 404


def test_a_request_that_is_too_large_is_refused(engine, settings, site):
    client = make_site(engine, replace(settings, max_request=2000)).test_client()

    answer = client.post("/test/echo", data={"file": (io.BytesIO(b"x" * 4000), "a.pdf")})

    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_too_many_fields_and_nul_are_refused(visitor):
    many = {f"f{number}": (io.BytesIO(b"1"), "x") for number in range(1100)}
    assert visitor.post("/test/echo", data=many).status_code == 413
    assert visitor.post("/test/echo", data={"name": "a\x00b"}).status_code == 400
    assert visitor.get("/sign-in?next=%00").status_code == 400


def test_the_language_is_chosen_once_and_remembered(visitor, site, engine):
    assert '<html lang="vi">' in visitor.get("/sign-in").text
    assert '<html lang="en">' in visitor.get("/sign-in?lang=en").text
    assert '<html lang="en">' in visitor.get("/sign-in").text
    assert '<html lang="en">' in visitor.get("/sign-in?lang=xx").text

    visitor.sign_in("lan", PASSWORD)
    visitor.get("/test/mine?lang=en")
    visitor.get("/test/mine?lang=vi")
    visitor.get("/test/mine?lang=en")
    with engine.reading(SYSTEM) as unit:
        assert accounts.get_account(unit, 1).language == "en"


def test_a_visitor_who_only_looks_gets_no_cookie(visitor):
    assert "Set-Cookie" not in visitor.get("/healthz").headers
    assert "Set-Cookie" not in visitor.get("/test/raise/missing").headers


def test_health_says_little_to_everybody_and_numbers_only_to_the_machine(visitor):
    assert visitor.get("/healthz").text == "ok\n"
    ready = visitor.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"ready": True, "checks": {"database": True, "schema": True, "disk": True}}
    assert "motcua_outbox_waiting 0" in visitor.get("/metrics").text
    assert visitor.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404
    assert visitor.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 404


def test_forwarded_addresses_are_believed_only_for_the_known_number_of_proxies(engine, settings, site):
    def seen_by(app):
        @app.get("/test/address")
        def address():
            return {"address": request.remote_addr}

        spoofed = {"X-Forwarded-For": "1.2.3.4, 10.0.0.9"}
        return app.test_client().get("/test/address", headers=spoofed).json["address"]

    assert seen_by(make_site(engine, settings)) == "127.0.0.1"
    assert seen_by(make_site(engine, replace(settings, proxies=1))) == "10.0.0.9"
