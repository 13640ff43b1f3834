"""The WSGI entry: `wsgi:app`. Each web process also sends texts."""

from portal import create_app

app = create_app()
app.extensions["background"].start()
