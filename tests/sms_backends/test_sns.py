"""The SNS backend with the real SDK: against a stand-in for what goes wrong, against moto for what AWS makes of it."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from portal.sms_backends import sns
from portal.sms_backends.base import SmsConfigError, SmsMessage, SmsRejected, SmsUnavailable
from portal.sms_backends.contract import NUMBER, TEXT, BackendContract, StandIn, message, read, send
from portal.sms_backends.outcomes import POSSIBLE, failure
from portal.sms_backends.sns import OUTCOMES, SnsBackend
from tests.sms_backends.servers import SnsServer, aws_env, join_calls


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SnsServer]:
    with SnsServer() as running:
        set_env(monkeypatch, running.env)
        yield running
    join_calls()


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[SnsServer, SnsBackend]]:
    """For the many tests that need no backend of their own: boto3 takes a while to make one."""
    with SnsServer() as running, pytest.MonkeyPatch.context() as patch:
        set_env(patch, running.env)
        yield running, SnsBackend(read(SnsBackend, running.settings))


@pytest.fixture
def sns_at_work(shared: tuple[SnsServer, SnsBackend]) -> tuple[SnsServer, SnsBackend]:
    shared[0].requests.clear()
    shared[0].answer = "ok"
    return shared


def set_env(patch: pytest.MonkeyPatch, env: Mapping[str, str]) -> None:
    for name, value in env.items():
        patch.setenv(name, value)


class TestSns(BackendContract):
    backend = SnsBackend

    @pytest.fixture
    def stand_in(self, server: SnsServer) -> StandIn:
        return server


@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_nothing_is_sent_again_after_the_deadline_and_no_thread_stays(server: SnsServer, answer: str) -> None:
    server.answer = answer
    backend = SnsBackend(read(SnsBackend, server.settings, seconds=1))
    assert isinstance(send(backend, message(TEXT)), SmsUnavailable)
    join_calls()
    assert len(server.requests) == 1


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[str, SnsBackend]]:
    """The address of moto's own server, which checks requests as AWS does, and a backend that sends there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        set_env(patch, aws_env(address))
        yield address, SnsBackend(read(SnsBackend, {"AWS_REGION": "eu-west-1"}))
    server.stop()


def test_moto_takes_texts_and_names_them(moto: tuple[str, SnsBackend]) -> None:
    address, backend = moto
    urlopen(Request(f"{address}/moto-api/reset", method="POST")).close()
    texts = [TEXT, "x" * 161, "Kód je 802614, nikomu ho neříkejte", "a&b=c+d %20"]
    ids = [backend.send(message(text)).provider_id for text in texts]
    with urlopen(f"{address}/moto-api/data.json") as answer:
        taken = json.load(answer)["sns"]["SMS"]
    assert sorted((text["message_id"], text["phone_number"], text["message"]) for text in taken) == sorted(
        (name, NUMBER, text) for name, text in zip(ids, texts, strict=True)
    )


def test_moto_refuses_a_number_that_is_none(moto: tuple[str, SnsBackend]) -> None:
    with pytest.raises(SmsRejected, match="number"):
        moto[1].send(SmsMessage("+0123", TEXT, "text-1", None, 300))


def test_moto_refuses_a_text_that_is_too_long(moto: tuple[str, SnsBackend]) -> None:
    outcome = send(moto[1], message("x" * 1601))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible


def attributes(backend: SnsBackend, text: SmsMessage) -> dict[str, tuple[str, str]]:
    """The message attributes as the SDK puts them on the wire."""
    wire: list[dict[str, str]] = []

    def seen(params: dict[str, Any], **_: object) -> None:
        wire.append(params["body"])

    backend._client.meta.events.register("before-call.sns.Publish", seen)
    backend.send(text)
    (body,) = wire
    prefixes = [
        key.removesuffix(".Name") for key in body if key.startswith("MessageAttributes") and key.endswith(".Name")
    ]
    return {
        body[f"{prefix}.Name"]: (body[f"{prefix}.Value.DataType"], body[f"{prefix}.Value.StringValue"])
        for prefix in prefixes
    }


