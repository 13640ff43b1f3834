"""Every event that the code records has words on a customer's pages, and each of them is a sentence."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal import ROOT
from portal.acts import TERMS, Act
from portal.history.words import GROUPS, WORDS, Group, by, events_of, sentence
from portal.models import AuditEvent

LONGEST_EVENT = 40
"""Of the column."""
_ORDERED = [act.value for act in Act if TERMS[act].kinds]
COMPUTED = {
    "act['act']": _ORDERED,
    "order.act": _ORDERED,
    "f'{order.act}: {outcome}'": [f"{act}: {outcome}" for act in _ORDERED for outcome in ("done", "failed")],
    "f'{order.act}: retried'": [f"{act}: retried" for act in _ORDERED],
}
"""Events that are put together when they are recorded, by the code that does it."""


@dataclass(frozen=True)
class Recorder:
    """A function that records what it is given as its `event`."""

    name: str
    position: int
    """Of the event among its arguments, without `self`."""
    is_method: bool = False


THE_AUDITS = frozenset({Recorder("record", 3), Recorder("record_about", 3)})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[Path, Function | None, ast.Call]]:
    """Every call in the portal's code, with the function that it stands in."""
    for path, tree in TREES.items():
        inside: dict[ast.AST, Function | None] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                inside[child] = node if isinstance(node, Function) else inside.get(node)
            if isinstance(node, ast.Call):
                yield path, inside.get(node), node


TREES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "portal").rglob("*.py"))}
CALLS = list(functions())


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def argument(call: ast.Call, recorder: Recorder) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "event"]
    if named:
        return named[0]
    return call.args[recorder.position] if len(call.args) > recorder.position else None


def parameters(function: Function) -> list[str]:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] == ["self"] else names


def events_in(value: ast.expr, function: Function | None) -> Iterator[str | ast.expr]:
    """The events that an expression may stand for; itself where that can't be told."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from events_in(value.body, function)
        yield from events_in(value.orelse, function)
    elif isinstance(value, ast.Name) and function is not None:
        yield from _events_of_name(value, function)
    else:
        yield value


def _events_of_name(name: ast.Name, function: Function) -> Iterator[str | ast.expr]:
    given = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name.id for t in node.targets)
    ]
    for value in given:
        yield from events_in(value, function)
    if name.id in parameters(function):
        defaults = dict(zip(parameters(function)[::-1], function.args.defaults[::-1], strict=False))
        if name.id in defaults:
            yield from events_in(defaults[name.id], function)
    elif not given:
        yield name


def recorded() -> dict[str, Path]:
    """Each event with a file that records it; what can't be told is there as its code."""
    found: dict[str, Path] = {}
    recorders = set(THE_AUDITS)
    seen: set[Recorder] = set()
    while recorders - seen:
        recorder = (recorders - seen).pop()
        seen.add(recorder)
        for path, function, call in CALLS:
            value = argument(call, recorder) if called(call) == recorder.name else None
            if value is None or not _is_about_the_audit(path, call, recorder):
                continue
            for event in events_in(value, function):
                found[event if isinstance(event, str) else ast.unparse(event)] = path
            if isinstance(value, ast.Name) and function is not None and value.id in parameters(function):
                is_method = function.args.args[0].arg == "self"
                recorders.add(Recorder(function.name, parameters(function).index(value.id), is_method))
    return found | dict(recorded_as_rows())


def recorded_as_rows() -> Iterator[tuple[str, Path]]:
    """Events in the rows that `record_many` is given: what stands under "event" beside an "account_id"."""
    for path, tree in TREES.items():
        for function in ast.walk(tree):
            if isinstance(function, Function):
                yield from ((event, path) for event in _events_of_rows(function))


