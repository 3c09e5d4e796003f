#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Pidgin on a screen that nobody sees: logs in from a prepared configuration folder, opens a window for a line, sends a line typed on the
keyboard. A picture of the screen stays in the build folder."""

import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world as w


class Screen:
    def __init__(self, folder):
        self.folder = folder
        reader, writer = os.pipe()
        self.child = w.Child(folder, "xvfb", ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
                             pass_fds=(writer,), env=folder.environment())
        os.close(writer)
        with os.fdopen(reader) as number:
            self.display = ":" + number.readline().strip()
        self.env = folder.environment(DISPLAY=self.display)

    def run(self, *words):
        return subprocess.run(words, env=self.env, text=True, capture_output=True, timeout=w.PATIENCE).stdout.strip()

    def window(self, title):
        """The number of the visible window whose title contains `title`."""
        found = self.run("xdotool", "search", "--onlyvisible", "--name", title).split()
        return found[0] if found else None

    def title(self, window):
        return self.run("xdotool", "getwindowname", window)

    def conversation(self):
        """The number of the window with the conversations."""
        for window in self.run("xdotool", "search", "--onlyvisible", "--class", "pidgin").split():
            if self.title(window) not in ("", "Buddy List"):
                return window
        return None

    def turn_to(self, window, title):
        """Goes from tab to tab until the window has that title."""

        def found():
            if title in self.title(window):
                return True
            self.run("xdotool", "windowfocus", "--sync", window)
            self.run("xdotool", "key", "ctrl+Page_Down")
            return None

        w.wait("a tab with " + title, found)

    def type(self, window, text):
        # There is no window manager: the focus is set by hand.
        self.run("xdotool", "windowfocus", "--sync", window)
        self.run("xdotool", "type", "--delay", "20", text)
        self.run("xdotool", "key", "Return")

    def picture(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.run("import", "-window", "root", path)


def shown(folder):
    """What stands in Pidgin's windows, from the log that it writes of them."""
    text = ""
    for path in glob.glob(folder("purple", "logs") + "/**/*.html", recursive=True):
        with open(path, errors="replace") as log:
            text += log.read()
    return text


def by_number(folder, screen, window):
    """Messages have numbers, by which they are answered and taken back."""
    said = w.word()
    screen.type(window, f"/quote 2 {said}")
    w.wait("the quote in the window", lambda: re.search(r"&gt; .*<br/?>\s*" + said, shown(folder)))
    screen.type(window, "/revoke")
    w.wait("the withdrawal in the window", lambda: "You withdrew message" in shown(folder))
    screen.type(window, "/list 5")


def test(world, folder):
    w.install(world, folder)
    with open(folder("purple", "accounts.xml"), "w") as out:
        out.write(w.accounts_xml(world, "gtk-gaim"))
    screen = Screen(folder)
    # Warnings of GTK and of Pidgin itself are none of this project's business, so they are not fatal here.
    pidgin = w.Child(folder, "pidgin", ["pidgin", "-c", folder("purple")], env=screen.env)
    try:
        w.wait("the buddy list", lambda: screen.window("Buddy List"))
        text = world.unprompted()
        window = w.wait("a window for the line", screen.conversation)
        for words in (("windowsize", window, "600", "500"), ("windowmove", window, "300", "20"), ("windowraise", window)):
            screen.run("xdotool", *words)
        w.wait(text + " in the window", lambda: text in shown(folder))
        screen.turn_to(window, world.friend_alias)
        said = w.word()
        screen.type(window, said)
        w.wait("the line and its answer in the window", lambda: shown(folder).count(said) >= 2)
        world.check_sent(said)
        if world.group:
            by_number(folder, screen, window)
        screen.picture(os.path.join(w.BUILD, "tests", "hosts", f"pidgin-{world.title}.png"))
        assert pidgin.alive(), "pidgin has ended"
    except AssertionError:
        screen.picture(os.path.join(w.BUILD, "tests", "hosts", f"pidgin-{world.title}-failed.png"))
        print(shown(folder)[-2000:], open(pidgin.errors, errors="replace").read()[-2000:])
        raise
    finally:
        status = pidgin.stop()
        screen.child.stop()
    assert status == 0, f"pidgin ended with {status}"
    assert not pidgin.complaints(), pidgin.complaints()


if __name__ == "__main__":
    w.need("pidgin", "Xvfb", "xdotool", "import")
    w.main(test)
