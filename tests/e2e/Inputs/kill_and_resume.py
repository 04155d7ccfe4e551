"""Runs a training program with --resume until it ends by itself, and kills it
at moments that differ: SIGKILL, one SIGINT, or two."""

import random
import signal
import subprocess
import sys
import time

checkpoint, *program = sys.argv[1:]
command = program + ["--checkpoint", checkpoint, "--resume"]
moments = random.Random(4)
kills = 0
for attempt in range(200):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    # Later kills come later, so that every attempt may get on.
    time.sleep(moments.uniform(0, 0.02) + 0.004 * attempt)
    for number in ([signal.SIGKILL], [signal.SIGINT],
                   [signal.SIGINT, signal.SIGINT])[attempt % 3]:
        process.send_signal(number)
    code = process.wait(timeout=60)
    if code == 0:
        break
    kills += 1
    if code not in (-signal.SIGKILL, -signal.SIGINT, 128 + signal.SIGINT):
        sys.exit("ended with %d" % code)
else:
    sys.exit("never ended by itself")
print(kills, "kills")
