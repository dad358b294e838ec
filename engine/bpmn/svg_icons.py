"""The small drawings of a picture: what a step is, what an event waits for. Paths on a grid of 16.

Strokes unless said otherwise; every path is our own.
"""

from __future__ import annotations

from collections.abc import Mapping

# By mc:kind: what people do in the step.
STEP_ICONS: Mapping[str, str] = {
    "receive": "M2 9v4.5h12V9h-3.2l-1 2H6.2l-1-2zM8 1.5v6M5.3 5 8 7.7 10.7 5",
    "assign": "M6 2.2a2.3 2.3 0 1 0 .01 0zM1.5 13.5c0-3 1.9-4.6 4.5-4.6 1 0 1.9.2 2.6.7M9.5 12h5"
    "M12.3 9.7l2.3 2.3-2.3 2.3",
    "check": "M1.8 3.6 3 4.8 5.2 2.6M1.8 8 3 9.2 5.2 7M1.8 12.4l1.2 1.2 2.2-2.2M7.8 3.8h6.4M7.8 8.2h6.4"
    "M7.8 12.6h6.4",
    "appraise": "M6.8 2a4.8 4.8 0 1 0 .01 0zM10.4 10.4l4 4M4.6 6.9l1.6 1.6 2.8-3",
    "opinion": "M2 2.5h12v8.2H7.6L4.4 13.6v-2.9H2zM4.8 5.3h6.4M4.8 7.9h4.2",
    "site_check": "M8 14.5C5 11 3.4 8.6 3.4 6.2a4.6 4.6 0 0 1 9.2 0c0 2.4-1.6 4.8-4.6 8.3z"
    "M8 4.6a1.7 1.7 0 1 0 .01 0z",
    "draft": "M3 1.8h6.6L13 5.2v9H3zM9.4 2v3.4h3.4M5.3 8h5.4M5.3 10.8h3.6",
    "review": "M1.2 8C3 5 5.3 3.5 8 3.5S13 5 14.8 8c-1.8 3-4.1 4.5-6.8 4.5S3 11 1.2 8z"
    "M8 5.9a2.1 2.1 0 1 0 .01 0z",
    "sign": "M2 14h12M3 11l.6-2.8L11 1.8l2.3 2.3-6.7 6.7zM9.4 3.3l2.3 2.3",
    "number_seal": "M5.5 2.8a2.5 2.5 0 0 1 5 0c0 1.6-1.1 2.3-1.1 4.7h3.3v2.8H3.3"
    "V7.5h3.3c0-2.4-1.1-3.1-1.1-4.7z"
    "M2.5 13.5h11",
    "collect_fee": "M8 1.5a6.5 6.5 0 1 0 .01 0zM7.4 6.7a2 2 0 1 0 .01 0zM9.4 4v6.7M8 5.4h2.9M5.8 12.2h3.8",
    "wait_citizen": "M4 1.8h8M4 14.2h8M5 1.8c0 3 .6 4.2 3 6.2 2.4-2 3-3.2 3-6.2"
    "M5 14.2c0-3 .6-4.2 3-6.2 2.4 2 3 3.2 3 6.2",
    "return_result": "M9.5 2H3v12h10V7.5M7 9.2 13.8 2.2M9.8 2h4.2v4.2",
}

# By BPMN kind, for steps that do not say more.
TASK_ICONS: Mapping[str, str] = {
    "userTask": "M8 2.2a2.7 2.7 0 1 0 .01 0zM2.5 14c0-3.3 2.2-5.2 5.5-5.2s5.5 1.9 5.5 5.2z",
    "manualTask": "M2 6.5h4.5L8 4.5c.8-.9 1.9-.3 1.5.7L8.9 6.5H14v1.7h-1.5M12.5 8.2v1.8h-.8M11.7 10v1.7h-.9"
    "M10.8 11.7v1.5H5L2 12",
    "serviceTask": "M8 5.6a2.4 2.4 0 1 0 .01 0zM8 1.5v2.2M8 12.3v2.2M1.5 8h2.2M12.3 8h2.2M3.4 3.4 5 5"
    "M11 11l1.6 1.6M12.6 3.4 11 5M5 11l-1.6 1.6",
    "scriptTask": "M4 2h9c-2 2.2-2 3.8 0 6s2 3.8 0 6H4c2-2.2 2-3.8 0-6s-2-3.8 0-6zM6 5h4M6.5 8h4M7 11h4",
    "businessRuleTask": "M2 3h12v10H2zM2 6.3h12M6 6.3V13M2 9.7h12",
    "sendTask": "M2 3.5h12v9H2zM2 3.8l6 5 6-5",
    "receiveTask": "M2 3.5h12v9H2zM2 3.8l6 5 6-5",
}

