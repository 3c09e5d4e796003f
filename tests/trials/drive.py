#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks a script of messages off everywhere (trial.h).

  tests/fault/every-cut        the network is cut after every byte, in each direction
  tests/fault/kill-anywhere    the program is killed after every step: whatever it writes, sends or asks of SQLite

After that all must be as if nothing had happened. --sample N takes N of them, which --seed chooses."""
import argparse, json, os, random, subprocess, sys, threading, time

CHUNK = 40      # points of one process
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAYS = {"every-cut": ("ws-down", "ws-up", "api-down", "api-up"), "kill-anywhere": ("kill",)}


class Drive:
    def __init__(self, args):
        self.args, self.lock, self.failed, self.done = args, threading.Lock(), [], 0

    def trial(self, points):
        """Runs some points in one process; the results, and what went wrong with the next one."""
        words = [f"{self.args.build}/tests/trials/openim-trial", "--shim", f"{self.args.build}/tests/trials/openim-kill.so", *points]
        process = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "OPENIM_BUILD": self.args.build})
        results = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{") and '"ms"' in line]
        lines = [line for line in (process.stdout + process.stderr).splitlines() if "FAILED" in line or "ERROR" in line]
        return results, None if process.returncode == 0 else " | ".join(lines) or f"status {process.returncode}"

    def work(self, chunks):
        while True:
            with self.lock:
                if not chunks:
                    return
                points = chunks.pop()
            while points:
                results, trouble = self.trial(points)
                with self.lock:
                    self.done += len(results)
                    if trouble:
                        self.failed.append(points[len(results)])
                        print(f"FAILED {points[len(results)]}: {trouble}", flush=True)
                points = points[len(results) + 1:]

    def run(self):
        measured, trouble = self.trial([WAYS[self.args.what][0] + ":0"])
        if trouble:
            print(f"FAILED without any trouble: {trouble}")
            return 1
        points = [f"{way}:{n}" for way in WAYS[self.args.what] for n in range(1, measured[0][way] + 1)]
        count = len(points)
        if self.args.only:
            points = self.args.only
        elif self.args.sample:
            points = random.Random(self.args.seed).sample(points, min(self.args.sample, count))
        points += self.args.also
        random.Random(1).shuffle(points)
        size = max(1, min(CHUNK, len(points) // self.args.jobs))
        chunks = [points[i:i + size] for i in range(0, len(points), size)]
        begun = time.time()
        workers = [threading.Thread(target=self.work, args=(chunks,)) for _ in range(self.args.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(f"{self.args.what}: {self.done + len(self.failed)} of {count} points in {time.time() - begun:.0f} s, seed {self.args.seed}: "
              f"{len(self.failed)} failed {' '.join(self.failed)}")
        return 1 if self.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=WAYS)
    parser.add_argument("--build", default=f"{ROOT}/build")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", nargs="+", metavar="WAY:N", help="these points")
    parser.add_argument("--also", nargs="+", default=[], metavar="WAY:N", help="and these, beside the sample")
    sys.exit(Drive(parser.parse_args()).run())


main()
