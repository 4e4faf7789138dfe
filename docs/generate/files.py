"""Writing of generated pages."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

written: set[Path] = set()  # by the build at hand


def keep(path: Path, text: str) -> None:
    """Write a page, unless it is there already: Sphinx reads again what has changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written.add(path)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def keep_copy(source: Path, path: Path) -> None:
    """Copy a file, unless it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written.add(path)
    if not path.is_file() or path.read_bytes() != source.read_bytes():
        shutil.copyfile(source, path)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; bars inside cells are escaped."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) + "\n"