def _events_of_rows(function: Function) -> Iterator[str]:
    for row in ast.walk(function):
        if isinstance(row, ast.Dict):
            columns = {
                key.value: value
                for key, value in zip(row.keys, row.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            if {"event", "account_id"} <= columns.keys():
                for event in events_in(columns["event"], function):
                    yield event if isinstance(event, str) else ast.unparse(event)


def _is_about_the_audit(path: Path, call: ast.Call, recorder: Recorder) -> bool:
    """The audit's own functions are called by its name; those that call them have names of their own, or the same."""
    on = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_the_audits = isinstance(on, ast.Name) and on.id == "audit"
    if recorder.is_method and on is None:
        return False
    return is_the_audits == (recorder in THE_AUDITS) and path.name != "audit.py"


RECORDED = recorded()


def test_the_events_are_found_in_the_code() -> None:
    """Those of all the ways in which they are recorded."""
    for event in (
        "registered",  # a literal
        "phone changed",  # one of two
        "sign-in refused: disabled",  # a variable
        "account disabled",  # handed to another function
        "password changed",  # recorded by a method
        "ticket answered",  # the default of a parameter
        "ticket opened again",
        "account changed",  # in a row
    ):
        assert event in RECORDED, event
    assert len(RECORDED) > 25


@pytest.mark.parametrize("event", sorted(RECORDED))
def test_every_event_has_words(event: str) -> None:
    for each in COMPUTED.get(event, [event]):
        assert each in WORDS, (
            f"{RECORDED[event].relative_to(ROOT)} records {each!r}, which has no words in portal/history/words.py"
            " (or if it is put together when it is recorded: name it in COMPUTED)"
        )


def an_event(event: str, **detail: str) -> AuditEvent:
    return AuditEvent(
        account_id=1, at=datetime(2026, 11, 24, tzinfo=UTC), event=event, by="customer", detail=detail, object_id=7
    )


@pytest.mark.parametrize("event", WORDS)
def test_the_words_of_each_event_are_a_sentence_without_holes(event: str) -> None:
    values = {"image": "Debian 13", "admin": "editor", "name_servers": "ns1.example.net", "slot": "backup"}
    said = sentence(an_event(event, name="web-1", number="+1 ··· ··23", **values))
    assert said[0].isupper()
    assert "…" not in said
    assert not said.endswith(".")
    assert not set("{}") & set(said)
    assert len(event) <= LONGEST_EVENT


def test_an_event_that_an_older_version_recorded_is_shown_all_the_same() -> None:
    assert sentence(an_event("moon landed on")) == "Moon landed on"
    assert by(an_event("moon landed on")) == "You"


def test_what_customers_do_to_things_is_said_with_their_names() -> None:
    assert sentence(an_event("delete server", name="web-1")) == "Asked to delete server 'web-1'"
    assert sentence(an_event("delete server: done", name="web-1")) == "Done: delete server 'web-1'"
    assert sentence(an_event("delete server: failed", name="web-1")) == "Could not delete server 'web-1'"
    assert (
        sentence(an_event("delete server", name="{0.__class__} {slot}"))
        == "Asked to delete server '{0.__class__} {slot}'"
    )


def test_what_was_asked_for_is_said_with_its_values() -> None:
    event = an_event("set name servers", name="shop.example", name_servers="ns1.example.net, ns2.example.net")
    assert sentence(event) == "Asked to change the name servers of 'shop.example' to ns1.example.net, ns2.example.net"
    assert sentence(an_event("reinstall server", name="web-1")) == "Asked to reinstall server 'web-1' with …"


def test_why_the_shop_did_something_is_not_for_the_customer_to_read() -> None:
    assert sentence(an_event("account disabled", reason="a nuisance")) == "The account was switched off"


def test_each_group_has_a_name_and_events() -> None:
    assert set(GROUPS) == set(Group)
    for group in Group:
        assert events_of(group)


@pytest.mark.parametrize(
    ("recorded_by", "said"),
    [
        ("customer", "You"), ("staff:sam", "Support"), ("desk:Sam", "Support"), ("desk", "Support"),
        ("portal", "The portal"), ("driver:webhook", "Our systems"), ("webhook", "Our systems"),
    ],
)  # fmt: skip
def test_who_did_it_is_said_in_a_customer_s_words(recorded_by: str, said: str) -> None:
    event = an_event("delete server", name="web-1")
    event.by = recorded_by
    assert by(event) == said


def test_who_typed_a_wrong_password_may_be_anyone() -> None:
    for event in ("wrong password", "wrong code", "password accepted", "sign-in refused: disabled"):
        assert by(an_event(event)) == "Someone"
