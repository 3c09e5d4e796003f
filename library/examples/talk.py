#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenIM from Python through the door, a program that takes calls on its standard input: logs in with a token, says one line to somebody,
prints what comes.

    protoc --python_out=. -I proto proto/*.proto
    python3 talk.py DOOR API GATEWAY USER TOKEN FOLDER TO TEXT
"""

import struct
import subprocess
import sys

import event_pb2
import ffi_pb2
import init_pb2
import message_pb2

NAMES = event_pb2.FuncRequestEventName


class Door:
    def __init__(self, program):
        self.child = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.handle = 0

    def call(self, name, request):
        """Asks, and returns the handle that the answer will have."""
        self.handle += 1
        frame = ffi_pb2.FfiRequest(handleID=self.handle, funcName=NAMES.Value(name), data=request.SerializeToString()).SerializeToString()
        self.child.stdin.write(struct.pack("<I", len(frame)) + frame)
        self.child.stdin.flush()
        return self.handle

    def results(self):
        """Answers and events, as they come."""
        while head := self.child.stdout.read(4):
            yield ffi_pb2.FfiResult.FromString(self.child.stdout.read(*struct.unpack("<I", head)))


def main(program, api, gateway, user, token, folder, to, text):
    door = Door(program)
    config = init_pb2.IMConfig(platform=7, apiAddr=api, wsAddr=gateway, dataDir=folder)
    door.call("InitSDK", init_pb2.InitSDKReq(config=config))
    door.call("Login", init_pb2.LoginReq(userID=user, token=token))
    for result in door.results():
        name = NAMES.Name(result.funcName)
        if result.errCode:
            sys.exit(f"{name}: {result.errMsg}")
        if name == "Login":
            door.call("CreateTextMessage", message_pb2.CreateTextMessageReq(text=text))
        elif name == "CreateTextMessage":
            made = message_pb2.CreateTextMessageResp.FromString(result.data)
            door.call("SendMessage", message_pb2.SendMessageReq(message=made.message, recvID=to))
        elif name == "EventOnRecvNewMessage":
            message = event_pb2.EventOnRecvNewMessageData.FromString(result.data).message
            print(f"{message.senderNickname}: {message.textElem.content}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
