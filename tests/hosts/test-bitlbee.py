#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real bitlbee: logs in, reads a line, writes a line, over IRC on a pair of sockets. No port, no daemon, no file of anybody's."""

import os
import re
import shutil
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world as w


class Irc:
    def __init__(self, world, folder):
        # bitlbee looks for libpurple's plugins in <PluginDir>/purple, and nowhere in a home.
        config = folder("bitlbee.conf")
        with open(config, "w") as out:
            out.write(f"[settings]\nRunMode = Inetd\nAuthMode = Open\nConfigDir = {folder('users')}\nPluginDir = {folder('plugins')}\n")
        os.makedirs(folder("users"), exist_ok=True)
        w.install(world, folder, "plugins", "purple")
        self.sock, theirs = socket.socketpair()
        program = shutil.which("bitlbee") or "/usr/sbin/bitlbee"
        self.child = w.Child(folder, "bitlbee", [program, "-I", "-c", config, "-d", folder("users") + "/"],
                             stdin=theirs, stdout=theirs, env=folder.environment(), cwd=folder.path)
        theirs.close()
        self.sock.settimeout(0.2)
        self.rest, self.lines = b"", []

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")

    def control(self, text):
        self.say("PRIVMSG &bitlbee :" + text)

    def poll(self):
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            return
        if not data:
            raise AssertionError("bitlbee has ended:\n" + "\n".join(self.lines[-30:]))
        *whole, self.rest = (self.rest + data).split(b"\n")
        for raw in whole:
            line = raw.decode(errors="replace").rstrip("\r")
            self.lines.append(line)
            if line.startswith("PING "):
                self.say("PONG " + line[5:])

    def expect(self, pattern, after=0):
        """The first line after the `after`-th that matches; its index."""

        def found():
            for index in range(after, len(self.lines)):
                if re.search(pattern, self.lines[index]):
                    return index + 1
            self.poll()
            return None

        try:
            return w.wait(pattern, found) - 1
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(self.lines[-40:])) from None

    def close(self):
        self.say("QUIT :bye")
        try:
            while True:
                self.poll()
        except AssertionError:
            pass
        self.sock.close()
        self.child.process.wait(w.PATIENCE)
        return self.child.stop()


def come_and_go(irc, world):
    """A group as a channel; leaving the channel is not leaving the group, so one can come back."""
    irc.control(f"chat list {world.bitlbee}")
    irc.expect(rf" {world.group}\b")
    irc.control(f"chat add {world.bitlbee} {world.group} #room")
    irc.expect("successfully added")
    for _ in range(2):
        before = len(irc.lines)
        irc.say("JOIN #room")
        irc.expect(r":tester!\S+ JOIN :?#room", before)
        irc.expect(rf":{world.friend}!\S+ JOIN :?#room", before)
        said = w.word()
        irc.say(f"PRIVMSG #room :@{world.friend_alias} {said}")
        irc.expect(rf":{world.friend}!\S+ PRIVMSG #room :.*{said}", before)
        irc.say("PART #room")
        irc.expect(r":tester!\S+ PART :?#room", before)


def by_name(irc, world):
    """The same group by the name that people know, in a channel that is made of it."""
    irc.control(f'chat add {world.bitlbee} "{world.group_name}" #named')
    irc.expect("successfully added")
    before = len(irc.lines)
    irc.say("JOIN #named")
    irc.expect(r":tester!\S+ JOIN :?#named", before)
    irc.expect(rf":{world.friend}!\S+ JOIN :?#named", before)
    said = w.word()
    irc.say(f"PRIVMSG #named :@{world.friend_alias} {said}")
    irc.expect(rf":{world.friend}!\S+ PRIVMSG #named :.*{said}", before)
    irc.say("PART #named")
    irc.expect(r":tester!\S+ PART :?#named", before)


def govern(irc, world):
    """The words that IRC has for it, and a command for what it has none for."""
    before = len(irc.lines)
    irc.say("JOIN #room")
    irc.expect(rf":{world.friend}!\S+ JOIN :?#room", before)
    said = w.word()
    for said, heard in (
        ("PRIVMSG #room :?list 1", r"PRIVMSG #room :\d+  "),
        (f"PRIVMSG #room :?quote 1 {said}", rf":tester!\S+ PRIVMSG #room :{said}"),
        ("PRIVMSG #room :?members", rf"PRIVMSG #room :.*\({world.friend}\)"),
        ("TOPIC #room :Lunch at noon", "PRIVMSG #room :You changed the announcement: Lunch at noon"),
        (f"KICK #room {world.friend} :bye", "PRIVMSG #room :You removed .* from the group"),
        (f"INVITE {world.friend} #room", "PRIVMSG #room :You added .* to the group"),
    ):
        before = len(irc.lines)
        irc.say(said)
        irc.expect(heard, before)


