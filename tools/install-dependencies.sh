#!/usr/bin/env bash
# Installs the Debian packages that building and testing dlcc need and that
# this machine lacks. Needs root only if something is missing.
set -euo pipefail

packages=(
  # compiler and build
  clang-22 g++ cmake ninja-build ccache
  # LLVM, MLIR, lit and FileCheck
  llvm-22-dev libmlir-22-dev mlir-22-tools llvm-22-tools libclang-rt-22-dev
  # libraries of the runtime and the training program
  libpthreadpool-dev libflatbuffers-dev flatbuffers-compiler zlib1g-dev
  libcli11-dev libjpeg62-turbo-dev libpng-dev
  # messages of ONNX files
  libonnx-dev libprotobuf-dev protobuf-compiler
  # oracle and tests
  libeigen3-dev libgtest-dev libgmock-dev libbenchmark-dev python3
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "missing packages: ${missing[*]}" >&2
  echo "run as root, or: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
