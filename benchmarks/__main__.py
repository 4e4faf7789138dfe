"""All benchmarks, or some: `python benchmarks [PART] [--quick]`, which is `make bench PART=...`.

PART: all; compare, or one of its parts (code, external, measured, speed); work, or one of its rows
(dfn, spm, solid, cccv, ...), or those of newer kinds of electrodes (kinds: composite, mpm, hysteresis, msmr);
single, what these kinds cost a cell without them, which kinds includes;
kernels, or one of its parts (parts, mesh, cells, startup, warming); roofline, the instructions of a kernel; ageing;
audit, the time of `make audit` by section, warm and cold; history, the speed of common work by commit;
executors; pybop; derivatives, of runs by quantities; pybamm, the exchange of parameter sets with it, or one of its
directions (to_pybamm, from_pybamm).
"""

import ageing
import audit
import compare
import costs_in_pybop
import derivatives
import exchange
import executors
import history
import kernels
import roofline
import single_phase
import typer
import work_precision

PROGRAMS = {
    "compare": compare,
    "work": work_precision,
    "single_phase": single_phase,
    "kernels": kernels,
    "roofline": roofline,
    "ageing": ageing,
    "history": history,
    "audit": audit,
    "executors": executors,
    "pybop": costs_in_pybop,
    "derivatives": derivatives,
    "pybamm": exchange,
}


def main(part: str = typer.Argument("all"), quick: bool = False):
    """Run the benchmarks that `part` names."""
    known = False
    for name, program in PROGRAMS.items():
        parts = {p.value for p in program.Part}
        if part in parts or part == name:
            known = True
            program.main(program.Part("all" if part == name else part), quick=quick)
    if not known:
        raise typer.BadParameter(
            f"{part}: choose all, {', '.join(PROGRAMS)}, or "
            f"{', '.join(p.value for m in PROGRAMS.values() for p in m.Part if p != 'all')}"
        )


if __name__ == "__main__":
    typer.run(main)
