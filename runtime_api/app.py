"""The web application: the composition root of pages, security, sessions and languages.

`current_app.extensions["motcua"]` is the engine; `g.actor` is who asks. Views parse, call one use case and
answer; everything they may raise is answered in `runtime_api.errors`.
"""

from __future__ import annotations

from flask import Flask

from admin import init_admin
from bpmn_library import pages as library
from designer.blueprints import DESIGNER
from engine.runtime import Engine
from engine.settings import Settings
from runtime_api import citizen, health, leader, openapi, staff
from runtime_api import help as helping
from runtime_api.auth import init_auth
from runtime_api.compression import init_compression
from runtime_api.errors import init_errors
from runtime_api.i18n import init_i18n
from runtime_api.security import init_security
from runtime_api.sessions import init_sessions
from runtime_api.static_files import init_assets


def create_app(engine: Engine, settings: Settings) -> Flask:
    """Return the application that serves `engine`; the schema must be current."""
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Vietnamese as it is written
    app.extensions["motcua"] = engine
    app.extensions["motcua_settings"] = settings
    init_compression(app)
    init_sessions(app, engine, settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"demo": settings.demo, "public_url": settings.public_url})
    app.jinja_env.globals.update(help_address=helping.help_address, tour_here=helping.tour_here)
    app.jinja_env.globals["unread_notifications"] = staff.notifications.unread  # asked where a bell is drawn
    app.jinja_env.globals["filings_to_settle"] = staff.filings.to_settle  # asked in the bar of a coordinator
    init_security(app, settings)
    init_i18n(app)
    init_errors(app)
    init_assets(app)
    init_auth(app)
    _register_pages(app)
    return app


def _register_pages(app: Flask) -> None:
    for pages in (citizen.bp, staff.bp, openapi.bp, leader.bp, *DESIGNER, library.bp, helping.bp, health.bp):
        app.register_blueprint(pages)
    init_admin(app)
