"""The body of a signed request. Nothing of it is looked at before its signature is right."""

from contextlib import suppress
from http import HTTPStatus

from flask import abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from portal import clock, limits, signing
from portal.database import begin_read, begin_write
from portal.limits import Count, LimitReachedError

MOST_BYTES = 64 * 1024
"""As much as a driver reads of an answer at once."""


def body(secret: str, most: int = MOST_BYTES) -> bytes:
    """What was signed with this secret, not long ago. Aborts with a line of text, for whoever set the sender up.

    `most` is how many bytes it may have.
    """
    address = Count("HOOK_ADDRESS", limits.network(request.remote_addr or ""))
    now, rates = clock.now(), current_app.config["RATES"]
    with begin_read() as session:
        free_at = limits.free_at(session, rates, now, address) or now
    if free_at > now:
        refusal = say(HTTPStatus.TOO_MANY_REQUESTS, f"Too many wrong signatures. Again at {clock.in_words(free_at)}.")
        refusal.headers["Retry-After"] = str(int((free_at - now).total_seconds()) + 1)
        abort(refusal)
    content = _read(most)
    try:
        signing.check(secret, content, request.headers.get(signing.HEADER), now)
    except signing.SignatureError as error:
        # Of many at one moment some may be over the limit: they are refused all the same.
        with suppress(LimitReachedError), begin_write() as session:
            limits.take(session, rates, now, address)
        abort(say(HTTPStatus.UNAUTHORIZED, f"This {error}."))
    return content


def say(status: HTTPStatus, sentence: str) -> Response:
    return Response(f"{sentence}\n", status, mimetype="text/plain")


def _read(most: int) -> bytes:
    request.max_content_length = most + 1  # One more, since a body without a length is cut there, not refused.
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge:
        content = None
    if content is None or len(content) > most:
        abort(say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"This has more than {most} bytes."))
    return content
