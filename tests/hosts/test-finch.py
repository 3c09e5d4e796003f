#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Finch in a terminal of tmux: logs in from a prepared configuration folder, shows a line, sends a line, quits."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world as w


class Terminal:
    def __init__(self, folder, command):
        self.folder, self.env = folder, folder.environment(TERM="screen-256color")
        self.status = folder("finch.status")
        self.errors = folder("finch.stderr")
        self.tmux("new-session", "-d", "-x", "160", "-y", "45", f"{command} 2>'{self.errors}'; echo $? >'{self.status}'")

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.folder("tmux.sock"), "-f", "/dev/null", *words], env=self.env, text=True,
                              capture_output=True, timeout=w.PATIENCE)
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def shows(self, text):
        """The window may have broken the line anywhere."""
        plain = "".join(c for c in self.screen() if not c.isspace() and c not in "│▒┌┐└┘─")
        return "".join(text.split()) in plain

    def expect(self, text):
        try:
            w.wait(text, lambda: self.shows(text))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}\n{open(self.errors).read()}") from None

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def turn_to(self, text):
        """Goes from window to window until the one in front shows it."""

        def found():
            self.keys("M-n")
            try:
                return w.wait(text, lambda: self.shows(text), 1)
            except AssertionError:
                return None

        try:
            w.wait(text, found)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None

    def close(self):
        self.tmux("kill-server")


def test(world, folder):
    w.install(world, folder)
    with open(folder("purple", "accounts.xml"), "w") as out:
        out.write(w.accounts_xml(world, "gnt-purple"))
    term = Terminal(folder, f"finch -c '{folder('purple')}'")
    try:
        term.expect(world.friend_alias)
        text = world.unprompted()
        term.expect(f"{world.friend_alias} ({world.account}")  # the window's title
        term.turn_to(text)
        said = w.word()
        term.type(said)
        # Once as said, once in the answer.
        w.wait("the answer to " + said, lambda: term.screen().count(said) >= 2 or None)
        print(term.screen())
        world.check_sent(said)
        if world.group:
            world.show_picture("http://127.0.0.1:1/green.png")
            term.expect("[picture] green.png 500 bytes http://127.0.0.1:1/green.png")
        term.keys("M-q")
        w.wait("Finch to end", lambda: os.path.exists(term.status) and open(term.status).read().strip() or term.keys("Enter"))
        status = open(term.status).read().strip()
        assert status == "0", f"finch ended with {status}\n{open(term.errors).read()}"
    except AssertionError:
        print(term.screen())
        raise
    finally:
        term.close()
    complaints = [line for line in open(term.errors, errors="replace") if w.OWN_WARNING.search(line)]
    assert not complaints, complaints


if __name__ == "__main__":
    w.need("finch", "tmux")
    w.main(test)
