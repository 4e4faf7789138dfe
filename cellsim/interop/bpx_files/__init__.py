"""Writing BPX files."""
