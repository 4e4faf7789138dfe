"""Tables in the text files of cyclers: encoding, header, delimiter, decimal comma."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ProtocolError
from ..support.files import optional, read_bytes, reading
from .columns import recognised

LARGEST = 1_000_000_000  # bytes
HEAD = 300  # lines in which a header is looked for
DELIMITERS = ("\t", ";", ",")
SPACES = r"\s+"
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
        rows = [line.split() for line in body.splitlines() if line.strip()]
        frame = pd.DataFrame([row[: len(names)] for row in rows], columns=names, dtype=str)
    else:
        with reading(path, ProtocolError):
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
            frame.columns = names
    if delimiter != "," and len(frame):
        first = frame.iloc[0].astype(str).str.strip()
        if first.str.fullmatch(DECIMAL_COMMA.pattern).any():
            frame = frame.apply(lambda column: column.str.replace(",", ".", regex=False))
    return frame.loc[:, [name.strip() != "" for name in names]]


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
    raise ProtocolError(f'{name[:80]}: {what} were not found in a header; name them with mapping={{"time": ..., ...}}')
