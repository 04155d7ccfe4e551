"""plot.py SITTING.json FOLDER: the pictures of docs/ and one of a sweep."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]
                       / "tools/bench"))

import plot  # noqa: E402

data = json.loads(pathlib.Path(sys.argv[1]).read_text())
folder = pathlib.Path(sys.argv[2])
plot.publish(data, folder)
plot.sweep(data, folder / "sweep.svg")
