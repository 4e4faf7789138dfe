"""Tables for the terminal."""
from rich import box
from rich.table import Table
from rich.text import Text

LONGEST = 28  # characters of a name that leave room for numbers on a narrow terminal


def plain_table(title, *columns, named=()) -> Table:
    """Columns fold rather than lose text; the first one only where names of `named` are very long.

    Words of the user are never markup.
    """
    table = Table(title=Text(title, style="bold"), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
                  title_justify="left", caption_justify="left")
    short = max((len(f.name) for f in named), default=LONGEST + 1) <= LONGEST
    for k, name in enumerate(columns):
        table.add_column(Text(name), overflow="fold", no_wrap=short and k == 0)
    return table
