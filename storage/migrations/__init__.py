"""The history of the tables, one file a step; run by storage.session when a database is behind."""
