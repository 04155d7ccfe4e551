#!/usr/bin/env bash
# Configures and builds into build/ (Release), after installing what is
# missing. Arguments are ninja targets; none builds everything.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/install-dependencies.sh
cmake --preset release >build.log 2>&1 || { tail -n 30 build.log; exit 1; }
rm -f build.log
ninja -C build "$@"
