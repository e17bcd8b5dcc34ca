"""Transcribes one file and writes what was said as JSON: ``python -m speech ENGINE MODEL LANGUAGE FILE``."""

import argparse
import importlib
import json
import os
import sys


def main():
    """Exit code 0 with JSON on the standard output, else words on the error output."""
    parser = argparse.ArgumentParser(prog="speech", description=__doc__)
    parser.add_argument("engine", help="module of the engine")
    parser.add_argument("model", help="folder of the model")
    parser.add_argument("language", help="such as id")
    parser.add_argument("file")
    options = parser.parse_args()
    os.nice(10)
    engine = importlib.import_module(options.engine)
    json.dump(engine.transcribe(options.file, options.model, options.language), sys.stdout)


main()