def by_number(irc, world):
    """Messages have numbers, by which they are answered, passed on and taken back."""
    said = w.word()
    irc.say(f"PRIVMSG {world.friend} :{said}")
    irc.expect(rf":{world.friend}!\S+ PRIVMSG tester :.*{said}", len(irc.lines))
    before = len(irc.lines)
    irc.say(f"PRIVMSG {world.friend} :?list 2")
    line = irc.expect(rf":{world.friend}!\S+ PRIVMSG tester :\d+  .*{world.friend_alias}: .*{said}", before)
    number = re.search(r" :(\d+)  ", irc.lines[line]).group(1)
    answer = w.word()
    for typed, heard in (
        (f"?quote {number} {answer}", rf":tester!\S+ PRIVMSG {world.friend} :{answer}"),
        (f"?forward {number} {world.group}", r"PRIVMSG tester :Sent to "),
        (f"?note {number} {answer}", r"PRIVMSG tester :Noted\."),
        ("?revoke", r"PRIVMSG tester :You withdrew message \d+"),
        ("?resend", r"PRIVMSG tester :Everything that you wrote here has been sent"),
        ("?quote 999 what", r"PRIVMSG tester :There is no message 999 here\. \?list shows the numbers\."),
    ):
        before = len(irc.lines)
        irc.say(f"PRIVMSG {world.friend} :{typed}")
        irc.expect(heard, before)


def files(irc, world, folder):
    """A picture is words with a link; a file of this computer goes when that has been switched on, and if anybody may read it."""
    before = len(irc.lines)
    world.show_picture("http://127.0.0.1:1/green picture.png")
    irc.expect(rf":{world.friend}!\S+ PRIVMSG \S+ :\[picture\] .*http://127.0.0.1:1/green%20picture.png", before)
    path = folder("notes.txt")
    with open(path, "w") as out:
        out.write("some notes")
    irc.say(f"PRIVMSG {world.friend} :?send {path}")
    irc.expect("PRIVMSG \\S+ :.*is switched off", before)
    irc.control(f"account {world.bitlbee} off")
    irc.expect("Signing off", before)
    irc.control(f"account {world.bitlbee} set send-files true")
    before = len(irc.lines)
    irc.control(f"account {world.bitlbee} on")
    irc.expect("Logged in", before)
    irc.expect(rf":{world.friend}!.* JOIN|MODE &bitlbee \+v {world.friend}", before)
    irc.say(f"PRIVMSG {world.friend} :?send {path}")
    irc.expect("PRIVMSG \\S+ :.*not a file that everybody on this computer may read", before)
    os.chmod(folder.path, 0o755)
    os.chmod(path, 0o644)
    irc.say(f"PRIVMSG {world.friend} :?send {path}")
    irc.expect("PRIVMSG \\S+ :.*\\[file\\] notes.txt", before)
    world.check_sent("object/alice/msg_file_")


def test(world, folder):
    irc = Irc(world, folder)
    irc.say("NICK tester")
    irc.say("USER tester 0 * :Tester")
    irc.expect(r" JOIN :?&bitlbee")
    irc.control("register secret")
    irc.expect("Account successfully created|created")
    irc.control(f"account add {world.bitlbee} {world.account} {world.password}")
    irc.expect("Account successfully added")
    for key, value in world.options.items():
        irc.control(f"account {world.bitlbee} set {key} {value}")
        irc.expect(re.escape(value))
    irc.control(f"account {world.bitlbee} on")
    irc.expect("Logged in")
    irc.expect(rf":{world.friend}!.* JOIN|MODE &bitlbee \+v {world.friend}|353 .*{world.friend}")
    text = world.unprompted()
    irc.expect(rf"PRIVMSG \S+ :.*{text}")
    said = w.word()
    before = len(irc.lines)
    irc.say(f"PRIVMSG {world.friend} :{said}")
    answer = irc.expect(rf":{world.friend}!\S+ PRIVMSG \S+ :.*{said}", before)
    print(irc.lines[answer])
    world.check_sent(said)
    if world.group:
        by_number(irc, world)
        come_and_go(irc, world)
        by_name(irc, world)
        govern(irc, world)
        files(irc, world, folder)
    assert not [line for line in irc.lines if "Error" in line and "&bitlbee" in line], irc.lines
    status = irc.close()
    assert status == 0, f"bitlbee ended with {status}"
    assert not irc.child.complaints(), irc.child.complaints()


if __name__ == "__main__":
    w.need("bitlbee")
    w.main(test)
