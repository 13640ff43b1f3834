"""The Flask extensions, not yet bound to an app."""

from typing import Any

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect


class _LoginManager(LoginManager):  # type: ignore[misc]  # Flask-Login publishes no types
    """Blind to Flask-Login's remembering cookie, which the portal never sets: a forged one with `é` in it was a 500."""

    def _load_user_from_remember_cookie(self, cookie: str) -> Any:
        del cookie


# Loaded objects stay readable after a commit: a page is drawn after its journey's transaction has ended.
db = SQLAlchemy(session_options={"expire_on_commit": False})
login_manager = _LoginManager()
csrf = CSRFProtect()
