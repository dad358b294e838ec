"""The table as a page of the reference: what happens with each element and attribute of BPMN 2.0.2."""

from __future__ import annotations

from engine.bpmn.lint.catalogue import CATALOGUE, LAW_WORDS, LAWS
from engine.bpmn.lint.elements import TABLE, attribute_reason
from engine.bpmn.lint.table import CARRIED, EXECUTED, FATE_WORDS, REFUSED, Attribute, Row

BEGIN = "<!-- elements: begin; rewritten by python -m engine.bpmn.lint.reference -->"
END = "<!-- elements: end -->"
BEGIN_RULES = "<!-- rules: begin; rewritten by python -m engine.bpmn.lint.reference -->"
END_RULES = "<!-- rules: end -->"
PAGE = "docs/reference/bpmn.md"


def element_table(language: str = "en") -> str:
    """Return the table as Markdown, one row per element, grouped by what happens with it."""
    heads = {
        "en": ("Element", "In Vietnamese", "What happens", "Why or how", "Attributes treated differently"),
        "vi": ("Phần tử", "Tên gọi", "Được xử lý", "Vì sao, thế nào", "Thuộc tính được xử lý khác"),
    }[language]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for fate in (EXECUTED, CARRIED, REFUSED):
        lines += [_line(TABLE[name], language) for name in sorted(TABLE) if TABLE[name].fate == fate]
    return "\n".join(lines)


def rule_table() -> str:
    """Return all rules as Markdown, by law and clause."""
    lines = ["| Rule | Rests on | Asks | In Vietnamese |", "|---|---|---|---|"]
    for law in LAWS:
        rules = [one for one in CATALOGUE.values() if one.law == law]
        for one in sorted(rules, key=lambda rule: [int(part) for part in rule.clause.split(".") if part]):
            where = f"{LAW_WORDS[law].en} {one.clause}".strip()
            lines.append(f"| `{one.code}` | {where} | {one.asks.en} | {one.asks.vi} |")
    return "\n".join(lines)


def page(source: str) -> str:
    """Return the page with its tables written anew.

    Raises:
        ValueError: If the page has no place for them.
    """
    source = _between(source, BEGIN_RULES, END_RULES, rule_table())
    return _between(source, BEGIN, END, element_table())


def _between(source: str, begin: str, end: str, table: str) -> str:
    before, found, rest = source.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError("the page has no marks between which the table stands")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def _line(row: Row, language: str) -> str:
    others = [_attribute(one, language) for one in row.attributes.values() if _differs(row, one)]
    cells = (
        f"`{row.name}`",
        row.word.vi,
        FATE_WORDS[row.fate].say(language),
        row.reason.say(language),
        "; ".join(others),
    )
    return f"| {' | '.join(cells)} |"


def _differs(row: Row, attribute: Attribute) -> bool:
    """In a refused element nothing else matters; in a carried one only what is refused."""
    is_split = any(fate == REFUSED for fate in attribute.choices.values())
    if row.fate == REFUSED:
        return False
    return is_split or attribute.fate == REFUSED or (row.fate == EXECUTED and attribute.fate == CARRIED)


def _attribute(attribute: Attribute, language: str) -> str:
    refused = [value for value, fate in attribute.choices.items() if fate == REFUSED]
    word = FATE_WORDS[REFUSED if refused else attribute.fate].say(language)
    shown = f"`{attribute.name}`" + (f" = {', '.join(f'`{value}`' for value in refused)}" if refused else "")
    reason = attribute_reason(attribute.name).say(language).rstrip(".")
    return f"{shown} {word}: {reason}"


def main() -> None:
    with open(PAGE, encoding="utf-8") as file:
        written = page(file.read())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(written)


if __name__ == "__main__":
    main()
