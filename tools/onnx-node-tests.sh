#!/usr/bin/env bash
# Runs ONNX's backend node tests, as the `onnx` package of PyPI has them,
# through `dlcc run`. Arguments are onnx_node_tests.py's:
#   tools/onnx-node-tests.sh --json FILE     one line a test
#   tools/onnx-node-tests.sh --filter conv   those whose names match
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${DLCC_ONNX_PYTHON:-python3}
if ! "$python" -c 'import onnx, numpy' 2>/dev/null; then
  python=build/onnx-python/bin/python
  if ! "$python" -c 'import onnx, numpy' 2>/dev/null; then
    echo "installing onnx and numpy into build/onnx-python" >&2
    python3 -m venv build/onnx-python
    "$python" -m pip install -q onnx numpy >&2
  fi
fi
exec "$python" tools/onnx_node_tests.py "$@"
