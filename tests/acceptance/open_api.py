"""Ask a running server's open API everything its document allows, and much that it doesn't (R23.c.2).

    python tests/acceptance/open_api.py http://localhost:8069 KEY [--examples 10] [--seconds 240]

KEY has every scope, an account that may write tickets (an operation manager's), and a limit high enough for some
thousand requests a minute. Three things are shown:

1. the document is valid OpenAPI 3.1 (openapi-spec-validator);
2. schemathesis finds no answer that the document does not describe, and no fault of the server;
3. twenty requests with one ``Idempotency-Key`` at the same moment make one ticket, and all get the same answer.

Prints one line for each and ends with 1 when one of them fails. It writes tickets and answers reviews, which go out
where the channels lead: a database made for the purpose.
"""

import argparse
import concurrent.futures
import re
import subprocess
import sys
import uuid
from pathlib import Path

import requests
from openapi_spec_validator import validate

AT_ONCE = 20
# Answers that say "no" are as welcome as those that say "yes"; these are never.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)


def check_document(server):
    """The document is what the specification asks for."""
    document = requests.get(f"{server}/helpdesk/api/openapi.json", timeout=30).json()
    validate(document)
    print(f"document: valid, {sum(map(len, document['paths'].values()))} operations")


def check_every_request(server, key, examples, seconds):
    """Generated requests, valid and not, of every operation; a time budget, so that it ends on a slow machine too."""
    # one worker: two threads that read Python's source at the same moment end now and then in CPython 3.11's
    # "AST constructor recursion depth mismatch", which counts as an error of the run
    program = Path(sys.executable).with_name("schemathesis")
    command = [
        program, "run", f"{server}/helpdesk/api/openapi.json", "--header", f"Authorization: Bearer {key}",
        "--checks", ",".join(CHECKS), "--max-examples", str(examples), "--workers", "1", "--seed", "20261127",
        "--phases", "examples,coverage,fuzzing", "--no-color", "--max-time", str(seconds),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-6000:])
        sys.exit(1)
    counts = re.search(r"Tested: (\d+).*?Test cases:\s+(\d+) generated, (\d+) passed", done.stdout, re.DOTALL)
    if not counts:
        print(done.stdout[-6000:])
        sys.exit(1)
    operations, generated, passed = counts.groups()
    print(f"schemathesis: {operations} operations, {generated} requests, {passed} answered as described, 0 failures")


def check_once(server, key):
    """Twenty at once under one name."""
    name = f"sekali-{uuid.uuid4()}"
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}

    def create(_number):
        return requests.post(f"{server}/helpdesk/api/v1/tickets", json={"subject": name}, headers=headers, timeout=120)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(create, range(AT_ONCE)))
    # who gave up waiting asks again, as the document says
    answers = [answer if answer.status_code == 201 else create(0) for answer in answers]
    refused = next((answer for answer in answers if answer.status_code != 201), None)
    if refused is not None:
        print(f"one name: {refused.status_code} {refused.text}")
        sys.exit(1)
    numbers = {answer.json()["id"] for answer in answers}
    found = requests.get(
        f"{server}/helpdesk/api/v1/tickets", params={"search": name}, headers=headers, timeout=30
    ).json()["data"]
    print(f"one name, {AT_ONCE} at once: {len(numbers)} answer, {len(found)} ticket")
    if len(numbers) != 1 or len(found) != 1:
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("server")
    parser.add_argument("key")
    parser.add_argument("--examples", type=int, default=10, help="generated requests of each operation and kind")
    parser.add_argument("--seconds", type=int, default=240, help="for the generated requests together")
    options = parser.parse_args()
    server = options.server.rstrip("/")
    check_document(server)
    check_once(server, options.key)
    check_every_request(server, options.key, options.examples, options.seconds)


if __name__ == "__main__":
    main()
