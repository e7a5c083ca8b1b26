"""Which channels a case can take, in which order, and what blocks each."""
