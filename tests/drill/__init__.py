"""Rehearsals of disasters, on one machine: `make drill`, `make drill-restore`."""
