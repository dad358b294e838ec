"""The public look-up: what it shows, and what it keeps from those who guess."""

import dataclasses

import pytest

from engine.domain.access import CITIZEN
from engine.usecases.lookups import LookUpFailed, TooManyTries, look_up, mask_name

PRIVATE = ("Nguyễn Văn", "096090001234", "0912345678", "ấp 4", "Võ Thùy Linh", "Lê Thị Mai", "Thửa", "128")


@pytest.fixture
def code(office):
    return office.dossier(office.permit()).code


def look(office, code, factor="5678", client="10.0.0.1"):
    with office.engine.reading(CITIZEN) as unit:
        return look_up(unit, code, factor, client)


def words_of(value):
    """Every string in a view, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from words_of(getattr(value, field.name))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from words_of(one)


@pytest.mark.sqlite
def test_the_citizen_sees_state_date_and_what_to_do_and_nothing_else(office, code):
    dossier = 1
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "supplement", reason="Bản vẽ thiếu mặt cắt.")
    office.do(dossier, "T3b", "approve", supplement_list="Bản vẽ mặt cắt, tỷ lệ 1/100.")

    view = look(office, code)

    assert view.status_text.vi == "Chờ bổ sung giấy tờ"
    assert view.now[0].vi.startswith("Hồ sơ cần bổ sung")
    assert view.what_to_do.vi == "Bản vẽ mặt cắt, tỷ lệ 1/100."
    assert view.supplement_until is not None
    assert view.time.tone == "wait"
    assert view.applicant == "Ng*** V** Á"
    said = " ".join(words_of(view))
    assert [one for one in PRIVATE if one in said] == []


@pytest.mark.sqlite
def test_either_number_opens_it_and_the_code_may_be_typed_loosely(office, code):
    assert look(office, code.lower(), "1234").code == code
    assert look(office, f" {code} ", "5678").code == code
    assert look(office, code, "5 6 7 8").code == code


@pytest.mark.sqlite
@pytest.mark.parametrize("factor", ["", "678", "05678", "0912345678", "٥٦٧٨", "abcd", "xxxx"])
def test_a_wrong_number_and_an_unknown_code_get_the_same_answer(office, code, factor):
    with pytest.raises(LookUpFailed) as wrong:
        look(office, code, factor)
    with pytest.raises(LookUpFailed) as unknown:
        look(office, "H12.01-261123-9999", factor)
    with pytest.raises(LookUpFailed) as nonsense:
        look(office, "<script>" * 100, factor)

    assert wrong.value.say("vi") == unknown.value.say("vi") == nonsense.value.say("vi")
    assert wrong.value.facts == unknown.value.facts == nonsense.value.facts


def test_five_wrong_tries_close_a_code_for_an_hour_from_everywhere(office, code):
    for number in range(5):
        with pytest.raises(LookUpFailed):
            look(office, code, "0000", client=f"10.0.1.{number}")

    for factor in ("0001", "5678"):
        with pytest.raises(TooManyTries) as closed:
            look(office, code, factor, client="10.0.2.1")
    assert "10:10, 23/11/2026" in closed.value.say("vi")
    office.clock.advance(minutes=61)
    assert look(office, code).code == code


@pytest.mark.sqlite
def test_codes_that_do_not_exist_close_just_the_same(office):
    for _ in range(5):
        with pytest.raises(LookUpFailed):
            look(office, "H12.01-261123-4242", "0000")

    with pytest.raises(TooManyTries):
        look(office, "H12.01-261123-4242", "0000")


@pytest.mark.sqlite
def test_one_client_cannot_try_many_codes(office):
    for number in range(30):
        with pytest.raises(LookUpFailed):
            look(office, f"H12.01-261123-{number:04d}", "0000", client="10.0.0.9")

    with pytest.raises(TooManyTries):
        look(office, "H12.01-261123-0777", "0000", client="10.0.0.9")


@pytest.mark.sqlite
def test_guessing_does_not_fill_the_database(office, code):
    for number in range(20):
        with pytest.raises(LookUpFailed):
            look(office, f"H12.01-261123-{number:04d}", "0000", client=f"10.0.3.{number}")
    office.clock.advance(hours=3)
    look(office, code)

    assert office.counts()["attempt"] == 2


@pytest.mark.sqlite
def test_right_look_ups_are_not_counted(office, code):
    for _ in range(40):
        look(office, code)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Nguyễn Văn Á", "Ng*** V** Á"),
        ("Lê Thị Ngọc Diễm", "Lê* T** N*** D***"),
        ("Hà", "H*"),
        ("Công ty TNHH Năm Căn", "Cô** t* T*** N** C**"),
        ("", ""),
    ],
)
def test_a_name_is_masked(name, masked):
    assert mask_name(name) == masked
