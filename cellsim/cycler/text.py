"""Tables in the text files of cyclers: encoding, header, delimiter, decimal comma."""

import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ProtocolError
from ..support.files import cut, optional, read_bytes, reading
from .columns import recognised

LARGEST = 1_000_000_000  # bytes
HEAD = 300  # lines in which a header is looked for
DELIMITERS = ("\t", ";", ",")
SPACES = r"\s+"
SEPARATE = "separate entries by tabs or semicolons, and put text that contains the separator in quotes"
DECIMAL_COMMA = re.compile(r"-?\d+,\d+(?:[eE][+-]?\d+)?")


def text_table(path: Path, mapping: Mapping[str, Any] | None) -> Any:
    """The table in a text file as a DataFrame of texts, under the names of its header.  Raises ProtocolError."""
    with reading(path, ProtocolError):
        raw = read_bytes(path, LARGEST)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text[:10_000]:
        raise ProtocolError(f"{path.name}: is no text file; export it as text, or give a .parquet or .mpr file")
    lines = text.split("\n", HEAD)[:HEAD]
    place, delimiter = _header(lines, path.name, mapping)
    pd = optional("pandas")
    names = _cells(lines[place], delimiter)
    body = text.split("\n", place + 1)[place + 1] if text.count("\n") > place else ""
    if delimiter == SPACES or not body.strip():
        frame = pd.DataFrame(_words(body, names, path.name), columns=names, dtype=str)
    else:
        frame = _separated(body, names, delimiter, path)
    if delimiter != "," and len(frame):
        first = frame.iloc[0].astype(str).str.strip()
        if first.str.fullmatch(DECIMAL_COMMA.pattern).any():
            frame = frame.apply(lambda column: column.str.replace(",", ".", regex=False))
    return frame.loc[:, [name.strip() != "" for name in names]]


def _separated(body: str, names: list[str], delimiter: str, path: Path) -> Any:
    """The table of the lines below a header.  Raises ProtocolError, for rows with more entries than names too."""
    pd = optional("pandas")
    try:
        with reading(path, ProtocolError), warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # pandas would leave out what is too much
            frame = pd.read_csv(
                io.StringIO(body),
                sep=delimiter,
                header=None,
                names=list(range(len(names))),
                index_col=False,
                dtype=str,
                skipinitialspace=True,
                skip_blank_lines=True,
                on_bad_lines="error",
                keep_default_na=False,
            )
    except pd.errors.ParserWarning:
        raise ProtocolError(f"{cut(path.name, 80)}: rows have more entries than names; {SEPARATE}") from None
    frame.columns = names
    return frame


def _words(body: str, names: list[str], name: str) -> list[list[str]]:
    """Rows of words; one with fewer than names lacks all, as it is not known which one is missing.

    Raises ProtocolError for a row with more of them.
    """
    rows = [line.split() for line in body.splitlines() if line.strip()]
    for k, row in enumerate(rows):
        if len(row) > len(names):
            raise ProtocolError(
                f"{cut(name, 80)}: row {k + 1} has {len(row)} entries under {len(names)} names; {SEPARATE}"
            )
        if len(row) < len(names):
            rows[k] = [""] * len(names)
    return rows


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == SPACES:
        return line.split()
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]


def _header(lines: list[str], name: str, mapping: Mapping[str, Any] | None) -> tuple[int, str]:
    """(line, delimiter) of the header."""
    stated = re.match(r"\s*Nb header lines\s*:\s*(\d+)", lines[1]) if len(lines) > 1 else None
    if stated:  # BioLogic says where it is
        place = int(stated[1]) - 1
        if 0 <= place < len(lines):
            return place, "\t"
    wanted = {given if isinstance(given, str) else given[0] for given in (mapping or {}).values() if given}
    for place, line in enumerate(lines):
        for delimiter in (*DELIMITERS, SPACES):
            cells = _cells(line, delimiter)
            if len(cells) < 2:
                continue
            found = recognised(cells).columns
            if (
                wanted <= set(cells)
                if wanted
                else {"current", "voltage"} <= set(found) and ("time" in found or "stamp" in found)
            ):
                return place, delimiter
    what = (
        f"the columns {', '.join(sorted(map(str, wanted)))[:200]}" if wanted else "columns of time, current and voltage"
    )
    raise ProtocolError(
        f'{cut(name, 80)}: {what} were not found in a header; name them with mapping={{"time": ..., ...}}'
    )
