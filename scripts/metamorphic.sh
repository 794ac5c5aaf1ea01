#!/usr/bin/env bash
# Plays random requests on both engines, and checks after each that what was accepted can be read back, and that what was
# refused changed nothing. Prints the seed, which repeats the run.
#
#   scripts/metamorphic.sh [CASES [SEED]]     20000 cases and a random seed if not said
set -euo pipefail
cd "$(dirname "$0")/.."
export METAMORPHIC_CASES="${1:-20000}"
export METAMORPHIC_SEED="${2:-$RANDOM}"
echo "METAMORPHIC_SEED=$METAMORPHIC_SEED METAMORPHIC_CASES=$METAMORPHIC_CASES"
code=0
./test.sh --filter-class EndToEnd.Metamorphic.MetamorphicTests --ignore-exit-code 8 || code=$?
cat artifacts/metamorphic.txt
exit "$code"
