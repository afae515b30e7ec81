"""Setup: discovery, probe, doctor."""
