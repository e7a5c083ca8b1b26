"""The letters of a case: from its facts and exhibits to sentences that each say where they come from. Pure."""
