"""Pages that lie elsewhere in the repository: notebooks, and files at its root."""

import re
from pathlib import Path

from .files import keep, keep_copy

ROOT_PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "parameter_sets/README.md": "parameter_sets.md",
    "cellsim/protocols/cycles/README.md": "drive_cycles.md",
}


def write_copies(root: Path, target: Path) -> None:
    """Copy notebooks as they are, and pages with links that lead to where pages lie in the site."""
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        keep_copy(notebook, target / "notebooks" / notebook.name)
    for name, copy_name in ROOT_PAGES.items():
        if (root / name).is_file():
            keep(target / copy_name, _relinked((root / name).read_text(encoding="utf-8"), Path(name).parent))


def _relinked(text: str, folder: Path) -> str:
    """Links to pages of the site, from the folder `generated`; links to other files become their names."""

    def link(match: re.Match[str]) -> str:
        words, where = match[1], match[2]
        if where.startswith(("http", "#", "mailto:")):
            return match[0]
        path, _, anchor = (folder / where).as_posix().partition("#")
        anchor = f"#{anchor}" if anchor else ""
        if path in ROOT_PAGES:
            return f"[{words}]({ROOT_PAGES[path]}{anchor})"
        if path.startswith("docs/") and path.endswith(".md"):
            return f"[{words}](../{path.removeprefix('docs/')}{anchor})"
        return words if words.startswith("`") else f"`{words}`"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)
