"""Modules that were moved after 0.1.0, by their old names, for one release.

Old imports keep working with a DeprecationWarning, and so do pickles, which name a class by its module.
"""

import sys
import warnings
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

# old name: new name, below `cellsim`.  Where a folder took an old module's name, the folder exports what it had.
MOVED = {
    "_cache": "support.cache",
    "_jit": "support.compile",
    "arguments": "support.arguments",
    "calls": "kernels.call.calls",
    "controls": "simulation.control",
    "demand": "simulation.demand",
    "files": "support.files",
    "interop.bpx": "parameters.formats.bpx",
    "interop.bpx_names": "parameters.formats.bpx_names",
    "kernels.endings": "kernels.integrators.events",
    "kernels.foil": "kernels.equations.lithium_metal",
    "kernels.heat": "kernels.equations.thermal",
    "kernels.held": "kernels.equations.held_controls",
    "kernels.history": "kernels.integrators.ndf_history",
    "kernels.local": "kernels.equations.interface",
    "kernels.march": "kernels.integrators.ndf",
    "kernels.particle": "kernels.equations.particle",
    "kernels.porous": "kernels.equations.porous",
    "kernels.profile": "kernels.integrators.tr_bdf2",
    "kernels.rest": "kernels.equations.interface_at_rest",
    "kernels.single_flux": "kernels.equations.spme",
    "kernels.stage": "kernels.integrators.stage",
    "kernels.start": "kernels.integrators.initialise",
    "kernels.system": "kernels.layout",
    "kernels.task": "kernels.call.record",
    "kernels.thin_film": "kernels.equations.thin_film",
    "models.foil": "models.lithium_metal",
    "models.heat": "models.thermal_laws",
    "models.kept": "models.memo",
    "models.laws": "models.materials.tables",
    "models.mesh": "models.volumes",
    "models.mixed": "models.materials.mixed",
    "models.models": "models.porous",
    "models.parts": "models.electrodes",
    "models.ranges": "models.materials.ranges",
    "models.state": "models.initial",
    "models.warming": "models.materials.with_heat",
    "numerics.mesh": "numerics.grids",
    "outcome": "simulation.outcome",
    "parameters.intervals": "parameters.laws.intervals",
    "parameters.names": "parameters.catalogue",
    "parameters.program": "parameters.laws.evaluation",
    "parameters.split": "parameters.laws.split",
    "partial": "support.partial",
    "protocols.clauses": "protocols.language.clauses",
    "protocols.exchange": "protocols.pybamm_experiment",
    "protocols.form": "protocols.json_form",
    "protocols.library": "protocols.drive_cycles",
    "protocols.parse": "protocols.language.parse",
    "protocols.reader": "protocols.language.reader",
    "protocols.scan": "protocols.language.scan",
    "protocols.steps": "protocols.step",
    "protocols.units": "protocols.language.units",
    "protocols.walk": "protocols.program",
    "protocols.write": "protocols.language.write",
    "report": "drawing",
    "report.card": "simulation.plots.card",
    "report.charging": "studies.charging.plots_study",
    "report.charging_maps": "studies.charging.plots_maps",
    "report.compare": "studies.comparison.plots",
    "report.page": "studies.claim_audit.report.page",
    "report.plots": "drawing.style",
    "report.spectrum": "studies.spectra.plots",
    "report.states": "simulation.plots.states",
    "report.svg": "drawing.svg",
    "report.tables": "drawing.tables",
    "report.validation": "studies.validation.tables",
    "report.validation_plots": "studies.validation.plots",
    "report.words": "studies.claim_audit.report.words",
    "result": "simulation.result",
    "saved": "simulation.storage",
    "start": "simulation.start",
    "studies.calibrate": "studies.estimation.calibrate",
    "studies.case": "ensemble.case",
    "studies.charging_claim": "studies.claim_audit.charging_claim",
    "studies.charging_maps": "studies.charging.maps",
    "studies.charging_protocols": "studies.charging.named_protocols",
    "studies.claim": "studies.claim_audit.claim_file",
    "studies.compare": "studies.comparison.compare",
    "studies.courses": "ensemble.threads",
    "studies.energy": "studies.claim_audit.energy_claim",
    "studies.ensemble": "ensemble.ensemble",
    "studies.fastest": "studies.charging.fastest",
    "studies.fleet": "studies.charging.fleet",
    "studies.journal": "ensemble.journal",
    "studies.limits": "studies.charging.constraints",
    "studies.measured_charges": "studies.charging.measured_charges",
    "studies.parquet": "ensemble.parquet",
    "studies.processes": "ensemble.processes",
    "studies.records": "studies.claim_audit.records",
    "studies.resumable": "ensemble.resumable",
    "studies.resumed": "ensemble.resumed",
    "studies.riding": "studies.charging.constrained",
    "studies.shorting": "studies.charging.short_probability",
    "studies.spectrum": "studies.spectra.spectrum",
    "studies.stated": "studies.claim_audit.maker_claims",
    "studies.validation.closed_forms": "studies.validation.lines.closed_forms",
    "studies.validation.codes": "studies.validation.lines.codes",
    "studies.validation.fast_charge": "studies.validation.lines.fast_charge",
    "studies.validation.films": "studies.validation.lines.films.danilov",
    "studies.validation.minnmann": "studies.validation.lines.minnmann",
    "studies.validation.percolation": "studies.validation.lines.percolation",
    "studies.validation.pressure": "studies.validation.lines.pressure",
    "studies.validation.rates": "studies.validation.lines.rates",
    "studies.validation.sony": "studies.validation.lines.sony",
    "studies.validation.spectra": "studies.validation.lines.spectra",
    "studies.validation.warm": "studies.validation.lines.warm",
    "studies.variation": "studies.resizing",
    "studies.verdict": "studies.claim_audit.verdict",
    "studies.voids": "studies.claim_audit.voids",
    "studies.yaml_file": "support.yaml_file",
    "variables": "simulation.variables",
}


class _Loader:
    """Gives the moved module under its old name."""

    def __init__(self, new: str) -> None:
        self.new = new

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        warnings.warn(f"{spec.name} is {self.new} now; the old name goes with the next release", DeprecationWarning, 2)
        module = import_module(self.new)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec  # the import system has put the old name's there


class _Finder:
    """Finds modules by the names they had."""

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        package, _, old = fullname.partition(".")
        if package != __package__ or old not in MOVED:
            return None
        loader = _Loader(f"{package}.{MOVED[old]}")
        return ModuleSpec(fullname, loader)  # type: ignore[arg-type]  # importlib.abc takes 15 ms to import


def install() -> None:
    """Let the import system ask here first."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
