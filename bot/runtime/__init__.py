"""Runtime: wires an office to its channels and runs its scheduled jobs."""
