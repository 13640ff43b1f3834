"""How orders ended that the shop's own system took over: /hooks/orders. docs/drivers.md says how it is written."""

from http import HTTPStatus

from werkzeug.wrappers import Response

from portal.drivers.answers import AnswerError, order_named, parse_answer
from portal.drivers.base import Done, DriverRefusedError, Later
from portal.hooks import bp, signed
from portal.hooks.signed import say
from portal.orders import answering
from portal.orders.settling import NoSuchOrderError, SettledError


@bp.post("/orders")
def orders() -> Response:
    key = answering.key()
    if key is None:
        return say(HTTPStatus.NOT_FOUND, "No driver is set whose orders are answered here.")
    body = signed.body(key)
    try:
        order_id, answer = _understand(body)
    except AnswerError as error:
        return say(HTTPStatus.UNPROCESSABLE_ENTITY, f"The answer {error}. Nothing was changed.")
    try:
        order = answering.take(order_id, answer)
    except NoSuchOrderError:
        return say(HTTPStatus.NOT_FOUND, f"There is no order {order_id} here.")
    except SettledError as error:
        return _was_settled(error, answer)
    return say(HTTPStatus.OK, f"Order {order.id} is {order.outcome}.")


def _understand(body: bytes) -> tuple[int, Done | DriverRefusedError]:
    answer, order_id = parse_answer(body), order_named(body)
    if order_id is None:
        raise AnswerError('must have the number of the order as its "id"')
    if isinstance(answer, Later):
        raise AnswerError('must have an "outcome": "done" or "failed"')
    return order_id, answer


def _was_settled(error: SettledError, answer: Done | DriverRefusedError) -> Response:
    """The same answer again is no fault: its sender may not have heard of the first."""
    status = HTTPStatus.OK if error.outcome == answering.says(answer) else HTTPStatus.CONFLICT
    return say(status, f"Order {error.order_id} is {error.outcome} already. Nothing was changed.")
