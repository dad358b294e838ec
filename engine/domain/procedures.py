"""A procedure as one revision defines it: limit, documents, forms, fee, law. Data, never code.

`Procedure.from_json` reads the `content` of a revision; `as_json` writes it back with every key in
place, so reading what was written gives the same procedure. The diagram is kept beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Self

from engine.domain.deadlines import Term, TermKind
from engine.domain.expressions import Evaluate
from engine.domain.fees import Fee
from engine.domain.forms import Form
from engine.domain.reading import BadJson, Place, plain_number, shown
from engine.domain.scenarios import Scenario, read_scenarios
from engine.domain.texts import Text

LIMIT_KINDS = ("working_day", "calendar_day", "hour", "same_day")
ONLINE_KINDS = ("partial", "full", "none")
CLOCKS = ("PAUSE", "RESET", "RUN")
COMPONENT_KINDS = ("original", "copy", "electronic")
NEEDS = ("mandatory", "conditional", "optional")
ALERT_ACTIONS = ("none", "escalate", "reassign")
ALERT_STAGES = ("mostly_used", "day_before", "due", "day_over")
LATE_OPINIONS = ("DEEMED_CONSENT", "ESCALATE", "WAIT")

_CODE = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,59}"
_NATIONAL_CODE = r"\d\.\d{6}(\.[A-Z0-9.]+)?"
_CODE_TEXT = Text(
    "mã gồm chữ không dấu, số và các dấu _ . - (tối đa 60 ký tự)",
    "a code of plain letters, digits and _ . - (at most 60)",
)


class BadProcedure(BadJson):
    """The content of a revision has the wrong shape; facts name the path, the expected and the found."""

    code = "bad_procedure"
    what = Text("Nội dung quy trình không đọc được", "The procedure cannot be read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The statutory time.

    Attributes:
        hours: The same in working hours, for comparing with the sum of the steps; None when unknown.
        cutoff: A dossier accepted after this local time counts as accepted on the next working day.
    """

    kind: str
    value: int
    hours: Decimal | None = None
    cutoff: time | None = None
    source: str = ""
    verified: bool = False

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("kind", "value", "hours", "cutoff", "source", "verified"))
        return cls(
            kind=place.at("kind").choice(LIMIT_KINDS),
            value=place.at("value").integer(least=1),
            hours=place.at("hours").number(),
            cutoff=_read_time(place.at("cutoff")),
            source=place.at("source").string(""),
            verified=place.at("verified").flag(),
        )

    @property
    def term(self) -> Term:
        """The same for `engine.domain.deadlines`."""
        return Term(kind=TermKind(self.kind), value=self.value, cutoff=self.cutoff)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "value": self.value,
            "hours": plain_number(self.hours),
            "cutoff": self.cutoff.strftime("%H:%M") if self.cutoff else None,
            "source": self.source,
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRule:
    """What asking for a supplement does to the clock, how often it may be asked, and the days to answer."""

    clock: str = "RESET"
    max_rounds: int = 1
    days: int = 30

    @classmethod
    def read(cls, place: Place) -> Self:
        if place.value is None:
            return cls()
        place.only(("clock", "max_rounds", "days"))
        return cls(
            clock=place.at("clock").choice(CLOCKS, "RESET"),
            max_rounds=place.at("max_rounds").integer(1, least=0),
            days=place.at("days").integer(30, least=1),
        )

    def as_json(self) -> dict[str, Any]:
        return {"clock": self.clock, "max_rounds": self.max_rounds, "days": self.days}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One paper of the dossier.

    Attributes:
        when: FEEL for a conditional paper; empty when an officer judges `condition` by reading it.
    """

    code: str
    name: Text
    copies: int = 1
    kind: str = "copy"
    need: str = "mandatory"
    when: str = ""
    condition: Text = Text("")

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("code", "name", "copies", "kind", "need", "when", "condition"))
        return cls(
            code=place.at("code").string(pattern=_CODE, expected=_CODE_TEXT),
            name=place.at("name").text(needed=True),
            copies=place.at("copies").integer(1, least=0),
            kind=place.at("kind").choice(COMPONENT_KINDS, "copy"),
            need=place.at("need").choice(NEEDS, "mandatory"),
            when=place.at("when").string("").strip(),
            condition=place.at("condition").text(),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name.as_json(),
            "copies": self.copies,
            "kind": self.kind,
            "need": self.need,
            "when": self.when,
            "condition": self.condition.as_json(),
        }

    def is_needed(self, context: Mapping[str, Any], evaluate: Evaluate) -> bool:
        """Say whether the dossier is incomplete without it, as far as the data can tell."""
        if self.need == "conditional":
            return bool(self.when) and evaluate(self.when, context) is True
        return self.need == "mandatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """An article that the procedure rests on."""

    document: str
    article: str = ""
    note: str = ""

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("document", "article", "note"))
        return cls(
            document=place.at("document").string(),
            article=place.at("article").string(""),
            note=place.at("note").string(""),
        )

    def as_json(self) -> dict[str, Any]:
        return {"document": self.document, "article": self.article, "note": self.note}


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Another agency that takes part; an installation says which of its units that is."""

    code: str
    name: Text
    kind: str = ""

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("code", "name", "kind"))
        return cls(
            code=place.at("code").string(pattern=_CODE, expected=_CODE_TEXT),
            name=place.at("name").text(needed=True),
            kind=place.at("kind").string(""),
        )

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "name": self.name.as_json(), "kind": self.kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter or slip: words with places for facts, in the language of `engine.documents.language`."""

    title: Text
    body: str

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("title", "body"))
        return cls(title=place.at("title").text(needed=True), body=place.at("body").string(""))

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title.as_json(), "body": self.body}


_KEYS = (
    *("key", "national_code", "name", "field", "online", "limit", "supplement", "levels", "components"),
    *("fee", "results", "legal", "reception_form", "forms", "participants", "options", "sms_name", "book"),
    *("scenarios", "decisions", "letters"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One revision's content.

    Attributes:
        key: Our short key, such as P03; the diagram names it too.
        reception_form: The id of the form that the counter fills in.
        options: Switches an office may set, such as `late_opinion`.
        sms_name: How the procedure is called in a text message, without diacritics.
        book: The register that gives results their numbers.
        scenarios: Example dossiers, played before every publication.
        decisions: DMN files as text, by name; rule tasks of the diagram ask them.
        letters: Letters and slips by name.
    """

    key: str
    name: Text
    limit: Limit
    national_code: str = ""
    field: Text = Text("")
    online: str = "partial"
    supplement: SupplementRule = SupplementRule()
    levels: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    fee: Fee = Fee()
    results: tuple[Text, ...] = ()
    legal: tuple[Legal, ...] = ()
    reception_form: str = ""
    forms: Mapping[str, Form] = dataclasses.field(default_factory=dict)
    participants: tuple[Participant, ...] = ()
    options: Mapping[str, str | int | bool] = dataclasses.field(default_factory=dict)
    sms_name: str = ""
    book: str = ""
    scenarios: tuple[Scenario, ...] = ()
    decisions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    letters: Mapping[str, Letter] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read a revision's content.

        Raises:
            BadProcedure: If something is missing, misspelt or of the wrong kind; it names the path.
        """
        root = Place(content, "", BadProcedure).only(_KEYS)
        national = Text("mã thủ tục quốc gia, ví dụ 1.013225", "a national code such as 1.013225")
        procedure = cls(
            key=root.at("key").string(pattern=_CODE, expected=_CODE_TEXT),
            national_code=root.at("national_code").string("", pattern=_NATIONAL_CODE, expected=national),
            name=root.at("name").text(needed=True),
            field=root.at("field").text(),
            online=root.at("online").choice(ONLINE_KINDS, "partial"),
            limit=Limit.read(root.at("limit")),
            supplement=SupplementRule.read(root.at("supplement")),
            levels=tuple(one.string() for one in root.at("levels").items()),
            components=tuple(Component.read(one) for one in root.at("components").items()),
            fee=Fee.read(root.at("fee")),
            results=tuple(one.text(needed=True) for one in root.at("results").items()),
            legal=tuple(Legal.read(one) for one in root.at("legal").items()),
            reception_form=root.at("reception_form").string(""),
            forms={key: _read_form(key, one) for key, one in root.at("forms").entries().items()},
            participants=tuple(Participant.read(one) for one in root.at("participants").items()),
            options={key: _read_option(key, one) for key, one in root.at("options").entries().items()},
            sms_name=root.at("sms_name").string(""),
            book=root.at("book").string("", pattern=_CODE, expected=_CODE_TEXT),
            scenarios=read_scenarios(root.at("scenarios")),
            decisions={key: one.string() for key, one in root.at("decisions").entries().items()},
            letters={key: Letter.read(one) for key, one in root.at("letters").entries().items()},
        )
        _check_codes(root.at("components"), [one.code for one in procedure.components])
        _check_codes(root.at("participants"), [one.code for one in procedure.participants])
        if procedure.forms and procedure.reception_form not in procedure.forms:
            names = ", ".join(procedure.forms)
            root.at("reception_form").refuse(
                Text(f"mã một biểu mẫu đã khai: {names}", f"the id of a form that is there: {names}")
            )
        return procedure

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "national_code": self.national_code,
            "name": self.name.as_json(),
            "field": self.field.as_json(),
            "online": self.online,
            "limit": self.limit.as_json(),
            "supplement": self.supplement.as_json(),
            "levels": list(self.levels),
            "components": [one.as_json() for one in self.components],
            "fee": self.fee.as_json(),
            "results": [one.as_json() for one in self.results],
            "legal": [one.as_json() for one in self.legal],
            "reception_form": self.reception_form,
            "forms": {key: form.as_json() for key, form in self.forms.items()},
            "participants": [one.as_json() for one in self.participants],
            "options": dict(self.options),
            "sms_name": self.sms_name,
            "book": self.book,
            # Left out where there are none: sets that have none keep the hash they had.
            **({"scenarios": [one.as_json() for one in self.scenarios]} if self.scenarios else {}),
            **({"decisions": dict(self.decisions)} if self.decisions else {}),
            **(
                {"letters": {key: one.as_json() for key, one in self.letters.items()}} if self.letters else {}
            ),
        }

    def component(self, code: str) -> Component | None:
        return next((one for one in self.components if one.code == code), None)

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Give every FEEL expression with its path, for the check before publication."""
        if self.fee.rule:
            yield "fee.rule", self.fee.rule
        for at, component in enumerate(self.components):
            if component.when:
                yield f"components[{at}].when", component.when
        for key, form in self.forms.items():
            for path, text in form.expressions():
                yield f"forms.{key}.{path}", text


