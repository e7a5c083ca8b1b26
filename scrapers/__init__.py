"""LOOKS: sees pages through a browser, reads what they say. Knows no database and no clock of its own."""
