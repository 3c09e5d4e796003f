#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""telepathy-haze, which is libpurple for the programs of Telepathy: logs in over D-Bus, says a line, reads the answer.

haze looks for plugins in libpurple's own folder only; it gets a view of the file system in which that folder has this one."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world as w

HAZE = "/usr/lib/telepathy/telepathy-haze"
TP = "org.freedesktop.Telepathy."
MANAGER = TP + "ConnectionManager.haze"


class Bus:
    """A session bus of its own."""

    def __init__(self, folder):
        self.child = w.Child(folder, "dbus", ["dbus-daemon", "--session", "--nofork", "--print-address"], env=folder.environment(),
                             stdout=subprocess.PIPE)
        self.env = folder.environment(DBUS_SESSION_BUS_ADDRESS=self.child.process.stdout.readline().decode().strip())

    def call(self, name, path, method, *words):
        done = subprocess.run(["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", TP + method, *words],
                              env=self.env, text=True, capture_output=True, timeout=w.PATIENCE)
        if done.returncode != 0:
            raise AssertionError(f"{method}: {done.stderr}")
        return done.stdout.strip()

    def get(self, name, path, interface, key):
        done = subprocess.run(["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method",
                               "org.freedesktop.DBus.Properties.Get", TP + interface, key], env=self.env, text=True, capture_output=True,
                              timeout=w.PATIENCE)
        return done.stdout.strip()


def text(value):
    return "<'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'>"


def test(world, folder):
    plugins = subprocess.run(["pkg-config", "--variable=plugindir", "purple"], text=True, capture_output=True, check=True).stdout.strip()
    w.install(world, folder, "plugins")
    bus = Bus(folder)
    # A namespace of mounts; whoever is not root becomes root in it.
    become = [] if os.getuid() == 0 else ["--map-root-user"]
    haze = w.Child(folder, "haze", ["unshare", "--mount", *become, "sh", "-c", 'mount --bind "$1" "$2" && exec "$3"', "sh", folder("plugins", ""),
                                    plugins, HAZE], env=dict(bus.env, HAZE_PERSIST="1", HAZE_DEBUG="all"))
    try:
        w.wait("haze on the bus", lambda: MANAGER in subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/", "--method", "org.freedesktop.DBus.ListNames"],
            env=bus.env, text=True, capture_output=True).stdout or not haze.alive())
        if not haze.alive():
            w.skip("no view of the file system of one's own can be had here")
        manager = "/" + MANAGER.replace(".", "/")
        settings = dict(world.options, account=world.account, password=world.password)
        made = bus.call(MANAGER, manager, "ConnectionManager.RequestConnection", world.bitlbee,
                        "{" + ", ".join(f"'{key}': {text(value)}" for key, value in settings.items()) + "}")
        name, path = re.search(r"'(org\.[^']+)', objectpath '([^']+)'", made).groups()
        bus.call(name, path, "Connection.Connect")
        w.wait("the login", lambda: "<uint32 0>" in bus.get(name, path, "Connection", "Status"))
        channel = re.search(r"'(/org[^']+)'", bus.call(
            name, path, "Connection.Interface.Requests.EnsureChannel",
            f"{{'{TP}Channel.ChannelType': <'{TP}Channel.Type.Text'>, '{TP}Channel.TargetHandleType': <uint32 1>, "
            f"'{TP}Channel.TargetID': {text(world.friend)}}}")).group(1)
        said = w.word()
        bus.call(name, channel, "Channel.Interface.Messages.SendMessage", f"[{{}}, {{'content-type': <'text/plain'>, 'content': {text(said)}}}]", "0")
        world.check_sent(said)
        w.wait("the answer", lambda: said in bus.get(name, channel, "Channel.Interface.Messages", "PendingMessages"))
        unasked = world.unprompted()
        w.wait("a line that nobody asked for", lambda: unasked in bus.get(name, channel, "Channel.Interface.Messages", "PendingMessages"))
        bus.call(name, path, "Connection.Disconnect")
        assert haze.alive(), "haze has ended"
    except AssertionError:
        print(open(haze.errors, errors="replace").read()[-3000:])
        raise
    finally:
        haze.stop()
        bus.child.stop()
        complaints = haze.complaints()
    assert not complaints, complaints


if __name__ == "__main__":
    w.need(HAZE, "dbus-daemon", "gdbus", "unshare")
    w.main(test)
