"""The gallery: every script in `examples/` with its picture."""

import ast
import re
from pathlib import Path

from .files import keep, keep_copy

PICTURES = "examples/pictures"
ABOUT = (
    "Each script asks one question, answers it with one number, which a test checks, and draws one picture: "
    "`python examples/NAME.py`.\n"
)


def write_gallery(root: Path, target: Path) -> None:
    """A page with the pictures of all examples NN_name.py, and a page for each: question, picture, script."""
    scripts = sorted((root / "examples").glob("[0-9][0-9]_*.py"))
    cards, pages = [], []
    for script in scripts:
        title, about = _said(script)
        pictures = [_copied(p, target) for p in sorted((root / PICTURES).glob(f"{script.stem}*.png"))]
        keep(
            target / "examples" / f"{script.stem}.md",
            "\n".join(
                (
                    f"# {title}\n",
                    about + "\n",
                    *(f"![{title}](../pictures/{name})\n" for name in pictures),
                    f"`examples/{script.name}`\n",
                    f"```{{literalinclude}} ../../../examples/{script.name}\n:language: python\n```\n",
                )
            ),
        )
        cards.append(f"## [{title}](examples/{script.stem}.md)\n")
        cards += [f"```{{image}} pictures/{name}\n:alt: {title}\n:width: 480px\n```\n" for name in pictures[:1]]
        pages.append(f"examples/{script.stem}")
    listed = ["```{toctree}", ":hidden:", "", *pages, "```\n"] if pages else ["There are none in this version.\n"]
    keep(target / "gallery.md", "\n".join(["# Gallery\n", ABOUT, *listed, *cards]))


def _said(script: Path) -> tuple[str, str]:
    """First line of a script's docstring, and the rest, a paragraph for each of "Model:", "Source:", "Returns"."""
    words = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem
    title, _, about = words.partition("\n")
    return title.strip().rstrip("."), re.sub(r"\n(?=[A-Z][a-z]+:|Returns )", "\n\n", about.strip())


def _copied(picture: Path, target: Path) -> str:
    """Name of a picture, copied to where the pages lie."""
    keep_copy(picture, target / "pictures" / picture.name)
    return picture.name
