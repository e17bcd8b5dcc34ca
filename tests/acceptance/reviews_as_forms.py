"""Send texts that nobody here wrote through the web form of a running server and account for each of them (R24.a).

    python tests/acceptance/reviews_as_forms.py http://localhost:8069 reviews.csv [--form satusehat-mobile]

The file is a CSV with a column ``content``. Each text is one form of one sender; every tenth is sent twice at the
same moment (``--twice``), as an impatient finger would. The form's channel must allow it: "Messages per hour and
address" 0, "Shortest time to fill in (s)" 0. Prints one line of counts and ends with 1 when a text was lost or doubled.
"""

import argparse
import collections
import concurrent.futures
import csv
import re
import statistics
import sys
import time
from datetime import timedelta

import requests

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
TOPIC = re.compile(r'<option value="(\d+)"')
REFERENCE = re.compile(r'class="kh-reference"[^>]*>\s*(?:<[^>]*>)?([A-Z]+-[0-9-]+)')
ERROR = re.compile(r'id="kh-(\w+)-error"')
SUBJECT_LENGTH = 60
RECEIPT = "F-"
RECEIPT_TRIES = 10


def read_texts(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [row["content"] for row in csv.DictReader(file)]


def read_reference(answer):
    """The ticket's reference on the page after sending; a receipt number means that another request is at it still."""
    for _attempt in range(RECEIPT_TRIES):
        found = REFERENCE.search(answer.text)
        if not found or not found[1].startswith(RECEIPT):
            return found and found[1]
        time.sleep(1)
        answer = requests.get(answer.url, timeout=120)
    return None


def send(base, form, twice, number, text):
    """What became of one text.

    :return: ``(number, outcome, [references], [times])``; outcome is accepted, refused:<field> or failed:<status>,
        times are those until the answer to each form sent, redirect included
    """
    address = f"{base}/helpdesk/form/{form}"
    page = requests.get(address, timeout=120)
    topics = TOPIC.findall(page.text)
    data = {
        "form_token": TOKEN.search(page.text)[1],
        "name": f"Pengulas {number}",
        "email": f"pengulas{number}@reviews.example",
        "category_id": topics[number % len(topics)] if topics else "",
        "subject": text[:SUBJECT_LENGTH],
        "message": text,
        "consent": "1",
    }
    times = 2 if number % twice == 0 else 1
    with concurrent.futures.ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(lambda _: requests.post(address, data=data, timeout=120), range(times)))
    references = [reference for answer in answers if (reference := read_reference(answer))]
    seconds = [sum((step.elapsed for step in (*answer.history, answer)), timedelta()) for answer in answers]
    if len(references) == times:
        return number, "accepted", references, seconds
    errors = ERROR.findall(answers[0].text)
    return number, f"refused:{errors[0]}" if errors else f"failed:{answers[0].status_code}", references, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("csv")
    parser.add_argument("--form", default="satusehat-mobile")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--twice", type=int, default=10, help="send every N-th form twice at once")
    options = parser.parse_args()

    texts = read_texts(options.csv)[: options.limit]
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        results = list(pool.map(lambda item: send(options.base, options.form, options.twice, *item), enumerate(texts)))
    seconds = time.monotonic() - start

    outcomes = collections.Counter(outcome for _number, outcome, *_rest in results)
    tickets = {reference for _number, _outcome, references, _times in results for reference in references}
    doubled = [number for number, _outcome, references, _times in results if len(set(references)) > 1]
    times = [elapsed.total_seconds() * 1000 for *_rest, sent in results for elapsed in sent]
    accepted = outcomes["accepted"]
    lost = sum(count for outcome, count in outcomes.items() if outcome.startswith("failed"))
    refused = sum(count for outcome, count in outcomes.items() if outcome.startswith("refused"))
    print(
        f"{len(texts)} texts, {accepted} accepted, {len(tickets)} tickets, {lost} lost, {len(doubled)} doubled,"
        f" {refused} refused with a reason, {len(texts) / seconds:.1f} forms a second"
    )
    print(
        f"{len(times)} sent, answered after {statistics.mean(times):.0f} ms (mean), {statistics.median(times):.0f} ms"
        f" (half), {statistics.quantiles(times, n=20)[-1]:.0f} ms (95 of 100), {options.workers} at a time"
    )
    for outcome, count in sorted(outcomes.items()):
        print(f"  {outcome}: {count}")
    for number, outcome, *_rest in results:
        if outcome != "accepted":
            print(f"  row {number}: {outcome}: {texts[number][:60]!r}")
    return 1 if lost or doubled or len(tickets) != accepted else 0


if __name__ == "__main__":
    sys.exit(main())
