#!/usr/bin/env bash
# Installs into build/onnx-peers what the tests of round trips compare with:
# PyTorch and its exporters, scikit-learn and skl2onnx, OpenCV, ONNX Runtime and
# safetensors. Without it, or a Python with these that DLCC_ONNX_PEERS names, the
# tests that need one of them are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=build/onnx-peers/bin/python
[ -x "$python" ] || python3 -m venv build/onnx-peers
"$python" -m pip install -q numpy torch onnx onnxscript onnxruntime \
  scikit-learn skl2onnx "opencv-python-headless<5" safetensors
echo "installed into build/onnx-peers"
