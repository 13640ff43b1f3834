"""What drivers and answers say, made fit for a page, a line of a log and a column."""

LONGEST = 500
"""Characters of a note or a reason."""


def one_line(said: str) -> str:
    """Without what no page shows and not every database takes."""
    plain = "".join(c if c.isprintable() else " " for c in said)
    return " ".join(plain.split())[:LONGEST]
