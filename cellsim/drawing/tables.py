"""Tables for the terminal."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

LONGEST = 28  # characters of a name that leave space for numbers on a narrow terminal


def plain_table(title: str, *columns: str, named: Sequence[Any] = ()) -> Table:
    """A table whose columns fold long text; the first one does so only if `named`, or their `.name`s, are very long.

    Text from files is never interpreted as markup.
    """
    table = Table(
        title=Text(title, style="bold"),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title_justify="left",
        caption_justify="left",
    )
    short = max((len(getattr(f, "name", f)) for f in named), default=LONGEST + 1) <= LONGEST
    for k, name in enumerate(columns):
        table.add_column(Text(name), overflow="fold", no_wrap=short and k == 0)
    return table
