"""The Flask extensions: created here, bound to an application in app.py."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sock import Sock
from flask_wtf.csrf import CSRFProtect

from dashboard.models import db

csrf = CSRFProtect()
limiter = Limiter(get_remote_address)
login_manager = LoginManager()
sock = Sock()

__all__ = ["csrf", "db", "limiter", "login_manager", "sock"]
