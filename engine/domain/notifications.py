"""What people at the office are told of, in which ways, and in what words by mail.

A notification inside the product may name people; a letter by mail leaves the office, so it says the code of
the dossier, its matter and where to look, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Self

from engine.domain.calendar import at, local_day, local_time
from engine.domain.texts import Text
from engine.errors import Invalid

LIST, MAIL = "list", "mail"
WAYS = (LIST, MAIL)
LONGEST_TEXT = 500
DIGEST_AT = "07:30"

TOPICS: Mapping[str, Text] = {
    "work": Text("Việc được giao, chuyển, trả lại", "Work given, moved, sent back"),
    "alert": Text("Nhắc hạn và quá hạn", "Deadlines that come near or have passed"),
    "talk": Text("Trao đổi, nhắc tên, hồ sơ theo dõi", "Comments, mentions, dossiers watched"),
    "duty": Text("Thay, ủy quyền, ký thay", "Substitution and authority to sign"),
    "system": Text("Tin của hệ thống", "Messages of the system"),
}
"""What notifications are about; the part of a kind before its dot. People choose by topic."""

MAIL_WORDS: Mapping[str, Text] = {
    "work": Text("Có việc của bạn ở hồ sơ này.", "There is work for you in this dossier."),
    "alert": Text("Hồ sơ này cần bạn xem hạn giải quyết.", "This dossier needs you to look at its deadline."),
    "talk": Text("Có trao đổi mới ở hồ sơ này.", "There is something new said in this dossier."),
    "duty": Text("Có thay đổi về việc thay hoặc ủy quyền.", "A substitution or an authority has changed."),
    "system": Text("Hệ thống có tin cho bạn.", "The system has a message for you."),
}

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class BadChoice(Invalid):
    """The settings page was sent with something it does not offer."""

    code = "bad_notification_choice"
    vi = "Không lưu được cách nhận thông báo: {what} không đúng. Giờ gửi có dạng 07:30."
    en = "How you are told could not be saved: {what} is not right. The hour has the form 07:30."


def topic_of(kind: str) -> str:
    """Return the topic of a kind such as "talk.mention".

    Raises:
        ValueError: If it begins with none of `TOPICS`: a mistake of the caller's code.
    """
    topic = kind.partition(".")[0]
    if topic not in TOPICS:
        raise ValueError(f"expected one of {', '.join(TOPICS)} before the dot, but the kind is {kind!r}")
    return topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How one person wants to be told.

    Attributes:
        ways: By topic: in the list, by mail at once, both or neither.
        digest_at: Local time of day of the daily letter; None for no letter.
    """

    ways: Mapping[str, frozenset[str]] = field(default_factory=lambda: _BY_DEFAULT)
    digest_at: time | None = time(7, 30)

    @classmethod
    def read(cls, ways: Mapping[str, Any], digest_at: str) -> Self:
        """Read what was stored or sent; a topic that is not named is not told.

        Raises:
            BadChoice: If a topic, a way or the time is none of those offered.
        """
        for topic, chosen in ways.items():
            if topic not in TOPICS or not set(chosen) <= set(WAYS):
                raise BadChoice("topics and ways that are offered", f"{topic!r}: {chosen!r}"[:80], what=topic)
        if digest_at and not _TIME.fullmatch(digest_at):
            raise BadChoice("a time of day", repr(digest_at)[:40], what=digest_at[:20])
        return cls(
            ways={topic: frozenset(ways.get(topic, ())) for topic in TOPICS},
            digest_at=time.fromisoformat(digest_at) if digest_at else None,
        )

    def wants(self, topic: str, way: str) -> bool:
        return way in self.ways[topic]

    def as_json(self) -> dict[str, list[str]]:
        return {topic: sorted(chosen) for topic, chosen in self.ways.items()}

    def next_digest(self, now: datetime) -> datetime | None:
        """Return the first moment after `now` at which the daily letter is due; None without one."""
        if self.digest_at is None:
            return None
        day = local_day(now)
        return at(day if local_time(now) < self.digest_at else day + timedelta(days=1), self.digest_at)


_BY_DEFAULT = {
    topic: frozenset({LIST, MAIL}) if topic in ("alert", "duty") else frozenset({LIST}) for topic in TOPICS
}


def mail_of(kind: str, language: str, code: str, matter: Text, address: str) -> tuple[str, str]:
    """Return subject and body of the letter for one notification: code and matter, no personal data.

    Args:
        code: Of the dossier; "" when it is about none.
        matter: The name of the procedure.
        address: Where to read on.
    """
    about = f"{code} – {matter.say(language)}" if code else TOPICS[topic_of(kind)].say(language)
    lines = [MAIL_WORDS[topic_of(kind)].say(language), "", about, address, "", _FOOT.say(language)]
    return f"[Một Cửa] {about}"[:150], "\n".join(lines)


_FOOT = Text(
    "Thư tự động, không cần trả lời. Chọn cách nhận ở trang Thông báo trong phần mềm Một Cửa.",
    "Sent automatically, please do not answer. Choose how you are told under Notifications in Một Cửa.",
)
