"""Templates of an office's own: who adds them, from which day they hold, what is made by them."""

from __future__ import annotations

from datetime import date

import pytest
from letters import letter, text_of
from office import open_office
from sqlalchemy import select

from engine.documents import issuing, produce
from engine.documents.errors import FactUnknown, NoTemplate, PageTemplateRefused, TemplateRefused
from engine.domain.access import RoleMissing
from engine.domain.file_types import FileRefused
from engine.errors import NotFound
from engine.store.document_rows import TemplateRow
from engine.store.rows import AuditRow, DossierRow, UserRow
from engine.store.word_rows import WordFileRow
from engine.usecases.oversight import ReasonTooShort
from engine.usecases.paper_templates import (
    NewTemplate,
    ShippedTemplate,
    TemplateDates,
    TemplateThere,
    TemplateUnnamed,
    add_template,
    end_template,
    forms_to_choose,
    template_file,
    try_template,
    units_to_choose,
)
from engine.usecases.word_letters import NoWordTemplate, papers_with_word, word_file

TODAY = date(2026, 11, 23)
IT, CLERK, WHY = "vinh.dq", "mai.lt", "Thử mẫu mới trước khi dùng"
CODE = "H12.01-261123-0001"
GAPS = {"gaps": [{"name": "Bản vẽ", "wrong": "thiếu", "bring": "02 bộ"}], "reason": "Thiếu mặt cắt"}
OWN = letter(
    "Số {{ issued.number_text }}: {{ applicant.name }}",
    rows=("{%tr for one in letter.gaps %}", "{{ one.name }}: {{ one.bring }}", "{%tr endfor %}"),
)


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


def add(office, login=IT, content=OWN, name="bo-sung.docx", form="02", place=None, since=TODAY, **more):
    new = NewTemplate(
        form_code=form,
        unit_id=office.unit_id(place) if place else None,
        version_name=more.pop("version", "2026"),
        effective_from=since,
        effective_to=more.pop("until", None),
        source=more.pop("source", "QĐ 12/QĐ-SXD"),
        file_name=name,
        content=content,
    )
    return add_template(office.engine, office.actor(login), new)


def letter_of(office, dossier, login=CLERK):
    with office.unit(login) as unit:
        return produce(unit, unit.session.get(DossierRow, dossier), "02", GAPS).id


def test_a_letter_is_filled_into_the_offices_own_file_once(office):
    dossier = office.permit()
    before = letter_of(office, dossier)
    with pytest.raises(NoWordTemplate):
        word_file(office.engine, office.actor(CLERK), before)
    hash_ = add(office)
    name, first = word_file(office.engine, office.actor(CLERK), before)
    add(office, content=letter("Mẫu khác"), version="2026b", place="sxd")
    second = word_file(office.engine, office.actor(CLERK), before)[1]

    assert name == f"02-{CODE}"
    assert text_of(first).splitlines() == ["Số 01/HDHS: Nguyễn Văn Á", "Bản vẽ: 02 bộ"]
    assert first == second
    with office.reading(CLERK) as unit:
        kept = unit.session.scalars(select(WordFileRow)).one()
        acts = unit.session.scalars(select(AuditRow.action).where(AuditRow.action.like("%word%"))).all()
        assert kept.template_hash == hash_
        assert kept.document.data["letter"]["reason"] == "Thiếu mặt cắt"
        assert acts == ["document.word_made"]
        assert papers_with_word(unit, dossier) == {before}
    assert office.check() == {}


