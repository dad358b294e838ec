"""What a procedure costs: a FEEL rule over the dossier's data that gives whole đồng."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from engine.domain.expressions import Evaluate
from engine.domain.reading import Place, shown
from engine.domain.texts import Text
from engine.errors import Invalid

BEFORE_ACCEPTANCE, AT_SUPPLEMENT, BEFORE_HAND_OVER = 1, 2, 4
MOMENTS = (BEFORE_ACCEPTANCE, AT_SUPPLEMENT, BEFORE_HAND_OVER)


class BadFee(Invalid):
    """The rule gives something that nobody can pay."""

    code = "bad_fee"
    vi = "Không tính được phí, lệ phí: công thức phải cho số đồng nguyên từ 0 trở lên, nhưng cho {found_vi}."
    en = "The fee cannot be computed: the rule must give whole đồng of at least 0, but gives {found}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """The fee of a procedure.

    Attributes:
        rule: FEEL; empty means free of charge.
        text: What the law says about it, for people.
        source: The deciding document.
        verified: Whether a person has checked it against the source.
        when: When it is due: 1 before acceptance, 2 with a supplement, 4 before hand-over.
    """

    rule: str = ""
    text: Text = Text("")
    source: str = ""
    verified: bool = False
    when: int = BEFORE_ACCEPTANCE

    @classmethod
    def read(cls, place: Place) -> Self:
        if place.value is None:
            return cls()
        place.only(("rule", "text", "source", "verified", "when"))
        return cls(
            rule=place.at("rule").string("").strip(),
            text=place.at("text").text(),
            source=place.at("source").string(""),
            verified=place.at("verified").flag(),
            when=place.at("when").choice(MOMENTS, BEFORE_ACCEPTANCE),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "text": self.text.as_json(),
            "source": self.source,
            "verified": self.verified,
            "when": self.when,
        }

    def amount(self, context: Mapping[str, Any], evaluate: Evaluate) -> int:
        """Return what is to be paid, in đồng.

        Raises:
            BadFee: If the rule gives no number, a broken one, or less than nothing.
        """
        if not self.rule:
            return 0
        found = evaluate(self.rule, context)
        is_number = isinstance(found, Decimal | int) and not isinstance(found, bool)
        if not is_number or found < 0 or found != int(found):
            said = shown(found)
            raise BadFee("whole đồng, at least 0", said.en, rule=self.rule, found_vi=said.vi)
        return int(found)
