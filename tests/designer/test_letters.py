"""Letters: a picker of fields, a preview on a dossier, and nothing that acts."""

from __future__ import annotations

import pytest
from authoring import AUTHOR, OTHER_AUTHOR
from pages import read

from designer import letters
from designer.checks import check_revision
from designer.drafts import get_revision
from designer.letters import BadLetter, check_letter
from engine.domain.procedures import Letter, Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.rows import DossierRow

pytestmark = pytest.mark.sqlite

BODY = """# GIẤY MỜI
> Cà Mau, {{ today|ngay_dai }}

Kính gửi: **{{ applicant.name }}**
Hồ sơ {{ dossier.code }}: nhà {{ data.storeys }} tầng, {{ data.total_floor }}.
{% if data.on_fire_list == "Có" %}
- Mang theo kết quả PCCC
{% endif %}
"""


@pytest.fixture
def author(app, office):
    return app.test_client().sign_in(AUTHOR)


@pytest.fixture
def draft(authoring) -> int:
    return authoring.draft()


def save(client, draft, authoring, body, key="giay_moi", do="save", **more):
    base = f"/designer/revisions/{draft}/letters/"
    if key not in (authoring.row(draft).content.get("letters") or {}):
        client.post(base, data={"title_vi": "Giấy mời"})
    return client.post(base + key, data={"do": do, "title_vi": "Giấy mời", "body": body, **more})


def test_a_letter_is_written_and_seen_on_a_made_up_dossier(author, draft, authoring):
    assert save(author, draft, authoring, BODY).status_code == 303

    page = read(author.get(f"/designer/revisions/{draft}/letters/giay_moi"))

    letter = page.tree.xpath('//article[contains(@class, "letter")]')[0]
    assert letter.xpath(".//h2")[0].text == "GIẤY MỜI"
    assert letter.xpath('.//p[@class="at-right"]')
    assert "m²" in "".join(letter.itertext())
    assert "{{ data.storeys }}" in page.words, "the picker"


def test_a_real_dossier_is_shown_to_those_who_may_see_it_only(app, office, author, draft, authoring):
    dossier = office.permit()
    with office.reading(None) as unit:
        code = unit.session.get(DossierRow, dossier).code
    save(author, draft, authoring, BODY)
    address = f"/designer/revisions/{draft}/letters/giay_moi?dossier={code}"

    assert "Kính gửi: Nguyễn Văn Á" in read(author.get(address)).words
    other = read(app.test_client().sign_in(OTHER_AUTHOR).get(address))
    assert "Nguyễn Văn Á" not in other.words
    assert "Không tìm thấy" in other.words


def test_what_an_applicant_wrote_is_never_markup(office, author, draft, authoring):
    dossier = office.permit(parcel_address="<script>alert(1)</script> {{ 7 }}")
    with office.reading(None) as unit:
        code = unit.session.get(DossierRow, dossier).code

    answer = save(author, draft, authoring, "Ở: {{ data.parcel_address }}", do="look", dossier=code)

    assert b"<script>alert" not in answer.data
    assert "Ở: <script>alert(1)</script> {{ 7 }}" in read(answer).words


HOSTILE = [
    "{{ data.__class__ }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ data|attr('x') }}",
    "{% include 'x' %}",
    "{% import 'os' as os %}",
    "{% macro a() %}{% endmacro %}",
    "{% set a = 1 %}",
    "{{ 9**9**9 }}",
    "{{ 'a' * 999999999 }}",
    "{% for a in range(10**9) %}x{% endfor %}",
    "{{ data.storeys|safe }}",
    "{% autoescape false %}{{ data.storeys }}{% endautoescape %}",
    "{{ cycler }}",
    "{{ config }}",
    "{{ self }}",
    "{{ '{}'.format(data) }}",
    "{{ data.password_hash }}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- x",
    "{% if %}",
    "{{ data.nobody }}",
    "x" * (letters.LONGEST + 1),
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_letters_are_refused_in_a_sentence_and_not_kept(office, author, draft, authoring, body):
    save(author, draft, authoring, "Được.")

    page = read(save(author, draft, authoring, body))

    assert page.tree.xpath('//*[@role="alert"]')
    assert authoring.row(draft).content["letters"]["giay_moi"]["body"] == "Được."
    with office.reading(None) as unit, pytest.raises((BadLetter, ProcedureError)):
        letters.preview(unit, draft, Letter(title=Text("x"), body=body))


def test_a_bomb_of_nested_loops_ends_in_a_sentence(office, draft):
    rows = "{% for a in dossier.code %}" * 3 + "x" + "{% endfor %}" * 3
    with office.reading(None) as unit, pytest.raises(ProcedureError):
        letters.preview(unit, draft, Letter(title=Text("x"), body=rows * 50))


def test_a_letter_that_names_a_lost_field_is_an_error_of_the_draft(office, author, draft, authoring):
    save(author, draft, authoring, "{{ data.storeys }}")
    content = dict(authoring.row(draft).content)
    content["letters"] = {"giay_moi": {"title": {"vi": "Giấy mời"}, "body": "{{ data.gone }}"}}
    with office.unit(None) as unit:
        get_revision(unit, draft).content = content

    with office.reading(None) as unit:
        found = check_revision(unit, get_revision(unit, draft)).errors

    assert [one.message.vi for one in found if one.rule == "letter"] == [
        "Mẫu “Giấy mời”: hỏi đến ô “gone”, nhưng không biểu mẫu nào có ô đó."
    ]
    assert check_letter(Letter(title=Text("x"), body="ok"), Procedure.from_json(content)) == []
