"""What the office says about one step of a procedure: frozen values, read by `extensions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.texts import Text

KINDS: Mapping[str, Text] = {
    "receive": Text("tiếp nhận", "receive"),
    "assign": Text("phân công", "assign"),
    "check": Text("kiểm tra", "check"),
    "appraise": Text("thẩm định", "appraise"),
    "opinion": Text("lấy ý kiến", "give an opinion"),
    "site_check": Text("kiểm tra thực địa", "check on site"),
    "draft": Text("dự thảo", "draft"),
    "review": Text("xem xét, trình", "review"),
    "sign": Text("ký", "sign"),
    "number_seal": Text("vào số, đóng dấu", "number and seal"),
    "collect_fee": Text("thu phí", "collect the fee"),
    "wait_citizen": Text("chờ người nộp hồ sơ", "wait for the applicant"),
    "return_result": Text("trả kết quả", "hand back the result"),
}
STYLES = ("main", "plain", "danger")
RESULTS = ("granted", "refused")
ZONES = ("locked", "adjustable", "free")
STEP_ATTRIBUTES = (
    "kind", "role", "unit", "hours", "ownClock", "form", "decision", "result", "register", "zone", "keep",
)  # fmt: skip
STEP_ELEMENTS = ("outcome", "text", "public", "legal", "do", "field")

NOTHING = Text("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One button of a step.

    Attributes:
        reason: The person must write why.
        hint: One line under the button that says what happens next.
    """

    code: str
    name: Text
    style: str = "plain"
    reason: bool = False
    hint: Text = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    document: str
    article: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageField:
    """One value that a message carries or leaves behind: its name, and the FEEL that gives it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """What the office says about one node of the diagram.

    Attributes:
        minutes: Allotted working time; None when the diagram does not say.
        own_clock: The time is not part of the office's limit, e.g. the applicant's or another law's.
        unit: Where it is done: `receiving`, `competent`, a participant's code, or `= ` and a rule in FEEL.
        decision: Variable that the code of the chosen outcome is stored in.
        result: "granted" or "refused" when completing the step resolves the dossier so.
        register: Book whose next number of the year the step takes.
        todo: Lines of "what to do"; the documentation's lines when none were written.
        public: Sentence that the applicant reads while the dossier is here.
        keep: How long a message thrown here waits for somebody to take it, ISO-8601; "" for the usual time.
        fields: What a thrown message carries, or which of the dossier's data a caught one is written to.
    """

    id: str
    name: Text = NOTHING
    kind: str = ""
    role: str = ""
    unit: str = ""
    minutes: int | None = None
    own_clock: bool = False
    form: str = ""
    decision: str = ""
    outcomes: tuple[Outcome, ...] = ()
    result: str = ""
    register: str = ""
    zone: str = ""
    documentation: Text = NOTHING
    todo: tuple[Text, ...] = ()
    public: Text = NOTHING
    legal: tuple[LegalBasis, ...] = ()
    keep: str = ""
    fields: tuple[MessageField, ...] = ()

    @property
    def unit_rule(self) -> str:
        """The FEEL that gives the code of the unit; empty where `unit` names it."""
        return self.unit[1:].strip() if self.unit.startswith("=") else ""

    def outcome(self, code: str) -> Outcome | None:
        """Return the outcome with this code, or None."""
        return next((one for one in self.outcomes if one.code == code), None)
