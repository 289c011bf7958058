#!/usr/bin/env bash
# What the command says and does on a machine with a CUDA device: info, transfers, and devices that fail in mid-clip.
#   test/gpu.sh [OUT_FOLDER]     in a tree that is built; NODE names the program, otherwise bin/node of the tree or the one on PATH
# Ends with a short table, and with 0 only if every step held.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
out=${1:-$root/out/gpu-cli}
node=${NODE:-$root/bin/node}
[ -x "$node" ] || node=$(command -v node)
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root" || exit 1
export NO_COLOR=1
failed=()
summary=()

step() { # name, log, command...
  local name=$1 log=$out/$2 start=$SECONDS status
  shift 2
  "$@" >"$log" 2>&1
  status=$?
  summary+=("$(printf '%-28s %-9s %4d s' "$name" "$([ $status -eq 0 ] && echo held || echo "FAILED $status")" $((SECONDS - start)))")
  [ $status -eq 0 ] && return
  failed+=("$name")
  echo "--- $name (exit $status)"
  tail -40 "$log" | cut -c1-220
}

gimbal() { "$node" packages/cli/dist/main.js "$@"; }
tests() { "$node" node_modules/vitest/vitest.mjs run "$@"; }

step info info.txt gimbal info
step "info --json" info.json gimbal info --json
step "benchmark --transfers" transfers.txt gimbal benchmark --transfers --output "$out/transfers.json"
step "transfers and devices" native.log tests packages/native/test/transfers.test.ts packages/cli/src/output/gpuInfo.test.ts packages/cli/test/transfers.test.ts \
  packages/video/src/source/nvidiaCodecs.test.ts
step "devices that fail" failure.log tests packages/cli/test/deviceFailure.test.ts
step "explicit and missing" commands.log tests packages/cli/test/commands.test.ts -t "machine"

echo "=== info"
head -20 "$out/info.txt" | cut -c1-200
echo "=== transfers"
grep -v '^transfers\|^frames of' "$out/transfers.txt"
echo "=== what full and lost devices say"
grep -h -E "full from the start|filled in mid-clip|skipped" "$out/failure.log" | cut -c1-400
echo "=== steps"
printf '%s\n' "${summary[@]}"
[ ${#failed[@]} -eq 0 ]
