"""Every public function, method and command answers wrong kinds of input with a sentence, and leaves no half a file."""

import inspect
import sys
import warnings

import numpy as np
import pytest

import cellsim
from cellsim import cli
from cellsim.errors import CellsimError

CHEN, TARGET, R = "lgm50_chen2020", "target_nmc811_lpscl_li", "cell/series resistance"
AGES, THERE_AND_BACK = "okane2022", "Discharge at 1C for 10 s; Charge at 1C for 10 s"
RECORD = {"Time [s]": [0.0, 5.0], "Current [A]": [0.0, 0.0], "Voltage [V]": [4.1, 4.1]}
RATE = "negative electrode/SEI solvent diffusivity"
ITSELF: list = []
ITSELF.append(ITSELF)
WRONG = {
    "None": None,
    "no text": "",
    "word": "abc",
    "nan": float("nan"),
    "inf": float("inf"),
    "-1": -1,
    "1e300": 1e300,
    "complex": 1j,
    "bytes": b"\xff",
    "no list": [],
    "no dict": {},
    "dict": {"a": 1},
    "object": object(),
    "class": cellsim.SPM,
    "function": len,
    "matrix": np.zeros((2, 3)),
    "no array": np.zeros(0),
    "nan array": np.array([np.nan]),
    "texts": ["a", "b"],
    "true": True,
    "huge": 10**5000,
    "long": "x" * 100_000,
    "control": "\x1b[31m\0",
    "list in itself": ITSELF,
    "path": "no/such/place.json",
    "lone half": "\ud800",
}


class Enough(CellsimError):
    """Raised where what follows would only take time."""


def enough(*_, **__):
    raise Enough("all is understood")


@pytest.fixture(scope="module")
def made():
    """One of everything that has methods."""
    protocol = "Discharge at 1C for 10 s; Rest for 10 s"
    result = cellsim.simulate(CHEN, protocol, "SPM")
    run = cellsim.MeasuredRun("a", [0.0, 5.0], [4.1, 4.0], protocol, {"model": "SPM"})
    half = cellsim.load(CHEN).half_cell("positive")
    pulses = cellsim.simulate(
        half, ["Rest for 1 s", *["Discharge at C/10 for 5 min", "Rest for 1 hour"] * 2], "SPM", soc=0.5
    )
    return {
        "slow": cellsim.simulate(CHEN, "Discharge at C/50", "SPM"),
        "half": half,
        "pulses": (pulses.t, pulses["Current [A]"], pulses["Voltage [V]"]),
        "result": result,
        "cell": cellsim.load(CHEN),
        "protocol": cellsim.Protocol(protocol),
        "run": run,
        "profile": cellsim.Profile((0.0, 1.0), (1.0, 2.0)),
        "spectrum": cellsim.impedance(CHEN, [1.0], "SPM"),
        "comparison": cellsim.compare([result, result]),
        "protocols": protocol,
        "record": cellsim.read_cycler(RECORD),
    }


