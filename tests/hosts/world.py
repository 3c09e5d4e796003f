# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the real hosts share: who logs in where, the local server, waiting with a deadline.

Python's standard library only. Every program started here is ended here, by its own process id."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

BUILD = os.environ.get("OPENIM_BUILD") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build")
BUILD = os.path.abspath(BUILD)
SKIP = 77
PATIENCE = 30.0 * float(os.environ.get("OPENIM_TEST_FACTOR", "1"))

# Finch and Pidgin warn at their own start; only words of this project's log domains are failures.
OWN_WARNING = re.compile(r"\bopenim[-a-z]*-(WARNING|CRITICAL|ERROR)|prpl-openim.*(WARNING|CRITICAL)|AddressSanitizer|LeakSanitizer")


def skip(why):
    print("SKIP:", why)
    sys.exit(SKIP)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None and not os.path.exists("/usr/sbin/" + program):
            skip(f"{program} is not installed")


def wait(what, holds, patience=None):
    """Runs holds() until it is true and returns its value; fails with the words `what` when it never is."""
    end = time.monotonic() + (patience or PATIENCE)
    while True:
        value = holds()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("this did not come: " + what)
        time.sleep(0.05)


def word():
    """A word that nobody has said before."""
    return "w" + uuid.uuid4().hex[:12]


class Folder:
    """A folder of the test's own; nothing of a person's is ever touched."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="openim-hosts-")

    def __call__(self, *parts):
        path = os.path.join(self.path, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def remove(self):
        if os.environ.get("OPENIM_KEEP"):
            print("kept", self.path)
        else:
            shutil.rmtree(self.path, ignore_errors=True)

    def environment(self, **more):
        """No home, no bus, no display, no proxy of the person who runs the tests."""
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "LD_PRELOAD", "TERMINFO")}
        env.update(HOME=self.path, LC_ALL="C.UTF-8", LANG="C.UTF-8", no_proxy="127.0.0.1,localhost", XDG_RUNTIME_DIR=self.path,
                   XDG_CONFIG_HOME=self("config"), XDG_CACHE_HOME=self("cache"), XDG_DATA_HOME=self("data"), TMPDIR=self.path)
        # Pidgin waits for ever at its end when GStreamer has no place to play a sound.
        env.update(GST_PLUGIN_SYSTEM_PATH_1_0="")
        env.update(more)
        return env


class Child:
    """A program with its standard error kept."""

    def __init__(self, folder, name, words, **how):
        self.name, self.errors = name, folder(name + ".stderr")
        self.sink = open(self.errors, "wb")
        how.setdefault("stdout", subprocess.DEVNULL)
        self.process = subprocess.Popen(words, stderr=self.sink, **how)

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.sink.close()
        return self.process.returncode

    def complaints(self):
        with open(self.errors, errors="replace") as text:
            return [line.rstrip() for line in text if OWN_WARNING.search(line)]


class Parrot:
    """The test protocol without a network: shows that the test of a host works even before there is a server."""

    title, plugin, protocol, bitlbee = "parrot", os.path.join(BUILD, "tests/host/parrot.so"), "prpl-test-parrot", "test-parrot"
    account, password, friend, friend_alias, group, options = "hello", "x", "polly", "Polly", None, {}
    installed = False

    def __init__(self, folder):
        if not os.path.exists(self.plugin):
            skip(self.plugin + " is not built")

    def unprompted(self):
        return "welcome home"  # said at each login

    def check_sent(self, text):
        pass

    def stop(self):
        pass


class Openim:
    """alice at the local server with the people of the demonstration; echo answers her."""

    title, plugin, protocol, bitlbee = "openim", os.path.join(BUILD, "plugin/purple/libopenim.so"), "prpl-openim", "openim"
    account, password, friend, friend_alias, group = "alice", "alice", "echo", "Echo", "demo"
    group_name = "Demo group"

    # The one that is installed where libpurple looks, instead of the one that was built.
    installed = os.environ.get("OPENIM_PLUGIN") == "installed"

    def __init__(self, folder):
        program = os.path.join(BUILD, "tests/server/openim-test-server")
        for path in (program,) if self.installed else (program, self.plugin):
            if not os.path.exists(path):
                skip(path + " is not built")
        self.child = Child(folder, "server", [program, "--api-port", "0", "--ws-port", "0", "--chat-port", "0", "--demo"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = json.loads(self.child.process.stdout.readline())
        self.api = ready["api"]
        self.options = {"api": ready["api"], "gateway": ready["ws"], "chat-server": ready["chat"]}
        self.token = self.call("/auth/get_admin_token", {"secret": "openIM123", "userID": "imAdmin"}, None)["token"]

    def call(self, path, body, token):
        headers = {"operationID": uuid.uuid4().hex, "Content-Type": "application/json"}
        if token:
            headers["token"] = token
        request = urllib.request.Request(self.api + path, json.dumps(body).encode(), headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE) as answer:
            envelope = json.load(answer)
        assert envelope["errCode"] == 0, envelope
        return envelope.get("data") or {}

    def unprompted(self):
        """A line from the friend that nobody asked for."""
        text = word()
        self.call("/msg/send_msg", {"sendID": self.friend, "recvID": self.account, "senderNickname": self.friend_alias, "senderPlatformID": 5,
                                    "content": {"content": text}, "contentType": 101, "sessionType": 1}, self.token)
        return text

    def show(self, kind, content):
        """A message of that content type from the friend."""
        self.call("/msg/send_msg", {"sendID": self.friend, "recvID": self.account, "senderNickname": self.friend_alias, "senderPlatformID": 5,
                                    "content": content, "contentType": kind, "sessionType": 1}, self.token)

    def show_picture(self, url):
        whole = {"uuid": "u", "type": "image/png", "size": 500, "width": 200, "height": 120, "url": url}
        self.show(102, {"sourcePath": "", "sourcePicture": whole, "bigPicture": whole, "snapshotPicture": whole})

    def check_sent(self, text):
        """The server's own store has the text under alice."""

        def stored():
            # As the administrator: a token of alice's own would end her session.
            answer = self.call("/msg/pull_msg_by_seq", {"userID": "alice", "order": 1, "seqRanges": [
                {"conversationID": "si_alice_echo", "begin": 1, "end": 1 << 40, "num": 100}]}, self.token)
            for pulled in (answer.get("msgs") or {}).values():
                for message in pulled["Msgs"] or []:
                    if message["sendID"] == "alice" and text in base64.b64decode(message["content"]).decode():
                        return True
            return False

        wait(f"{text} in the server's store", stored)

    def stop(self):
        self.child.process.stdin.close()
        status = self.child.stop()
        assert status == 0, f"the server ended with {status}"


