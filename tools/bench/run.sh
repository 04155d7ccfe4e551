#!/usr/bin/env bash
# dlcc beside its peers, in one sitting: makes an environment of Python packages
# for each peer that PyPI has, builds dlcc, and runs bench.py with what it is
# given (--help says what that may be).
#
#   tools/bench/run.sh
#   tools/bench/run.sh --networks fcn_r --threads 2 --rounds 3
#   tools/bench/run.sh --target=cuda
#
# The environments lie in build/peers, or in the folder that DLCC_PEERS names,
# and are made once; remove one to have its newest version again. What cannot be
# installed is written to NAME.reason there and stands in the report.
set -euo pipefail
# Before the folder changes: paths in the arguments are the caller's.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DLCC_PEERS=${DLCC_PEERS:-$root/build/peers}
mkdir -p "$DLCC_PEERS"

# environment NAME PACKAGE...: with the newest Python in PATH that gets them.
environment() {
  local name=$1 folder=$DLCC_PEERS/$1 log=$DLCC_PEERS/$1.log python
  shift
  [ ! -x "$folder/bin/python" ] || return 0
  : >"$log"
  for python in python3.13 python3.12 python3.11 python3; do
    "$python" -c "" 2>/dev/null || continue
    echo "installing $* with $python"
    if "$python" -m venv "$folder" >>"$log" 2>&1 &&
      "$folder/bin/pip" install --quiet --only-binary :all: "$@" >>"$log" 2>&1; then
      rm -f "$DLCC_PEERS/$name.reason"
      return 0
    fi
    rm -rf "$folder"
  done
  grep -v '^\[notice\]' "$log" | tail -n 1 >"$DLCC_PEERS/$name.reason"
}

environment driver numpy matplotlib
environment torch torch numpy onnx onnxscript
environment tensorflow tensorflow-cpu
environment jax jax
environment onnxruntime onnxruntime
environment iree iree-base-compiler iree-base-runtime onnx
# The last release; newer versions of numpy have lost names that it reads.
environment mxnet mxnet 'numpy<1.24'
[ -x "$DLCC_PEERS/driver/bin/python" ] ||
  { echo "no numpy and matplotlib: $(cat "$DLCC_PEERS/driver.reason")"; exit 1; }

"$root/tools/build.sh" dlcc MachineLimits DeviceLimits >&2
exec "$DLCC_PEERS/driver/bin/python" "$root/tools/bench/bench.py" "$@"
