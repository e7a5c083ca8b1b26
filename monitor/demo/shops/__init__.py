"""The practice shops: each answers requests from the platform's state and the simulated time."""
