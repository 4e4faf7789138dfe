"""Files, arguments, compilation: what every other folder uses and no electrochemistry."""
