#!/usr/bin/env bash
# Builds the native tests for this machine's GPU, runs them, the benchmarks and compute-sanitizer, and ends with a short table: what ran,
# where graphs beat plain launches, and, loudly, what failed. Ends with 0 only if nothing did.
#   test/gpu.sh [LUMA_FILE [OUT_FOLDER]]      needs cmake and nvcc; LUMA_FILE is what test/dumpLuma.mjs wrote
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
luma="${1:-$here/../../.carry/luma.raw}"
out="${2:-$here/build/gpu-report}"
build="$here/build/gpu"
mkdir -p "$out" "$build"
out="$(cd "$out" && pwd)"
[ -f "$luma" ] && luma="$(cd "$(dirname "$luma")" && pwd)/$(basename "$luma")"
summary=()
failed=()

note() { # name, log, status, seconds
  local word="FAIL $3"
  [ "$3" -eq 0 ] && word=ok
  [ "$3" -eq 77 ] && word=skipped
  summary+=("$(printf '%-34s %-8s %4d s' "$1" "$word" "$4")")
  [ "$3" -eq 0 ] && return
  failed+=("$1")
  echo "--- $1 (exit $3)"
  grep -E "FAILED|ERROR|error|=========" "$2" | head -25 || true
  tail -12 "$2"
}

step() { # name, log, command...
  local name="$1" log="$out/$2" start=$SECONDS status=0
  shift 2
  "$@" >"$log" 2>&1 || status=$?
  note "$name" "$log" "$status" $((SECONDS - start))
  return $status
}

finish() {
  echo "=== steps"
  printf '%s\n' "${summary[@]}"
  if [ ${#failed[@]} -eq 0 ]; then
    echo "everything held"
    exit 0
  fi
  echo "!!!!!! FAILED: $(printf '%s; ' "${failed[@]}")"
  exit 1
}

generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
step configure configure.log cmake -S "$here" -B "$build" "${generator[@]}" -DGIMBAL_TESTS=ON -DGIMBAL_ADDON=OFF -DGIMBAL_CUDA=ON \
  -DGIMBAL_CUDA_ARCHITECTURES="${GIMBAL_CUDA_ARCHITECTURES:-90-real}" -DCMAKE_BUILD_TYPE=Release || finish
step build build.log cmake --build "$build" --parallel --target prepare_cuda_parity lucas-kanade_cuda_parity estimate_cuda_parity \
  estimate_graph_parity estimate_clip-agreement estimate_cuda-bench || finish
cd "$build"
step "prepare parity" prepare.log ./prepare_cuda_parity
step "lucas-kanade parity" lucas-kanade.log ./lucas-kanade_cuda_parity
step "estimate parity" estimate.log ./estimate_cuda_parity
step "graph parity" graph.log timeout 60 ./estimate_graph_parity
if [ -f "$luma" ]; then step "clip agreement" clips.log ./estimate_clip-agreement "$luma"; else echo "no $luma: clips not compared"; fi
step bench bench.jsonl ./estimate_cuda-bench

# The checkers slow the programs down a lot, so all run at once.
checker="$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer /opt/nvidia/nsight-compute/*/compute-sanitizer 2>/dev/null | head -1)"
if [ -n "$checker" ]; then
  start=$SECONDS
  checks=()
  for tool in memcheck racecheck; do
    for program in prepare_cuda lucas-kanade_cuda estimate_cuda estimate_graph; do
      (
        status=0
        timeout 60 "$checker" --tool "$tool" --error-exitcode 9 "./${program}_parity" small >"$out/$tool-$program.log" 2>&1 || status=$?
        echo "$status $((SECONDS - start))" >"$out/$tool-$program.status"
      ) &
      checks+=("$tool $program")
    done
  done
  wait
  for check in "${checks[@]}"; do
    read -r status seconds <"$out/${check/ /-}.status"
    note "$check" "$out/${check/ /-}.log" "$status" "$seconds"
  done
else
  echo "no compute-sanitizer: memory and races not checked"
  failed+=("compute-sanitizer is not here")
fi

echo "=== tracks against the CPU"
cat "$out/lucas-kanade.log"
echo "=== estimates against the CPU"
tail -n 12 "$out/estimate.log" | cut -c1-190
echo "=== graphs against plain launches"
tail -n 14 "$out/graph.log" | cut -c1-190
[ -f "$out/clips.log" ] && { echo "=== clips"; cat "$out/clips.log"; }
echo "=== stages (ms: median, 10 %, 90 %)"
sed -nE 's/.*"bench":"(stage[^"]*)".*"corners":([0-9]+),"pairs":1,"ms":([0-9.]+),"p10":([0-9.]+),"p90":([0-9.]+).*/\1|\2|\3|\4|\5/p' "$out/bench.jsonl" |
  awk -F'|' '{printf "%-30s %4d corners %9.4f %9.4f %9.4f\n",$1,$2,$3,$4,$5}'
echo "=== plain launches against graphs: ms for all pairs (GPU: CUDA events around one; wall: a caller waiting; row: many without waiting)"
sed -nE 's/.*"bench":"([^"]*)".*"corners":([0-9]+),"pairs":([0-9]+),"ms":([0-9.]+),.*"way":"([^"]*)","wall":([0-9.]+),.*"inARow":([0-9.]+).*/\1|\2|\3|\4|\5|\6|\7/p' "$out/bench.jsonl" |
  awk -F'|' '$5 == "plain" { gpu = $4; wall = $6; row = $7 }
    $5 == "graph" { printf "%-27s %4d corners %2d pairs  GPU %8.4f %8.4f x%.2f  wall %8.4f %8.4f x%.2f  row %8.4f %8.4f x%.2f  best %6.0f pairs/s\n",
      $1, $2, $3, gpu, $4, gpu / $4, wall, $6, wall / $6, row, $7, row / $7, 1000 * $3 / (row < $7 ? row : $7) }'
grep -E '"graphs"|FAILED' "$out/bench.jsonl"
finish
