"""The webhook driver against a shop's system on a real TLS server."""

import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal import clock, signing
from portal.drivers.base import Done, DriverRefusedError, Kind, Later
from portal.drivers.contract import PASSWORD, Case, DriverContract, StandIn, read
from portal.drivers.webhook import NOT_DONE, WebhookDriver
from tests.drivers.outcomes import unavailable
from tests.drivers.shop import SECRET, Shop, signed, task
from tests.sms_backends.servers import Answer, join_calls


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with Shop() as running:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        yield running
    join_calls()


@pytest.fixture
def driver(shop: Shop) -> WebhookDriver:
    return WebhookDriver(read(WebhookDriver, shop.settings))


class TestWebhook(DriverContract):
    driver = WebhookDriver
    cases = tuple(Case)

    @pytest.fixture
    def stand_in(self, shop: Shop) -> StandIn:
        return shop


def test_an_order_is_what_the_documents_show(driver: WebhookDriver, shop: Shop) -> None:
    asked_at = datetime(2026, 11, 24, 9, 0, 1, 500, UTC)
    assert driver.carry_out(task(7, asked_at=asked_at)) == Done()
    assert shop.orders == [
        {
            "id": 7,
            "attempt": 1,
            "kind": "vps",
            "act": "reset root password",
            "name": "web-1",
            "external_id": "vm-1001",
            "customer": "alice@example.com",
            "values": {},
            "asked_at": "2026-11-24T09:00:01+00:00",
            "secret": PASSWORD,
        }
    ]
    (request,) = shop.requests
    assert (request.method, request.path) == ("POST", "/orders")
    assert request.headers["Content-Type"] == "application/json"


def test_an_order_without_a_secret_has_no_such_key(driver: WebhookDriver, shop: Shop) -> None:
    driver.carry_out(task(secret=None, external_id=None, kind=Kind.DOMAIN))
    assert "secret" not in shop.orders[0]
    assert shop.orders[0]["external_id"] is None


def test_the_signature_can_be_checked_with_a_line_of_any_language(driver: WebhookDriver, shop: Shop) -> None:
    driver.carry_out(task())
    (request,) = shop.requests
    at, signature = (part.partition("=")[2] for part in request.headers["Portal-Signature"].split(","))
    assert abs(int(at) - clock.now().timestamp()) < 60
    assert signature == hmac.new(SECRET.encode(), f"{at}.".encode() + request.body, hashlib.sha256).hexdigest()


def test_facts_a_secret_and_a_note_come_back(driver: WebhookDriver, shop: Shop) -> None:
    facts = {"version": "7.0", "years": 2, "locked": False, "name_servers": ["ns1.example.net.", "ns2.example.net."]}
    answer = {"id": 1, "outcome": "done", "facts": facts, "secret": "AUTH-1", "note": "It takes\n an hour."}
    shop.reply = lambda _: signed(answer)
    assert driver.carry_out(task(1)) == Done(facts, "AUTH-1", "It takes an hour.")


def test_a_refusal_is_what_the_customer_reads(driver: WebhookDriver, shop: Shop) -> None:
    shop.answer = "failed"
    with pytest.raises(DriverRefusedError, match=r"^The server can't be restarted while it is being moved\.$"):
        driver.carry_out(task())


def test_what_is_taken_over_is_answered_later(driver: WebhookDriver, shop: Shop) -> None:
    shop.answer = "later"
    assert driver.carry_out(task()) == Later()


def test_a_second_attempt_has_the_same_id(driver: WebhookDriver, shop: Shop) -> None:
    shop.answer = "lost"
    unavailable(driver, task(7), possible=True)
    shop.answer = "done"
    driver.carry_out(dataclasses.replace(task(7), attempt=2))
    assert [(order["id"], order["attempt"]) for order in shop.orders] == [(7, 1), (7, 2)]


def old(answer: object, **ago: float) -> Answer:
    body = json.dumps(answer).encode()
    return Answer(200, {signing.HEADER: signing.sign(SECRET, body, clock.now() - timedelta(**ago))}, body)


DONE = {"outcome": "done"}
NONSENSE: dict[str, Callable[[object], Answer]] = {
    "unsigned": lambda _: Answer(200, {}, json.dumps(DONE).encode()),
    "signed with another secret": lambda _: signed(DONE, secret="x" * 32),
    "signed long ago": lambda _: old(DONE, minutes=6),
    "signed for tomorrow": lambda _: old(DONE, days=-1),
    "another body than was signed": lambda _: dataclasses.replace(signed({"outcome": "failed"}), body=b"{}"),
    "the order itself, sent back": signed,
    "an answer to another order": lambda _: signed({**DONE, "id": 2}),
    "nothing": lambda _: signed(b""),
    "no JSON": lambda _: signed(b"<html>done</html>"),
    "not UTF-8": lambda _: signed(b'{"outcome": "done\xff"}'),
    "no object": lambda _: signed(["done"]),
    "two outcomes": lambda _: signed(b'{"outcome": "done", "outcome": "failed"}'),
    "an unknown outcome": lambda _: signed({"outcome": "perhaps"}),
    "too deep": lambda _: signed(b"[" * 50_000),
    "cut off": lambda _: dataclasses.replace(signed(DONE), headers={"Content-Length": "5000"}),
    "too big": lambda _: signed({**DONE, "note": "x" * 70_000}),
    "a 201": lambda _: signed(DONE, status=201),
    "a 204": lambda _: Answer(204, {}, b""),
}


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_never_believed_and_the_work_may_be_done(driver: WebhookDriver, shop: Shop, answer: str) -> None:
    shop.reply = NONSENSE[answer]
    said = unavailable(driver, task(1), possible=True)
    assert said.startswith("webhook: ")
    assert len(shop.orders) == 1


