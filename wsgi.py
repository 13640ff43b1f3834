"""The WSGI entry: `wsgi:app`. Each web process also sends texts, and ends with the server that started it."""

from portal import create_app
from portal.serving import watch_parent

app = create_app()
app.extensions["background"].start()
watch_parent()
