"""Speech to text, offline, as plain Python: no import of Odoo, no call to the outside.

An engine is a module with three functions:

``missing(model) -> str``
    What stands in the way of transcribing with the model folder ``model``, in a few English words; ``""``: nothing.
``transcribe(path, model, language) -> dict``
    The words of a sound file: ``{"segments": [{"start": seconds, "stop": seconds, "text": ...}],
    "confidence": 0 to 1}``.
``NAME``
    How it is called in transcripts.

It runs in a process of its own (``python -m speech``), so that hundreds of megabytes and minutes of work are no
worker's, and a crash of the engine is no crash of Odoo.
"""

import importlib
import importlib.util

# Engines by the name that the setting has; other addons add theirs with :func:`register`.
_modules = {"faster-whisper": f"{__name__}.faster_whisper_engine"}


def register(name, module):
    """Add an engine.

    :param str name: for the setting
    :param str module: importable in a process whose path begins with this addon's folder
    """
    _modules[name] = module


def names():
    """Names of the engines that the setting may have."""
    return tuple(_modules)


def load(name):
    """The engine of a name, None where there is none."""
    module = _modules.get(name)
    return importlib.import_module(module) if module else None


def module_of(name):
    """What the process is told to import, as seen from this addon's folder; None for an unknown name."""
    module = _modules.get(name)
    return module and module.removeprefix(__name__.removesuffix("speech"))
