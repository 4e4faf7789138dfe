"""Many runs: on threads or processes, in memory or to a file, resumable."""
