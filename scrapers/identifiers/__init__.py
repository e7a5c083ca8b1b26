"""Identifiers of who runs a site, read from what a capture holds. Pure functions; no network, no database, no clock."""
