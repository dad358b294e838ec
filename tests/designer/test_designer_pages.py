"""The pages of the designer: who sees them, what the editor is answered, and life without script."""

from __future__ import annotations

import json

import pytest
from authoring import AUTHOR, HEAD, PROVINCE, step
from lxml import html
from pages import read

pytestmark = pytest.mark.sqlite


@pytest.fixture
def browse(app, office):
    """`browse("login")` is a browser in which that person is signed in."""

    def sign_in(login: str):
        return app.test_client().sign_in(login)

    return sign_in


def facts_of(page) -> dict:
    return json.loads(page.tree.get_element_by_id("editor-facts").get("data-facts"))


def send(client, draft: int, xml: bytes, version: int):
    return client.post(
        f"/designer/revisions/{draft}/save",
        json={"xml": xml.decode(), "version": version},
        headers={"Accept": "application/json"},
    )


@pytest.mark.parametrize("path", ["/designer/", "/designer/procedures/1", "/designer/revisions/1"])
def test_nobody_sees_the_designer_without_signing_in(app, path):
    answer = app.test_client().get(path)

    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_procedures_are_found_without_diacritics(browse):
    page = read(browse(AUTHOR).get("/designer/?q=cap giay phep"))

    assert "Cấp giấy phép xây dựng" in page.words
    assert "Chứng thực" not in page.words
    assert "Phiên bản 1" in page.words


def test_an_author_opens_a_draft_and_lands_in_the_editor(browse, authoring):
    source = authoring.in_force()

    answer = browse(AUTHOR).post(
        f"/designer/procedures/{source.procedure_id}/drafts", data={"from_revision": source.id}
    )

    assert answer.status_code == 303
    assert answer.location.endswith("/edit")


def test_the_editor_is_told_what_it_needs(browse, authoring):
    draft = authoring.draft()

    facts = facts_of(read(browse(AUTHOR).get(f"/designer/revisions/{draft}/edit")))

    assert facts["version"] == authoring.row(draft).version
    assert len(facts["kinds"]) == 13
    assert {one["code"] for one in facts["roles"]} >= {"RECEPTION", "SPECIALIST", "SIGNATORY"}
    assert {one["code"] for one in facts["participants"]} >= {"fire_police"}
    assert "appraisal" in {one["code"] for one in facts["forms"]}
    assert facts["locks"]["T8"] == "locked"
    assert facts["lockedBy"] == "1201/QĐ-UBND"
    assert facts["canLock"] is False
    assert facts["token"]


def test_without_script_the_editor_page_shows_the_picture_and_the_table(browse, authoring):
    draft = authoring.draft()

    page = read(browse(AUTHOR).get(f"/designer/revisions/{draft}/edit"))

    [still] = page.tree.xpath('//*[@data-editor="still"]')
    assert still.xpath(".//svg")
    assert still.xpath('.//tr[@id="step-T3"]')
    assert page.tree.xpath('//*[@data-editor="frame"][@hidden]')


def test_somebody_who_may_not_edit_is_led_to_the_page_of_the_revision(browse, authoring):
    draft = authoring.draft()

    answer = browse(HEAD).get(f"/designer/revisions/{draft}/edit")

    assert (answer.status_code, answer.location) == (303, f"/designer/revisions/{draft}")


def test_saving_answers_with_the_new_version_and_the_findings(browse, authoring):
    draft = authoring.draft()
    row = authoring.row(draft)

    answer = send(browse(AUTHOR), draft, step(row.definition.xml, "T2", mc_hours="40"), row.version)

    assert answer.json["version"] == row.version + 1
    assert answer.json["saved_at"] == "09:10"
    assert answer.json["errors"] == 1


def test_a_save_that_comes_too_late_is_a_sentence(browse, authoring):
    draft = authoring.draft()
    row = authoring.row(draft)
    client = browse(AUTHOR)
    send(client, draft, step(row.definition.xml, "T2", mc_hours="1"), row.version)

    answer = send(client, draft, row.definition.xml, row.version)

    assert answer.status_code == 409
    assert "Bản vẽ của bạn vẫn còn ở đây" in answer.json["detail"]


def test_a_save_that_breaks_a_lock_is_a_sentence_that_names_the_step(browse, authoring):
    draft = authoring.draft()
    row = authoring.row(draft)

    answer = send(browse(AUTHOR), draft, step(row.definition.xml, "T8", name="Ký giấy"), row.version)

    assert answer.status_code == 409
    assert "“Ký số”" in answer.json["detail"]