@pytest.mark.sqlite
def test_the_page_of_a_form_is_replaced_from_a_day_on(office, clock):
    dossier = office.permit()
    page = "<p>Mẫu của sở: {{ letter.reason }}</p>"
    add(office, content=page.encode(), name="m.html", since=date(2026, 12, 1))
    add(office, content=OWN)  # a Word template is never taken for a page

    def made():
        with office.unit(CLERK) as unit:
            return issuing.page_of(produce(unit, unit.session.get(DossierRow, dossier), "02", GAPS))

    assert "PHIẾU YÊU CẦU" in made()
    office.at("2026-12-01 09:00")
    assert made() == "<p>Mẫu của sở: Thiếu mặt cắt</p>"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("harm", "refusal"),
    [
        ({"since": date(2026, 11, 22)}, TemplateDates),
        ({"until": date(2026, 11, 22)}, TemplateDates),
        ({"version": " "}, TemplateUnnamed),
        ({"source": ""}, TemplateUnnamed),
        ({"form": "99"}, NoTemplate),
        ({"name": "mau.docm"}, FileRefused),
        ({"content": letter("{{ letter.nothing }}")}, FactUnknown),
        ({"content": letter("{{ ''.__class__ }}")}, TemplateRefused),
        ({"name": "m.html", "content": b"<p>{{ letter.nothing }}</p>"}, FactUnknown),
        ({"name": "m.html", "content": b"<p>x</p><script>x</script>"}, PageTemplateRefused),
        ({"name": "m.html", "content": b'<img src="http://a.vn/x.png">'}, PageTemplateRefused),
        ({"name": "m.html", "content": b'<p onclick="x">x</p>'}, PageTemplateRefused),
        ({"name": "m.html", "content": b'<p class="{{ letter.reason }}">x</p>'}, PageTemplateRefused),
        ({"name": "m.html", "content": b"<!doctype html><p>x</p>"}, PageTemplateRefused),
        ({"name": "m.html", "content": b"\xff\xfe"}, PageTemplateRefused),
        ({"login": CLERK}, RoleMissing),
    ],
)
def test_what_cannot_be_a_template_is_refused_and_nothing_is_written(office, harm, refusal):
    with pytest.raises(refusal) as told:
        add(office, **harm)

    assert told.value.say("vi")
    assert told.value.say("en")
    with office.reading(None) as unit:
        assert unit.session.scalars(select(TemplateRow).where(TemplateRow.shipped.is_(False))).all() == []


def author(office):
    """Somebody who draws procedures for one office, and may do nothing for others."""
    from engine.store.rows import AssignmentRow, PositionRow

    with office.reading(None) as unit:
        for login, place, roles in unit.session.execute(
            select(UserRow.login, PositionRow.unit_id, PositionRow.roles)
            .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
            .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        ):
            if "PROC_AUTHOR" in roles and "IT_ADMIN" not in roles:
                return login, place
    raise AssertionError("the province has an author")


@pytest.mark.sqlite
def test_an_author_has_the_own_unit_only(office):
    login, place = author(office)
    with office.reading(login) as unit:
        mine = [one.id for one in units_to_choose(unit)]
    with office.reading(IT) as unit:
        all_of_them = len(units_to_choose(unit))
        known = [code for code, _ in forms_to_choose(unit)]

    assert place in mine
    assert len(mine) < all_of_them
    assert {"02", "result", "result:P03"} <= set(known)
    with pytest.raises(RoleMissing):
        add(office, login)  # for everybody


@pytest.mark.sqlite
def test_the_same_template_is_added_once_and_ended(office):
    hash_ = add(office)
    with pytest.raises(TemplateThere):
        add(office)
    with office.unit(IT) as unit, pytest.raises(TemplateDates):
        end_template(unit, hash_, date(2026, 11, 22))
    with office.unit(IT) as unit:
        end_template(unit, hash_, TODAY)
    office.at("2026-11-24 09:00")
    paper = letter_of(office, office.permit())
    with pytest.raises(NoWordTemplate):
        word_file(office.engine, office.actor(CLERK), paper)
    with office.unit(IT) as unit:
        shipped = unit.session.scalars(select(TemplateRow.hash).where(TemplateRow.shipped)).first()
        with pytest.raises(ShippedTemplate):
            end_template(unit, shipped, date(2026, 11, 24))
    assert template_file(office.engine, office.actor(IT), hash_)[1] == OWN


@pytest.mark.sqlite
def test_a_template_is_tried_for_nobody_and_for_a_dossier_with_a_reason(office):
    hash_, page = add(office), add(office, content=b"<p>{{ applicant.name }}</p>", name="m.html")
    office.permit()
    it, clerk = office.actor(IT), office.actor(CLERK)

    assert "Nguyễn Văn Thử" in text_of(try_template(office.engine, it, hash_)[1])
    with pytest.raises(ReasonTooShort):
        try_template(office.engine, it, hash_, CODE, "xem")
    _, seen = try_template(office.engine, it, hash_, CODE, WHY)
    assert "Nguyễn Văn Á" in text_of(seen)
    assert try_template(office.engine, it, page, CODE, WHY)[1] == "<p>Nguyễn Văn Á</p>"
    with pytest.raises(RoleMissing):
        try_template(office.engine, clerk, hash_, CODE)
    with office.reading(None) as unit:
        acts = unit.session.scalars(select(AuditRow.action).where(AuditRow.action == "personal_data.read"))
        assert len(acts.all()) == 2


@pytest.mark.sqlite
def test_a_stranger_gets_no_word_file(office):
    add(office)
    paper = letter_of(office, office.permit())
    with pytest.raises(NotFound):
        word_file(office.engine, office.actor("my.nk"), paper)