def test_a_name_as_sender_is_a_sender_id_and_the_text_transactional(sns_at_work: tuple[SnsServer, SnsBackend]) -> None:
    _, backend = sns_at_work
    assert attributes(backend, message(TEXT)) == {
        "AWS.SNS.SMS.SMSType": ("String", "Transactional"),
        "AWS.SNS.SMS.SenderID": ("String", "Portal"),
    }


@pytest.mark.parametrize("number", ["+14155550100", "72345"])
def test_a_number_as_sender_is_an_origination_number(sns_at_work: tuple[SnsServer, SnsBackend], number: str) -> None:
    _, backend = sns_at_work
    assert attributes(backend, SmsMessage(NUMBER, TEXT, "text-1", number, 300)) == {
        "AWS.SNS.SMS.SMSType": ("String", "Transactional"),
        "AWS.MM.SMS.OriginationNumber": ("String", number),
    }


def test_without_a_sender_aws_chooses(sns_at_work: tuple[SnsServer, SnsBackend]) -> None:
    _, backend = sns_at_work
    assert list(attributes(backend, SmsMessage(NUMBER, TEXT, "text-1", None, 300))) == ["AWS.SNS.SMS.SMSType"]


@pytest.mark.parametrize(("written", "sent"), [("0.10", "0.10"), ("1e-2", "0.01"), ("2", "2")])
def test_the_highest_price_goes_along(server: SnsServer, written: str, sent: str) -> None:
    backend = SnsBackend(read(SnsBackend, {**server.settings, "SNS_MAX_PRICE": written}))
    assert attributes(backend, message(TEXT))["AWS.SNS.SMS.MaxPrice"] == ("Number", sent)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("error:400:OptedOut", "opted out"),
        ("error:400:InvalidParameter", "not one that texts can be sent to"),
    ],
)
def test_what_speaks_of_the_number_is_a_rejection(
    sns_at_work: tuple[SnsServer, SnsBackend], answer: str, words: str
) -> None:
    server, backend = sns_at_work
    server.answer = answer
    outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsRejected)
    assert words in str(outcome)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "error:400:ParameterValueInvalid",
        "error:400:UserError",
        "error:400:ValidationException",
        "error:400:Throttling",
        "error:400:ExpiredToken",
        "error:403:AuthorizationError",
        "error:403:InvalidClientTokenId",
        "error:403:SignatureDoesNotMatch",
        "error:404:NotFound",
        "error:418:NeverHeardOf",
        "error:429:Throttled",
        "error:500:InternalError",
        "error:503:ServiceUnavailable",
        "http:403",
        "http:500",
        "http:502",
        "http:503",
    ],
)
def test_every_other_refusal_is_a_certain_failure(sns_at_work: tuple[SnsServer, SnsBackend], answer: str) -> None:
    server, backend = sns_at_work
    server.answer = answer
    outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", ["http:200", "http:204", "http:302"])
def test_a_page_that_is_no_answer_of_aws_is_a_possible_send(
    sns_at_work: tuple[SnsServer, SnsBackend], answer: str
) -> None:
    server, backend = sns_at_work
    server.answer = answer
    outcome = send(backend, message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert outcome.possible
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("error", "possible"),
    [(name, OUTCOMES[name][0] is POSSIBLE) for name in OUTCOMES if name.endswith("Error")],
)
def test_each_error_of_the_sdk_is_sorted_by_its_name(error: str, *, possible: bool) -> None:
    outcome = failure("SNS", OUTCOMES, sns._names(type(error, (Exception,), {})()))
    assert isinstance(outcome, SmsUnavailable)
    assert outcome.possible == possible


def test_missing_credentials_are_named_at_start(server: SnsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(SmsConfigError, match="AWS_ACCESS_KEY_ID"):
        SnsBackend(read(SnsBackend, server.settings))


@pytest.mark.parametrize("text", ["0", "-1", "ten", "NaN", "Infinity", "$1"])
def test_a_price_must_be_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match="US dollars"):
        sns.price(text)
    assert sns.price("0.10") == Decimal("0.10")


@pytest.mark.parametrize("text", ["Ireland", "eu_west_1", "eu-west"])
def test_a_region_must_look_like_one(text: str) -> None:
    with pytest.raises(ValueError, match="AWS region"):
        sns.region(text)
    assert sns.region("us-gov-west-1") == "us-gov-west-1"
