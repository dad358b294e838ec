"""Languages: Vietnamese is what the sources say, English is looked up in one catalogue.

`?lang=en` switches and is remembered: in the session, and for staff with the account. Programs say
`Accept-Language`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from engine.domain.citations import cite
from engine.domain.texts import LANGUAGES, Text
from engine.domain.timewords import say_date, say_moment, say_money, say_number

CATALOGUES = Path(__file__).parent / "translations"
LANGUAGE, CATALOGUE = "motcua_language", "motcua_catalogue"  # in `g`, once they were asked for


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
        _=_word,
        say=say,
        cite=lambda text: cite(text, language()),
        date=say_date,
        moment=say_moment,
        money=lambda dong: say_money(dong, language()),
        number=lambda value: say_number(value, language()),
    )
    app.context_processor(_words_of_the_reader)


def language() -> str:
    """Return "vi" or "en": the language of the present request."""
    if not has_request_context():
        return "vi"
    kept = g.get(LANGUAGE)  # asked for each word of a page, and the same for all of them
    if kept is None:
        kept = str(get_locale())
        kept = kept if kept in LANGUAGES else "vi"
        setattr(g, LANGUAGE, kept)
    return kept


def say(text: Text | str | None) -> str:
    """Return a text in the language of the present request; a plain string is said as it is."""
    if text is None:
        return ""
    return text.say(language()) if isinstance(text, Text) else str(text)


def _words_of_the_reader() -> dict[str, Any]:
    """Return `say` and the language for the templates of this answer, which need not ask for it each time."""
    reader = language()
    return {"lang": reader, "say": _SAY[reader]}


def _say_vi(text: Text | str | None) -> str:
    return "" if text is None else text.say("vi") if isinstance(text, Text) else str(text)


def _say_en(text: Text | str | None) -> str:
    return "" if text is None else text.say("en") if isinstance(text, Text) else str(text)


_SAY = {"vi": _say_vi, "en": _say_en}


@pass_eval_context
def _word(context: EvalContext, text: str, **values: Any) -> str:
    """Say a sentence of a template; what is filled in is escaped there."""
    catalogue = g.get(CATALOGUE) if has_request_context() else None
    if catalogue is None:
        catalogue = get_translations()
        if has_request_context():
            setattr(g, CATALOGUE, catalogue)
    said = catalogue.ugettext(text)
    said = Markup(said) if context.autoescape else said
    return said % values if "%" in said else said


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
    if request.path.startswith("/api/"):  # a program says what it reads; it has no session to keep it in
        return request.accept_languages.best_match(LANGUAGES) or "vi"
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
