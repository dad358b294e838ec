"""The square code of a citizen card, and what a stranger's code may hold instead."""

from __future__ import annotations

from datetime import date

import pytest

from engine.domain.identity_cards import BadCard, looks_like_card, read_card

GOOD = "012345678901|280123456|NGUYEN VAN A|01021990|Nam|ấp 4, xã Năm Căn|15082021"


def test_a_card_gives_number_name_birth_and_address():
    card = read_card(GOOD)

    assert (card.number, card.name, card.birth) == ("012345678901", "Nguyen Van A", date(1990, 2, 1))
    assert (card.sex, card.address) == ("Nam", "ấp 4, xã Năm Căn")


def test_marks_and_more_fields_of_newer_cards_are_fine():
    card = read_card("012345678901||Nguyễn Thị Ánh|29022000|Nữ|Cà Mau|15082021|||x|y")

    assert (card.name, card.sex, card.birth) == ("Nguyễn Thị Ánh", "Nữ", date(2000, 2, 29))


def test_signs_that_cannot_be_seen_are_taken_out():
    assert read_card("012345678901||A\u202eB\u200b C||Nam|x\u0007y  z|").name == "Ab C"
    assert read_card("012345678901||Anh||Nam|x\u0007y\tz|").address == "xy z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "012345678901",
        "01234567890a||NGUYEN VAN A|01021990|Nam|ấp 4|15082021",
        "٠١٢٣٤٥٦٧٨٩٠١||NGUYEN VAN A|01021990|Nam|ấp 4|15082021",
        "012345678901||<script>|01021990|Nam|ấp 4|15082021",
        "012345678901||NGUYEN VAN A|31021990|Nam|ấp 4|15082021",
        "012345678901||NGUYEN VAN A|1/2/1990|Nam|ấp 4|15082021",
        GOOD + "|" * 10,
        GOOD + "x" * 700,
    ],
)
def test_what_is_no_card_is_refused_with_the_reason(text):
    with pytest.raises(BadCard) as refused:
        read_card(text)
    assert "Hãy quét lại" in refused.value.say("vi")
    assert refused.value.say("en").endswith("Scan again, or type the number.")


def test_a_name_that_somebody_types_is_no_card():
    assert not looks_like_card("Nguyễn Văn A | B")
    assert looks_like_card(GOOD)
