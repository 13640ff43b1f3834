"""The WSGI entry: `wsgi:app`. Each web process also sends texts."""

import sys
from multiprocessing.util import Finalize

from portal import create_app
from portal.settings import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
background = app.extensions["background"]
background.start()
# A worker that ends claims no more texts: whoever goes on has them at once.
Finalize(None, background.stop, exitpriority=10)
