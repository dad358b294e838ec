"""Text to tokens. Names stay in parts here: `Monthly Salary` is two tokens that the parser joins."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from engine.domain.texts import Text
from engine.feel.errors import FeelError, FeelTooLarge

LONGEST_SOURCE = 2_000

NAME, NUMBER, STRING, MOMENT, SIGN, END = "name", "number", "string", "moment", "sign", "end"

KEYWORDS = frozenset(
    (
        *("and", "or", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies"),
        *("instance", "of", "function", "external", "true", "false", "null"),
    )
)
_SIGNS = ("**", "<=", ">=", "!=", "...", "..", "->", *"+-*/=<>()[]{},:.?@'’")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_THE_END = Text("hết biểu thức", "the end")


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` of a string or moment is its content, `at` its place in the source, from 0."""

    kind: str
    text: str
    at: int

    @property
    def is_word(self) -> bool:
        """Whether it can be part of a name: a word that is not a keyword."""
        return self.kind == NAME and self.text not in KEYWORDS

    def shown(self) -> Text:
        if self.kind == END:
            return _THE_END
        return Text(f"“{self.text}”")


def tokenize(source: str, longest: int = LONGEST_SOURCE) -> list[Token]:
    """Cut `source` into tokens; the last one is the end.

    Raises:
        FeelTooLarge: If it is longer than so many characters.
        FeelError: If a character or a string cannot be read.
    """
    if len(source) > longest:
        raise FeelTooLarge(
            Text(f"tối đa {longest} ký tự", f"at most {longest} characters"),
            Text(f"{len(source)} ký tự", f"{len(source)}"),
            position=longest + 1,
            text=source[:100],
        )
    tokens: list[Token] = []
    at = _skip_blank(source, 0)
    while at < len(source):
        token, at = _next_token(source, at)
        tokens.append(token)
        at = _skip_blank(source, at)
    return [*tokens, Token(END, "", len(source))]


def _next_token(source: str, at: int) -> tuple[Token, int]:
    char = source[at]
    if char == '"':
        text, end = _read_string(source, at)
        return Token(STRING, text, at), end
    if char == "@" and source[at + 1 : at + 2] == '"':
        text, end = _read_string(source, at + 1)
        return Token(MOMENT, text, at), end
    if char in _DIGITS or (char == "." and source[at + 1 : at + 2] in _DIGITS and source[at + 1 : at + 2]):
        return _read_number(source, at)
    if _starts_name(char):
        end = at + 1
        while end < len(source) and _continues_name(source[end]):
            end += 1
        return Token(NAME, unicodedata.normalize("NFC", source[at:end]), at), end
    for sign in _SIGNS:
        if source.startswith(sign, at):
            if sign == "..." and not _starts_name(source[at + 3 : at + 4] or " "):
                continue  # 1...5 is 1 to .5
            return Token(SIGN, sign, at), at + len(sign)
    raise FeelError(
        Text("tên, số, chuỗi hoặc phép tính", "a name, a number, a string or an operator"),
        Text(f"“{char}”"),
        position=at + 1,
        text=source,
    )


_DIGITS = "0123456789"


def _read_number(source: str, at: int) -> tuple[Token, int]:
    end = at
    while end < len(source) and source[end] in _DIGITS:
        end += 1
    if source[end : end + 1] == "." and (source[end + 1 : end + 2] or "x") in _DIGITS:
        end += 1
        while end < len(source) and source[end] in _DIGITS:
            end += 1
    if source[end : end + 1] in ("e", "E"):
        power = end + 1 + (source[end + 1 : end + 2] in ("+", "-"))
        if (source[power : power + 1] or "x") in _DIGITS:
            end = power
            while end < len(source) and source[end] in _DIGITS:
                end += 1
    return Token(NUMBER, source[at:end], at), end


def _read_string(source: str, start: int) -> tuple[str, int]:
    out: list[str] = []
    at = start + 1
    while at < len(source):
        char = source[at]
        if char == '"':
            return _joined(out), at + 1
        if char != "\\":
            out.append(char)
            at += 1
            continue
        mark = source[at + 1 : at + 2]
        if mark in _ESCAPES and mark:
            out.append(_ESCAPES[mark])
            at += 2
        elif mark in ("u", "U") and mark:
            size = 4 if mark == "u" else 6
            out.append(_code_point(source, at, size))
            at += 2 + size
        else:  # \d in a pattern stays as it is
            out.append("\\" + mark)
            at += 1 + len(mark)
    raise FeelError(Text("dấu nháy đóng chuỗi", "a closing quote"), _THE_END, position=start + 1, text=source)


def _code_point(source: str, at: int, size: int) -> str:
    digits = source[at + 2 : at + 2 + size]
    try:
        if len(digits) == size:
            return chr(int(digits, 16))
    except (ValueError, OverflowError):
        pass
    expected = Text(f"{size} chữ số hệ 16", f"{size} hexadecimal digits")
    raise FeelError(expected, Text(f"“{digits}”"), position=at + 1, text=source)


def _joined(parts: list[str]) -> str:
    """Join, turning two halves of one character (\\uD83D\\uDC0E) into it, and lone halves into a mark."""
    text = "".join(parts)
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _skip_blank(source: str, at: int) -> int:
    while at < len(source):
        if source[at].isspace() or source[at] == "\ufeff":
            at += 1
        elif source.startswith("//", at):
            end = source.find("\n", at)
            at = len(source) if end < 0 else end
        elif source.startswith("/*", at):
            end = source.find("*/", at + 2)
            if end < 0:
                raise FeelError(Text("dấu “*/”", "a closing */"), _THE_END, position=at + 1, text=source)
            at = end + 2
        else:
            break
    return at


def _starts_name(char: str) -> bool:
    return char == "_" or char.isalpha() or ord(char) > 0xFFFF


def _continues_name(char: str) -> bool:
    return _starts_name(char) or char.isdecimal() or unicodedata.category(char)[0] == "M" or char == "\u00b7"
