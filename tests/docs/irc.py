#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what the page for people on IRC says, with the real bitlbee: types each block into its window and waits for what the page expects."""

import importlib.util
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "hosts")]
import world as w
from blocks import ROOT, blocks

spec = importlib.util.spec_from_file_location("test_bitlbee", HERE.parent / "hosts" / "test-bitlbee.py")
bitlbee = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bitlbee)


def spell(line, target):
    """What an IRC program makes of a line typed into the window of `target`."""
    if not line.startswith("/"):
        return f"PRIVMSG {target} :{line}"
    word, *rest = line[1:].split(" ", 2)
    text = " :" + rest[1] if len(rest) > 1 else ""
    return f"{ {'msg': 'PRIVMSG'}.get(word, word.upper()) } {rest[0]}{text}"


def test(world, folder):
    # The page's names for what this server has.
    mine = {"http://im.example.org:10002": world.options["api"], "ws://im.example.org:10001": world.options["gateway"],
            "http://im.example.org:10008": world.options["chat-server"], "alice secret": f"{world.account} {world.password}"}
    irc = bitlbee.Irc(world, folder)
    irc.say("NICK tester")
    irc.say("USER tester 0 * :Tester")
    irc.expect(r" JOIN :?&bitlbee")
    count = 0
    for line, mark, text in blocks(ROOT / "docs" / "irc.md"):
        kind, target, expected = mark
        if kind != "irc":
            continue
        count += 1
        before = len(irc.lines)
        for typed in text.split("\n"):
            for name, value in mine.items():
                typed = typed.replace(name, value)
            irc.say(spell(typed, target))
        try:
            print(irc.lines[irc.expect(expected, before)])
        except AssertionError as error:
            raise AssertionError(f"docs/irc.md:{line}: {error}") from None
    assert count > 8, "the page has lost its blocks"
    assert irc.close() == 0


w.need("bitlbee")
w.main(test)
