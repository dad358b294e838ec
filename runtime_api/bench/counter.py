"""What reception costs the server: the page, the look-up of an applicant, accepting; the whole request each.

Clerks of the demo province receive certified copies and building permits: what somebody at a counter waits
for, without a network and a browser. `ratio` is to the smallest page that somebody signed in can ask for, on
the same machine at the same load.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient

from runtime_api.bench.figures import percentile

WARM = 5  # requests that are not counted
PHONE = "09{:08d}"
APPLICANT = {
    "applicant_kind": "0",
    "applicant_name": "Nguyễn Văn Á",
    "applicant_id_no": "096090001234",
    "applicant_address": "ấp 4, xã Năm Căn",
    "return_method": "counter",
}
RECEIVED: dict[str, tuple[str, dict[str, str]]] = {
    "P07": (
        "my.nk",
        {"d.doc_title": "Giấy khai sinh", "d.pages": "2", "d.copies": "1", "d.consent": "true", "c.C1": "1"},
    ),
    "P03": (
        "mai.lt",
        {
            "d.work_type": "detached_house",
            "d.work_class": "IV",
            "d.on_fire_list": "0",
            "d.parcel_no": "128",
            "d.map_sheet": "14",
            "d.parcel_area": "200",
            "d.parcel_address": "ấp 4, xã Năm Căn",
            "d.build_area": "92,5",
            "d.total_floor": "185",
            "d.height": "7,8",
            "d.storeys": "2",
            "d.consent": "1",
            "c.C1": "1",
            "c.C2": "1",
            "c.C3": "1",
            "c.C3.copies": "2",
        },
    ),
}
"""By procedure: who receives it, and what is filled in."""


def measure_reception(
    app: Flask, sign_in: Callable[[Flask, str], FlaskClient], requests: int
) -> dict[str, dict[str, float]]:
    """Return p50, p95 and the longest time of each kind of request, ms; and p95 over the smallest page's."""
    lines, smallest = {}, 0.0
    for key, (login, fields) in RECEIVED.items():
        client = sign_in(app, login)
        if not lines:
            lines["smallest page"] = _line(_timed(client, "/staff/session", requests), 0.0)
            smallest = lines["smallest page"]["p95_ms"]
        address = f"/staff/reception?procedure={key}"
        known = f"/staff/reception/applicants?procedure={key}&number={APPLICANT['applicant_id_no']}"
        lines[f"{key}: page"] = _line(_timed(client, address, requests), smallest)
        lines[f"{key}: accept"] = _line(_accepted(client, address, fields, requests), smallest)
        lines[f"{key}: applicant by number"] = _line(_timed(client, known, requests), smallest)
    return lines


def _timed(client: FlaskClient, address: str, requests: int) -> list[float]:
    durations = []
    for _ in range(requests + WARM):
        begin = perf_counter()
        answer = client.get(address)
        durations.append(perf_counter() - begin)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return durations[WARM:]


def _accepted(client: FlaskClient, address: str, fields: dict[str, str], requests: int) -> list[float]:
    """Receive as many dossiers, each from a page of its own; only the sending is timed."""
    durations = []
    for number in range(requests + WARM):
        page = client.get(address).text
        sent = {**_hidden(page), **APPLICANT, "applicant_phone": PHONE.format(number), **fields}
        begin = perf_counter()
        answer = client.post("/staff/reception", data=sent)
        durations.append(perf_counter() - begin)
        if answer.status_code != 303:
            said = " ".join(re.findall(r'role="alert"[^>]*>([^<]*)', answer.text))
            raise RuntimeError(f"receiving answered {answer.status_code}: {said}")
    return durations[WARM:]


def _hidden(page: str) -> dict[str, str]:
    """Return what the form of reception sends by itself: token, key, place."""
    form = page[page.index("data-reception") :]
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {"csrf_token": "", **dict(inputs)}


def _line(durations: list[float], smallest_ms: float) -> dict[str, float]:
    p95 = round(percentile(durations, 0.95) * 1000, 1)
    return {
        "p50_ms": round(percentile(durations, 0.5) * 1000, 1),
        "p95_ms": p95,
        "max_ms": round(max(durations) * 1000, 1),
        "ratio": round(p95 / smallest_ms, 1) if smallest_ms else 1.0,
    }
