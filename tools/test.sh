#!/usr/bin/env bash
# Installs what is missing, builds and runs every test; the last line counts
# them. Logs of what failed lie in build/test-logs.
#
#   tools/test.sh         all that needs no GPU
#   tools/test.sh --gpu   tests/device, on this machine's GPU; exit 1 without one
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Of --gpu: the newest chip that the compiler knows and the GPU that programs
# take, the first, runs.
chip=
if [ "${1-}" = --gpu ]; then
  capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader \
    2>/dev/null | head -n 1 | tr -d .)
  if [[ $capability =~ ^[0-9]+$ ]]; then
    for known in sm_80 sm_86 sm_89 sm_90; do
      [ "${known#sm_}" -gt "$capability" ] || chip=$known
    done
    [ "$capability" -ne 90 ] || chip=sm_90a
  fi
  [ "$chip" ] || { echo "no GPU: nvidia-smi names none of sm_80 or later"
                   echo "0 passed, 1 failed"; exit 1; }
fi

tools/build.sh || { echo "0 passed, 1 failed"; exit 1; }
logs=build/test-logs
rm -rf "$logs" && mkdir -p "$logs"

# run_lit TREE NAME FLAG...: every text through the tools of a tree.
run_lit() {
  local tree=$1 name=$2
  shift 2
  PATH="$(llvm-config-22 --bindir):$PATH" lit -v -j2 "$@" "$tree/tests" \
    --xunit-xml-output "$logs/$name.xml" >"$logs/$name.log" 2>&1
  tools/count-tests.py "$name" "$logs/$name.xml"
}

if [ "$chip" ]; then
  echo "tests on the GPU, compiled for $chip"
  run_lit build device --param gpu=real --param "chip=$chip" --filter device/
  tools/count-tests.py --total "$logs/device.xml"
  exit
fi

# sanitize PRESET TARGET...: builds the targets in the preset's own tree and
# runs the runtime's unit tests there.
sanitize() {
  local preset=$1 tree=build/$1
  shift
  if ! { cmake --preset "$preset" -B "$tree" && ninja -C "$tree" "$@"; } \
    >"$logs/build-$preset.log" 2>&1; then
    tail -n 30 "$logs/build-$preset.log"
    return
  fi
  ctest --test-dir "$tree/tests/unit/runtime" -j2 \
    --output-junit "$PWD/$logs/ctest-$preset.xml" >"$logs/ctest-$preset.log" 2>&1
  tools/count-tests.py "runtime, $preset" "$logs/ctest-$preset.xml"
}

# Without a network the texts that need it are skipped.
tools/onnx-node-tests.sh --install >"$logs/onnx-python.log" 2>&1 ||
  echo "the onnx package cannot be installed: $(tail -n 1 "$logs/onnx-python.log")"

ctest --test-dir build -j2 --output-on-failure \
  --output-junit "$PWD/$logs/ctest.xml" >"$logs/ctest.log" 2>&1
tools/count-tests.py "unit tests" "$logs/ctest.xml"
run_lit build lit

# Addresses and undefined behaviour in compiler and runtime; races in the
# runtime.
sanitize asan tests/unit/runtime/all dlcc dlcc-opt dlcc-digits dlcc-emulate
run_lit build/asan lit-asan
sanitize tsan tests/unit/runtime/all

# Every reader of files, on what libFuzzer makes of its corpus.
tools/fuzz.sh --seconds 20 --junit "$logs/fuzz.xml" >"$logs/fuzz.log" 2>&1
tools/count-tests.py "fuzz targets" "$logs/fuzz.xml"

tools/count-tests.py --total \
  "$logs"/{ctest,lit,ctest-asan,lit-asan,ctest-tsan,fuzz}.xml
