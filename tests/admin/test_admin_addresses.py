"""Addresses mistyped on purpose: each database would say something else, people see a list or a plain no."""

from __future__ import annotations

import pytest

IT = "vinh.dq"


@pytest.fixture
def browse(app):
    def sign_in(login: str):
        return app.test_client().sign_in(login)

    return sign_in


@pytest.mark.parametrize(
    "query",
    [
        *("?sort=99", "?page=-1", "?page=99999999999999999999", "?confirmed=x", "?calendar_id=abc"),
        *("?page_size=100000", "?calendar_id=9999999999999999999", "details/?id=abc", "details/?id="),
        *("details/?id=99999999999999999999", "command/clear?id=abc", "?search=%25_'"),
    ],
)
def test_a_mistyped_address_breaks_nothing(browse, query):
    assert browse(IT).get(f"/admin/days/{query}").status_code in (200, 302, 404)


def test_a_mistyped_row_is_passed_over(browse):
    data = {"action": "confirm", "rowid": ["abc", "-1", ""], "url": ""}

    assert browse(IT).post("/admin/days/action/", data=data).status_code == 302