# By trigger. Those of throwing events are filled.
EVENT_ICONS: Mapping[str, str] = {
    "message": "M1.5 3.5h13v9h-13zM1.5 3.8 8 9l6.5-5.2",
    "timer": "M8 1.5a6.5 6.5 0 1 0 .01 0zM8 4.2V8l2.6 1.7",
    "signal": "M8 2 14 13H2z",
    "error": "M2.5 13.5 5.8 3l3.7 6.3L13.5 2.5 10.3 13 6.5 7z",
    "escalation": "M8 1.5 13 14.5 8 9.5 3 14.5z",
    "conditional": "M3 1.8h10v12.4H3zM5 4.8h6M5 8h6M5 11.2h6",
    "link": "M1.8 6h7V2.8L14.5 8l-5.7 5.2V10h-7z",
    "compensate": "M8 3v10L1.5 8zM14.5 3v10L8 8z",
    "cancel": "M3.5 2 8 6.5 12.5 2 14 3.5 9.5 8 14 12.5 12.5 14 8 9.5 3.5 14 2 12.5 6.5 8 2 3.5z",
    "terminate": "M8 1a7 7 0 1 0 .01 0z",
    "multiple": "M8 1.5 14.5 6.3 12 14H4L1.5 6.3z",
    "parallel_multiple": "M6.3 1.5h3.4v4.8h4.8v3.4H9.7v4.8H6.3V9.7H1.5V6.3h4.8z",
}

# Laid over a message that is sent.
ENVELOPE = "M1.5 3.5h13v9h-13z"
ENVELOPE_FLAP = "M2.5 4.8 8 9l5.5-4.2"

GATEWAY_ICONS: Mapping[str, str] = {
    "exclusiveGateway": "M4 3.5 12 12.5M12 3.5 4 12.5",
    "parallelGateway": "M8 2v12M2 8h12",
    "inclusiveGateway": "M8 2.5a5.5 5.5 0 1 0 .01 0z",
    "complexGateway": "M8 2v12M2 8h12M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
    "eventBasedGateway": "M8 .5a7.5 7.5 0 1 0 .01 0zM8 2.5a5.5 5.5 0 1 0 .01 0z"
    "M8 4.5 11.5 7 10.2 11H5.8L4.5 7z",
}

MARKERS: Mapping[str, str] = {
    "loop": "M5 13.5A6 6 0 1 1 11 13.5M11.3 10.7v3h-3",
    "parallel": "M4 2.5v11M8 2.5v11M12 2.5v11",
    "sequential": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "compensate": "M8 3.5v9L2 8zM14 3.5v9L8 8z",
    "ad_hoc": "M2 10c2-5 4-4 6-2s4 3 6-2",
    "collapsed": "M2 2h12v12H2zM8 4.5v7M4.5 8h7",
}

# On a disc of radius 9 around the origin: what each mark of a picture means.
SIGNS: Mapping[str, str] = {
    "done": "M-4 .3-1.2 3.2 4.2-3",
    "now": "M0-3a3 3 0 1 0 .01 0z",
    "other": "M-3.2-3.4v6.8M3.2-3.4v6.8",
    "late": "M0-4.6 4.5 3.4h-9z",
    "covered": "M-4 .3-1.2 3.2 4.2-3",
    "missed": "M-3 0h6",
    "fault": "M0-4.6 4.5 3.4h-9z",
    "way": "M-4 0h7M0-3.4 3.4 0 0 3.4",
    "added": "M-4 0h8M0-4v8",
    "removed": "M-4 0h8",
    "changed": "M-4.2.8q2-3.4 4.2-.8t4.2-.8",
}
FILLED_SIGNS = frozenset({"now", "late", "fault"})
