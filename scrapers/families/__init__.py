"""One file for each family of shop software: how to recognise it and how to read it."""
