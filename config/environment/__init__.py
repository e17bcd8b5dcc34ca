"""Builds and runs everything this project needs on a machine: one concern a module, no third-party import.

`make` calls it as `python3 -m config.environment COMMAND`; `__main__.py` lists the commands.
"""
