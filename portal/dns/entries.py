"""A zone file's entries: what stands on a line, or on several within parentheses, cut into tokens (RFC 1035, 5.1)."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'[ \t]+|;.*|("[^"\\]*+(?:\\.[^"\\]*+)*+"|(?:[^ \t;()"\\]|\\.)++|.)')
"""White space and comments, which are no tokens; strings in quotation marks, words, and single characters left over."""
_PARENTHESES = {"(": 1, ")": -1}
_LEFT_OVER = {
    '"': "A quotation mark is opened and not closed on the same line.",
    "\\": "A \\ stands at the end of the line, with nothing after it.",
}
_MAX_TOKENS = 70_000
"""A text of 64 KiB in strings of one character has fewer. No entry may fill the memory."""


@dataclass(slots=True)
class Entry:
    line: int
    """Where it starts."""
    indented: bool
    """It starts with white space: its name is that of the entry before."""
    tokens: list[str] = field(default_factory=list)
    """As written, strings with their quotation marks."""
    depth: int = 0
    """How many parentheses are open."""
    wrong: str | None = None
    """Why it can't be read."""

    def add(self, line: str) -> None:
        for token in _TOKEN.findall(line):
            if token in _PARENTHESES:
                self.depth += _PARENTHESES[token]
            elif token in _LEFT_OVER:
                self.wrong = _LEFT_OVER[token]
            elif token:
                self.tokens.append(token)
        if self.depth < 0:
            self.wrong, self.depth = "A parenthesis is closed that was not opened.", 0
        if len(self.tokens) > _MAX_TOKENS:
            self.wrong = "This is too long for one record."
            self.tokens.clear()


def entries(text: str) -> Iterator[Entry]:
    entry = None
    for number, line in enumerate(io.StringIO(text, newline="\n"), 1):
        if line == "\n" and entry is None:
            continue
        entry = entry or Entry(number, indented=line[0] in " \t")
        entry.add(line.rstrip("\r\n"))
        if entry.depth == 0:
            if entry.tokens or entry.wrong:
                yield entry
            entry = None
    if entry:
        entry.wrong = "A parenthesis is opened here and not closed."
        yield entry
