#!/usr/bin/env bash
# Feeds every reader of files with what libFuzzer makes of its corpus, for a
# bounded time each. What it finds lies in build/fuzz-found/READER/; it belongs
# into tests/fuzz/corpus/READER with the fix.
#
#   tools/fuzz.sh [--seconds N] [--junit FILE] [READER…]
#
# N is 60 unless given. Exit 1 where a reader failed. Without clang's libFuzzer
# all of them are skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=60 junit=build/fuzz-junit.xml readers=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift 2 ;;
    --junit) junit=$2; shift 2 ;;
    -*) echo "usage: tools/fuzz.sh [--seconds N] [--junit FILE] [READER…]"
        exit 1 ;;
    *) readers+=("$1"); shift ;;
  esac
done
[ ${#readers[@]} -gt 0 ] || readers=($(ls tests/fuzz/corpus))

mkdir -p "$(dirname "$junit")"
cases=
finish() {
  echo "<testsuite name=\"fuzz\">$cases</testsuite>" >"$junit"
  exit "$1"
}

if ! ls "$(clang-22 -print-resource-dir)"/lib/*/libclang_rt.fuzzer*x86_64.a \
  >/dev/null 2>&1; then
  echo "skipped: clang-22 has no libFuzzer here"
  for reader in "${readers[@]}"; do
    cases+="<testcase classname=\"fuzz\" name=\"$reader\"><skipped message=\"no libFuzzer\"/></testcase>"
  done
  finish 0
fi

tree=build/fuzz
if ! { cmake --preset fuzz -B "$tree" && ninja -C "$tree" dlcc-fuzz; } \
  >build/fuzz-build.log 2>&1; then
  tail -n 30 build/fuzz-build.log
  exit 1
fi

# Texts of other tests are a beginning, too.
seeds_of() {
  case $1 in
    dlm) ls -d models tests/frontend tests/errors tests/gradients ;;
    prototxt) ls -d tests/caffe/Inputs ;;
    onnx) ls -d tests/onnx/Inputs ;;
  esac
}

# One seed, so that a failure can be had again; a machine that is stopped for a
# minute is no hang.
# LLVM's libraries are not instrumented: what they and we share is out of reach.
export ASAN_OPTIONS=allow_user_poisoning=0:detect_container_overflow=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
failed=0
for reader in "${readers[@]}"; do
  found=build/fuzz-found/$reader log=build/fuzz-$reader.log
  grown=build/fuzz-corpus/$reader
  mkdir -p "$found" "$grown"
  if "$tree/bin/dlcc-fuzz" "--reader=$reader" -seed=1 -max_total_time="$seconds" \
    -timeout=120 -rss_limit_mb=2560 -malloc_limit_mb=1024 -max_len=4096 \
    -artifact_prefix="$found/" "$grown" "tests/fuzz/corpus/$reader" \
    $(seeds_of "$reader") >"$log" 2>&1; then
    echo "$reader: $(grep -Eo '^Done .*' "$log")"
    cases+="<testcase classname=\"fuzz\" name=\"$reader\"/>"
  else
    failed=1
    echo "$reader: failed; $log"
    grep -E "ERROR|runtime error|SUMMARY|Test unit written" "$log"
    cases+="<testcase classname=\"fuzz\" name=\"$reader\"><failure>see $log and $found</failure></testcase>"
  fi
done
finish $failed