def calls(m):
    """(name, function, arguments that are right) of what is public; every argument is then given what is wrong."""
    short = {"start": 0.5, "end": 0.501}
    one = cellsim.Case(CHEN, "Rest for 1 s", "SPM")
    functions = {
        "Case": {"cell": CHEN, "steps": "Rest for 1 s"},
        "DFN": {},
        "SPM": {},
        "SPMe": {},
        "ThinFilm": {},
        "Lumped": {},
        "ThermalNetwork": {},
        "Limit": {"quantity": "voltage", "value": 3.0},
        "ChargeConstraints": {},
        "MeasuredRun": {"name": "a", "t": [0.0], "voltage": [4.0], "steps": "Rest for 1 s"},
        "MeasuredSpectrum": {"name": "a", "frequencies": [1.0], "impedance": [0.02 - 0.001j]},
        "Profile": {"times": [0.0, 1.0], "values": [1.0, 2.0]},
        "Protocol": {"source": "Rest for 1 s"},
        "Step": {"control": "current", "target": 1.0},
        "calibrate": {"cell": m["cell"], "runs": [m["run"]], "free": {R: (1e-5, 1e-3)}, "evaluations": 1},
        "fit": {"cell": m["cell"], "runs": [m["run"]], "parameters": {R: (1e-5, 1e-3)}, "evaluations": 1},
        "fit_ocp": {
            "cell": CHEN,
            "electrode": "positive",
            "curves": (np.linspace(0.2, 0.9, 30), np.linspace(4.3, 3.5, 30)),
            "source": "made up",
        },
        "fit_windows": {
            "cell": CHEN,
            "capacity": m["slow"]["Discharge capacity [A.h]"],
            "voltage": m["slow"]["Voltage [V]"],
            "source": "made up",
        },
        "fit_gitt": {"cell": m["half"], "data": m["pulses"], "source": "made up", "model": "SPM"},
        "derivatives": {"cell": CHEN, "steps": "Rest for 1 s", "parameters": ["separator/thickness"], "model": "SPM"},
        "sensitivity": {
            "cell": CHEN,
            "steps": "Rest for 1 s",
            "parameters": {R: (1e-5, 1e-3)},
            "output": "Voltage [V]",
            "method": "latin hypercube",
            "samples": 3,
            "model": "SPM",
        },
        "cases": {"cell": CHEN, "steps": "Rest for 1 s"},
        "cells": {},
        "charge": {},
        "discharge": {},
        "hold": {"voltage": 4.0},
        "rest": {"seconds": 1.0},
        "cycle": {"steps": [cellsim.rest(1.0)]},
        "charge_map": {
            "cell": CHEN,
            "x": "temperature",
            "x_values": [20.0],
            "y": "c-rate",
            "y_values": [1.0],
            **short,
            "threads": 1,
        },
        "charge_study": {"cells": CHEN, "protocols": ["cc-cv 1C"], "temperatures": [25.0], **short},
        "maker_claims": {},
        "cost": {"cell": TARGET, "energy": 330.0, "samples": 10},
        "compare": {"runs": [m["result"]]},
        "fastest_charge": {"cell": CHEN, **short},
        "staged_charge": {"cell": CHEN, **short, "stages": 1, "budget": 1},
        "fleet_charge": {"cell": CHEN, "limits": "plating margin >= 0 mV", **short, "samples": 1},
        "robust_charge": {"cell": CHEN, **short, "samples": 1},
        "pareto": {"cell": CHEN, "over": "temperature", "values": [60.0], **short},
        "impedance": {"cell": CHEN, "frequencies": [1.0], "model": "SPM"},
        "load": {"name": CHEN},
        "load_charging_claim": {},
        "load_claim": {},
        "audit": {"progress": enough},
        "validate": {"names": ["sand"], "progress": enough},
        "profile": {"source": [[0.0, 1.0], [1.0, 1.0]]},
        "constrained_charge": {"cell": CHEN, "soc": 0.5, "to": 0.501},
        "simulate": {"cell": CHEN, "steps": "Rest for 1 s", "model": "SPM"},
        "simulate_many": {"cases": [one], "threads": 1},
        "age": {"cell": AGES, "protocol": THERE_AND_BACK, "cycles": 1, "model": "SPM"},
        "age_in_use": {"cell": AGES, "day": THERE_AND_BACK, "years": 1e-3, "model": "SPM"},
        "age_many": {"cells": AGES, "protocol": THERE_AND_BACK, "cycles": 1, "model": "SPM"},
        "life_map": {"cell": AGES, "rates": [1.0], "windows": [(0.4, 0.5)], "cycles": 1, "model": "SPM"},
        "uncertain_lives": {"cell": AGES, "protocol": THERE_AND_BACK, "lives": 1, "cycles": 1, "model": "SPM"},
        "store": {"cell": AGES, "years": 1e-5, "model": "SPM", "points": 2},
        "charge_wear": {"cell": AGES, "charges": ["cc-cv 1C"], "model": "SPM", "cycles": 2, **short},
        "fastest_that_lasts": {"cell": AGES, "cycles": 2, "model": "SPM", "progress": enough},
        "fit_ageing": {
            "cell": AGES,
            "data": {"cycle": [1, 2], "capacity": [0.014, 0.014]},
            "free": {RATE: (1e-23, 1e-21)},
        }
        | {"protocol": THERE_AND_BACK, "source": "made up", "model": "SPM", "progress": enough},
        "conductivities": {},
        "design_cell": {},
        "material": {"name": "li6ps5cl"},
        "materials": {},
        "from_pybamm": {"parameter_values": "Chen2020"},
        "to_pybamm": {"cell": CHEN},
        "overlays": {},
        "to_bpx": {"cell": CHEN},
        "read_cycler": {"source": RECORD},
        "with_grains": {"cell": "minnmann2021", "grain_radius": 2e-6},
        "with_overlay": {"cell": CHEN, "overlay": "kirkaldy2024"},
    }
    left = {
        "Audit",
        "Cell",
        "ConstrainedCharge",
        "CostStudy",
        "CyclerData",
        "Derivatives",
        "Fit",
        "Life",
        "Lives",
        "Result",
        "Sensitivity",
    } | {n for n in cellsim.__all__ if n.endswith(("Error", "Warning", "Ending", "Spectrum"))}
    assert set(functions) | left == set(cellsim.__all__)
    for name, right in functions.items():
        yield name, getattr(cellsim, name), right
    result, cell, protocol = m["result"], m["cell"], m["protocol"]
    voltage = "Voltage [V]"
    methods = [
        (result.__getitem__, {"name": voltage}),
        (result.at, {"name": voltage, "times": [1.0]}),
        (result.time_below, {"name": voltage}),
        (result.save, {"path": "run.parquet"}),
        (cellsim.Result.load, {"path": "no.parquet"}),
        (cellsim.Life.load, {"path": "no.parquet"}),
        (result.to_xarray, {}),
        (result.plot_voltage_components, {"path": "parts.svg"}),
        (result.steps[0].__getitem__, {"name": voltage}),
        (result.plot, {"names": None, "path": "run.svg", "states": True, "slider": False}),
        (cell.with_, {"changes": {R: 1e-3}}),
        (cell.half_cell, {"electrode": "negative", "foil": None, "window": None, "cutoffs": None, "area": None}),
        (cell.symmetric_cell, {"electrode": "negative", "soc": 0.5, "foil": None, "area": None}),
        (cell.plating_cell, {"coulombic_efficiency": 0.9, "foil": None, "area": None}),
        (cell.value, {"path": R}),
        (cell.mean, {"path": R}),
        (cell.__getitem__, {"path": R}),
        (cell.law, {"path": R}),
        (cell.record, {"path": "separator/thickness"}),
        (cell.has, {"path": R}),
        (cell.text, {"path": "design/format"}),
        (cell.is_number, {"path": R}),
        (cell.temperature, {}),
        (cell.to_pybamm, {}),
        (cellsim.Cell.from_json, {"raw": cell.to_json(), "name": "a"}),
        (protocol.walk, {}),
        (protocol.check, {"cell": CHEN}),
        (protocol.to_json, {}),
        (cellsim.Protocol.from_json, {"source": protocol.to_json()}),
        (cellsim.Protocol.from_pybamm, {"experiment": 0}),
        (m["profile"].to_peak, {"peak": 1.0}),
        (m["profile"].__mul__, {"factor": 2.0}),
        (m["profile"].__call__, {"t": 0.5}),
        (m["run"].differences, {"cell": cell}),
        (m["spectrum"].save, {"path": "z.csv"}),
        (m["spectrum"].plot, {"path": "z.svg"}),
        (m["comparison"].plot, {"path": "runs.svg"}),
        (result.to_bdf, {"path": "run.bdf.csv"}),
        (m["record"].part, {}),
        (m["record"].to_bdf, {"path": "record.bdf.csv"}),
        (cellsim.MeasuredRun.from_frame, {"data": RECORD}),
    ]
    for method, right in methods:
        yield method.__qualname__, method, right


