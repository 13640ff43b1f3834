"""CSV files as people's spreadsheets and other programs write them, with the line that each thing stands on."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_DELIMITERS = ",;"
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class CellError(ValueError):
    """What is wrong with a cell, as a sentence."""


@dataclass(frozen=True, order=True)
class Problem:
    line: int
    """As an editor counts them, from 1; a row that has line breaks in it begins here."""
    column: str
    """Empty where it is not about one cell."""
    sentence: str

    def __str__(self) -> str:
        """For a terminal, which would carry out what some signs in a file say."""
        said = f"line {self.line}{f', {self.column}' if self.column else ''}: {self.sentence}"
        return "".join(sign if sign.isprintable() else "�" for sign in said)


@dataclass
class Problems:
    """All that is wrong with a file: nothing is imported while there is one."""

    found: set[Problem] = field(default_factory=set)

    def add(self, line: int, column: str, sentence: str) -> None:
        self.found.add(Problem(line, column, sentence))


@dataclass(frozen=True)
class Column:
    name: str
    read: Callable[[str], Any]
    """From a cell that is not empty. Raises CellError."""
    to: str
    """The column of the table that it fills."""
    needed: bool = True
    """Whether the file must have it, filled in each row."""
    empty: Any = ""
    """What an empty cell means; also what a new thing gets when the file has no such column."""


@dataclass(frozen=True)
class Row:
    line: int
    cells: dict[str, str]
    problems: Problems

    def refuse(self, column: str, sentence: str) -> None:
        self.problems.add(self.line, column, sentence)

    def read(self, columns: Sequence[Column]) -> dict[str, Any]:
        """What these columns of the row say, but for what is wrong and columns that the file does not have."""
        values: dict[str, Any] = {}
        for column in columns:
            cell = self.cells.get(column.name)
            if cell is None:
                if column.needed:
                    self.problems.add(1, column.name, "The file has no such column.")
            elif cell:
                try:
                    values[column.to] = column.read(cell)
                except CellError as error:
                    self.refuse(column.name, str(error))
            elif column.needed:
                self.refuse(column.name, "This is empty.")
            else:
                values[column.to] = column.empty
        return values


def rows(path: Path, known: Collection[str], problems: Problems) -> Iterator[Row]:
    """The rows below the header. What can't be read of them is among the problems."""
    with path.open("rb") as file:
        start = file.peek(len(_BOM))
        if start.startswith(_UTF16):
            problems.add(1, "", "This is UTF-16. Save the file as CSV in UTF-8.")
            return
        if start.startswith(_BOM):
            file.read(len(_BOM))
        yield from _rows(file, known, problems)


def _rows(file: io.BufferedReader, known: Collection[str], problems: Problems) -> Iterator[Row]:
    lines = _decoded(file, problems)
    first = next(lines, "")
    reader = csv.reader(_with(first, lines), delimiter=_delimiter(first, known), skipinitialspace=True, strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = _header(cells, known, problems)
                if problems.found:
                    return
            elif any(cells):
                if len(cells) == len(header):
                    yield Row(line, dict(zip(header, map(_clean, cells), strict=True)), problems)
                else:
                    problems.add(line, "", f"There are {len(cells)} cells, but {len(header)} columns.")
            line = reader.line_num + 1
    except csv.Error:
        problems.add(line, "", "A quote here is not closed, or stands where none may stand.")
    if not header:
        problems.add(1, "", f"The first line must name the columns: {', '.join(known)}.")


def _decoded(file: io.BufferedReader, problems: Problems) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            problems.add(number, "", "This is not UTF-8. Save the file as CSV in UTF-8.")
            yield line.decode(errors="replace")


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().casefold().replace(" ", "_") for cell in cells]


def _delimiter(header: str, known: Collection[str]) -> str:
    """The one that gives more columns that are known."""
    return max(_DELIMITERS, key=lambda sign: len(set(known).intersection(_names(header.replace('"', "").split(sign)))))


def _header(cells: list[str], known: Collection[str], problems: Problems) -> list[str]:
    header = _names(cells)
    for name in dict.fromkeys(header):
        if name not in known:
            problems.add(1, name, f"There is no such column. There may be: {', '.join(known)}.")
        elif header.count(name) > 1:
            problems.add(1, name, "This column is there twice.")
    return header


def _clean(cell: str) -> str:
    """Spaces that don't break, which word processors leave, are spaces like any other."""
    return cell.replace("\xa0", " ").replace("\r\n", "\n").strip()
