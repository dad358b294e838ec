"""The management pages: who sees which, what they cover, and that none of them writes by itself."""

from __future__ import annotations

import pytest
from flask_admin.contrib.sqla import ModelView
from office import APPLICANT, open_office
from pages import read
from sqlalchemy import func, select

from admin.reading import WritesRefused, open_reading
from admin.site import VIEWS
from admin.views.base import OfficeView, mask
from engine.domain.access import SYSTEM
from engine.store.rows import AuditRow, Base, UserRow
from engine.usecases.filings import Filing, file_request
from engine.usecases.hand_backs import HandBack, hand_back
from engine.usecases.reception import ReceivedComponent

pytestmark = pytest.mark.sqlite

ADDRESSES = [address for _category, views in VIEWS for _view, _row, address, _name in views]
IT, SUPERVISOR, PROVINCE, CLERK = "vinh.dq", "hai.hv", "lan.dt", "mai.lt"
FLASK_ADMINS_OWN = ["new/", "edit/?id=1", "export/csv/"]


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def browse(app, office):
    def sign_in(login: str):
        return app.test_client().sign_in(login)

    return sign_in


def every_view() -> list[type[ModelView]]:
    found, ahead = [], [ModelView]
    while ahead:
        kind = ahead.pop()
        ahead += kind.__subclasses__()
        if kind.__module__.startswith("admin."):
            found.append(kind)
    return found


def everything(engine) -> dict[str, int]:
    """Count the rows of every table, so that anything written shows."""
    with engine.reading(SYSTEM) as unit:
        return {
            table.name: unit.session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
            if table.name not in ("web_session", "attempt")
        }


# --- nothing is written -----------------------------------------------------------------------


def test_no_view_creates_edits_or_deletes():
    assert len(every_view()) > 15
    for view in every_view():
        switches = (view.can_create, view.can_edit, view.can_delete, view.can_export)
        assert not any(switches), view
        assert issubclass(view, OfficeView), view


@pytest.mark.parametrize("name", ["create_model", "update_model", "delete_model"])
def test_no_view_opens_flask_admins_own_writing_again(name):
    assert {view.__name__ for view in every_view() if name in view.__dict__} == {"OfficeView"}


def test_the_session_of_the_pages_refuses_to_write(app):
    with app.app_context():
        session = open_reading(app, app.extensions["motcua"])
        user = session.scalars(select(UserRow)).first()

        for write in (session.commit, lambda: session.add(UserRow()), lambda: session.delete(user)):
            with pytest.raises(WritesRefused):
                write()
        user.full_name = "Ai đó"
        with pytest.raises(WritesRefused):
            session.flush()


@pytest.mark.parametrize("address", ADDRESSES)
def test_flask_admins_own_forms_lead_nowhere(browse, province, address):
    client = browse(IT)
    before = everything(province)

    for path in FLASK_ADMINS_OWN:
        answer = client.get(f"/admin/{address}/{path}")
        assert answer.status_code in (302, 404), path
    for path in ("new/", "edit/?id=1", "delete/", "ajax/update/"):
        assert client.post(f"/admin/{address}/{path}", data={"id": "1"}).status_code in (
            302,
            404,
            405,
            500,
        ), path

    assert everything(province) == before


# --- who sees what ----------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", *(f"{one}/" for one in ADDRESSES)])
def test_it_staff_see_every_list(browse, address):
    answer = browse(IT).get(f"/admin/{address}")

    assert answer.status_code == 200
    assert read(answer).tree.xpath("//h1")


@pytest.mark.parametrize(
    ("login", "seen"),
    [(SUPERVISOR, {"audit"}), (PROVINCE, {"revisions"}), (CLERK, set()), ("thao.np", {"templates"})],
)
def test_everybody_else_sees_what_is_theirs(browse, login, seen):
    client = browse(login)

    found = {one for one in ADDRESSES if client.get(f"/admin/{one}/").status_code == 200}

    assert found == seen
    assert client.get("/admin/").status_code == (200 if seen else 403)


