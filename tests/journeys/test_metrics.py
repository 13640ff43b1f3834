"""/metrics, for Prometheus."""

import re

import pytest
from prometheus_client import REGISTRY

from tests.person import Person, wrong


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_metrics_are_for_the_addresses_that_the_settings_allow(alice: Person) -> None:
    assert alice.open("/metrics").status == 404
    local = Person(alice.app, "127.0.0.1")
    assert local.open("/metrics").status == 200


@pytest.mark.parametrize("settings", [{"METRICS_ALLOWED": "10.0.0.0/8"}])
def test_a_network_may_be_allowed(alice: Person) -> None:
    assert Person(alice.app, "10.1.2.3").open("/metrics").status == 200
    assert Person(alice.app, "127.0.0.1").open("/metrics").status == 404


def test_sign_ins_codes_and_texts_are_counted_by_outcome(enrolled: Person) -> None:
    signed_in = counted("portal_sign_ins_total", outcome="signed in with a code")
    refused = counted("portal_sign_ins_total", outcome="wrong password")
    right = counted("portal_codes_total", purpose="sign_in", outcome="right")
    missed = counted("portal_codes_total", purpose="sign_in", outcome="wrong")
    sent = counted("portal_texts_total", provider="memory", outcome="accepted")
    timed = counted("portal_text_seconds_count")

    enrolled.sign_out()
    enrolled.sign_in(password="not the right password")
    enrolled.sign_in()
    code = enrolled.newest_code()
    enrolled.type_code(wrong(code))
    enrolled.type_code(code)

    assert counted("portal_sign_ins_total", outcome="signed in with a code") == signed_in + 1
    assert counted("portal_sign_ins_total", outcome="wrong password") == refused + 1
    assert counted("portal_codes_total", purpose="sign_in", outcome="right") == right + 1
    assert counted("portal_codes_total", purpose="sign_in", outcome="wrong") == missed + 1
    assert counted("portal_texts_total", provider="memory", outcome="accepted") == sent + 1
    assert counted("portal_text_seconds_count") == timed + 1


def test_the_length_of_the_queue_is_shown(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    page = Person(enrolled.app, "127.0.0.1").open("/metrics")
    assert re.search(r"^portal_texts_waiting 1\.0$", page.html, re.MULTILINE)
    enrolled.texts()
    page = Person(enrolled.app, "127.0.0.1").open("/metrics")
    assert re.search(r"^portal_texts_waiting 0\.0$", page.html, re.MULTILINE)
