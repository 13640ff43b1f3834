"""How much of a body is read that no page wanted."""

from io import BytesIO

import pytest
from flask import Flask

from portal.web.sizes import LARGE, TICKET

FORM = 64 * 1024


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/auth/logout", FORM, 302),
        ("/nothing", FORM, 404),
        ("/hooks/tickets", TICKET, 404),
        ("/support/new", TICKET, 302),
        ("/resources/dns/1/import", LARGE["resources.zone_import"], 302),
    ],
)
def test_a_refusal_reads_what_may_be_sent_and_no_more(app: Flask, path: str, size: int, status: int) -> None:
    for more in (0, 1):
        body = BytesIO(b"x" * (size + more))
        answer = app.test_client().post(path, input_stream=body, content_length=size + more, content_type="text/plain")
        assert (answer.status_code, body.tell()) == (status, 0 if more else size)
