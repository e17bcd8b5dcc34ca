"""A set-up is a list of steps; one that is done is skipped, so a set-up that was cut off goes on where it stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One thing the machine must have: `done()` tells whether it has it, `action()` brings it about."""

    name: str
    done: Callable[[], bool]
    action: Callable[[], None]


def carry_out(steps):
    """Do the steps that are not done yet, in order, each announced and timed."""
    for step in steps:
        if step.done():
            say(f"  ready    {step.name}")
            continue
        say(f"  working  {step.name} ...")
        started = time.monotonic()
        step.action()
        say(f"  done     {step.name} ({time.monotonic() - started:.1f} s)")


def say(line):
    """Print at once, also into a pipe."""
    print(line, flush=True)
