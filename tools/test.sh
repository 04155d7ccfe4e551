#!/usr/bin/env bash
# Installs what is missing, builds and runs every test; the last line counts
# them. Logs of what failed lie in build/test-logs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/build.sh || { echo "0 passed, 1 failed"; exit 1; }
logs=build/test-logs
rm -rf "$logs" && mkdir -p "$logs"

# The runtime under the sanitizers; the compiler's own sanitizer builds are the
# presets asan and tsan.
for sanitizer in address,undefined thread; do
  tree=build/sanitize-${sanitizer%%,*}
  cmake -G Ninja -S . -B "$tree" -DCMAKE_C_COMPILER=clang-22 \
    -DCMAKE_CXX_COMPILER=clang++-22 -DDLCC_BUILD_COMPILER=OFF \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DDLCC_SANITIZE=$sanitizer \
    >"$logs/configure-${sanitizer%%,*}.log" 2>&1 &&
    ninja -C "$tree" >"$logs/build-${sanitizer%%,*}.log" 2>&1 &&
    ctest --test-dir "$tree" -j2 --output-junit \
      "$PWD/$logs/ctest-${sanitizer%%,*}.xml" \
      >"$logs/ctest-${sanitizer%%,*}.log" 2>&1
  tools/count-tests.py "runtime, $sanitizer" "$logs/ctest-${sanitizer%%,*}.xml"
done

ctest --test-dir build -j2 --output-on-failure \
  --output-junit "$PWD/$logs/ctest.xml" >"$logs/ctest.log" 2>&1
tools/count-tests.py "unit tests" "$logs/ctest.xml"
PATH="$(llvm-config-22 --bindir):$PATH" lit -v -j2 build/tests \
  --xunit-xml-output "$logs/lit.xml" >"$logs/lit.log" 2>&1
tools/count-tests.py "lit" "$logs/lit.xml"

tools/count-tests.py --total "$logs"/*.xml
