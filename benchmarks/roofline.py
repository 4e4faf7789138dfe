"""What a volume asks of the core in a Newton iteration: instructions that a whole run executes, counted one by one.

    python benchmarks/roofline.py [--cell lgm50_chen2020] [--model DFN] [--quick]

A kernel call is traced instruction by instruction (ptrace), and the machine code is read by objdump: Linux on x86-64,
some minutes.  So nothing is estimated from sources: what the compiler saved, or added, is counted.  Each count is then
set against what this core does at most of it (peak.py), one row a resource; the largest is the roof.
"""

import ctypes
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from enum import StrEnum

import numpy as np
import paths  # noqa: F401
import peak
import typer
from kernels import newton_of
from measure import conditions, console, save, show

import cellsim
from cellsim.kernels.call import calls
from cellsim.simulation import run as simulation

Part = StrEnum("Part", {"all": "all", "roofline": "roofline"})
TRACEME, PEEKUSER, CONT, STEP, RIP = 0, 3, 7, 9, 128  # of ptrace, and where it keeps the program counter
LATENCY = 4  # cycles of a dependent multiply-add, of cores since 2013
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$", re.MULTILINE)
ARITHMETIC = re.compile(r"v?(add|sub|mul|div|sqrt|max|min)[sp]d|vfn?m(add|sub)\d*[sp]d")
MOVES = re.compile(r"v?mov|vextract|push")


def ready(cell, model):
    """A kernel call of a 1C discharge that is about to be made."""
    run = simulation.simulate_coroutine(cell, cellsim.discharge(1.0), model)
    return run, run.send(None)


def traced(call):
    """How often each address was executed in a call, {address: times}, and the code, see `executable`."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype, libc.ptrace.argtypes = ctypes.c_long, [ctypes.c_long, ctypes.c_long] + [ctypes.c_void_p] * 2
    child = os.fork()
    if child == 0:
        libc.ptrace(TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        calls.perform([call])
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(child, 0)
    hits = Counter()
    while True:
        libc.ptrace(STEP, child, None, None)
        _, status = os.waitpid(child, 0)
        if os.WSTOPSIG(status) == signal.SIGSTOP:
            break
        hits[libc.ptrace(PEEKUSER, child, RIP, None)] += 1
    code = list(executable(child))
    libc.ptrace(CONT, child, None, None)
    os.waitpid(child, 0)
    return hits, code


def executable(pid):
    """(start, bytes, whether it is the library of mathematics) of code that was compiled here, or belongs to that."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            words = line.split()
            library = len(words) > 5
            if "x" in words[1] and (not library or "libm" in words[5]):
                start, end = (int(x, 16) for x in words[0].split("-"))
                memory.seek(start)
                yield start, memory.read(end - start), library


def counted(hits, code):
    """Counts by resource of the instructions that were executed."""
    found = Counter()
    for start, content, library in code:
        mine = {at: n for at, n in hits.items() if start <= at < start + len(content)}
        if not mine:
            continue
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            how = ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", f"--adjust-vma={start}"]
            text = subprocess.run([*how, file.name], capture_output=True, text=True, check=True).stdout
        for at, name, operands in INSTRUCTION.findall(text):
            if times := mine.get(int(at, 16)):
                for resource, n in resources(name, operands).items():
                    found[resource] += n * times
                found["of these in log, exp, ..."] += times * library
    return found


def resources(name, operands):
    """What one instruction takes."""
    found = {"instructions": 1}
    lanes = 1 if name.endswith("sd") else 4 if "%ymm" in operands else 2
    if ARITHMETIC.fullmatch(name):
        kind = next((k for k in ("div", "sqrt") if k in name), "flop")
        twice = "fm" in name or "fnm" in name
        found[{"div": "divisions", "sqrt": "roots"}.get(kind, "flops")] = lanes * (1 + twice)
        if kind == "flop":
            found["flop instructions"] = 1
    if "(" in operands and not name.startswith(("lea", "nop", "call", "j")):
        last = re.split(r",(?![^(]*\))", operands)[-1]
        found["stores" if "(" in last and MOVES.match(name) else "loads"] = 1
    if name.startswith("j"):
        found["jumps"] = 1
    return found


def main(part: Part = Part.all, cell: str = "lgm50_chen2020", model: str = "DFN", quick: bool = False):
    """Count what a 1C discharge executes, and set it against what this core does."""
    about = conditions()
    console.print(about)
    loaded = cellsim.load(cell)
    made = getattr(cellsim, model)().resolved(loaded, 298.15)
    spent, iterations = [], 0
    for _ in range(11 if quick else 41):
        _, call = ready(loaded, made)
        (reply,) = calls.perform([call])
        spent.append(reply.spent)
        iterations = newton_of(call)[1]
    items = sum(getattr(made, "volumes", (1, 1, 1))) * iterations
    ns, core = 1e9 * float(np.median(spent)) / items, peak.core()
    _, call = ready(loaded, made)
    found = counted(*traced(call))
    cycle = core["dependent multiply-add ns"] / LATENCY
    at_most = {  # ns each, where nothing waits
        "flop instructions": cycle / 2.0,
        "loads": 8.0 / core["L1 loads GB/s"],
        "divisions": core["division ns"],
        "roots": core["sqrt ns"],
    }
    rows = [
        {
            "resource": key,
            "a volume and iteration": n / items,
            "ns each at most": at_most.get(key, np.nan),
            "ns": n / items * at_most.get(key, np.nan),
            "% of measured": 100.0 * n / items * at_most.get(key, np.nan) / ns,
        }
        for key, n in found.most_common()
    ]
    show(f"{model} {cell}, 1C: {ns:.0f} ns a volume and iteration, {items} of them in a call", rows)
    console.print(f"{found['instructions'] / items * cycle / ns:.2f} instructions a cycle of {cycle:.3f} ns")
    save("roofline", {"conditions": about, "ns a volume and iteration": ns, "rows": rows, "core": core})


if __name__ == "__main__":
    typer.run(main)