@pytest.mark.parametrize(
    "sent", [{}, {"xml": "<a/>"}, {"xml": 1, "version": 1}, {"xml": "<a/>", "version": "1"}, []]
)
def test_a_save_without_drawing_or_version_cannot_be_read(browse, authoring, sent):
    answer = browse(AUTHOR).post(
        f"/designer/revisions/{authoring.draft()}/save", json=sent, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.json["code"]) == (422, "bad_submission")


def test_a_save_needs_the_token_of_the_page(browse, authoring):
    draft = authoring.draft()

    answer = browse(AUTHOR).post(f"/designer/revisions/{draft}/save", json={}, csrf=False)

    assert answer.status_code == 400


def test_linting_says_what_is_wrong_and_saves_nothing(browse, authoring):
    draft = authoring.draft()
    row = authoring.row(draft)

    answer = browse(AUTHOR).post(
        f"/designer/revisions/{draft}/lint?lang=en",
        data=step(row.definition.xml, "T2", mc_hours="40"),
        content_type="application/xml",
    )

    [error] = [one for one in answer.json["findings"] if one["severity"] == "error"]
    assert "80" in error["message"]
    assert "giờ" not in error["message"]
    assert authoring.row(draft).version == row.version


@pytest.mark.parametrize("drawing", [b"", b"nothing", b"<a/>", b"\xff\xfe", b"<!DOCTYPE a><a/>"])
def test_linting_never_breaks(browse, authoring, drawing):
    answer = browse(AUTHOR).post(
        f"/designer/revisions/{authoring.in_force().id}/lint", data=drawing, content_type="application/xml"
    )

    assert (answer.status_code, answer.json["errors"]) == (200, 1)


def test_the_drawing_is_sent_as_it_is_kept(browse, authoring):
    row = authoring.in_force()

    answer = browse(AUTHOR).get(f"/designer/revisions/{row.id}/xml?download=1")

    assert answer.data == authoring.row(row.id).definition.xml
    assert 'filename="P03-1.bpmn"' in answer.headers["Content-Disposition"]


def test_the_whole_way_goes_through_the_pages(browse, authoring):
    draft = authoring.draft()
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="1.5"))
    at = f"/designer/revisions/{draft}"
    author, head, province = browse(AUTHOR), browse(HEAD), browse(PROVINCE)

    page = read(author.get(at))
    assert "thời gian 2 giờ → 1,5 giờ" in page.words
    author.post(f"{at}/submit", data={**page.form(f"{at}/submit"), "note": "Rút ngắn bước phân công"})
    head.post(f"{at}/approve", data=read(head.get(at)).form(f"{at}/approve"))
    province.post(f"{at}/approve", data=read(province.get(at)).form(f"{at}/approve"))
    form = read(province.get(at)).form(f"{at}/publish")
    answer = province.post(
        f"{at}/publish", data={**form, "effective_from": "24/11/2026", "decision_no": "1500/QĐ-UBND"}
    )

    assert answer.status_code == 303
    assert "Hồ sơ đang giải quyết giữ phiên bản cũ" in read(province.get(at)).words
    assert authoring.row(draft).state == "PUBLISHED"


def test_a_writer_is_told_that_another_person_has_to_decide(browse, authoring):
    draft = authoring.draft()
    authoring.submit(draft)

    assert "một người khác phải duyệt" in read(browse(AUTHOR).get(f"/designer/revisions/{draft}")).words


def test_a_reason_is_shown_to_the_author_it_went_back_to(browse, authoring):
    draft = authoring.draft()
    authoring.submit(draft)
    at = f"/designer/revisions/{draft}"
    browse(HEAD).post(f"{at}/send-back", data={"reason": "Thiếu bước kiểm tra"})

    assert "Thiếu bước kiểm tra" in read(browse(AUTHOR).get(at)).words


@pytest.mark.parametrize("text", ["", "hôm nay", "31/02/2026"])
def test_a_day_that_is_none_is_said_back(browse, authoring, text):
    draft = authoring.approved()

    answer = browse(PROVINCE).post(
        f"/designer/revisions/{draft}/publish", data={"effective_from": text, "decision_no": "1/QĐ"}
    )

    assert answer.status_code == 422
    assert f"đang ghi “{text}”" in html.fromstring(answer.data).text_content()


def test_every_style_and_script_of_the_editor_is_our_own(browse, authoring):
    answer = browse(AUTHOR).get(f"/designer/revisions/{authoring.draft()}/edit")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    tree = html.fromstring(answer.data)
    assert all(script.get("src", "/").startswith("/") for script in tree.iter("script"))
