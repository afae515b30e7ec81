"""Servers on loopback for tests: honest, real and hostile ones."""
