"""The composition root: from settings to an application. The only module that names a concrete integration."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from dashboard.blueprints.registry import BLUEPRINTS
from dashboard.config import MAIL_PORTS, MAIL_SECURITY, Config, load_config
from dashboard.extensions import csrf, db, limiter, login_manager, sock
from dashboard.models.engine import prepare
from dashboard.models.errors import Unauthenticated
from dashboard.realtime.bus import make_bus
from dashboard.realtime.frames import FrameRenderer
from dashboard.realtime.process import EXTENSION, connect, current_process
from dashboard.services import installation, sessions
from dashboard.services.apart import run_apart
from dashboard.services.faq_answerer import FaqAnswerer
from dashboard.services.sealing import Sealer
from dashboard.web import errors, security, templating
from dashboard.web.context import CONFIG, MAILMAN_FOR, POSTMAN_FOR, READ_MAIL, SEALER
from dashboard.worker import Tools, Worker
from dashboard.workflow.warm_up import warm_up
from integrations.port import Answerer, IncomingMail, MailAccount, Mailman, Postman
from integrations.scripted import ScriptedAnswerer

MAX_BODY = 1024 * 1024
# The connection that was used last: its pages and prepared statements are warm, and the others may stay small.
POOL = {"pool_size": 10, "max_overflow": 30, "pool_timeout": 15, "pool_use_lifo": True}


def create_app(config: Config | None = None) -> Flask:
    """The application for these settings, or for those of the environment; raises ConfigError.

    It expects a migrated database, starts nothing, and may be made several times in one process.
    """
    config = config or load_config()
    _log_to_stderr(config)
    app = Flask(__name__)
    app.extensions[CONFIG] = config
    app.config.update(_flask_settings(config))
    _bind_database(app, config)
    app.secret_key = _secret_key(app, config)
    app.extensions[SEALER] = Sealer(app.secret_key)
    app.extensions[READ_MAIL] = read_mail
    app.extensions[POSTMAN_FOR] = partial(make_postman, config)
    app.extensions[MAILMAN_FOR] = make_mailman
    _bind_extensions(app, config)
    _bind_realtime(app, config)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]
    errors.init_app(app)
    templating.init_app(app)
    security.init_app(app, is_https=config.is_https)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def make_answerer(config: Config) -> Answerer:
    """Who works out the answers that no workflow has: the built-in one until an LLM is connected."""
    built_in = FaqAnswerer(config.answer_delay)
    return ScriptedAnswerer(built_in) if config.demo else built_in


def make_postman(config: Config, account: MailAccount | None = None) -> Postman:
    """Who sends the mail of an account, or of the installation: without any server it becomes files."""
    # Late, as whatever mail needs: most processes never send any.
    from integrations.mail.folder import FolderPostman
    from integrations.mail.smtp import SmtpPostman

    if account is not None:
        return SmtpPostman(account)
    if config.smtp_url is None:
        return FolderPostman(config.data_dir / "mail")
    parts = urlsplit(config.smtp_url.get_secret_value())
    security = MAIL_SECURITY[parts.scheme]
    port = parts.port or MAIL_PORTS[security]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpPostman(MailAccount(parts.hostname or "", port, security, user, password))


def make_mailman(account: MailAccount) -> Mailman:
    """Who fetches the mail of an account."""
    from integrations.mail.imap import ImapMailman

    return ImapMailman(account, read=read_mail)


def read_mail(raw: bytes) -> IncomingMail:
    """A mail as it travels, taken apart beside the loop; raises integrations.port.Refused for what is none."""
    from integrations.mail.parsing import parse

    return run_apart("mails", partial(parse, raw))


def make_worker(app: Flask, config: Config) -> Worker:
    """The jobs of this process."""
    process = app.extensions[EXTENSION]
    tools = Tools(make_answerer(config), partial(make_postman, config), make_mailman, app.extensions[SEALER])
    return Worker(app, tools, process.id, is_alone=config.is_sqlite)


def _log_to_stderr(config: Config) -> None:
    if logging.getLogger().handlers:  # whoever embeds the application has decided already
        return
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("flask_wtf.csrf", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _flask_settings(config: Config) -> dict[str, Any]:
    # An error names the statement; what persons wrote, and hashes of secrets, stay out of the log.
    options = {"hide_parameters": True} | ({} if config.is_sqlite else {"pool_pre_ping": True})
    return {
        "SQLALCHEMY_DATABASE_URI": config.database,
        "SQLALCHEMY_ENGINE_OPTIONS": {**POOL, **options},
        "SESSION_COOKIE_NAME": "baton_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=365),  # the session's row decides, not the cookie
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
    }


def _bind_database(app: Flask, config: Config) -> None:
    if config.is_sqlite:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine, synchronous=config.synchronous)


def _secret_key(app: Flask, config: Config) -> str:
    if config.secret_key is not None:
        return config.secret_key.get_secret_value()
    if config.is_sqlite:
        return installation.key_in_folder(config.data_dir)
    with app.app_context():
        return installation.key_in_database(db.engine)


def _bind_extensions(app: Flask, config: Config) -> None:
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.user_loader(lambda raw: sessions.find_user(raw, days=config.session_days))
    login_manager.unauthorized_handler(_unauthorized)
    sock.init_app(app)


def _bind_realtime(app: Flask, config: Config) -> None:
    with app.app_context():
        engine = db.engine
    render = FrameRenderer(app.jinja_env, lambda: current_process().hub, _tell_lost)
    process = connect(app, engine, make_bus(engine, config.redis_url), render)
    process.dispatcher.subscribe(render.heed)
    process.on_start.append(warm_up)  # or the first message of a person would wait for it
    if config.jobs == "inside":
        worker = make_worker(app, config)
        process.bus.subscribe(worker.wake)
        process.greenlets["jobs"] = worker.run
        process.on_stop.append(worker.stop)


def _tell_lost(conversation: str, user_ids: set[int]) -> None:
    for action in current_process().on_lost:
        action(conversation, user_ids)


def _unauthorized() -> Response:
    raise Unauthenticated