def test_a_stranger_is_led_to_the_sign_in_page(app):
    for address in ("/admin/", "/admin/users/", "/admin/users/command/create"):
        answer = app.test_client().get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_whoever_may_not_look_may_not_command(browse, province):
    client = browse(CLERK)
    before = everything(province)

    answer = client.post("/admin/users/command/disable", data={"id": "1", "reason": "Không còn làm việc"})

    assert answer.status_code == 403
    assert everything(province) == before


# --- what is shown ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_row_has_a_page_in_both_languages(browse, office, language):
    dossier = office.permit()
    client = browse(IT)
    for address in ADDRESSES:
        page = read(client.get(f"/admin/{address}/?lang={language}"))
        for link in [one for one in page.links() if "/details/" in (one or "")][:2]:
            assert client.get(link).status_code == 200, link
    assert dossier


def test_personal_data_of_an_applicant_is_covered(browse, office):
    dossier = office.permit()
    client = browse(IT)

    shown = client.get("/admin/dossiers/").text + client.get(f"/admin/dossiers/details/?id={dossier}").text
    shown += (
        client.get("/admin/steps/").text
        + client.get("/admin/outbox/").text
        + client.get("/admin/audit/").text
    )

    for secret in ("Nguyễn Văn Á", "096090001234", "0912345678"):
        assert secret not in shown
    assert "•••• 234" in shown


def test_filings_hand_overs_and_ratings_are_listed_with_names_covered(browse, office):
    with office.unit("my.nk") as unit:
        place = office.unit_id("nam-can")
        file_request(unit, Filing(procedure_key="P07", receiving_unit_id=place, applicant=APPLICANT))
    answers = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    papers = [ReceivedComponent(code="C1")]
    dossier = office.receive("my.nk", "P07", "nam-can", answers, components=papers)
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    code = office.dossier(dossier).code
    taken = HandBack(
        code=code, method="counter", checked_by="slip", recipient_name=APPLICANT.name,
        recipient_id_no=APPLICANT.id_no, score=4,
    )  # fmt: skip
    with office.unit("my.nk") as unit:
        hand_back(unit, taken)

    client = browse(IT)
    filings, hand_overs, ratings = (
        read(client.get(f"/admin/{one}/")).words for one in ("filings", "hand-overs", "ratings")
    )

    assert "YC-H12.41-261123-0001" in filings
    assert code in hand_overs
    assert code in ratings
    assert APPLICANT.name not in filings + hand_overs
    assert client.get("/admin/hand-overs/details/?id=1").status_code == 200


def test_a_search_does_not_uncover_what_is_covered(browse, office):
    office.permit()

    page = read(browse(IT).get("/admin/dossiers/?search=096090001234"))

    assert "Không có dòng nào" in page.words


@pytest.mark.parametrize(
    ("text", "covered"),
    [("0912345678", "•••• 678"), ("12", "••••"), ("", ""), ("Nguyễn Văn Á", "Ng*** V** Á")],
)
def test_a_mask_leaves_only_the_end(text, covered):
    assert mask(text) == covered


def test_a_list_is_narrowed_searched_and_sorted(browse):
    client = browse(IT)

    narrowed = read(client.get("/admin/days/?confirmed=0"))
    searched = read(client.get("/admin/procedures/?search=giay phep xay dung"))
    first = read(client.get("/admin/users/?sort=0&desc=1"))

    assert "✓" not in narrowed.tree.xpath("//tbody")[0].text_content()
    assert len(searched.tree.xpath("//tbody/tr")) == 1
    assert client.get("/admin/users/?page=9").status_code == 200
    names = [one.text_content() for one in first.tree.xpath("//tbody//a[@class='row']")]
    assert names == sorted(names, reverse=True)


def test_the_overview_counts_and_leads_to_the_lists(browse, office):
    office.permit()

    page = read(browse(IT).get("/admin/"))

    assert "ngày lịch chưa xác nhận" in page.words
    assert "/admin/days/?confirmed=0" in page.links()
    assert "tiếp nhận hồ sơ" in page.words


def test_every_act_of_the_audit_log_that_has_words_is_shown_in_them(browse, office):
    office.permit()
    with office.reading(None) as unit:
        acts = set(unit.session.scalars(select(AuditRow.action)))

    page = read(browse(IT).get("/admin/audit/"))

    assert "dossier.received" in acts
    assert "dossier.received" not in page.words
