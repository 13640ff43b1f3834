"""What each route and each act needs, and that without it nothing happens.

The acts are asked for over the forms of the pages (`asking.py`), by whoever may not, and with codes that are for
something else.
"""

from typing import Any

import pytest
from flask import Flask

from portal.acts import TERMS, Act, Need
from portal.limits import LIMITS
from portal.web.needs import FRESH_PAGES, ROUTES
from tests.attacks.asking import ASKED, ELSEWHERE, WAYS, Asking, Form
from tests.attacks.rows import Rows, all_rows, rows_of
from tests.conftest import Clock
from tests.person import Person, wrong
from tests.shelf import add_server

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    # Limits have tests of their own; here they would hide what refuses.
    pytest.mark.parametrize("settings", [{f"LIMIT_{limit.name}": "off" for limit in LIMITS}], ids=["unlimited"]),
]
ALICE = "alice@example.com"
PROOFS = {"browser_sessions", "challenges", "texts", "limit_hits", "audit_events", "known_browsers"}
"""Tables in which it stands that something was asked for, or a code tried. All others say what there is."""
NEEDS = {
    Need.IDENTITY: {Act.SET_PHONE, Act.REMOVE_PHONE, Act.CHANGE_PASSWORD},
    Need.APPROVAL: {
        Act.REINSTALL_SERVER, Act.RESET_ROOT, Act.DELETE_SERVER, Act.RESET_ADMIN, Act.DELETE_SITE, Act.UNLOCK_DOMAIN,
        Act.TRANSFER_DOMAIN, Act.SET_NAME_SERVERS, Act.CHANGE_APEX, Act.IMPORT_ZONE, Act.DELETE_ZONE, Act.MAKE_ZONE,
    },
    Need.FRESH: {
        Act.START_SERVER, Act.STOP_SERVER, Act.REBOOT_SERVER, Act.FORCE_OFF_SERVER, Act.UPDATE_SITE, Act.LOCK_DOMAIN,
        Act.AUTO_RENEW_ON, Act.AUTO_RENEW_OFF, Act.CHANGE_RECORDS, Act.SEE_PAGE, Act.CHANGE_BILLING,
    },
}  # fmt: skip
"""Once more, so that nobody makes a need smaller by one word."""


def in_one_word(way: Act | Asking) -> str:
    return way.value if isinstance(way, Act) else way.action


ACTS = pytest.mark.parametrize(("act", "asking"), WAYS, ids=in_one_word)


def in_words(endpoint: str) -> str:
    """A route with what it needs, as the test's own name."""
    declared = ROUTES[endpoint]
    needs = sorted({TERMS[act].need for act in declared}) if isinstance(declared, frozenset) else ["nothing"]
    return f"{endpoint} needs {' or '.join(needs)}"


def held(app: Flask) -> Rows:
    """What there is, as against what was tried."""
    return {table: rows for table, rows in all_rows(app).items() if table not in PROOFS}


def send(person: Person, form: Form) -> None:
    action, values = form
    person.post(action, values)


def ask(alice: Person, act: Act, form: Form, time: Clock) -> str:
    """Ask for an act that must be proved, and read the code off the phone."""
    if TERMS[act].need is Need.FRESH:
        time.forward(minutes=11)
    send(alice, form)
    assert alice.page.path == "/auth/confirm", alice.page.words
    return alice.newest_code()


def try_code(alice: Person, code: str) -> None:
    """Where a code is typed, for what was asked last."""
    alice.open("/auth/confirm")
    alice.type_code(code)


# The tables


