"""`portal import customers`: by id, else by email; nobody is deleted, nobody knows a new password."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit import Actor
from portal.database import begin_read
from portal.imports import customers, sheet
from portal.imports.applying import ChangedMeanwhileError, apply
from portal.imports.plan import make_plan
from portal.imports.sheet import Problems
from portal.models import (
    Account,
    AuditEvent,
    BillingDetails,
)
from portal.passwords import NOBODYS_HASH
from tests.cli.conftest import Run
from tests.cli.sheets import Sheets, found, import_samples, sign_in_first_time
from tests.person import Person


def test_a_new_customer_has_a_password_that_nobody_knows(portal: Run, alice: Person, sheets: Sheets) -> None:
    portal("import", "customers", sheets("email,name", "a@example.com,A", "b@example.com,B"), "--apply")
    accounts = found(alice.app, Account)
    assert NOBODYS_HASH not in {account.password_hash for account in accounts}
    for password in ("", "a@example.com", "!", "password"):
        assert alice.sign_in("a@example.com", password).path == "/auth/login"
    sign_in_first_time(portal, alice, "a@example.com")


def test_customers_are_found_by_id_and_else_by_email_and_then_have_the_id(
    portal: Run, alice: Person, sheets: Sheets
) -> None:
    alice.register()
    path = sheets("id,email,name,type", "c-1,Alice@example.com,Alice Archer,business")
    output = portal("import", "customers", path, "--apply").output
    assert "changed: line 2: alice@example.com: id None -> 'c-1', name 'Alice' -> 'Alice Archer'" in output
    [account] = found(alice.app, Account)
    assert (account.external_id, account.name, account.account_type) == ("c-1", "Alice Archer", "business")
    assert alice.open("/resources/").path == "/resources/", "a new name signs nobody out"

    portal("import", "customers", sheets("email,name", "alice@example.com,Alice B"), "--apply")
    [account] = found(alice.app, Account)
    assert (account.external_id, account.name, account.account_type) == ("c-1", "Alice B", "business")


def test_a_new_email_is_taken_over_by_id_and_signs_the_account_out(portal: Run, alice: Person, sheets: Sheets) -> None:
    alice.register()
    portal("import", "customers", sheets("id,email,name", "c-1,alice@example.com,Alice"), "--apply")
    portal("import", "customers", sheets("id,email,name", "c-1,alice@new.example,Alice"), "--apply")
    assert alice.open("/resources/").path == "/auth/login"
    assert alice.sign_in("alice@new.example").path == "/resources/"
    event = found(alice.app, AuditEvent, AuditEvent.event == "account changed")[-1]
    assert (event.by, event.detail) == ("staff:sam", {"reason": "import", "fields": "email"})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c-9,a@example.com,A", "line 2, email: There is a customer a@example.com already, with the id c-1."),
        ("c-1,b@example.com,A", "line 2, email: There is a customer b@example.com already, with the id c-2."),
        ("c-1,x@example.com,A", "line 2, email: There is a customer x@example.com already, without an id."),
    ],
)
def test_an_id_and_an_email_of_two_customers_are_refused(
    portal: Run, alice: Person, sheets: Sheets, line: str, said: str
) -> None:
    alice.register("x@example.com")
    portal("import", "customers", sheets("id,email,name", "c-1,a@example.com,A", "c-2,b@example.com,B"), "--apply")
    result = portal("import", "customers", sheets("id,email,name", line), "--apply")
    assert result.exit_code == 1
    assert said in result.output


def test_two_lines_about_one_customer_are_refused(portal: Run, sheets: Sheets) -> None:
    portal("import", "customers", sheets("id,email,name", "c-1,old@example.com,A"), "--apply")
    output = portal(
        "import", "customers", sheets("id,email,name", "c-1,new@example.com,A", ",old@example.com,B")
    ).output
    assert "line 3: This is the same customer as in line 2.\n" in output


def test_columns_that_the_file_does_not_have_are_left_alone_and_nobody_is_deleted(
    portal: Run, app: Flask, sheets: Sheets
) -> None:
    import_samples(portal)
    result = portal("import", "customers", sheets("id,email,name", "c-1001,anna@example.com,Anna Baker"), "--apply")
    assert result.output.splitlines()[:3] == [
        "customers: 0 new, 1 changed, 2 not in the file, 0 as they are",
        "  changed: line 2: anna@example.com: name 'Anna Able' -> 'Anna Baker'",
        "  not in the file: office@brightcafe.example",
    ]
    assert [account.name for account in found(app, Account)] == ["Anna Baker", "Bright Café", "Cloud & Co, Hosting"]
    with app.app_context(), begin_read() as session:
        assert session.get_one(BillingDetails, 1).street == "12 Rose Lane"


def test_billing_details_are_changed_only_where_they_differ(portal: Run, app: Flask, sheets: Sheets) -> None:
    header = "id,email,name,street,city,country"
    portal("import", "customers", sheets(header, "c-1,a@example.com,A,1 Old Road,Leeds,GB"), "--apply")
    output = portal("import", "customers", sheets(header, "c-1,a@example.com,A,2 New Road,Leeds,GB"), "--apply").output
    assert "changed: line 2: a@example.com: street '1 Old Road' -> '2 New Road'\n" in output
    with app.app_context(), begin_read() as session:
        details = session.scalars(select(BillingDetails)).one()
    assert (details.street, details.city, details.company) == ("2 New Road", "Leeds", "")


def test_an_account_that_is_made_meanwhile_undoes_the_whole_import(app: Flask, alice: Person, sheets: Sheets) -> None:
    path = Path(sheets("email,name", "bob@example.com,Bob", "alice@example.com,Alice"))
    names = [column.name for column in customers.COLUMNS]
    with app.app_context():
        table, problems = customers.table(), Problems()
        with begin_read() as session:
            plan = make_plan(session, table, customers.entries(sheet.rows(path, names, problems)), problems)
    alice.register()
    with app.app_context(), pytest.raises(ChangedMeanwhileError):
        apply([plan], clock.now(), Actor("staff:sam"), path.name)
    assert [account.email for account in found(app, Account)] == ["alice@example.com"]
