"""`portal import`: a preview, then all of a file or nothing of it, as often as one likes."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import begin_read
from portal.models import (
    Account,
    Invoice,
    VirtualServer,
    WordPressSite,
)
from tests.attacks.rows import all_rows
from tests.cli.conftest import Run
from tests.cli.sheets import SAMPLE_NAMES, SAMPLES, Sheets, found, import_samples, sign_in_first_time
from tests.person import Person

D = Decimal


# The sample files


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_file_is_shown_first_then_imported_and_then_there_is_nothing_left_to_do(
    portal: Run, app: Flask, name: str
) -> None:
    if name != "customers":
        portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    path = str(SAMPLES / f"{name}.csv")
    before = all_rows(app)
    preview = portal("import", name, path)
    assert preview.exit_code == 0, preview.output
    assert preview.output.endswith("This is a preview: nothing is changed. Do it with --apply.\n")
    assert all_rows(app) == before

    applied = portal("import", name, path, "--apply")
    assert (applied.exit_code, applied.output.splitlines()[-1]) == (0, "Imported.")
    assert applied.output.splitlines()[:-1] == preview.output.splitlines()[:-1]
    after = all_rows(app)
    assert after != before

    again = portal("import", name, path, "--apply")
    assert again.output.splitlines()[-1] == "There is nothing to do."
    assert " 0 new, 0 changed, 0 not in the file" in again.output
    assert all_rows(app) == after


def test_the_preview_names_what_would_be_made(portal: Run) -> None:
    assert portal("import", "customers", str(SAMPLES / "customers.csv")).output.splitlines() == [
        "customers: 3 new, 0 changed, 0 not in the file, 0 as they are",
        "  new: line 2: anna@example.com",
        "  new: line 3: office@brightcafe.example",
        "  new: line 4: ops@cloudandco.example",
        "This is a preview: nothing is changed. Do it with --apply.",
    ]


def test_the_customers_of_the_samples_find_their_things(portal: Run, alice: Person) -> None:
    import_samples(portal)
    sign_in_first_time(portal, alice, "ops@cloudandco.example")
    overview = alice.open("/resources/").words
    assert "shop-1" in overview
    assert "metal-1" in overview
    assert "web-1" not in overview
    page = alice.open("/billing/")
    assert "$448.57" in page.words
    assert "500 Main Street 94105 San Francisco United States" in page.words
    link = page.soup.select_one("tbody th a")
    assert link is not None
    page = alice.open(str(link["href"]))
    assert "Cloud & Co Attn. Accounts Payable 500 Main Street San Francisco, CA 94105" in page.words
    assert "Tax 8.875% of $412.00 $36.57" in page.words
    assert "Pay $448.57" in page.words


def test_what_the_samples_say_is_kept_to_the_last_decimal(portal: Run, app: Flask) -> None:
    import_samples(portal)
    with app.app_context(), begin_read() as session:
        invoice = session.scalars(select(Invoice).where(Invoice.number == "2026-0417")).one()
        lines = [(line.text, line.quantity, line.unit_price, line.amount, line.tax) for line in invoice.lines]
    assert lines == [
        ("WordPress hosting", D(1), D("24.90"), D("24.90"), None),
        ("Backup, per GB", D("127.25"), D("0.145"), D("18.45"), None),
    ]
    assert (invoice.net, invoice.tax, invoice.total) == (D("43.35"), D("8.24"), D("51.59"))
    [site] = found(app, WordPressSite)
    assert (site.more_admins, site.external_id) == (["editor", "barista"], "w-9")
    assert found(app, VirtualServer)[0].more_addresses == ["2001:db8::41", "203.0.113.42"]


# Files as people have them


HEADER = "id,email,name,type"
ONE = ("c-1", "zoë@example.com", "Zoë; Zimmer, Ltd", "business")


@pytest.mark.parametrize(
    "content",
    [
        f'{HEADER}\nc-1,zoë@example.com,"Zoë; Zimmer, Ltd",business\n'.encode(),
        f'{HEADER}\nc-1,zoë@example.com,"Zoë; Zimmer, Ltd",business'.encode("utf-8-sig"),
        'id;email;name;type\r\nc-1;zoë@example.com;"Zoë; Zimmer, Ltd";business\r\n'.encode("utf-8-sig"),
        '"ID", Email,NAME,Type\n\n c-1 ,zoë@example.com, "Zoë; Zimmer,\xa0Ltd",Business\n,,,\n'.encode(),
        f'{HEADER},company\nc-1,ZOË@example.com,"Zoë; Zimmer, Ltd",business,\n'.encode(),
    ],
    ids=["commas", "with a BOM, no last line break", "semicolons", "spaces and empty lines", "an empty column"],
)
def test_a_file_is_read_as_it_comes_out_of_a_spreadsheet(
    portal: Run, app: Flask, sheets: Sheets, content: bytes
) -> None:
    result = portal("import", "customers", sheets.bytes(content), "--apply")
    assert result.exit_code == 0, result.output
    [account] = found(app, Account)
    assert (account.external_id, account.email, account.name, account.account_type) == ONE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: The first line must name the columns: id, email, name, type,"),
        (b"\xff\xfei\0d\0", "line 1: This is UTF-16. Save the file as CSV in UTF-8."),
        (b"email,name\na@example.com,Zo\xeb\n", "line 2: This is not UTF-8. Save the file as CSV in UTF-8."),
        (b"email,nme\na@example.com,A\n", "line 1, nme: There is no such column. There may be: id, email, name,"),
        (b"email,name,name\na@example.com,A,B\n", "line 1, name: This column is there twice."),
        (b"email\na@example.com\n", "line 1, name: The file has no such column."),
        (b"email,name\na@example.com\n", "line 2: There are 1 cells, but 2 columns."),
        (b'email,name\na@example.com,"A\n\nb@example.com,B\n', "line 2: A quote here is not closed, or stands"),
        (b'email,name\n\na@example.com,"A"B\n', "line 3: A quote here is not closed, or stands"),
        (b"email,name\na@example.com,A\0B\n", "line 2, name: There is a line break or a sign that can't be shown"),
    ],
)
def test_a_file_that_can_t_be_read_is_refused_with_its_line(
    portal: Run, app: Flask, sheets: Sheets, content: bytes, said: str
) -> None:
    result = portal("import", "customers", sheets.bytes(content), "--apply")
    assert result.exit_code == 1
    assert said in result.output
    assert "1 problem, so nothing was imported." in result.output
    assert found(app, Account) == []


@pytest.mark.parametrize(
    "lines", [("kind,id,customer", "vps,1,\x1b]0;mine\x07\x9b2J"), ("kind,\x1b]0;mine\x07", "vps,1")]
)
def test_a_file_tells_the_terminal_nothing(portal: Run, sheets: Sheets, lines: tuple[str, ...]) -> None:
    output = portal("import", "resources", sheets(*lines)).output
    assert "nothing was imported" in output
    assert output.replace("\n", "").isprintable()


def test_a_line_is_counted_where_it_begins_whatever_line_breaks_are_in_it(portal: Run, sheets: Sheets) -> None:
    portal("import", "customers", sheets("email,name", "a@example.com,A"), "--apply")
    columns = "number,customer,issued_on,due_on,currency,net,tax,total,addressed_to,text,quantity,unit_price"
    header = f"{columns},tax_percent,amount"
    first = '1,a@example.com,2026-11-01,2026-11-15,EUR,1,0,1,"A\nStreet\nTown","Server\nweb-1",1,1,0,1'
    second = "2,nobody@example.com,2026-11-01,2026-11-15,EUR,1,0,1,,Server,1,1,0,1"
    result = portal("import", "invoices", sheets(header, first, second))
    assert result.output.splitlines()[0].startswith(
        "line 6, customer: There is no customer with the id or email nobody"
    )


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_imported(portal: Run, app: Flask, sheets: Sheets) -> None:
    lines = [
        "id,email,name,type,country",
        "c-1,good@example.com,Good,personal,DE",
        "c-2,no email,Bad,personal,DE",
        "c-3,c@example.com,,clown,Germany",
        "c-1,d@example.com,D,personal,",
        f"c-5,GOOD@example.com,{'n' * 101},personal,",
    ]
    before = all_rows(app)
    result = portal("import", "customers", sheets(*lines), "--apply")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "line 3, email: It must be an email address such as name@example.com.",
        "line 4, country: It must be a country code of two letters such as DE or US.",
        "line 4, name: This is empty.",
        "line 4, type: It must be personal, business or reseller.",
        "line 5, id: c-1 stands in line 2 already.",
        "line 6, email: good@example.com stands in line 2 already.",
        "line 6, name: It may have 100 characters, and has 101.",
        "Error: 7 problems, so nothing was imported.",
    ]
    assert all_rows(app) == before


def test_a_long_preview_is_cut_and_can_be_had_whole(portal: Run, sheets: Sheets) -> None:
    path = sheets("email,name", *(f"c{n:02}@example.com,C" for n in range(30)))
    short = portal("import", "customers", path).output
    assert "  new: 10 more; --all shows them\n" in short
    assert "c29@example.com" not in short
    assert "  new: line 31: c29@example.com\n" in portal("import", "customers", path, "--all").output
