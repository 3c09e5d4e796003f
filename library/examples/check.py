#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an example against the local server: check.py c|qt|python BUILD. It must hear what is said to it, and say what it is told to."""

import glob
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.environ["OPENIM_BUILD"] = os.path.abspath(sys.argv[2])
sys.path.insert(0, str(ROOT / "tests" / "hosts"))
import world as w


def command(kind, world, folder, said):
    """The example's words, and its environment."""
    env = folder.environment(G_DEBUG="fatal-warnings")
    token = world.call("/auth/get_user_token", {"platformID": 7, "userID": "alice"}, world.token)["token"]
    addresses = [world.options["api"], world.options["gateway"]]
    os.makedirs(folder("data", "x"), exist_ok=True)
    if kind == "c":
        return [folder.program, world.options["chat-server"], *addresses, "alice", "alice", folder("data"), "echo", said], env
    if kind == "qt":
        return [folder.program, *addresses, "alice", token, folder("data")], env
    subprocess.run(["protoc", "--python_out=" + folder.path, "-I", ROOT / "proto", *glob.glob(str(ROOT / "proto" / "*.proto"))], check=True)
    env["PYTHONPATH"] = folder.path
    door = os.path.join(w.BUILD, "tests", "door", "openim-door")
    return [folder.python, HERE / "talk.py", door, *addresses, "alice", token, folder("data"), "echo", said], env


def python():
    """A Python that knows protobuf; the one that runs this need not be Debian's."""
    for program in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([program, "-c", "import google.protobuf"], capture_output=True).returncode == 0:
            return program
    return w.skip("python3-protobuf is not installed")


def main(kind):
    if kind == "python":
        w.need("protoc")
    folder = w.Folder()
    folder.python = kind == "python" and python()
    folder.program = os.path.join(w.BUILD, "library", "examples", {"c": "talk"}.get(kind, kind))
    world = w.Openim(folder)
    said = w.word()
    words, env = command(kind, world, folder, said)
    heard = folder("heard")
    with open(heard, "wb") as out:
        child = w.Child(folder, kind, words, env=env, stdout=out)
    read = lambda: pathlib.Path(heard).read_text()
    try:
        if kind == "qt":
            w.wait("the friends", lambda: "friend: Echo" in read())
        else:
            world.check_sent(said)
            w.wait("the echo", lambda: "Echo: " in read() and said in read())
        text = world.unprompted()
        w.wait("what is said to it", lambda: f"Echo: {text}\n" in read())
        assert child.alive(), "it has ended"
        print(read())
    except AssertionError:
        print(read(), pathlib.Path(child.errors).read_text())
        raise
    finally:
        child.stop()
        complaints = child.complaints()
        world.stop()
        folder.remove()
    assert not complaints, complaints
    print("ok", kind)


main(sys.argv[1])
