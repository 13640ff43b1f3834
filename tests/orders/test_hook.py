"""/hooks/orders: what the shop's own system says later, signed."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock, sealing, signing
from portal.acts import Act
from portal.database import begin_read
from portal.kinds import Kind
from portal.models import Account, LimitHit, Order, VirtualServer
from tests.attacks.rows import all_rows
from tests.conftest import Clock
from tests.orders.conftest import Shop
from tests.storms.parallel import at_once

KEY = "w" * 32
WEBHOOK = {
    "DRIVER_VPS": "webhook",
    "DRIVER_DOMAIN": "webhook",
    "WEBHOOK_URL": "http://127.0.0.1:1/",
    "WEBHOOK_SECRET": KEY,
}


@pytest.fixture
def settings() -> dict[str, str]:
    return WEBHOOK


class Panel:
    """The shop's own system."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.address = "198.51.100.20"

    def say(self, answer: Any, key: str = KEY, **options: Any) -> TestResponse:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        signature = signing.sign(key, body, options.pop("at", None) or clock.now())
        return self.post(body, {signing.HEADER: signature}, **options)

    def post(self, body: bytes, headers: dict[str, str], **options: Any) -> TestResponse:
        options = {"content_type": "application/json"} | options
        return self.app.test_client().post(
            "/hooks/orders", data=body, headers=headers, environ_overrides={"REMOTE_ADDR": self.address}, **options
        )


@pytest.fixture
def panel(app: Flask) -> Panel:
    return Panel(app)


@pytest.fixture
def order(shop: Shop) -> Order:
    """A reboot that the panel took over."""
    return waiting(shop, shop.put(Act.REBOOT_SERVER))


def waiting(shop: Shop, order: Order) -> Order:
    shop.change(Order, order.id, due_at=None, attempts=1)
    return order


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("portal_orders_total", {"kind": "vps", "outcome": outcome}) or 0.0


def test_a_signed_answer_ends_the_order(shop: Shop, panel: Panel, order: Order) -> None:
    before = counted("done")
    facts = {"state": "rescue"}
    response = panel.say({"id": order.id, "outcome": "done", "note": "It is back.", "facts": facts})
    assert (response.status_code, response.text) == (200, f"Order {order.id} is done.\n")
    done = shop.row(order)
    assert (done.outcome, done.note, done.settled_by) == ("done", "It is back.", "driver:webhook")
    assert shop.thing(VirtualServer, shop.server).state == "rescue"
    assert shop.events()[-1] == ("reboot server: done", "driver:webhook")
    assert counted("done") == before + 1


def test_a_signed_refusal_ends_the_order_too(shop: Shop, panel: Panel, order: Order) -> None:
    response = panel.say({"id": order.id, "outcome": "failed", "note": "The server is being moved."})
    assert (response.status_code, response.text) == (200, f"Order {order.id} is failed.\n")
    assert (shop.row(order).outcome, shop.row(order).note) == ("failed", "The server is being moved.")


def test_a_transfer_code_is_kept_sealed(shop: Shop, panel: Panel) -> None:
    order = waiting(shop, shop.put(Act.TRANSFER_DOMAIN, Kind.DOMAIN))
    response = panel.say({"id": order.id, "outcome": "done", "secret": "AUTH-1"})
    assert response.status_code == 200
    assert "AUTH-1" not in response.text
    assert sealing.unseal(shop.app.config["SEAL_KEY"], shop.row(order).secret or b"") == "AUTH-1"


def test_an_answer_for_an_order_that_is_over_changes_nothing(shop: Shop, panel: Panel, order: Order) -> None:
    done = {"id": order.id, "outcome": "done", "note": "First."}
    assert panel.say(done).status_code == 200
    before = all_rows(shop.app)
    again = panel.say(done | {"note": "Second."})
    assert (again.status_code, again.text) == (200, f"Order {order.id} is done already. Nothing was changed.\n")
    other = panel.say({"id": order.id, "outcome": "failed"})
    assert (other.status_code, other.text) == (409, f"Order {order.id} is done already. Nothing was changed.\n")
    assert all_rows(shop.app) == before


