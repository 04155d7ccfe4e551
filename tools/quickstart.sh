#!/usr/bin/env bash
# From a bare Debian 12 machine to a trained network: installs what is missing,
# builds dlcc, compiles models/mlp.dlm, trains it and says where the object and
# its header lie.
#
#   tools/quickstart.sh              trains on digits that the project draws
#   tools/quickstart.sh DIR          trains on the MNIST files in DIR
#   EPOCHS=N tools/quickstart.sh     N epochs (5)
set -euo pipefail
data=${1:+$(cd "$1" && pwd)}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
epochs=${EPOCHS:-5}
out=build/quickstart

tools/build.sh dlcc dlcc-digits
mkdir -p "$out"

if [ -z "$data" ]; then
  data=$out/digits
  build/bin/dlcc-digits "$data"
  echo "training on digits drawn by dlcc-digits: pen strokes with random" \
       "slant, width and noise; easier than MNIST, whose folder" \
       "you can give as the argument"
fi

build/bin/dlcc compile models/mlp.dlm --train -o "$out"
build/bin/dlcc train models/mlp.dlm --data "$data" --epochs "$epochs" \
  --checkpoint "$out/mlp.ckpt" --json | tee "$out/log" | sed -nu \
  's/.*"epoch","epoch":\([0-9]*\),.*"test":{.*"accuracy":\([0-9.e-]*\).*/epoch \1: test accuracy \2/p'
accuracy=$(sed -n 's/.*"epoch","epoch":.*"test":{.*"accuracy":\([0-9.e-]*\).*/\1/p' \
  "$out/log" | tail -n 1)
[ -n "$accuracy" ] || { echo "the training program reported no accuracy"; exit 1; }

cat <<END

test accuracy $accuracy after $epochs epochs
object        $out/mlp.o      (link it into your own program)
header        $out/mlp.h      (its C interface)
weights       $out/mlp.ckpt   (mlp_load reads them)
flags         build/bin/dlcc config --cflags --libs
END
