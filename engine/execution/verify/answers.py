"""What a person can answer to a step: its outcomes, and which of them carries it out."""

from __future__ import annotations

from engine.bpmn.steps import StepSpec


def outcomes_of(step: StepSpec | None) -> tuple[str, ...]:
    """Return the codes of a step's buttons; one empty code for a step with a single way on."""
    return tuple(one.code for one in step.outcomes) if step and step.outcomes else ("",)


def is_main(step: StepSpec, outcome: str) -> bool:
    """Whether an outcome carries the step out, rather than sending the dossier back."""
    if not step.outcomes:
        return True
    main = [one.code for one in step.outcomes if one.style == "main"] or [step.outcomes[0].code]
    return outcome in main
