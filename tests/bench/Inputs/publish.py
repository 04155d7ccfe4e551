"""publish.py SITTING.json ROOT"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]
                       / "tools/bench"))

from report import publish  # noqa: E402

publish(json.loads(pathlib.Path(sys.argv[1]).read_text()),
        pathlib.Path(sys.argv[2]))