def test_of_many_answers_at_once_one_ends_the_order(panel: Panel, shop: Shop, order: Order) -> None:
    def saying(n: int) -> Callable[[], TestResponse]:
        return lambda: panel.say({"id": order.id, "outcome": ("done", "failed")[n % 2], "note": f"{n}."})

    said = at_once([saying(n) for n in range(12)])
    first = [response for response in said if "already" not in response.text]
    assert len(first) == 1
    ended = shop.row(order)
    assert first[0].text == f"Order {order.id} is {ended.outcome}.\n"
    assert sum(event.startswith("reboot server: ") for event, _ in shop.events()) == 1
    assert sorted(response.status_code for response in said) == [200] * 6 + [409] * 6


def test_an_answer_may_come_before_the_driver_is_back(shop: Shop, panel: Panel) -> None:
    order = shop.put(Act.REBOOT_SERVER)
    [mine] = shop.claim()
    assert panel.say({"id": order.id, "outcome": "done"}).status_code == 200
    shop.dispatcher._carry_out(mine)
    assert shop.row(order).outcome == "done"


def test_an_answer_counts_also_when_the_account_was_disabled_meanwhile(shop: Shop, panel: Panel, order: Order) -> None:
    shop.change(Account, shop.account_id, disabled_at=clock.now())
    assert panel.say({"id": order.id, "outcome": "done"}).status_code == 200
    assert shop.row(order).outcome == "done"


def test_an_unclear_order_may_be_cleared_up_by_an_answer(shop: Shop, panel: Panel, order: Order) -> None:
    shop.change(Order, order.id, possible=True)
    assert shop.row(order).unclear
    assert panel.say({"id": order.id, "outcome": "failed"}).status_code == 200
    assert not shop.row(order).unclear


def test_an_order_that_it_never_had_is_unknown(shop: Shop, panel: Panel, order: Order) -> None:
    local, unasked = shop.put(Act.STOP_SERVER, Kind.DEDICATED), shop.put(Act.STOP_SERVER)
    for unknown in (order.id + 99, local.id, unasked.id, 2**63 - 1):
        response = panel.say({"id": unknown, "outcome": "done"})
        assert (response.status_code, response.text) == (404, f"There is no order {unknown} here.\n")
    assert [shop.row(each).outcome for each in (local, unasked)] == [None, None]


@pytest.mark.parametrize("settings", [{}], ids=["no webhook"])
def test_without_a_driver_that_answers_later_there_is_no_such_page(shop: Shop, panel: Panel, order: Order) -> None:
    assert panel.say({"id": order.id, "outcome": "done"}).status_code == 404
    assert shop.row(order).outcome is None


def test_what_is_not_signed_with_the_secret_is_refused_unread(shop: Shop, panel: Panel, order: Order) -> None:
    body = json.dumps({"id": order.id, "outcome": "done"}).encode()
    good = signing.sign(KEY, body, clock.now())
    before = all_rows(shop.app)
    for headers in (
        {},
        {signing.HEADER: ""},
        {signing.HEADER: "t=1,v1=00"},
        {signing.HEADER: good.replace("v1=", "v0=")},
        {signing.HEADER: signing.sign("x" * 32, body, clock.now())},
        {signing.HEADER: signing.sign(KEY, body + b" ", clock.now())},
        {signing.HEADER: good + "," * 2000},
    ):
        response = panel.post(body, headers)
        assert response.status_code == 401
        assert response.mimetype == "text/plain"
    after = all_rows(shop.app)
    before.pop("limit_hits"), after.pop("limit_hits")
    assert after == before
    assert panel.post(body, {signing.HEADER: good}).status_code == 200


