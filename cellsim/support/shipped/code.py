"""How the machine code of one kernel is read from the package.

These files are as trustworthy as the modules beside them, whoever owns them.  One that is missing, cut short or
replaced, as its checksum in the manifest shows, is treated as missing, with a message.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from ..cache import Damaged, Kept, checksum
from .choice import Shipped


class Code(Kept):
    """Machine code of one function, to be read only."""

    def __init__(self, function: Any, shipped: Shipped) -> None:
        super().__init__(function, shipped.folder)
        self._magic, self._of = shipped.magic, shipped

    @cached_property
    def _impl(self) -> Any:
        made = super()._impl
        made.locator.ensure_cache_path = lambda: None
        return made

    @cached_property
    def _cache_file(self) -> Any:
        made = super()._cache_file
        made.content = lambda path: _content(path, self._of)
        return made

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        """As it was where the code was made."""
        signature, _, code = super()._index_key(sig, codegen)
        return signature, self._magic, code

    def save_overload(self, sig: Any, data: Any) -> None:
        """Nothing is written to the package."""


def _content(path: str | os.PathLike[str], shipped: Shipped) -> bytes | None:
    """Content of a file; None if there is none.  Raises Damaged unless it is what was put there."""
    expected = shipped.files.get(Path(path).relative_to(shipped.folder).as_posix())
    if expected is None:
        return None
    whole = Path(path).read_bytes()
    if checksum(whole).hex() != expected:
        raise Damaged(f"{path} is damaged")
    return whole