@pytest.mark.parametrize("status", NOT_DONE)
def test_some_statuses_say_that_nothing_was_done(driver: WebhookDriver, shop: Shop, status: int) -> None:
    shop.answer = f"http:{status}"
    assert f"HTTP {status}" in unavailable(driver, task(), possible=False)


@pytest.mark.parametrize("status", [100, 203, 304, 402, 408, 409, 410, 422, 500, 502, 503, 504, 599])
def test_behind_any_other_status_the_work_may_be_done(driver: WebhookDriver, shop: Shop, status: int) -> None:
    shop.answer = f"http:{status}"
    unavailable(driver, task(), possible=True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(driver: WebhookDriver, shop: Shop, status: int) -> None:
    with Shop() as other:
        shop.reply = lambda _: Answer(status, {"Location": other.url}, b"")
        unavailable(driver, task(), possible=True)
        assert other.orders == []
    assert len(shop.orders) == 1


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_never_ends_is_cut_off(driver: WebhookDriver, shop: Shop, status: int) -> None:
    shop.reply = lambda _: Answer(status, {}, b" " * 2_000_000)
    assert "too long" in unavailable(driver, task(), possible=True)


def test_a_packed_answer_is_not_unpacked(driver: WebhookDriver, shop: Shop) -> None:
    shop.reply = lambda _: dataclasses.replace(
        signed(DONE), headers={**signed(DONE).headers, "Content-Encoding": "gzip"}
    )
    assert driver.carry_out(task()) == Done()
    assert shop.requests[0].headers["Accept-Encoding"] == "identity"


def test_no_proxy_and_no_netrc_of_the_environment_is_used(
    driver: WebhookDriver, shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine localhost login someone password hidden\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert driver.carry_out(task()) == Done()
    assert shop.requests[0].headers["Authorization"] is None


def test_a_certificate_that_is_not_trusted_is_a_certain_failure(
    driver: WebhookDriver, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert "certificate" in unavailable(driver, task(), possible=False)
    assert shop.orders == []


def test_trusted_certificates_that_are_not_there_are_named(
    driver: WebhookDriver, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    assert "REQUESTS_CA_BUNDLE" in unavailable(driver, task(), possible=False)
    assert shop.orders == []


def test_a_host_without_an_address_is_a_certain_failure() -> None:
    settings = {"WEBHOOK_URL": "https://panel.invalid/orders", "WEBHOOK_SECRET": SECRET}
    unavailable(WebhookDriver(read(WebhookDriver, settings)), task(), possible=False)


def test_a_slow_drip_ends_with_the_time_limit_and_leaves_no_thread(shop: Shop) -> None:
    shop.answer = "drip"
    driver = WebhookDriver(read(WebhookDriver, shop.settings, seconds=1))
    began = time.monotonic()
    assert "within 1 s" in unavailable(driver, task(), possible=True)
    assert time.monotonic() - began < 15, "a drip of this answer takes longer"
    shop.stop()
    join_calls()


@pytest.mark.parametrize(
    "url",
    ["https://panel.example.com/orders?key=1", "http://127.0.0.1:8080/", "http://localhost/x", "http://[::1]:81/x"],
)
def test_an_address_is_kept_as_it_is_written(url: str) -> None:
    assert read(WebhookDriver, {"WEBHOOK_URL": url, "WEBHOOK_SECRET": SECRET})["WEBHOOK_URL"] == url


@pytest.mark.parametrize(
    "url",
    [
        "http://panel.example.com/orders",
        "http://10.0.0.2/orders",
        "http://127.0.0.1.example.com/",
        "http://localhost@panel.example.com/",
        "https://user:password@panel.example.com/",
        "https://panel.example.com:port/",
        "https://panel.example.com/#orders",
        "https://",
        "https://a b/",
        "ftp://panel.example.com/",
        "panel.example.com",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be an https:// address"):
        read(WebhookDriver, {"WEBHOOK_URL": url, "WEBHOOK_SECRET": SECRET})


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 characters or more"):
        read(WebhookDriver, {"WEBHOOK_URL": "https://panel.example.com", "WEBHOOK_SECRET": "x" * 31})
