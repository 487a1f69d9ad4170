"""The differential test: whole episodes in this package and in gym-invmgmt 0.2.1. Run `python -m tests.parity.run`."""
