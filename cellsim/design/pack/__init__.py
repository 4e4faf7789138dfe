"""From cells to a pack: topology, overhead, compression, breathing, spread of cells."""

from .assembly import Assembly, PackRules, assembly, read_rules
from .compression import Compression, compression
from .spread import Spread, sample_spread
from .topology import Topology, topology

__all__ = [
    "Assembly",
    "Compression",
    "PackRules",
    "Spread",
    "Topology",
    "assembly",
    "compression",
    "read_rules",
    "sample_spread",
    "topology",
]
