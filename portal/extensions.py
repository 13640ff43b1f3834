"""The Flask extensions, not yet bound to an app."""

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

# Loaded objects stay readable after a commit: a page is drawn after its journey's transaction has ended.
db = SQLAlchemy(session_options={"expire_on_commit": False})
login_manager = LoginManager()
csrf = CSRFProtect()
