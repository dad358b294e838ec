"""Languages: Vietnamese is what the sources say, English is looked up in one catalogue.

`?lang=en` switches and is remembered: in the session, and for staff with the account.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale

from engine.domain.texts import LANGUAGES, Text
from engine.domain.timewords import say_date, say_moment, say_money, say_number

CATALOGUES = Path(__file__).parent / "translations"


def init_i18n(app: Flask) -> None:
    """Choose the language of each request and give templates the words for dates, money and texts."""
    compile_catalogues()
    Babel(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        default_translation_directories=str(CATALOGUES),
        locale_selector=_choose,
    )
    app.before_request(_remember)
    app.after_request(_name_language)
    app.jinja_env.globals.update(
        say=say,
        date=say_date,
        moment=say_moment,
        money=lambda dong: say_money(dong, language()),
        number=lambda value: say_number(value, language()),
    )
    app.context_processor(lambda: {"lang": language()})


def language() -> str:
    """Return "vi" or "en": the language of the present request."""
    locale = get_locale() if has_request_context() else None
    return str(locale) if locale and str(locale) in LANGUAGES else "vi"


def say(text: Text | str | None) -> str:
    """Return a text in the language of the present request; a plain string is said as it is."""
    if text is None:
        return ""
    return text.say(language()) if isinstance(text, Text) else str(text)


def compile_catalogues() -> None:
    """Compile each catalogue that is newer than its compiled form, so that none is ever stale."""
    for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        whole = target.with_suffix(".mo.new")
        with whole.open("wb") as file:
            write_mo(file, catalogue)
        whole.replace(target)


def _choose() -> str:
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = session.get("lang", "")
    return kept if kept in LANGUAGES else "vi"


def _remember() -> None:
    asked = request.args.get("lang", "")
    if asked in LANGUAGES and session.get("lang") != asked:
        session["lang"] = asked
        g.language_asked = asked


def _name_language(response):
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language())
    return response
