"""Verifying a drawn diagram with or without a form, and looking at what was found."""

from __future__ import annotations

from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.execution.verify import verify

FIELDS = {
    "storeys": {"type": "integer", "min": 1, "max": 50, "label": {"vi": "số tầng", "en": "storeys"}},
    "area": {"type": "decimal", "min": 0, "label": {"vi": "diện tích", "en": "area"}},
    "zone": {
        "type": "choice",
        "label": {"vi": "khu vực", "en": "zone"},
        "options": [{"value": one, "label": {"vi": one.upper(), "en": one.upper()}} for one in "abc"],
    },
    "adjacent": {"type": "bool", "label": {"vi": "có công trình liền kề", "en": "adjacent building"}},
}


def checker(bpmn):
    """checker(bpmn)("start s …", fields=…) verifies a diagram; with fields, its first step asks for them."""

    def run(text, fields=None, *, before="", required=True, **more):
        procedure = None
        if fields is not None:
            written = [{"name": one, "required": required, **FIELDS[one]} for one in fields]
            form = {
                "id": "f",
                "title": {"vi": "Đơn"},
                "sections": [{"title": {"vi": "Đơn"}, "fields": written}],
            }
            procedure = procedure_with(forms={"f": form}, reception_form="f", **more.pop("content", {}))
        definition = load_definition(text if isinstance(text, bytes) else bpmn(text, before))
        return verify(definition, procedure, **more)

    return run


def procedure_with(**more):
    limit = more.pop("limit", {"kind": "working_day", "value": 10, "hours": 80})
    return Procedure.from_json({"key": "P", "name": {"vi": "Thủ tục"}, "limit": limit, **more})


def kinds(report):
    return [one.kind for one in report.problems]


def only(report, kind):
    found = [one for one in report.problems if one.kind == kind]
    assert len(found) == 1, kinds(report)
    return found[0]
