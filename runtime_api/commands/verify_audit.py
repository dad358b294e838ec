"""motcua verify-audit: walk every audit chain and name the first link that does not hold."""

from __future__ import annotations

import argparse

from engine.domain.access import SYSTEM
from engine.usecases.audit import verify_audit
from runtime_api.cli import FINDINGS, GOOD, say
from runtime_api.commands.environment import installation
from runtime_api.commands.printing import add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with installation() as engine, engine.reading(SYSTEM, steady=True) as unit:
        broken = verify_audit(unit)
    if arguments.json:
        found = {"chain": broken.chain, "number": broken.number, "why": broken.why} if broken else None
        print_json({"sound": broken is None, "broken": found})
    elif broken is None:
        print(say("Chuỗi nhật ký nguyên vẹn.", "The audit chain is sound."))
    else:
        print(
            say(
                f"Nhật ký hỏng ở chuỗi {broken.chain}, dòng {broken.number}: {broken.why}.",
                f"The audit is broken in chain {broken.chain}, line {broken.number}: {broken.why}.",
            )
        )
    return GOOD if broken is None else FINDINGS