def test_every_route_that_takes_a_form_declares_what_it_needs(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts == set(ROUTES)


def test_one_that_declares_nothing_is_refused_to_everyone(app: Flask, time: Clock) -> None:
    del time
    app.add_url_rule("/resources/new", "resources.new", lambda: "done", methods=["POST"])
    alice = Person(app)
    alice.register()
    assert alice.post("/resources/new", {"csrf_token": alice.csrf()}).status == 403


@pytest.mark.parametrize("endpoint", sorted(ROUTES), ids=in_words)
def test_a_route_declares_acts_or_says_why_there_are_none(app: Flask, endpoint: str) -> None:
    assert endpoint in app.view_functions
    declared = ROUTES[endpoint]
    assert declared if isinstance(declared, frozenset) else declared.why


def test_every_act_is_asked_for_by_some_route_and_attacked_by_some_test(app: Flask) -> None:
    del app
    declared = {act for acts in ROUTES.values() if isinstance(acts, frozenset) for act in acts}
    assert declared == set(Act)
    assert set(ASKED) | set(ELSEWHERE) == set(Act)


def test_every_act_is_attacked_over_each_route_that_leads_to_it(app: Flask) -> None:
    declared = {
        (endpoint, act)
        for endpoint, acts in ROUTES.items()
        if isinstance(acts, frozenset)
        for act in acts - set(ELSEWHERE)
    }
    routes = app.url_map.bind("localhost")
    assert {(routes.match(asking.sent_to, method="POST")[0], act) for act, asking in WAYS} == declared


def test_each_act_needs_what_it_has_to(app: Flask) -> None:
    del app
    assert {need: {act for act, terms in TERMS.items() if terms.need is need} for need in Need} == NEEDS


def test_fresh_pages_are_pages(app: Flask) -> None:
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert set(FRESH_PAGES) <= gets


# The acts


@ACTS
def test_nobody_but_the_customer_can_ask_for_it(enrolled: Person, mallory: Person, act: Act, asking: Asking) -> None:
    del act
    [thing, *_] = asking.things(enrolled)
    action, values = asking.form(enrolled, thing)
    stranger, half = Person(enrolled.app, "198.51.100.1"), Person(enrolled.app, "198.51.100.2")
    stranger.open("/auth/login")
    half.sign_in()
    mallory.open("/profile/")

    before = all_rows(enrolled.app)
    for person, leads_to in ((stranger, "/auth/login"), (half, "/auth/verify")):
        response = person.client.post(action, data=values | {"csrf_token": person.csrf()})
        assert (response.status_code, response.location.partition("?")[0]) == (302, leads_to)
        assert all_rows(enrolled.app) == before
    hers = rows_of(enrolled.app, ALICE)
    send(mallory, (action, values | {"csrf_token": mallory.csrf()}))
    assert rows_of(enrolled.app, ALICE) == hers
    if thing:
        assert mallory.page.status == 404
        assert held(enrolled.app) == {table: rows for table, rows in before.items() if table not in PROOFS}


@ACTS
def test_a_stale_session_must_prove_itself(enrolled: Person, act: Act, asking: Asking, time: Clock) -> None:
    del act
    [thing, *_] = asking.things(enrolled)
    form = asking.form(enrolled, thing)
    before = held(enrolled.app)
    time.forward(minutes=11)
    send(enrolled, form)
    assert enrolled.page.path == "/auth/confirm"
    enrolled.type_code(wrong(enrolled.newest_code()))
    assert enrolled.page.status == 422
    assert held(enrolled.app) == before


@ACTS
def test_a_fresh_session_is_enough_for_what_needs_that_and_for_nothing_else(
    enrolled: Person, act: Act, asking: Asking
) -> None:
    [thing, *_] = asking.things(enrolled)
    form = asking.form(enrolled, thing)
    before = held(enrolled.app)
    send(enrolled, form)
    assert (enrolled.page.path == "/auth/confirm") == (TERMS[act].need is Need.APPROVAL)
    assert (held(enrolled.app) == before) == (TERMS[act].need is Need.APPROVAL)


@ACTS
def test_a_code_for_something_else_is_refused(enrolled: Person, act: Act, asking: Asking, time: Clock) -> None:
    things = asking.things(enrolled)
    [form, *forms_of_others] = [asking.form(enrolled, thing) for thing in things]
    # Another act, which needs a code at any time.
    other_act = Act.RESET_ROOT if act is not Act.RESET_ROOT else Act.DELETE_SERVER
    other = ASKED[other_act].form(enrolled, add_server(enrolled, name="db-1"))

    before = held(enrolled.app)
    codes = [ask(enrolled, act, one, time) for one in forms_of_others] + [ask(enrolled, other_act, other, time)]
    right = ask(enrolled, act, form, time)
    for code in codes:
        assert code != right
        try_code(enrolled, code)
        assert enrolled.page.status == 422
        assert held(enrolled.app) == before
    try_code(enrolled, right)
    assert held(enrolled.app) != before, "so that the refusals above are the code's doing"


@ACTS
def test_a_code_that_is_dead_is_refused(enrolled: Person, act: Act, asking: Asking, time: Clock) -> None:
    [thing, *_] = asking.things(enrolled)
    form = asking.form(enrolled, thing)
    before = held(enrolled.app)
    code = ask(enrolled, act, form, time)
    for _ in range(5):
        try_code(enrolled, wrong(code))
    try_code(enrolled, code)
    assert enrolled.page.status == 422
    code = ask(enrolled, act, form, time)
    time.forward(minutes=6)
    try_code(enrolled, code)
    assert enrolled.page.status == 422
    assert held(enrolled.app) == before


@ACTS
def test_a_code_works_once(enrolled: Person, act: Act, asking: Asking, time: Clock) -> None:
    forms = [asking.form(enrolled, thing) for thing in asking.things(enrolled)]
    code = ask(enrolled, act, forms[0], time)
    try_code(enrolled, code)
    after = held(enrolled.app)
    csrf = {"csrf_token": enrolled.csrf(), "code": code}
    enrolled.post("/auth/confirm", csrf)
    assert held(enrolled.app) == after
    for form in forms[1:]:
        assert ask(enrolled, act, form, time) != code
        try_code(enrolled, code)
        assert enrolled.page.status == 422
    assert held(enrolled.app) == after


@pytest.mark.parametrize(("act", "asking"), [way for way in WAYS if way[1].change], ids=in_one_word)
def test_what_was_changed_since_it_was_asked_for_is_left_alone(
    enrolled: Person, act: Act, asking: Asking, time: Clock
) -> None:
    [thing, *_] = asking.things(enrolled)
    code = ask(enrolled, act, asking.form(enrolled, thing), time)
    assert asking.change is not None
    asking.change(enrolled, thing)
    before: dict[str, list[Any]] = held(enrolled.app)
    try_code(enrolled, code)
    assert enrolled.page.path != "/auth/confirm"
    assert enrolled.page.soup.select(".message.bad")
    assert held(enrolled.app) == before
