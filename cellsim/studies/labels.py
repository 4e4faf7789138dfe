"""Readable names of parameter sets, as pictures and pages show them, and units as they are written in the field."""

import re

LABELS = {
    "leaf_2010": "Leaf of 2010",
    "leaf_2018": "Leaf of 2018",
    "nmc811_pouch_modern": "modern NMC811 pouch",
    "target_nmc811_lpscl_li": "solid NMC811, target",
    "lab_nmc811_lpscl_li": "solid NMC811, lab",
    "samsung_agc_2020": "Samsung Ag-C 2020",
}
SET = re.compile(rf"\b({'|'.join(LABELS)})\b")
UNITS = {
    re.compile(r"(?<=\d) um\b"): " µm",
    re.compile(r"\bUSD/(?=kWh|kg|h\b|m2)"): "$/",
    re.compile(r"\bdegC\b"): "°C",
}


def label(name: str) -> str:
    """Of a packaged set; others keep their name."""
    return LABELS.get(name, name)


def labelled(text: str) -> str:
    """A text with labels in place of names of packaged sets, and with units as written in the field."""
    text = SET.sub(lambda found: LABELS[found[1]], text)
    for pattern, written in UNITS.items():
        text = pattern.sub(written, text)
    return text
