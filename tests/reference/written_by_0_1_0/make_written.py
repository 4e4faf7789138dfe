"""Writes the files of this folder.  They were written by version 0.1.0: run by a later one they would prove nothing."""

import pickle
from pathlib import Path

import cellsim

OUT = Path(__file__).parent
cell = cellsim.load("lgm50_chen2020").with_({"separator/thickness": 15e-6})
protocol = cellsim.Protocol("Discharge at 1C until 3.6 V; Rest for 10 min; Hold plating margin at 10 mV for 1 min")
steps = [cellsim.Step("c-rate", 1.0, 600.0, until=(cellsim.Limit("voltage", 3.0),)), cellsim.rest(10.0)]
result = cellsim.simulate(cell, steps, cellsim.SPM())
things = {
    "cell": cell,
    "protocol": protocol,
    "steps": steps,
    "result": result,
    "claim": cellsim.load_claim(),
    "case": cellsim.Case("lgm50_chen2020", steps, cellsim.SPMe(), soc=0.9, labels={"a": 1}),
    "limits": cellsim.ChargeConstraints(plating_margin=0.01),
    "model": cellsim.DFN((4, 3, 5), shells=5),
    "study": cellsim.charge_study(["lgm50_chen2020"], ["cc-cv 1C"], [25]),
    "spectrum": cellsim.impedance("lgm50_chen2020", soc=0.5),
}
for name, thing in things.items():
    (OUT / f"{name}.pickle").write_bytes(pickle.dumps(thing, protocol=4))
result.save(OUT / "result.parquet")
result.save(OUT / "result.nc")
(OUT / "protocol.json").write_text(protocol.to_json())
