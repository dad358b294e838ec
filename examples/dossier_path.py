"""Draw where a construction permit is, two opinions still out: the picture of the README.

    .venv/bin/python examples/dossier_path.py > docs/images/dossier-path.svg

No database and no server: the shipped diagram, the executor and the picture are plain functions.
"""

from __future__ import annotations

from pathlib import Path

from engine.bpmn.definitions import load_definition
from engine.bpmn.svg import draw
from engine.execution import Complete, Start, get_executor
from engine.feel import evaluate

DIAGRAM = Path(__file__).parents[1] / "bpmn_library" / "sets" / "mot-cua-co-ban" / "P03" / "process.bpmn"
ANSWERS = {"T1": {}, "T2": {}, "T3": {"appraisal": "pass"}, "T5a": {}}
OTHERS = {"T5b", "T5c"}  # steps of other agencies


def main() -> None:
    definition, executor = load_definition(DIAGRAM.read_bytes()), get_executor("marking")
    data: dict[str, object] = {"on_fire_list": True, "heritage_zone": True, "airspace_zone": False}

    def decide(text: str, names) -> object:
        return evaluate(text, {**data, **names})

    step = executor.advance(definition, None, Start(definition.process_id), decide)
    for node, answers in ANSWERS.items():
        data |= answers
        token = next(token for at, token in executor.open_work(definition, step.state) if at == node)
        step = executor.advance(definition, step.state, Complete(token), decide)
    waiting = {node for node, _ in executor.open_work(definition, step.state)}
    marks = dict.fromkeys(ANSWERS, "done") | {node: "other" if node in OTHERS else "now" for node in waiting}
    print(draw(definition.xml, marks))


if __name__ == "__main__":
    main()