def test_an_old_answer_is_refused_and_so_is_one_of_later(shop: Shop, panel: Panel, order: Order, time: Clock) -> None:
    answer = {"id": order.id, "outcome": "done"}
    for minutes in (-6, 6):
        response = panel.say(answer, at=time.at + timedelta(minutes=minutes))
        assert response.status_code == 401
        assert "5 minutes" in response.text
    assert shop.row(order).outcome is None


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""])
def test_nothing_is_parsed_before_the_signature_is_checked(
    shop: Shop, panel: Panel, order: Order, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: Any, **__: Any) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr("werkzeug.formparser.FormDataParser.parse", parse)
    body = json.dumps({"id": order.id, "outcome": "done"}).encode()
    assert panel.post(body, {}, content_type=content_type).status_code == 401
    assert panel.say({"id": order.id, "outcome": "done"}, content_type=content_type).status_code == 200
    assert shop.row(order).outcome == "done"


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (b"", "must be one JSON object"),
        (b"[]", "must be one JSON object"),
        (b"\xff", "must be one JSON object"),
        (b"[" * 50_000, "must be one JSON object"),
        ({"outcome": "done"}, 'the number of the order as its "id"'),
        ({"id": "1", "outcome": "done"}, 'the number of the order as its "id"'),
        ({"id": 0, "outcome": "done"}, 'the number of the order as its "id"'),
        ({"id": 2**63, "outcome": "done"}, 'the number of the order as its "id"'),
        ({"id": 1}, '"done"'),
        ({"id": 1, "outcome": "later"}, '"done" or "failed"'),
        ({"id": 1, "outcome": "exploded"}, '"done"'),
        ({"id": 1, "outcome": "done", "note": "x" * 501}, "note"),
        ({"id": 1, "outcome": "failed", "secret": "x"}, "secret"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_a_signed_answer_that_nobody_understands_changes_nothing_and_is_told_why(
    shop: Shop, panel: Panel, order: Order, answer: Any, fix: str
) -> None:
    before = all_rows(shop.app)
    response = panel.say(answer)
    assert response.status_code == 422
    assert fix in response.text
    assert response.text.endswith("Nothing was changed.\n")
    assert all_rows(shop.app) == before
    assert shop.row(order).outcome is None


def test_more_than_64_kib_is_refused_unread(shop: Shop, panel: Panel, order: Order) -> None:
    body = json.dumps({"id": order.id, "outcome": "done"}).encode()
    assert panel.say(body + b" " * (64 * 1024 - len(body) + 1)).status_code == 413
    endless = io.BytesIO(b" " * 100_000)
    signature = signing.sign(KEY, b"", clock.now())
    response = panel.app.test_client().post(
        "/hooks/orders",
        input_stream=endless,
        headers={signing.HEADER: signature, "Transfer-Encoding": "chunked"},
        environ_overrides={"REMOTE_ADDR": panel.address, "wsgi.input_terminated": True},
    )
    assert response.status_code == 413
    assert shop.row(order).outcome is None
    assert panel.say(body + b" " * (64 * 1024 - len(body))).status_code == 200


@pytest.mark.parametrize("settings", [WEBHOOK | {"LIMIT_HOOK_ADDRESS": "3/10min"}], ids=["3/10min"])
def test_whoever_signs_wrongly_too_often_is_not_even_looked_at(
    shop: Shop, panel: Panel, order: Order, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"id": order.id, "outcome": "done"}
    assert [panel.say(answer, key="x" * 32).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert hits() == 3
    with monkeypatch.context() as patch:
        patch.setattr(signing, "check", lambda *_: 1 / 0)
        response = panel.say(answer)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) in range(590, 602)
    assert "Too many wrong signatures. Again at 09:11 UTC." in response.text
    assert hits() == 3
    elsewhere = Panel(panel.app)
    elsewhere.address = "192.0.2.1"
    assert elsewhere.say({"id": 99_999, "outcome": "done"}).status_code == 404, "others are not held up"
    time.forward(minutes=11)
    assert panel.say(answer).status_code == 200
    assert shop.row(order).outcome == "done"


def hits() -> int:
    with begin_read() as session:
        return session.scalar(select(func.count()).select_from(LimitHit)) or 0


def test_a_right_signature_is_not_counted(shop: Shop, panel: Panel, order: Order) -> None:
    for _ in range(5):
        panel.say({"id": order.id, "outcome": "done"})
    assert hits() == 0
    assert shop.row(order).outcome == "done"


def test_it_is_there_under_the_shop_s_own_host_alone(shop: Shop, panel: Panel, order: Order) -> None:
    answer = {"id": order.id, "outcome": "done"}
    assert panel.say(answer, base_url="http://evil.example").status_code == 400
    assert shop.row(order).outcome is None
    response = panel.say(answer)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_it_takes_nothing_but_a_post(panel: Panel, shop: Shop, method: str) -> None:
    del shop
    assert panel.app.test_client().open("/hooks/orders", method=method).status_code == 405
