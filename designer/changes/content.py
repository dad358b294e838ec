"""What differs between two contents besides the drawing: limit, fee, papers, law, forms, decisions, texts.

Every key of a content is compared; `tests/designer/test_changes.py` holds that against the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from designer.changes.change import (
    ADDED,
    LAW,
    LETTERS,
    MONEY,
    PAPERS,
    REMOVED,
    TEXTS,
    TRIALS,
    Change,
    pair,
    said,
)
from designer.changes.decisions import compare_decisions
from designer.changes.forms import compare_forms
from designer.outline import Words
from engine.domain.texts import Text

Content = Mapping[str, Any]
MOST_LINES = 12  # of one letter that are told one by one

_KINDS = {
    "working_day": Text("ngày làm việc", "working days"),
    "calendar_day": Text("ngày", "days"),
    "hour": Text("giờ làm việc", "working hours"),
    "same_day": Text("trong ngày", "the same day"),
}
_COPIES = {
    "original": Text("bản chính", "original"),
    "copy": Text("bản sao", "copy"),
    "electronic": Text("bản điện tử", "electronic"),
}
_NEEDS = {
    "mandatory": Text("bắt buộc", "mandatory"),
    "conditional": Text("có điều kiện", "conditional"),
    "optional": Text("không bắt buộc", "optional"),
}
_MOMENTS = {
    1: Text("trước khi tiếp nhận", "before acceptance"),
    2: Text("khi bổ sung", "with a supplement"),
    4: Text("trước khi trả kết quả", "before hand-over"),
}
_CLOCKS = {
    "PAUSE": Text("tạm dừng đồng hồ", "pauses the clock"),
    "RESET": Text("tính lại từ đầu", "starts the clock anew"),
    "RUN": Text("đồng hồ chạy tiếp", "lets the clock run"),
}
_ONLINE = {
    "partial": Text("một phần", "partial"),
    "full": Text("toàn trình", "full"),
    "none": Text("không", "none"),
}
_VERIFIED = {True: Text("đã đối chiếu", "verified"), False: Text("chưa đối chiếu", "not verified")}


def compare_content(before: Content, after: Content) -> list[Change]:
    """Return the differences between two contents, in the order in which a reader wants them."""
    return [change for compare in _PARTS.values() for change in compare(before, after)]


def compare_participants(
    before: Mapping[str, str], after: Mapping[str, str], words: Words, units: Mapping[str, str]
) -> list[Change]:
    """Return the agencies that another unit here now stands for."""
    found = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code, ""), after.get(code, "")
        if old != new:
            who = words.unit(code)
            ends = units.get(old, old) or "—", units.get(new, new) or "—"
            found.append(
                said("steps", f"{who.vi}: {ends[0]} → {ends[1]}.", f"{who.say('en')}: {ends[0]} → {ends[1]}.")
            )
    return found


# --- law and money -----------------------------------------------------------------------------------


def _limit(before: Content, after: Content) -> Iterator[Change]:
    old, new = before.get("limit") or {}, after.get("limit") or {}
    if (old.get("kind"), old.get("value")) != (new.get("kind"), new.get("value")):
        ends = pair(_term(old), _term(new))
        yield said(LAW, f"Thời hạn giải quyết: {ends.vi}.", f"The limit: {ends.en}.")
    yield from _facts(
        old,
        new,
        LAW,
        Text("Thời hạn", "The limit"),
        {
            "hours": (Text("quy ra giờ làm việc", "in working hours"), {}),
            "cutoff": (Text("giờ chốt nhận trong ngày", "the hour after which it counts as tomorrow"), {}),
            "source": (Text("văn bản quy định", "the deciding document"), {}),
            "verified": (Text("đối chiếu văn bản gốc", "checked against the source"), _VERIFIED),
        },
    )


def _term(limit: Mapping[str, Any]) -> Text:
    kind = _KINDS.get(limit.get("kind", ""), Text("—"))
    if limit.get("kind") == "same_day":
        return kind
    return Text(f"{limit.get('value', '')} {kind.vi}", f"{limit.get('value', '')} {kind.say('en')}")


def _supplement(before: Content, after: Content) -> Iterator[Change]:
    yield from _facts(
        before.get("supplement") or {},
        after.get("supplement") or {},
        LAW,
        Text("Yêu cầu bổ sung", "Supplements"),
        {
            "clock": (Text("đồng hồ", "the clock"), _CLOCKS),
            "max_rounds": (Text("số lần tối đa", "at most (times)"), {}),
            "days": (Text("số ngày để bổ sung", "days to answer"), {}),
        },
    )


def _legal(before: Content, after: Content) -> Iterator[Change]:
    old, new = ({_cited(one): one for one in side.get("legal", ())} for side in (before, after))
    for key in [one for one in old if one not in new]:
        yield said(LAW, f"Bỏ căn cứ {key}.", f"No longer rests on {key}.", REMOVED)
    for key, one in new.items():
        if key not in old:
            yield said(LAW, f"Thêm căn cứ {key}.", f"Now rests on {key}.", ADDED)
        elif (old[key].get("note") or "") != (one.get("note") or ""):
            ends = pair(old[key].get("note"), one.get("note"))
            yield said(LAW, f"Căn cứ {key}, ghi chú: {ends.vi}.", f"The note on {key}: {ends.en}.")


def _cited(one: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (one.get("article"), one.get("document")) if part)


def _fee(before: Content, after: Content) -> Iterator[Change]:
    yield from _facts(
        before.get("fee") or {},
        after.get("fee") or {},
        MONEY,
        Text("Phí, lệ phí", "The fee"),
        {
            "rule": (Text("công thức", "the rule"), {}),
            "text": (Text("câu chữ", "the words"), {}),
            "source": (Text("văn bản quy định", "the deciding document"), {}),
            "verified": (Text("đối chiếu văn bản gốc", "checked against the source"), _VERIFIED),
            "when": (Text("lúc thu", "due"), _MOMENTS),
        },
    )


# --- papers ------------------------------------------------------------------------------------------


def _components(before: Content, after: Content) -> Iterator[Change]:
    old, new = ({one["code"]: one for one in side.get("components", ())} for side in (before, after))
    for code in [one for one in old if one not in new]:
        name = Text.of(old[code]["name"])
        vi, en = f"Không cần giấy tờ “{name.vi}” nữa.", f"“{name.say('en')}” is no longer asked for."
        yield said(PAPERS, vi, en, REMOVED)
    for code, one in new.items():
        name = Text.of(one["name"])
        if code not in old:
            vi, en = f"Thêm giấy tờ “{name.vi}”.", f"“{name.say('en')}” is asked for."
            yield said(PAPERS, vi, en, ADDED)
            continue
        yield from _facts(
            old[code],
            one,
            PAPERS,
            Text(f"Giấy tờ “{name.vi}”", f"The paper “{name.say('en')}”"),
            {
                "name": (Text("tên", "name"), {}),
                "copies": (Text("số bản", "copies"), {}),
                "kind": (Text("loại bản", "kind"), _COPIES),
                "need": (Text("bắt buộc hay không", "needed"), _NEEDS),
                "when": (Text("cần khi", "needed when"), {}),
                "condition": (Text("điều kiện", "condition"), {}),
            },
        )


def _results(before: Content, after: Content) -> Iterator[Change]:
    old, new = ([Text.of(one) for one in side.get("results", ())] for side in (before, after))
    for one in [text for text in old if text not in new]:
        yield said(PAPERS, f"Bỏ kết quả “{one.vi}”.", f"The result “{one.say('en')}” is gone.", REMOVED)
    for one in [text for text in new if text not in old]:
        yield said(PAPERS, f"Thêm kết quả “{one.vi}”.", f"New result “{one.say('en')}”.", ADDED)


# --- names, texts, options ---------------------------------------------------------------------------


def _plain(key: str, vi: str, en: str, words: Mapping[Any, Text] | None = None) -> Callable[..., Any]:
    def compare(before: Content, after: Content) -> Iterator[Change]:
        if (before.get(key) or "") != (after.get(key) or ""):
            ends = pair(_word(before.get(key), words or {}), _word(after.get(key), words or {}))
            yield said(TEXTS, f"{vi}: {ends.vi}.", f"{en}: {ends.en}.")

    return compare


def _options(before: Content, after: Content) -> Iterator[Change]:
    old, new = before.get("options") or {}, after.get("options") or {}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            ends = pair(_word(old.get(name), {}), _word(new.get(name), {}))
            yield said(TEXTS, f"Tùy chọn “{name}”: {ends.vi}.", f"The option “{name}”: {ends.en}.")


def _participants(before: Content, after: Content) -> Iterator[Change]:
    old, new = ({one["code"]: one for one in side.get("participants", ())} for side in (before, after))
    for code in dict.fromkeys((*old, *new)):
        name = Text.of((new.get(code) or old[code])["name"])
        if code not in new:
            vi, en = f"Bỏ bên tham gia “{name.vi}”.", f"The participant “{name.say('en')}” is gone."
            yield said(TEXTS, vi, en, REMOVED)
        elif code not in old:
            vi, en = f"Thêm bên tham gia “{name.vi}”.", f"New participant “{name.say('en')}”."
            yield said(TEXTS, vi, en, ADDED)
        elif old[code] != new[code]:
            ends = pair(Text.of(old[code]["name"]), name)
            yield said(TEXTS, f"Bên tham gia {code}: {ends.vi}.", f"The participant {code}: {ends.en}.")


def _letters(before: Content, after: Content) -> Iterator[Change]:
    old, new = before.get("letters") or {}, after.get("letters") or {}
    for key in dict.fromkeys((*old, *new)):
        title = Text.of((new.get(key) or old[key])["title"])
        if key not in new:
            vi, en = f"Bỏ mẫu “{title.vi}”.", f"The letter “{title.say('en')}” is gone."
            yield said(LETTERS, vi, en, REMOVED)
        elif key not in old:
            yield said(LETTERS, f"Thêm mẫu “{title.vi}”.", f"New letter “{title.say('en')}”.", ADDED)
        elif old[key] != new[key]:
            yield from _letter_lines(title, old[key].get("body", ""), new[key].get("body", ""))


def _letter_lines(title: Text, before: str, after: str) -> Iterator[Change]:
    old, new = before.splitlines(), after.splitlines()
    gone, fresh = [one for one in old if one not in new], [one for one in new if one not in old]
    for one in gone[:MOST_LINES]:
        vi, en = f"Mẫu “{title.vi}”: bỏ “{one}”.", f"The letter “{title.say('en')}”: “{one}” is gone."
        yield said(LETTERS, vi, en, REMOVED)
    for one in fresh[:MOST_LINES]:
        yield said(
            LETTERS,
            f"Mẫu “{title.vi}”: thêm “{one}”.",
            f"The letter “{title.say('en')}”: new “{one}”.",
            ADDED,
        )
    if (not gone and not fresh) or len(gone) > MOST_LINES or len(fresh) > MOST_LINES:
        yield said(LETTERS, f"Mẫu “{title.vi}” thay đổi.", f"The letter “{title.say('en')}” differs.")


def _scenarios(before: Content, after: Content) -> Iterator[Change]:
    old, new = ({one["id"]: one for one in side.get("scenarios", ())} for side in (before, after))
    for ident in dict.fromkeys((*old, *new)):
        title = Text.of((new.get(ident) or old[ident])["title"])
        if ident not in new:
            vi, en = f"Bỏ kịch bản thử “{title.vi}”.", f"The scenario “{title.say('en')}” is gone."
            yield said(TRIALS, vi, en, REMOVED)
        elif ident not in old:
            vi, en = f"Thêm kịch bản thử “{title.vi}”.", f"New scenario “{title.say('en')}”."
            yield said(TRIALS, vi, en, ADDED)
        elif old[ident] != new[ident]:
            vi, en = f"Kịch bản thử “{title.vi}” thay đổi.", f"The scenario “{title.say('en')}” differs."
            yield said(TRIALS, vi, en)


def _facts(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    topic: str,
    about: Text,
    names: Mapping[str, tuple[Text, Mapping[Any, Text]]],
) -> Iterator[Change]:
    """Yield a sentence for every named fact that differs: “about, name: old → new.”"""
    for key, (name, words) in names.items():
        if (old.get(key) or "") != (new.get(key) or ""):
            ends = pair(_word(old.get(key), words), _word(new.get(key), words))
            yield said(
                topic, f"{about.vi}, {name.vi}: {ends.vi}.", f"{about.say('en')}, {name.en}: {ends.en}."
            )


def _word(value: Any, words: Mapping[Any, Text]) -> Text:
    if isinstance(value, Mapping):
        return Text.of(value)
    if isinstance(value, list):
        return Text(", ".join(str(one) for one in value))
    if isinstance(value, bool | int | str) and value in words:
        return words[value]
    return Text("" if value is None else str(value))


_PARTS: Mapping[str, Callable[[Content, Content], Iterator[Change]]] = {
    "limit": _limit,
    "supplement": _supplement,
    "legal": _legal,
    "fee": _fee,
    "components": _components,
    "results": _results,
    "forms": compare_forms,
    "reception_form": _plain("reception_form", "Biểu mẫu tiếp nhận", "The form of the reception"),
    "decisions": compare_decisions,
    "letters": _letters,
    "key": _plain("key", "Mã thủ tục", "The key"),
    "national_code": _plain("national_code", "Mã thủ tục quốc gia", "The national code"),
    "name": _plain("name", "Tên thủ tục", "The name"),
    "field": _plain("field", "Lĩnh vực", "The field"),
    "online": _plain("online", "Dịch vụ công trực tuyến", "Online service", _ONLINE),
    "levels": _plain("levels", "Cấp thực hiện", "The levels"),
    "participants": _participants,
    "options": _options,
    "sms_name": _plain("sms_name", "Tên trong tin nhắn", "The name in messages"),
    "book": _plain("book", "Sổ lấy số", "The register"),
    "scenarios": _scenarios,
}
