#!/usr/bin/env python3
"""hostile.py BIN [CONNECTIONS]   a daemon among clients that mean harm, and what a client that means none sees of it

As many connections as asked for, in turn of every kind below, as fast as they go, by a user of their own (which takes root;
else by the same one, whose connections are counted together). Meanwhile a client asks again and again for the list and
takes the time. At the end the daemon has to answer a new client, with no connection of the others left in it.

Prints how many connections there were, the daemon's largest memory and the time in which 99 of 100 lists came."""
import contextlib
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 60
NOBODY = 65534
WORKERS = 48
LIST = b'{"method":"org.almd.control.List"}\0'


def call(text):
    return text.encode() + b"\0"


# What is sent, and how often; after that the answers are read until the daemon ends the connection, or for a while.
MESSAGES = {
    "no end": (b"x" * 65536, 16_384),
    "a string without an end": (b'{"method":"' + b"a" * 65536, 16_384),
    "depth": (call('{"method":"org.almd.control.List","parameters":' + "[" * 120_000), 1),
    "width": (call('{"method":"org.almd.control.List","parameters":{"a":[' + "1," * 60_000 + "1]}}"), 1),
    "a huge number": (call('{"method":"org.almd.control.List","parameters":{"a":' + "9" * 100_000 + "}}"), 1),
    "odd numbers": (call('{"method":"org.almd.control.History","parameters":{"limit":1e999}}'), 20),
    "no UTF-8": (b'{"method":"\xff\xfe\xc0\x80"}\0', 20),
    "half a character": (b'{"method":"\\ud800"}\0', 20),
    "keys twice": (call('{"method":"a","method":"org.almd.control.List"}'), 20),
    "no JSON": (b"GET / HTTP/1.1\r\n\r\n\0", 20),
    "nothing": (b"\0" * 1000, 1),
    "lists that nobody reads": (LIST * 500, 40),
    "an unknown method": (call('{"method":"org.almd.control.Burn","parameters":{}}'), 50),
    "what is not for everybody": (call('{"method":"org.almd.control.Release","parameters":{"text":"' + "A" * 16_000 + '"}}'), 10),
    "a half message": (b'{"method":', 1),
    "nothing at all": (b"", 0),
}


def attack(path, count, seed):
    """One after the other; how many connections the daemon took."""
    kinds, choice, made = list(MESSAGES), random.Random(seed), 0
    while made < count:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
            client.settimeout(0.3)
            with contextlib.suppress(OSError):
                client.connect(path)
                made += 1
                name = choice.choice(kinds)
                message, times = MESSAGES[name]
                for _ in range(times):
                    client.sendall(message)
                if choice.random() < 0.1:
                    # A byte, and for a second nothing.
                    client.sendall(b"{")
                    time.sleep(1)
                while name != "lists that nobody reads" and client.recv(65536):
                    pass
    return made


def attackers(path, count):
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    each = -(-count // WORKERS)
    threads = [threading.Thread(target=attack, args=(path, each, seed)) for seed in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)

    def list(self):
        """The seconds until the answer was there."""
        begun, answer = time.monotonic(), b""
        self.socket.sendall(LIST)
        while not answer.endswith(b"\0"):
            read = self.socket.recv(65536)
            if not read:
                raise SystemExit("hostile: the daemon ended the connection of a client that means no harm")
            answer += read
        if "places" not in json.loads(answer[:-1])["parameters"]:
            raise SystemExit(f"hostile: no list: {answer}")
        return time.monotonic() - begun


def largest(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main():
    programs, count = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory(prefix="almd-hostile.", dir="/dev/shm") as folder:
        os.chmod(folder, 0o755)
        path = f"{folder}/control"
        os.mkdir(f"{folder}/store", 0o700)
        os.mkdir(f"{folder}/vendors")
        with open(f"{folder}/log", "wb") as log:
            daemon = subprocess.Popen(
                [programs / "almd", "--no-usb", "--state", f"{folder}/store", "--vendors", f"{folder}/vendors", "--socket", path],
                stderr=log)
        try:
            begun = time.monotonic()
            while not os.path.exists(path):
                if daemon.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise SystemExit("hostile: the daemon did not start")
                time.sleep(0.05)
            client, child = Client(path), os.fork()
            if child == 0:
                os._exit(attackers(path, count))
            times = []
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                times.append(client.list())
                time.sleep(0.005)
            Client(path).list()
            if daemon.poll() is not None:
                raise SystemExit("hostile: the daemon ended")
            times.sort()
            print(
                f"hostile: connections={-(-count // WORKERS) * WORKERS} kinds={len(MESSAGES)} peak={largest(daemon.pid)} KiB "
                f"lists={len(times)} p99={1000 * times[len(times) * 99 // 100]:.1f} ms "
                f"longest={1000 * times[-1]:.1f} ms in {time.monotonic() - begun:.0f} s")
        finally:
            daemon.terminate()
            if daemon.wait(PATIENCE) != 0:
                raise SystemExit(f"hostile: the daemon ended with {daemon.returncode}")


if __name__ == "__main__":
    main()
