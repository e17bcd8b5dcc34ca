"""A Chromium of its own, steered over the devtools protocol, and a line to the helpdesk that can be cut."""

import base64
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import websocket

PROGRAMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=1366,768",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
# The numbers of the protocol.
MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 8}
KEY_CODES = {"Enter": 13, "Escape": 27}
# Chromium starts and the web client loads in this time on a busy machine too.
PATIENCE_SECONDS = 120
# The first page of a server is put together while it is waited for.
FIRST_PAGE_SECONDS = 300
POLL_SECONDS = 0.05
CHUNK = 65536


class Browser:
    """One browser with one page; a context manager that ends it."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if not program:
            raise SystemExit("There is no Chromium.")
        self.profile = Path(tempfile.mkdtemp(prefix="helpdesk_chromium_"))
        self.process = subprocess.Popen(
            [program, *SWITCHES, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.numbers, self.answers, self.arrived = itertools.count(1), {}, threading.Condition()
        self.traffic, self.loading, self.crashed = Traffic(), Loading(), threading.Event()
        # what went wrong in the page, in its own words
        self.problems = []
        self.socket = websocket.create_connection(self._page_address(), timeout=None)
        threading.Thread(target=self._listen, daemon=True).start()
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.send("Network.enable")
        self.send("Log.enable")
        self.send("Inspector.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _page_address(self):
        port_file = self.profile / "DevToolsActivePort"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
                port = int(port_file.read_text().split()[0])
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
                    pages = json.load(answer)
                return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
            time.sleep(POLL_SECONDS)
        raise SystemExit("Chromium does not start.")

    def _listen(self):
        with contextlib.suppress(OSError, ValueError, websocket.WebSocketException):
            while text := self.socket.recv():
                message = json.loads(text)
                if "id" in message:
                    with self.arrived:
                        self.answers[message["id"]] = message
                        self.arrived.notify_all()
                else:
                    self._hear(message["method"], message["params"])

    def _hear(self, method, params):
        if method == "Inspector.targetCrashed":
            self.crashed.set()
        elif method == "Page.javascriptDialogOpening":
            # "leave this page?": nothing goes on until it is answered
            self._say("Page.handleJavaScriptDialog", accept=True)
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.problems.append(" ".join(str(one.get("description", one.get("value"))) for one in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method.startswith("Network."):
            self.traffic.take(method, params)
            self.loading.take(method, params)

    def _say(self, method, **params):
        """A command whose answer nobody waits for; its number."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def send(self, method, **params):
        """A command of the protocol; its result.

        :raise RuntimeError: the browser refuses, or says nothing
        """
        number = self._say(method, **params)
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, PATIENCE_SECONDS):
                raise RuntimeError(f"{method} has no answer")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, expression):
        """What an expression of the page gives; a promise is waited for.

        :raise RuntimeError: it throws
        """
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait_for(self, expression, what, seconds=PATIENCE_SECONDS):
        """Wait until an expression of the page gives something; that.

        :raise AssertionError: it does not; ``what`` says what is missing
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # between two pages there is nothing that could answer
            with contextlib.suppress(RuntimeError):
                if found := self.evaluate(expression):
                    return found
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"not on the screen after {seconds} s: {what}")

    def wait_for_element(self, selector, seconds=PATIENCE_SECONDS):
        """Wait until an element is there."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})", selector, seconds)

    def open(self, address):
        """Go to an address; comes back once its document is loaded."""
        self.send("Page.navigate", url=address)
        self.wait_for(
            "document.readyState === 'complete' && location.href !== 'about:blank'",
            address,
        )

    def log_in(self, address, login, password):
        """Log in by the form, as people do.

        :raise AssertionError: the helpdesk does not come; with what the page says, its problems and its requests
        """
        self.open(f"{address}/web/login")
        self.wait_for_element("input[name=password]")
        self.evaluate(
            f"""
            document.querySelector("input[name=login]").value = {json.dumps(login)};
            document.querySelector("input[name=password]").value = {json.dumps(password)};
            document.querySelector("input[name=password]").form.submit();
            """
        )
        try:
            self.wait_for_element(".o_main_navbar", FIRST_PAGE_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"the helpdesk of {login} does not come\n{self.account()}") from error

    def click(self, selector):
        """Click in the middle of an element."""
        self.wait_for_element(selector)
        place = self.evaluate(
            f"""(() => {{
                const element = document.querySelector({json.dumps(selector)});
                element.scrollIntoView({{ block: "nearest" }});
                const {{ left, top, width, height }} = element.getBoundingClientRect();
                return {{ x: left + width / 2, y: top + height / 2 }};
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def write(self, text):
        """Type a text where the cursor is."""
        self.send("Input.insertText", text=text)

    def press(self, key, *modifiers):
        """Press a key together with "ctrl", "shift" or "alt"."""
        event = {
            "key": key,
            "code": key if len(key) > 1 else f"Key{key.upper()}",
            "windowsVirtualKeyCode": KEY_CODES.get(key) or ord(key.upper()),
            "modifiers": sum(MODIFIERS[name] for name in modifiers),
        }
        text = {} if modifiers else {"text": "\r" if key == "Enter" else key if len(key) == 1 else ""}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **event, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def crash(self):
        """The page dies as by a lack of memory; what the browser keeps stays."""
        # a dead page does not answer
        self._say("Page.crash")
        self.crashed.wait(PATIENCE_SECONDS)
        self.crashed.clear()

    def account(self):
        """What stands on the page, what went wrong in it, and what its requests have become, as text."""
        with contextlib.suppress(RuntimeError):
            page = self.evaluate("`${location.href}\\n${document.body.innerText.slice(0, 2000)}`")
            return "\n".join((page, *self.problems[-20:], *self.loading.lines()))
        return "\n".join(("the page does not answer", *self.problems[-20:], *self.loading.lines()))

    def picture(self):
        """A PNG of what is on the screen, as bytes."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])


class Traffic:
    """Requests of a page to the server's methods, and the bytes of their answers."""

    def __init__(self):
        self.asked, self.bytes, self.count = set(), 0, 0

    def take(self, method, params):
        if method == "Network.requestWillBeSent" and params.get("type") in ("XHR", "Fetch"):
            self.asked.add(params["requestId"])
            self.count += 1
        elif method == "Network.loadingFinished" and params["requestId"] in self.asked:
            self.bytes += int(params["encodedDataLength"])

    def begin(self):
        """Count from now on."""
        self.asked, self.bytes, self.count = set(), 0, 0


class Loading:
    """The last requests of a page, whatever their kind, and what became of them."""

    MOST_KEPT = 60

    def __init__(self):
        # request → [address, what became of it]
        self.requests = {}

    def take(self, method, params):
        number = params.get("requestId")
        if method == "Network.requestWillBeSent":
            self.requests[number] = [params["request"]["url"], "no answer"]
            while len(self.requests) > self.MOST_KEPT:
                self.requests.pop(next(iter(self.requests)))
        elif number not in self.requests:
            return
        elif method == "Network.responseReceived":
            self.requests[number][1] = f"{params['response']['status']}, not to its end"
        elif method == "Network.loadingFinished":
            self.requests[number][1] = self.requests[number][1].split(",")[0]
        elif method == "Network.loadingFailed":
            self.requests[number][1] = params["errorText"]

    def lines(self):
        """A line for each request."""
        return [f"{what_became}  {address[:150]}" for address, what_became in self.requests.values()]


class Line:
    """The way from a browser to the server on another port: it can be cut, and it can swallow what the server says."""

    def __init__(self, port):
        self.target = port
        self.is_cut = self.is_deaf = False
        self.open_sockets = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def cut(self):
        """Whatever is under way breaks off, and nothing gets through."""
        self.is_cut = True
        for one in list(self.open_sockets):
            self._close(one)

    def swallow_answers(self):
        """The server hears what is sent, and its answers get lost, until :meth:`mend`."""
        self.is_deaf = True

    def mend(self):
        """Let everything through again; what hung breaks off."""
        was_deaf, self.is_deaf = self.is_deaf, False
        if was_deaf:
            for one in list(self.open_sockets):
                self._close(one)
        self.is_cut = False

    def _accept(self):
        while True:
            with contextlib.suppress(OSError):
                near, _address = self.listener.accept()
                self._connect(near)

    def _connect(self, near):
        if self.is_cut:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self.open_sockets |= {near, far}
        for source, sink, is_answer in ((near, far, False), (far, near, True)):
            threading.Thread(target=self._carry, args=(source, sink, is_answer), daemon=True).start()

    def _carry(self, source, sink, is_answer):
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK):
                if not (is_answer and self.is_deaf):
                    sink.sendall(chunk)
        self._close(source)
        self._close(sink)

    def _close(self, one):
        self.open_sockets.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


class Server:
    """The helpdesk itself, on a port; it can be killed and started again."""

    def __init__(self, command, port):
        self.command, self.port, self.process = command, port, None

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()

    def start(self):
        """Start it; comes back once it answers.

        :raise SystemExit: it does not
        """
        self.process = subprocess.Popen(self.command, env=os.environ)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/web/health", timeout=10):
                return
            time.sleep(0.2)
        raise SystemExit("The server does not answer.")

    def kill(self):
        """End it in the middle of what it does."""
        self.process.kill()
        self.process.wait()
