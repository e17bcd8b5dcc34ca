"""`make pictures`: the pictures of the guides, in each language, as people of each role see the screens.

The list is pictures.json: which guide's picture, who logs in, the address (with the first record that matches, where
the screen shows one), and what is done before the picture is taken: `click` and `wait` name an element, `press` a key,
`select` the text of a field, `write` one.
"""

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path

from PIL import Image

from config.environment import odoo_command, places
from tests.acceptance._chromium import Browser, Server
from tests.acceptance._helpdesk import Helpdesk

LIST = Path(__file__).with_name("pictures.json")
GUIDES = places.ADDONS / "kemenkes_guides" / "guides"
LANGUAGES = {"id": "id_ID", "en": "en_US"}
WIDTH, HEIGHT = 1366, 768
# What a screen draws after its last answer: graphs, and what slides in.
SETTLE_SECONDS = 2
# The first screen of a new database makes its scripts and styles.
STEP_SECONDS = 60
COLOURS = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="guide/picture; all without")
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    pictures = [one for one in read_list() if not arguments.names or one["picture"] in arguments.names]
    command = odoo_command.words("server", "-d", arguments.database, "--http-port", str(arguments.port))
    with Server([*command, "--max-cron-threads", "0", "--log-level", "warn"], arguments.port) as server:
        administrator = Helpdesk(server.address, arguments.database, "admin", "admin")
        switch_english_on(administrator)
        count_figures(administrator)
        let_webhooks_go_on(administrator)
        failed = 0
        for language, code in LANGUAGES.items():
            speak(administrator, code)
            for login in dict.fromkeys(one["login"] for one in pictures):
                wanted = [one for one in pictures if one["login"] == login]
                failed += take_all(server.address, login, language, wanted)
    return 1 if failed else 0


def read_list():
    """The pictures, as dicts."""
    return json.loads(LIST.read_text(encoding="utf-8"))


def switch_english_on(administrator):
    ids = administrator.call("res.lang", "search", [["code", "=", "en_US"], ["active", "=", False]])
    administrator.call("res.lang", "write", ids, {"active": True})


def count_figures(administrator):
    """What a job does within a minute: figures are counted from what the demo data tells."""
    ids = administrator.call("ir.cron", "search", [["model_id.model", "=", "helpdesk.kpi"]])
    for job in ids:
        administrator.call("ir.cron", "method_direct_trigger", [job])


def let_webhooks_go_on(administrator):
    """The demo's lead nowhere, so they are paused; no job runs here, so nothing is sent."""
    ids = administrator.call("helpdesk.webhook", "search", [["state", "=", "paused"]])
    administrator.call("helpdesk.webhook", "action_resume", ids)


def speak(administrator, code):
    """All who work in the helpdesk read this language from now on."""
    ids = administrator.call("res.users", "search", [["share", "=", False]])
    administrator.call("res.users", "write", ids, {"lang": code})


def take_all(address, login, language, pictures):
    """One account's pictures, in a browser of its own; how many could not be taken."""
    failed = 0
    with Browser() as browser:
        browser.send(
            "Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False
        )
        browser.send("Emulation.setTimezoneOverride", timezoneId="Asia/Jakarta")
        log_in(browser, address, login, language)
        go_on_working(browser, address)
        for picture in pictures:
            try:
                take(browser, address, language, picture)
            except AssertionError as error:
                failed += 1
                seen = places.LOG / f"{picture['picture'].replace('/', '_')}.{language}.png"
                seen.write_bytes(browser.picture())
                print(f"  {picture['picture']}: {error}; what was there instead: {places.shown(seen)}", flush=True)
    return failed


def log_in(browser, address, login, language):
    """By the form; the public pages too speak the language."""
    code = LANGUAGES[language]
    browser.send("Network.setCookie", name="frontend_lang", value=code, url=address)
    browser.open(f"{address}/web/login")
    browser.wait_for_element("input[name=password]")
    password = "admin" if login == "admin" else "demo"
    browser.evaluate(
        f"""
        document.querySelector("input[name=login]").value = {json.dumps(login)};
        document.querySelector("input[name=password]").value = {json.dumps(password)};
        document.querySelector("input[name=password]").form.submit();
        """
    )
    browser.wait_for("!location.pathname.startsWith('/web/login') && document.readyState === 'complete'", login)


def go_on_working(browser, address):
    """Who was at work in the browser of the other language goes on in this one."""
    work = call(browser, address, "helpdesk.agent.session", "get_work")
    if work.get("result", {}).get("session"):
        call(browser, address, "helpdesk.agent.session", "start_work", [False])


def call(browser, address, model, method, args=(), **options):
    """A public method with the account's own rights; the server's answer as a dict."""
    params = {"model": model, "method": method, "args": list(args), "kwargs": options}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
    browser.open(f"{address}/web/health")
    browser.wait_for("location.pathname === '/web/health'", "the server")
    return browser.evaluate(
        f"""fetch("/web/dataset/call_kw", {{
            method: "POST", headers: {{"Content-Type": "application/json"}}, body: {json.dumps(body)},
        }}).then((answer) => answer.json())"""
    )


def take(browser, address, language, picture):
    """Open a screen, do what has to be done first, take its picture."""
    began = time.monotonic()
    # so that nothing of the last screen is taken for the next one's
    browser.open("about:blank#")
    browser.open(address + path_of(browser, address, picture))
    for step in picture.get("steps", ()):
        for action, argument in step.items():
            act(browser, action, argument)
    # what was clicked last tells its name while the pointer is on it
    browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=0, y=0)
    time.sleep(SETTLE_SECONDS)
    guide, name = picture["picture"].split("/")
    file = GUIDES / guide / f"{name}.{language}.png"
    file.parent.mkdir(exist_ok=True)
    size = write_small(browser.picture(), file)
    print(f"  {os.path.relpath(file)}  {size // 1024} KB  {time.monotonic() - began:.0f} s", flush=True)


def path_of(browser, address, picture):
    """The address on the server; a record is looked for in the account's own rights."""
    if "record" not in picture:
        return picture["address"]
    record = picture["record"]
    options = {"domain": record["domain"], "fields": ["id"], "limit": 1, "order": record["order"]}
    found = call(browser, address, record["model"], "search_read", **options)
    if not found.get("result"):
        raise AssertionError(f"no record to show: {found.get('error', found)}")
    return picture["address"].format(id=found["result"][0]["id"])


def act(browser, action, argument):
    if action == "wait":
        browser.wait_for_element(argument, STEP_SECONDS)
    elif action == "click":
        browser.wait_for_element(argument, STEP_SECONDS)
        browser.click(argument)
    elif action == "select":
        # what was typed there before is written over
        browser.evaluate(f"document.querySelector({json.dumps(argument)}).select()")
    elif action == "write":
        browser.write(argument)
    elif action == "press":
        browser.press(argument)
    else:
        raise SystemExit(f"no such step: {action}")


def write_small(content, file):
    """A screen has few colours: with so many a picture takes a third of the room. Its size in bytes."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