def accounts_xml(world, ui, extra=""):
    """accounts.xml as Pidgin and Finch write it, with the account switched on."""
    from xml.sax.saxutils import escape, quoteattr

    settings = "".join(f"<setting name={quoteattr(k)} type='string'>{escape(v)}</setting>" for k, v in world.options.items())
    return f"""<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'><account>
<protocol>{world.protocol}</protocol><name>{escape(world.account)}</name><password>{escape(world.password)}</password>
<statuses><status type='available' name='Available' active='true'><attributes/></status></statuses>
<settings>{settings}</settings>
<settings ui='{ui}'><setting name='auto-login' type='bool'>1</setting></settings>
</account></account>
"""


def install(world, folder, *place):
    """The plugin where Pidgin and Finch look inside a configuration folder, or in another place."""
    target = folder(*(place or ("purple", "plugins")), os.path.basename(world.plugin))
    if not world.installed:
        shutil.copy2(world.plugin, target)


def main(test):
    """Runs test(world, folder) for the world named on the command line."""
    world_class = {"parrot": Parrot, "openim": Openim}[sys.argv[1]]
    folder = Folder()
    world = world_class(folder)
    try:
        test(world, folder)
        print("ok", os.path.basename(sys.argv[0]), world.title)
    finally:
        world.stop()
        folder.remove()
