"""The command line `motcua`.

Each command is a module of `runtime_api.commands` with `add_arguments(parser)` and `run(arguments) -> int`;
only the module of the command that was asked for is loaded. Answers go to stdout, refusals to stderr as a
sentence in the language of the terminal. Exit 0: good, 1: there are findings, 2: wrong use or refused.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from engine.errors import ProcedureError

GOOD, FINDINGS, WRONG_USE = 0, 1, 2

COMMANDS = {  # name → (module, what it does in Vietnamese and English)
    "demo": ("demo", "chạy tỉnh mẫu, dữ liệu ví dụ", "serve the demo province with example data"),
    "init": ("init", "tạo cơ sở dữ liệu, tài khoản CNTT", "create the database and the first account"),
    "upgrade": ("upgrade", "nâng cấp cơ sở dữ liệu", "bring the database up to date"),
    "serve": ("serve", "chạy máy chủ web", "serve the web pages"),
    "worker": ("worker", "chạy việc nền: hẹn giờ, tin nhắn", "do background work: timers, messages"),
    "lint": ("lint", "kiểm tra sơ đồ BPMN", "check BPMN diagrams"),
    "verify": ("verify", "chứng minh sơ đồ không bế tắc", "prove that a diagram cannot get stuck"),
    "run": ("run", "chạy thử một sơ đồ, không cần cơ sở dữ liệu", "execute a diagram without a database"),
    "test": ("scenarios", "chạy kịch bản thử của thủ tục", "play the scenarios of procedures"),
    "feel": ("feel", "tính một biểu thức FEEL", "evaluate a FEEL expression"),
    "decide": ("decide", "tính một quyết định của tệp DMN", "evaluate a decision of a DMN file"),
    "simulate": ("simulate", "mô phỏng nhiều hồ sơ, nhiều người", "simulate many dossiers and people"),
    "set": ("sets", "bộ quy trình chuẩn: list, check, import", "standard sets: list, check, import"),
    "check": ("check", "kiểm tra mọi ràng buộc của cơ sở dữ liệu", "check every invariant of the database"),
    "verify-audit": ("verify_audit", "kiểm tra chuỗi nhật ký", "walk the audit chain"),
    "bench": ("bench", "đo tốc độ của bước trên máy này", "measure what a step costs on this machine"),
    "doctor": ("doctor", "kiểm tra cài đặt, quyền, đĩa, lược đồ", "check settings, rights, disk, schema"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words else ""
    if name not in COMMANDS:
        return _overview(name)
    module = importlib.import_module(f"runtime_api.commands.{COMMANDS[name][0]}")
    parser = _parser(name, module)
    given = parser.parse_args(words[1:])
    try:
        return module.run(given)
    except ProcedureError as refusal:
        print(refusal.say(language()), file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:  # `motcua … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except OSError as trouble:  # a file that is not there, a port that is taken
        print(_trouble(trouble), file=sys.stderr)
        return WRONG_USE
    except _errors_of_databases() as trouble:
        print(_unreachable(trouble), file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return GOOD


def language() -> str:
    """Return the language of the terminal: English if it says so, else Vietnamese."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """Return the words in the language of the terminal."""
    return en if language() == "en" else vi


def _parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    _, vi, en = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"motcua {name}", description=say(vi, en))
    module.add_arguments(parser)
    return parser


def _overview(name: str) -> int:
    is_question = name in ("", "-h", "--help", "help")
    stream = sys.stdout if is_question else sys.stderr
    if not is_question:
        print(say(f"Không có lệnh “{name}”.", f"There is no command “{name}”."), file=stream)
    print(say("Cách dùng: motcua LỆNH …", "Usage: motcua COMMAND …"), file=stream)
    for command, (_, vi, en) in COMMANDS.items():
        print(f"  {command:<14}{say(vi, en)}", file=stream)
    return GOOD if is_question and name else WRONG_USE


def _trouble(trouble: OSError) -> str:
    where = f" {trouble.filename}" if trouble.filename else ""
    why = trouble.strerror or type(trouble).__name__
    return say(f"Không thực hiện được:{where} {why}.", f"This failed:{where} {why}.")


def _errors_of_databases() -> tuple[type[Exception], ...]:
    """SQLAlchemy takes longer to load than a small proof; commands that use it have loaded it."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return (loaded.SQLAlchemyError,) if loaded else ()


def _unreachable(trouble: Exception) -> str:
    why = str(getattr(trouble, "orig", None) or trouble).splitlines()[0]
    return say(
        f"Cơ sở dữ liệu không trả lời được: {why}. “motcua doctor” cho biết cách sửa.",
        f"The database could not answer: {why}. “motcua doctor” tells the repair.",
    )


if __name__ == "__main__":
    sys.exit(main())