def _as_json(letters: Mapping[str, Letter]) -> dict[str, Any]:
    return {key: one.as_json() for key, one in letters.items()}


def _read_time(place: Place) -> time | None:
    if place.value is None:
        return None
    expected = Text('giờ trong ngày, ví dụ "15:00"', 'a time of day such as "15:00"')
    return time.fromisoformat(place.string(pattern=r"([01]\d|2[0-3]):[0-5]\d", expected=expected))


def _read_form(key: str, place: Place) -> Form:
    form = Form.read(place)
    if form.id != key:
        expected = Text(f"đúng khóa của biểu mẫu là {key}", f"the form's own key {key}")
        place.at("id").refuse(expected, shown(form.id))
    return form


def _read_option(key: str, place: Place) -> str | int | bool:
    if key == "late_opinion":
        return place.choice(LATE_OPINIONS)
    if key == "alert_action":
        return place.choice(ALERT_ACTIONS)
    if key == "alert_action_at":
        return place.choice(ALERT_STAGES)
    if not isinstance(place.value, str | int | bool):
        place.refuse(Text("chuỗi, số nguyên hoặc true/false", "a string, a whole number, or true/false"))
    return place.value


def _check_codes(place: Place, codes: list[str]) -> None:
    for at, code in enumerate(codes):
        if code in codes[:at]:
            place.items()[at].at("code").refuse(
                Text("mã chưa dùng ở trên", "a code not used above"), shown(code)
            )
