"""The attestation (取证说明) of a capture: who captured what, how, with which tool, what it proves and what not."""
