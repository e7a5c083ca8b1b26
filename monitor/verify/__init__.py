"""Checks exports, packs and whole archives against their proofs: offline, without a database, with all checks named."""
