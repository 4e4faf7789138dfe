"""Configuration of the documentation site: `make docs`, or `sphinx-build -W docs build/docs`.

Nothing is fetched from the network, no simulation is run.  Pages in `generated/` are written at the start of each
build from the tables of the code, by the scripts in `generate/`.
"""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"  # signatures and docstrings of kernels, without compiling them
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402
from pygments.lexers.special import TextLexer  # noqa: E402

project = "cellsim"
author = "cellsim developers"
version = release = version_of("cellsim")
extensions = ["sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx-mathjax-offline", "myst_nb"]

exclude_patterns = ["generate", "_build"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence", "fieldlist"]
myst_heading_anchors = 3
numfig = math_numfig = True
numfig_secnum_depth = 1
toc_object_entries = False
math_eqref_format = "({number})"

# every function that a page names must exist; other kinds of references come from type annotations
nitpicky = True
nitpick_ignore_regex = [(r"py:(?!func).*", r".*")]
add_function_parentheses = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
suppress_warnings = ["myst.strikethrough", "mystnb.unknown_mime_type"]

html_theme = "pydata_sphinx_theme"
html_title = f"cellsim {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 8,
    "show_nav_level": 2,
    "navigation_depth": 3,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": []}
copyright = "cellsim developers, BSD-3-Clause"  # noqa: A001


def setup(app):
    """Write the generated pages, and let docstrings be read as they are written."""
    app.connect("builder-inited", lambda app: generate.write(HERE, HERE / "generated"))
    app.add_lexer("protocol", TextLexer)
    app.connect("autodoc-process-docstring", generate.docstring_lines)
    app.connect("autodoc-process-signature", generate.public_signature)
