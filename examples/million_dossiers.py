"""Fill an empty database with a province of very many invented dossiers, to see how it works with them.

    .venv/bin/python examples/million_dossiers.py --database sqlite:///million.sqlite --dossiers 1000000

The people are invented, the stories are those of the demo; see `runtime_api.bench.crowd`. Sign in as any demo
user, or as xa-01 … xa-60 (password as in the demo), after `DATABASE_URL=… motcua serve`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from runtime_api.bench.pages import make_crowd


def main() -> None:
    parser = argparse.ArgumentParser(description="A province of very many invented dossiers.")
    parser.add_argument("--database", required=True, metavar="URL", help="an empty database")
    parser.add_argument("--dossiers", type=int, default=1_000_000, metavar="N")
    arguments = parser.parse_args()
    begin = perf_counter()

    def tell(done: int) -> None:
        if done % 20_000 == 0:
            print(f"{done} dossiers, {perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)

    with TemporaryDirectory() as folder:
        make_crowd(arguments.database, Path(folder), arguments.dossiers, tell).database.dispose()
    print(f"{arguments.dossiers} dossiers in {perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
