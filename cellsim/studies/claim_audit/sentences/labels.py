"""Readable names of parameter sets, as pages and tables show them."""

LABELS = {
    "leaf_2010": "Leaf of 2010",
    "leaf_2018": "Leaf of 2018",
    "nmc811_pouch_modern": "modern NMC811 pouch",
    "target_nmc811_lpscl_li": "solid NMC811 cell, as aimed at",
    "lab_nmc811_lpscl_li": "solid NMC811 cell, as in the lab",
    "samsung_agc_2020": "Samsung's Ag-C cell of 2020",
}


def label(name: str) -> str:
    """Of a packaged set; others keep their name."""
    return LABELS.get(name, name)
