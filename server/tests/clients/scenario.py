"""Plays scenario.json with python-socketio: python scenario.py URL TOKENS-AS-JSON"""

import json
import pathlib
import re
import socket
import sys
import threading

import socketio

URL, TOKENS = sys.argv[1], json.loads(sys.argv[2])
STEPS = json.loads(pathlib.Path(__file__).with_name("scenario.json").read_text())
PATIENCE = 20
saved = {}
clients = {}


def filled(value):
    text = re.sub(r'"\$(\w+)"', lambda found: json.dumps(saved[found[1]]), json.dumps(value))
    return json.loads(text)


def holds(actual, expected):
    if not isinstance(expected, dict):
        return actual == expected
    return isinstance(actual, dict) and all(holds(actual.get(k), v) for k, v in expected.items())


class Client:
    def __init__(self, path, auth=None, cookie=None):
        self.path = path
        self.heard = []
        self.news = threading.Condition()
        self.up = threading.Event()
        self.down = threading.Event()
        self.sio = socketio.Client(reconnection_delay=0.01, randomization_factor=0)
        self.refusal = None
        self.sio.on("connect", self.up.set, namespace=path)
        self.sio.on("connect_error", self.refused, namespace=path)
        self.sio.on("disconnect", lambda *_: self.down.set(), namespace=path)
        self.sio.on("*", self.hear, namespace=path)
        # As a header of its own: python-socketio forgets a cookie when it comes back.
        headers = {"authorization": f"Bearer {cookie}"} if cookie else {}
        try:
            self.sio.connect(URL, namespaces=[path], auth=auth, headers=headers, wait_timeout=PATIENCE)
        except socketio.exceptions.ConnectionError:
            if self.refusal is None:
                raise

    def refused(self, error):
        self.refusal = error["message"]

    def hear(self, event, *payload):
        with self.news:
            self.heard.append((event, payload[0] if payload else None))
            self.news.notify_all()

    def expect(self, event, expected):
        def found():
            for place, (name, payload) in enumerate(self.heard):
                if name == event and holds(payload, expected):
                    del self.heard[place]
                    return True
            return False

        with self.news:
            assert self.news.wait_for(found, PATIENCE), f"waited for {event} {expected}"


def play(step):
    if "refused" in step:
        client = Client(step["refused"], auth=step.get("auth") or {"token": TOKENS.get(step.get("token"))})
        assert client.refusal == step["because"], f"{step}: {client.refusal}"
    elif "connect" in step:
        cookie = TOKENS.get(step.get("cookie"))
        auth = None if cookie else {"token": TOKENS[step["token"]]}
        clients[step["connect"]] = Client(step["to"], auth, cookie)
    elif "ask" in step:
        client = clients[step["ask"]]
        payload = filled(step.get("with"))
        answer = client.sio.call(step["event"], payload, namespace=client.path, timeout=PATIENCE)
        assert holds(answer, filled(step["expect"])), f"{step}\nwas answered {answer}"
        for name, path in step.get("save", {}).items():
            value = answer
            for key in path.split("."):
                value = value[key]
            saved[name] = value
    elif "tell" in step:
        client = clients[step["tell"]]
        client.sio.emit(step["event"], filled(step.get("with")), namespace=client.path)
    elif "hear" in step:
        clients[step["hear"]].expect(step["event"], filled(step["expect"]))
    elif "cut" in step:
        client = clients[step["cut"]]
        # Before it: the handlers run in threads of their own, the disconnect's perhaps last.
        client.up.clear()
        client.down.clear()
        client.sio.eio.ws.sock.shutdown(socket.SHUT_RDWR)
        assert client.down.wait(PATIENCE), step
    elif "back" in step:
        assert clients[step["back"]].up.wait(PATIENCE), step


checks = [step for step in STEPS if "say" not in step]
for one in checks:
    play(one)
for client in clients.values():
    client.sio.disconnect()
print(f"{len(checks)} checks")
