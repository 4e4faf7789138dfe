"""The README's examples, and the commands of the documentation, run as printed."""

import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from same_text import same_but_for_last_digits

import cellsim
from cellsim import cli
from cellsim.studies.claim_audit.report.tables import verdict_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|console)\n(.*?)```", README, re.DOTALL)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
PAGES = [
    README,
    *(
        p.read_text(encoding="utf-8")
        for p in sorted((ROOT / "docs").rglob("*.md"))
        if "generated" not in p.relative_to(ROOT).parts
    ),
]
CONSOLE = [
    line
    for page in PAGES
    for text in re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    for line in text.splitlines()
]
COMMANDS = list(
    dict.fromkeys(  # of the README and of the documentation
        line[2:].partition("#")[0].strip() for line in CONSOLE if line.startswith("$ cellsim ")
    )
)


@pytest.mark.parametrize("code", PYTHON, ids=lambda code: code.splitlines()[-1][:40])
def test_python_examples_run(code, tmp_path):
    """Each block in a process of its own, in an empty folder."""
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line, tmp_path, monkeypatch, capsys):
    """Each command ends well, after the one that writes the file that it takes."""
    monkeypatch.chdir(tmp_path)
    needed = [one for file in re.findall(r"--after (\S+)", line) for one in COMMANDS if one.endswith(f"-o {file}")]
    for each in (*needed, line):
        monkeypatch.setattr(sys, "argv", shlex.split(each))
        try:
            cli.main()
        except SystemExit as end:
            assert not end.code, capsys.readouterr().err


def test_readme_has_examples_and_its_pictures_exist():
    """Otherwise the tests above test nothing."""
    assert len(PYTHON) >= 3 and len(COMMANDS) >= 4
    pictures = re.findall(r"!\[.+?\]\((?!http)(.+?)\)", README)
    assert len(pictures) >= 3
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture


def test_the_verdict_on_the_pages_is_the_one_that_is_printed():
    """Word by word, numbers to one unit in the last digit (which may differ between machines)."""
    claim = cellsim.load_claim()
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(verdict_table(cellsim.audit(replace(claim, cells=claim.cells[:1]), only="energy")))
    printed = console.export_text().splitlines()
    for page in ("README.md", "docs/verdict.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        block = re.search(r"```text\n(target_nmc811_lpscl_li\n.*?)```", text, re.DOTALL)[1]
        for line in block.splitlines():
            assert any(not same_but_for_last_digits(line.strip(), other.strip()) for other in printed), line
