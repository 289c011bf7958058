#!/usr/bin/env bash
# Builds the native tests for this machine's GPU, runs them and the benchmarks, and ends with a short table.
#   test/gpu.sh [LUMA_FILE [OUT_FOLDER]]      needs cmake and nvcc; LUMA_FILE is what test/dumpLuma.mjs wrote
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
luma="${1:-$here/../../.carry/luma.raw}"
out="${2:-$here/build/gpu-report}"
build="$here/build/gpu"
mkdir -p "$out" "$build"
[ -f "$luma" ] && luma="$(cd "$(dirname "$luma")" && pwd)/$(basename "$luma")"
summary=()

step() { # name, log, command...
  local name="$1" log="$out/$2"
  shift 2
  local start=$SECONDS status
  "$@" >"$log" 2>&1
  status=$?
  summary+=("$(printf '%-34s %-8s %4d s' "$name" "$([ $status -eq 0 ] && echo ok || { [ $status -eq 77 ] && echo skipped || echo "FAIL $status"; })" $((SECONDS - start)))")
  [ $status -eq 0 ] || { echo "--- $name (exit $status)"; grep -E "FAILED|ERROR|error|=========" "$log" | head -25 || true; tail -12 "$log"; }
  return $status
}

generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
step configure configure.log cmake -S "$here" -B "$build" "${generator[@]}" -DGIMBAL_TESTS=ON -DGIMBAL_ADDON=OFF -DGIMBAL_CUDA=ON \
  -DGIMBAL_CUDA_ARCHITECTURES="${GIMBAL_CUDA_ARCHITECTURES:-90-real}" -DCMAKE_BUILD_TYPE=Release || exit 1
step build build.log cmake --build "$build" --parallel || exit 1
cd "$build"
step "prepare parity" prepare.log ./prepare_cuda_parity
step "lucas-kanade parity" lucas-kanade.log ./lucas-kanade_cuda_parity
step "estimate parity" estimate.log ./estimate_cuda_parity
if [ -f "$luma" ]; then step "clip agreement" clips.log ./estimate_clipAgreement "$luma"; else echo "no $luma: clips not compared"; fi
step bench bench.jsonl ./estimate_cudaBench
checker="$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer /opt/nvidia/nsight-compute/*/compute-sanitizer 2>/dev/null | head -1)"
if [ -n "$checker" ]; then
  for tool in memcheck racecheck; do
    for program in prepare lucas-kanade estimate; do
      step "$tool $program" "$tool-$program.log" timeout 45 "$checker" --tool "$tool" --error-exitcode 9 "./${program}_cuda_parity" small
    done
  done
else
  echo "no compute-sanitizer: memory and races not checked"
fi

echo "=== tracks against the CPU"
cat "$out/lucas-kanade.log"
echo "=== estimates against the CPU"
tail -n 45 "$out/estimate.log" | cut -c1-190
[ -f "$out/clips.log" ] && { echo "=== clips"; cat "$out/clips.log"; }
echo "=== bench (ms: median, 10 %, 90 %)"
sed -nE 's/.*"bench":"([^"]*)".*"corners":([0-9]+),"pairs":([0-9]+),"ms":([0-9.]+),"p10":([0-9.]+),"p90":([0-9.]+),"pairsPerSecond":([0-9]+).*/\1|\2|\3|\4|\5|\6|\7/p' "$out/bench.jsonl" |
  awk -F'|' '{printf "%-30s %4d corners %3d pairs %9.4f %9.4f %9.4f  %8d pairs/s\n",$1,$2,$3,$4,$5,$6,$7}'
echo "=== steps"
printf '%s\n' "${summary[@]}"
