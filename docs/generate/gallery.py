"""The gallery: every script in `examples/` with its picture."""
import ast
from pathlib import Path

from .files import keep

PICTURES = "docs/gallery"


def write_gallery(root: Path, target: Path) -> None:
    """One page with all examples, NN_name.py: title and text from the docstring, pictures, then the script.

    Pictures are docs/gallery/NN_name.png, and NN_name_2.png and so on if there are more.
    """
    scripts = sorted((root / "examples").glob("[0-9][0-9]_*.py"))
    text = ["# Gallery\n", "Short scripts, each with its picture. Each has a function `main`, which returns the number "
            "that a test checks; run one with `python examples/NAME.py`.\n"]
    for script in scripts:
        title, _, about = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem).partition(
            "\n")
        text.append(f"## {title.strip().rstrip('.')}\n")
        if about.strip():
            text.append(about.strip() + "\n")
        for picture in sorted((root / PICTURES).glob(f"{script.stem}*.png")):
            text.append(f"![{title.strip().rstrip('.')}](../gallery/{picture.name})\n")
        text.append(f"```{{literalinclude}} ../../examples/{script.name}\n:language: python\n:caption: "
                    f"examples/{script.name}\n```\n")
    if not scripts:
        text.append("There are no examples in this version.\n")
    keep(target / "gallery.md", "\n".join(text))
