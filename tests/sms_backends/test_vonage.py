"""The Vonage backend with the real SDK against a TLS server that answers as Vonage does."""

from collections.abc import Iterator

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError

from portal.sms_backends import vonage
from portal.sms_backends.base import Accepted, SmsMessage, SmsRejected, SmsUnavailable
from portal.sms_backends.contract import NUMBER, TEXT, BackendContract, StandIn, message, read, send
from portal.sms_backends.outcomes import failure
from portal.sms_backends.vonage import OUTCOMES, VonageBackend
from tests.sms_backends.servers import VonageServer, join_calls

REJECTED = {6, 7, 33}
"""The statuses that speak of the number."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[VonageServer]:
    with VonageServer() as running:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        yield running
    join_calls()


@pytest.fixture
def backend(server: VonageServer) -> VonageBackend:
    return VonageBackend(read(VonageBackend, server.settings))


class TestVonage(BackendContract):
    backend = VonageBackend
    needs = ("SMS_SENDER",)

    @pytest.fixture
    def stand_in(self, server: VonageServer) -> StandIn:
        return server


@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_nothing_is_sent_again_after_the_deadline_and_no_thread_stays(server: VonageServer, answer: str) -> None:
    server.answer = answer
    backend = VonageBackend(read(VonageBackend, server.settings, seconds=1))
    assert isinstance(send(backend, message(TEXT)), SmsUnavailable)
    join_calls()
    assert len(server.requests) == 1


def test_the_request_is_what_vonage_documents(backend: VonageBackend, server: VonageServer) -> None:
    assert isinstance(backend.send(message(TEXT)), Accepted)
    assert server.requests == [
        {
            "to": NUMBER[1:],
            "from": "Portal",
            "text": TEXT,
            "type": "text",
            "ttl": "300000",
            "client-ref": "text-1",
        }
    ]


def test_the_answers_message_id_is_kept(backend: VonageBackend) -> None:
    provider_id = backend.send(message(TEXT)).provider_id
    assert provider_id
    assert len(provider_id) == 32


def test_a_number_as_sender_goes_without_its_plus(backend: VonageBackend, server: VonageServer) -> None:
    backend.send(SmsMessage(NUMBER, TEXT, "text-1", "+14155550100", 300))
    assert server.requests[0]["from"] == "14155550100"


@pytest.mark.parametrize(("seconds", "sent"), [(1, "20000"), (20, "20000"), (600, "600000"), (10**6, "604800000")])
def test_the_life_of_a_text_is_milliseconds_within_vonages_bounds(
    backend: VonageBackend, server: VonageServer, seconds: int, sent: str
) -> None:
    backend.send(SmsMessage(NUMBER, TEXT, "text-1", "Portal", seconds))
    assert server.requests[0]["ttl"] == sent


@pytest.mark.parametrize(
    ("text", "kind"), [("à {€} @ #", "text"), ("á", "unicode"), ("…", "unicode"), ("ж", "unicode")]
)
def test_text_outside_gsm7_is_sent_as_unicode(
    backend: VonageBackend, server: VonageServer, text: str, kind: str
) -> None:
    backend.send(message(text))
    assert (server.requests[0]["text"], server.requests[0]["type"]) == (text, kind)


@pytest.mark.parametrize("status", [int(name.split()[1]) for name in OUTCOMES if name.startswith("status")])
def test_each_documented_status_is_sorted(backend: VonageBackend, server: VonageServer, status: int) -> None:
    server.answer = f"status:{status}"
    outcome = send(backend, message(TEXT))
    words = OUTCOMES[f"status {status}"][1]
    if status in REJECTED:
        assert isinstance(outcome, SmsRejected)
        assert str(outcome) == words
    else:
        assert isinstance(outcome, SmsUnavailable)
        assert not outcome.possible
        assert str(outcome) == f"Vonage: {words} (status {status})"
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", ["status:13", "status:99", "status:-1", "part:1", "part:7"])
def test_an_unknown_status_or_a_part_taken_is_a_possible_send(
    backend: VonageBackend, server: VonageServer, answer: str
) -> None:
    server.answer = answer
    outcome = send(backend, message("x" * 161))
    assert isinstance(outcome, SmsUnavailable)
    assert outcome.possible
    assert len(server.requests) == 1


def test_a_text_of_which_no_part_was_taken_is_sorted_by_its_status(
    backend: VonageBackend, server: VonageServer
) -> None:
    server.answer = "parts:7"
    assert isinstance(send(backend, message("x" * 161)), SmsRejected)
    server.answer = "parts:9"
    outcome = send(backend, message("x" * 161))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 420, 422, 429, 500, 502, 503, 504])
def test_each_http_refusal_is_a_certain_failure(backend: VonageBackend, server: VonageServer, status: int) -> None:
    server.answer = f"http:{status}"
    outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible
    assert f"HTTP {status}" in str(outcome) or f"HTTP {status // 100}xx" in str(outcome)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308])
def test_any_other_http_status_is_a_possible_send_and_no_redirect_is_followed(
    backend: VonageBackend, server: VonageServer, status: int
) -> None:
    server.answer = f"http:{status}"
    outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert outcome.possible
    assert len(server.requests) == 1


def test_a_certificate_that_is_not_trusted_is_a_certain_failure(
    backend: VonageBackend, server: VonageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VonageServer() as other:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other.certificate))
        outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible
    assert server.requests == []


def test_a_host_that_has_no_address_is_a_certain_failure() -> None:
    reason = NameResolutionError("vonage.invalid", None, OSError("unknown"))  # type: ignore[arg-type]
    error = requests.ConnectionError(MaxRetryError(None, "/sms/json", reason))  # type: ignore[arg-type]
    outcome = failure("Vonage", OUTCOMES, vonage._names(error))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible


@pytest.mark.parametrize(
    "host",
    [
        "https://rest.nexmo.com", "rest.nexmo.com/sms", "a b", "host:port", "",
        "localhost:0", "localhost:65536", "localhost:99999", "localhost:٨٠",
    ],
)  # fmt: skip
def test_a_host_with_a_scheme_a_path_or_no_such_port_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="must be a host"):
        vonage.host(host)


@pytest.mark.parametrize("host", ["rest.nexmo.com", "localhost:1", "127.0.0.1:65535"])
def test_a_host_may_have_a_port(host: str) -> None:
    assert vonage.host(host) == host


def test_the_signature_secret_may_be_set_and_changes_no_request(server: VonageServer) -> None:
    settings = {**server.settings, "VONAGE_SIGNATURE_SECRET": "signs-reports"}
    VonageBackend(read(VonageBackend, settings)).send(message(TEXT))
    assert "sig" not in server.requests[0]
