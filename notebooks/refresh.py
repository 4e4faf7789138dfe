"""Run the notebooks and keep their outputs: `python notebooks/refresh.py [NOTEBOOK ...]`, all without an argument."""

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HOME = Path(__file__).parent


def executed(path):
    """A notebook with fresh outputs, and nothing in them that differs from run to run or names the machine."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook, timeout=120, kernel_name="python3", record_timing=False, resources={"metadata": {"path": folder}}
        ).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return notebook


def joined(outputs):
    """Outputs, with what was printed in a row in one piece: how it is cut depends on how fast it came."""
    found = []
    for output in outputs:
        last = found[-1] if found else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            found.append(output)
    return found


def main(names):
    """Write them back."""
    for path in map(Path, names or sorted(HOME.glob("*.ipynb"))):
        nbformat.write(executed(path), path)


if __name__ == "__main__":
    main(sys.argv[1:])
