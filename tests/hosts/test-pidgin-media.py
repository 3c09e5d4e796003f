#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and files in the real Pidgin: a picture comes and is seen, one is put into a message and sent, a file comes through the transfer window and one
goes. Pictures of the screen stay in the build folder."""

import http.server
import importlib.util
import os
import struct
import sys
import threading
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import world as w

spec = importlib.util.spec_from_file_location("pidgin", os.path.join(HERE, "test-pidgin.py"))
p = importlib.util.module_from_spec(spec)
spec.loader.exec_module(p)

REPORT = bytes(range(256)) * 800


def png(width, height, colour):
    """A picture with a frame, so that it can be found on a screen."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(bytes(colour if 8 < x < width - 8 and 8 < y < height - 8 else (0, 0, 0)) for x in range(width))
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


class Shelf:
    """What echo shows to alice."""

    def __init__(self):
        things = {"/green.png": png(200, 120, (0, 200, 0)), "/report.bin": REPORT}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = things.get(self.path.split("?")[0])
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def wait_colour(screen, path, colour):
    """Until so many dots of that colour are on the screen."""

    def found():
        screen.picture(path)
        counted = screen.run("convert", path, "-fill", "white", "+opaque", colour, "-fill", "black", "-opaque", colour, "-format", "%[fx:(1-mean)*w*h]", "info:")
        return float(counted or 0) > 5000

    w.wait(f"{colour} on the screen", found)


def wait_still(screen):
    """Until nothing moves on the screen: what is typed into a dialog that is still being drawn is lost."""
    last = [None]

    def still():
        before, last[0] = last[0], screen.run("sh", "-c", "import -window root rgb:- | md5sum")
        return before == last[0]

    w.wait("the screen to be still", still)


def choose_file(screen, title, name, *keys):
    """Goes to the place for a name in a file dialog of GTK, and types it."""
    dialog = w.wait(f"the dialog {title}", lambda: screen.window(title))
    screen.run("xdotool", "windowfocus", "--sync", dialog)
    wait_still(screen)
    screen.run("xdotool", "key", "--delay", "150", *keys, "ctrl+a")
    screen.run("xdotool", "type", "--delay", "40", name)
    screen.run("xdotool", "key", "Return")
    w.wait(f"the dialog {title} to go", lambda: not screen.window(title))


def choose_item(screen, window, *keys):
    screen.run("xdotool", "windowfocus", "--sync", window)
    screen.run("xdotool", "key", "alt+c")
    screen.run("xdotool", "key", "--delay", "150", *keys)


def test(world, folder):
    shelf = Shelf()
    shots = os.path.join(w.BUILD, "tests", "hosts")
    w.install(world, folder, "purple", "plugins")
    with open(folder("purple", "accounts.xml"), "w") as out:
        out.write(w.accounts_xml(world, "gtk-gaim"))
    screen = p.Screen(folder)
    pidgin = w.Child(folder, "pidgin", ["pidgin", "-c", folder("purple")], env=screen.env, cwd=folder.path)
    try:
        w.wait("the buddy list", lambda: screen.window("Buddy List"))
        world.unprompted()
        window = w.wait("a window", screen.conversation)
        for words in (("windowsize", window, "640", "600"), ("windowmove", window, "300", "20"), ("windowraise", window)):
            screen.run("xdotool", *words)
        screen.turn_to(window, world.friend_alias)

        world.show_picture(shelf.base + "/green.png")
        wait_colour(screen, os.path.join(shots, "pidgin-picture-received.png"), "#00c800")
        assert "[picture]" in p.shown(folder)

        with open(folder("blue.png"), "wb") as out:
            out.write(png(180, 100, (0, 0, 220)))
        choose_item(screen, window, "Up", "Up", "Return")
        choose_file(screen, "Insert Image", "blue.png", "alt+Home", "alt+l")
        said = w.word()
        screen.type(window, said)
        world.check_sent(said)
        world.check_sent("object/alice/msg_picture_")
        wait_colour(screen, os.path.join(shots, "pidgin-picture-sent.png"), "#0000dc")

        world.show(105, {"filePath": "", "uuid": "u", "sourceUrl": shelf.base + "/report.bin", "fileName": "report.bin", "fileSize": len(REPORT), "fileType": "x"})
        offer = w.wait("the offer", lambda: screen.window("^Pidgin$"))
        screen.picture(os.path.join(shots, "pidgin-file-offered.png"))
        screen.run("xdotool", "windowfocus", "--sync", offer)
        screen.run("xdotool", "key", "alt+a")
        choose_file(screen, "Save File", "report.bin", "alt+Home", "alt+n")
        w.wait("the file", lambda: os.path.exists(folder("report.bin")) and open(folder("report.bin"), "rb").read() == REPORT)
        w.wait("the word that it is there", lambda: "report.bin</A> complete" in p.shown(folder) or "report.bin</a> complete" in p.shown(folder))
        screen.picture(os.path.join(shots, "pidgin-file-received.png"))

        with open(folder("notes.txt"), "w") as out:
            out.write("some notes")
        choose_item(screen, window, "n")
        choose_file(screen, "Open File", "notes.txt", "alt+Home", "alt+l")
        world.check_sent("object/alice/msg_file_")
        w.wait("the line of the file", lambda: "[file] notes.txt" in p.shown(folder))
        screen.picture(os.path.join(shots, "pidgin-file-sent.png"))
        assert pidgin.alive(), "pidgin has ended"
    except AssertionError:
        screen.picture(os.path.join(shots, "pidgin-media-failed.png"))
        print(p.shown(folder)[-2000:], open(pidgin.errors, errors="replace").read()[-2000:])
        raise
    finally:
        status = pidgin.stop()
        screen.child.stop()
    assert status == 0, f"pidgin ended with {status}"
    assert not pidgin.complaints(), pidgin.complaints()


if __name__ == "__main__":
    w.need("pidgin", "Xvfb", "xdotool", "import", "convert")
    w.main(test)
