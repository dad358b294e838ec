"""The language of templates: small enough that nothing hostile can be said in it."""

from __future__ import annotations

import pytest

from engine.documents.catalogue import forms, shipped_template
from engine.documents.errors import DocumentTooLong, FactUnknown, TemplateRefused
from engine.documents.facts import plain
from engine.documents.language import LONGEST_TEMPLATE, check_template, fill
from engine.documents.words import in_words
from engine.store.rows import DossierRow, UserRow

FACTS = {"d": {"name": "An", "list": [{"x": 1}, {"x": 2}]}, "many": list(range(2000)), "text": "<script>"}

# Row 45 of the hostile inputs: ways out of a sandbox that have worked somewhere.
ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ d.__class__ }}",
    "{{ d['__class__'] }}",
    "{{ d|attr('__class__') }}",
    "{{ d|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner() }}",
    "{{ namespace(x=1) }}",
    "{{ dict(a=1) }}",
    "{{ range(3) }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ request.application.__globals__ }}",
    "{{ config }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages() }}",
    "{{ g }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ d.items() }}",
    "{{ d.items }}",
    "{{ d.keys }}",
    "{{ d.pop('name') }}",
    "{{ d.update }}",
    "{{ d.get('name') }}",
    "{{ d.name.upper() }}",
    "{{ d.name.format }}",
    "{{ '{0.__class__}'.format(d) }}",
    "{{ '%s'|format(d) }}",
    "{{ d|pprint }}",
    "{{ d|tojson }}",
    "{{ d|list }}",
    "{{ d.list|map('attr', '__class__') }}",
    "{{ d.list|map(attribute='x')|list }}",
    "{{ d.list|selectattr('x') }}",
    "{{ d.list|groupby('x') }}",
    "{{ d|xmlattr }}",
    "{{ d.name|replace('A', 'B') }}",
    "{{ d.name|safe }}",
    "{{ text|safe }}",
    "{% autoescape false %}{{ text }}{% endautoescape %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% macro a() %}{% endmacro %}{{ a() }}",
    "{% call d() %}{% endcall %}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% filter hoa %}a{% endfilter %}",
    "{% with a = 1 %}{{ a }}{% endwith %}",
    "{% do d.clear() %}",
    "{% debug %}",
    "{% for a in d.list recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in d.list %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for a in d.list %}{{ loop.changed(a) }}{% endfor %}",
    "{% for a in d %}{{ a }}{% endfor %}",
    "{{ d.list[d.name] }}",
    "{{ d.list[0:2] }}",
    "{{ d is mapping }}",
    "{{ d.name is eq('An') }}",
    "{{ d }}",
    "{{ d.list }}",
    "{{ many|_rows(1) }}",
    "{{ [1, 2] }}",
    "{{ (1, 2) }}",
    "{{ {'a': 1} }}",
    "{{ 'a' ~ 'b' }}",
]  # fmt: skip

BOMBS = [
    "{{ 10**10**10 }}",
    "{{ 'a' * 10**9 }}",
    "{{ 2 * 3 }}",
    "{{ 'a' + 'b' }}",
    "{{ '%1000000000d' % 1 }}",
    "{% for i in range(10**9) %}{% endfor %}",
    "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in many %}{% for b in many %}xxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
    "{% for a in many %}" * 4 + "{% endfor %}" * 4,
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "not " * 20000 + "1 }}",
    "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "{{ " + "d.name|dong" + "|dong|noi('aaaaaaaaaaaaaaaa')" * 2000 + " }}",
    "x" * (LONGEST_TEMPLATE + 1),
    "{{ d.name }" * 10000,
    "{% for a in many %}{{ a|qr }}{% endfor %}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_no_way_out_of_the_language_renders(template):
    with pytest.raises((TemplateRefused, FactUnknown)):
        fill(template, FACTS)


@pytest.mark.parametrize("template", BOMBS, ids=range(len(BOMBS)))
def test_bombs_end_in_a_sentence(template):
    with pytest.raises((TemplateRefused, DocumentTooLong)) as refusal:
        fill(template, FACTS, "02")

    assert "mẫu" in refusal.value.say("vi").lower()
    assert refusal.value.say("en")


@pytest.mark.parametrize("row", [UserRow, DossierRow])
def test_nothing_of_a_row_can_be_named(row):
    for name in dir(row):
        if name.startswith("_"):
            continue
        with pytest.raises(FactUnknown):
            fill("{{ d." + name + " }}", {"d": {}})
    with pytest.raises(TypeError):
        plain({"d": row()})


def test_values_are_escaped_and_filters_do_not_undo_it():
    said = fill("{{ text }} {{ text|hoa }} {{ text|dong }} {{ text|default('') }}", FACTS)

    assert "<script>" not in said.lower()
    assert said.count("&lt;") == 4


def test_a_refusal_names_the_line():
    with pytest.raises(TemplateRefused) as refusal:
        check_template("một\nhai\n{{ x() }}")

    assert "dòng 3" in refusal.value.say("vi")
    assert "line 3" in refusal.value.say("en")


def test_an_unknown_value_is_named():
    with pytest.raises(FactUnknown, match="sxd"):
        fill("{{ office.sxd }}", {"office": {}}, "02")


def test_loops_choices_and_filters_work():
    facts = {"rows": [{"n": "A", "m": 75000}, {"n": "B", "m": None}], "day": "2026-11-27", "at": None}
    said = fill(
        "{% for one in rows %}{{ loop.index }}.{{ one.n }}={{ one.m|tien }}"
        "{% if not loop.last %}; {% endif %}{% endfor %} "
        "{{ rows|dem }} {{ day|ngay }}, {{ day|ngay_dai }} {{ at|gio_ngay }}{{ no|default('–') }}",
        facts,
    )

    assert said == "1.A=75.000 đồng; 2.B= 2 27/11/2026, ngày 27 tháng 11 năm 2026 –"


def test_moments_are_written_by_the_clock_of_the_office():
    assert fill("{{ at|gio_ngay }}", {"at": "2026-11-27T10:00:00+00:00"}) == (
        "17 giờ 00 phút, ngày 27 tháng 11 năm 2026"
    )


@pytest.mark.parametrize("code", list(forms()))
def test_every_shipped_form_is_a_template_of_the_language(code):
    check_template(shipped_template(code).content)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "Không"),
        (10, "Mười"),
        (15, "Mười lăm"),
        (21, "Hai mươi mốt"),
        (105, "Một trăm linh năm"),
        (1_005, "Một nghìn không trăm linh năm"),
        (75_000, "Bảy mươi lăm nghìn"),
        (2_015_001, "Hai triệu không trăm mười lăm nghìn không trăm linh một"),
        (1_000_000_000, "Một tỷ"),
        (3_000_000_024, "Ba tỷ không trăm hai mươi bốn"),
    ],
)
def test_money_is_read_as_it_is_spoken(number, words):
    assert in_words(number) == words
