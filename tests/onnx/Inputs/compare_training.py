"""Compares a training program's --json and an output (.npy) with PyTorch's:
compare_training.py PYTORCH.json LOG OUTPUT.npy
"""

import json
import sys

import numpy

with open(sys.argv[1], encoding="utf-8") as file:
    wanted = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    events = [json.loads(line) for line in file]
losses = [event["loss"] for event in events if event["event"] == "step"]
after = numpy.load(sys.argv[3])
agree = [numpy.allclose(losses, wanted["losses"], rtol=1e-5, atol=0),
         numpy.allclose(after, wanted["after"], rtol=1e-5, atol=1e-5)]
print(f"{len(losses)} steps, losses agree: {agree[0]}, "
      f"outputs agree: {agree[1]}")
