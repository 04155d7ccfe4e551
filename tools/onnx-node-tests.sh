#!/usr/bin/env bash
# Runs ONNX's backend node tests, as the `onnx` package of PyPI has them,
# through `dlcc run`. Arguments are onnx_node_tests.py's:
#   tools/onnx-node-tests.sh --json FILE     one line a test
#   tools/onnx-node-tests.sh --filter conv   those whose names match
#   tools/onnx-node-tests.sh --install       only gets the package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

has_onnx() { "$1" -c 'import onnx, numpy' 2>/dev/null; }

python=${DLCC_ONNX_PYTHON:-python3}
if ! has_onnx "$python"; then
  python=build/onnx-python/bin/python
  if ! has_onnx "$python"; then
    echo "installing onnx and numpy into build/onnx-python" >&2
    # The version whose tests tests/onnx/Inputs/node_tests.txt lists.
    python3 -m venv build/onnx-python
    "$python" -m pip install -q onnx==1.23.2 numpy >&2
  fi
fi
[ "${1:-}" != --install ] || exit 0
exec "$python" tools/onnx_node_tests.py "$@"
