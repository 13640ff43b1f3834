"""Security headers (OWASP ASVS 5.0, 3.4)."""

from flask import Flask, Response, current_app, request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": under https the CSRF check needs the Referer of a form's own page.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), otp-credentials=(self)",
}
# Without includeSubDomains: the shop's other hosts are not the portal's to bind.
_HSTS = "max-age=31536000"
_FILE = frozenset({200, 206, 304})
"""What the answer is when there is a file: whole, in part, or still the same."""


def init_app(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["IS_HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    # Not the page that says a file is missing: it holds the name, email and token of whoever is signed in.
    if request.endpoint == "static" and response.status_code in _FILE:
        response.cache_control.max_age = 3600
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