HALTED = ("audit", "validate", "fit_ageing", "fastest_that_lasts", "Result.load", "Life.load", "Protocol.from_pybamm")


def tried(name, function, arguments, strict=False):
    """What is wrong with how a call ended; "" if nothing is.  strict: it must succeed."""
    try:
        function(**arguments)
    except CellsimError as fault:
        words = str(fault)
        if strict:
            return f"{name}, rightly called: {words}"
        return "" if words and len(words) < 5000 else f"{name}: a message of {len(words)} characters"
    except Exception as fault:
        return f"{name}: {type(fault).__name__}: {str(fault)[:200]}"
    return ""


def arguments_of(function):
    """Names of the arguments of a function that can be given by name."""
    found = inspect.signature(function).parameters.values()
    return [p.name for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "progress"]


def leftovers(folder):
    """Files that are neither whole nor a study that can go on."""
    return [
        p.name
        for p in folder.iterdir()
        if p.name.startswith(".") or p.suffix not in (".svg", ".csv", ".parquet", ".journal", ".json")
    ]


def test_every_argument_of_everything_public(made, tmp_path, monkeypatch):
    """A CellsimError with a short message, or success; no other exception, and no half a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cellsim.studies.claim_audit.energy_claim.figures_of_cells", enough)
    monkeypatch.setattr("cellsim.ensemble.engine.on_processes", enough)
    found, many = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, function, right in calls(made):
            fault = tried(name, function, right, strict=name not in HALTED)
            if fault:
                found.append(fault)
            for argument in arguments_of(function):
                for kind, value in WRONG.items():
                    fault = tried(f"{name}({argument}={kind})", function, {**right, argument: value})
                    many += 1
                    if fault:
                        found.append(fault)
    assert not found, f"{len(found)} of {many}:\n" + "\n".join(found)
    assert not leftovers(tmp_path)


WORDS = (
    "",
    "abc",
    "nan",
    "inf",
    "-1",
    "1e300",
    "\x1b[31m",
    "9" * 5000,
    ".",
    "/dev/null",
    "no/such/place.csv",
    "1:2",
    "\udcff",
    "-h",
)


def commands():
    """Every command with words that are right; each is then given what is wrong, and each option, too."""
    return {
        "simulate": [CHEN, "--protocol", "Rest for 1 s", "--model", "SPM"],
        "zones": [CHEN, "--protocol", "Rest for 1 s", "--model", "SPM", "--nodes", "2"],
        "impedance": [CHEN, "--model", "SPM", "--lowest", "1", "--highest", "2"],
        "charge": [CHEN, "--protocol", "cc-cv 1C", "--from", "50", "--to", "50.1"],
        "map": [CHEN, "temperature", "20,30", "c-rate", "1,2", "--from", "50", "--to", "50.1"],
        "pareto": [CHEN, "temperature", "50,60", "--from", "50", "--to", "50.1"],
        "audit": [],
        "validate": ["no such line"],
        "claim": [],
        "claims": [],
        "cost": [TARGET, "--energy", "330"],
        "plant": ["batpac5"],
        "prices": ["2028"],
        "cells": [],
        "show": [CHEN],
        "convert": [CHEN, "--output", "out.bpx.json"],
        "schema": [],
        "warmup": [],
        "bench": [],
        "cache": ["show"],
        "age": [CHEN, "--cycle", THERE_AND_BACK],
        "life-map": [CHEN],
        "uncertain-lives": [CHEN, "--cycle", THERE_AND_BACK],
        "vehicle": [CHEN],
        "power": [CHEN],
        "storage": [CHEN],
        "materials": ["llzto"],
        "design": [],
        "check": [CHEN, "--against", "pybamm"],
    }


OPTIONS = {
    "check": ("--against", "--discharge", "--protocol", "--soc", "--model", "--mesh", "--temperature"),
    "simulate": (
        "--discharge",
        "--charge",
        "--protocol",
        "--soc",
        "--model",
        "--temperature",
        "--ambient",
        "--output",
        "--bibtex",
        "--time-budget",
    ),
    "impedance": (
        "--soc",
        "--after",
        "--cycle",
        "--model",
        "--temperature",
        "--lowest",
        "--highest",
        "--double-layer",
        "--output",
    ),
    "zones": (
        "--discharge",
        "--charge",
        "--protocol",
        "--soc",
        "--nodes",
        "--cooling",
        "--opposite",
        "--interval",
        "--model",
        "--temperature",
        "--ambient",
        "--output",
    ),
    "charge": (
        "--protocol",
        "--from",
        "--to",
        "--temperature",
        "--ambient",
        "--limits",
        "--cooling",
        "--output",
        "--threads",
        "--processes",
    ),
    "map": ("--from", "--to", "--temperature", "--limits", "--output", "--threads", "--processes"),
    "pareto": ("--from", "--to", "--temperature", "--limits", "--output", "--threads", "--processes"),
    "audit": (
        "--claim",
        "--cell",
        "--baseline",
        "--c-rate",
        "--temperature",
        "--only",
        "--output",
        "--threads",
        "--processes",
    ),
    "validate": ("--plots", "--output"),
    "age": (
        "--cycle",
        "--cycles",
        "--calendar",
        "--until",
        "--ageing",
        "--overlay",
        "--day",
        "--seasons",
        "--soc",
        "--temperature",
        "--model",
        "--output",
    ),
    "life-map": (
        "--rates",
        "--windows",
        "--temperatures",
        "--charge-rate",
        "--cycles",
        "--until",
        "--ageing",
        "--overlay",
        "--model",
        "--tolerance",
        "--processes",
        "--output",
    ),
    "uncertain-lives": (
        "--cycle",
        "--lives",
        "--spread",
        "--seed",
        "--cycles",
        "--until",
        "--ageing",
        "--overlay",
        "--soc",
        "--temperature",
        "--model",
        "--tolerance",
        "--processes",
        "--output",
    ),
    "materials": ("--role", "--measured"),
    "design": (
        "--cathode",
        "--electrolyte",
        "--anode",
        "--areal-capacity",
        "--separator",
        "--pairs",
        "--housing",
        "--output",
    ),
    "claims": ("--folder", "--maker", "--kind", "--year"),
    "cost": ("--plant", "--prices", "--size", "--choose", "--materials", "--energy", "--output"),
    "convert": ("--output",),
    "show": ("--output",),
}


def asked():
    """Words of a command each."""
    for command, right in commands().items():
        for place in range(len(right)):
            if not (place and right[place - 1].startswith("--")) and not right[place].startswith("--"):
                for word in WORDS:
                    yield [command, *right[:place], word, *right[place + 1 :]]
        for option in OPTIONS.get(command, ()):
            for word in WORDS:
                yield [command, *right, option, word]
        yield [command, *right, "--no-such-option"]
        yield [command, *right, "too", "many", "words", "by", "far", "and", "more"]
    yield from ([word] for word in WORDS if word)


def test_every_option_of_every_command(tmp_path, monkeypatch, capsys):
    """Exit code 0, 1 (a comparison that fails), 2 or 3, never a traceback, and no half a file."""
    assert {c.name or c.callback.__name__ for c in cli.app.registered_commands} | {"cache"} == set(commands())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for place in (
        "ensemble.engine.on_processes",
        "studies.claim_audit.energy_claim.figures_of_cells",
        "studies.speed.bench",
        "studies.cost.study.draws",
        "studies.vehicles.segments.vehicle_study",
        "studies.pulse_power.pulse_powers",
        "studies.storage.study.storage_study",
        "interop.against_pybamm.to_pybamm",
    ):
        monkeypatch.setattr(f"cellsim.{place}", enough)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for words in asked():
            monkeypatch.setattr(sys, "argv", ["cellsim", *words])
            said = " ".join(w[:30] for w in words)
            try:
                cli.main()
            except SystemExit as end:
                out = capsys.readouterr()
                if end.code not in (0, 1, 2, 3) or "Traceback" in out.err or "\x1b" in out.out + out.err:
                    found.append(f"{said}: {end.code}: {out.err[:200]}")
                if end.code in (2, 3) and not 0 < len(out.err) < 5000:
                    found.append(f"{said}: a message of {len(out.err)} characters")
            except Exception as fault:
                found.append(f"{said}: {type(fault).__name__}: {str(fault)[:200]}")
    assert not found, f"{len(found)}:\n" + "\n".join(found)
    assert not leftovers(tmp_path)
