"""The practice platform: small card shops on loopback that live through a scripted quarter, and the walk through it."""
