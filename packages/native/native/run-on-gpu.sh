#!/usr/bin/env bash
# Checks and times the CUDA path of the plane operations on a machine with a GPU: needs CMake 3.24+, nvcc, a C++20 compiler, no Node.
#
#   run-on-gpu.sh [check] [sanitize] [bench]      what to do; everything when nothing is named
#
# GIMBAL_GPU_BUILD           build folder (default: build/gpu of the package)
# GIMBAL_GPU_RESULTS         where the logs and bench.jsonl go (default: the build folder)
# GIMBAL_CUDA_ARCHITECTURES  what to build for (default: DEVELOPMENT, the GPU that is here)
# Ends with a table and with 0 only if every step held.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${GIMBAL_GPU_BUILD:-$here/../build/gpu}
results=${GIMBAL_GPU_RESULTS:-$build}
steps=${*:-check sanitize bench}
operations="device measure resize pyramid warp render copy"
failed=()
mkdir -p "$build" "$results"

generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
cmake -S "$here" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DGIMBAL_TESTS=ON -DGIMBAL_CUDA=ON \
  -DGIMBAL_CUDA_ARCHITECTURES="${GIMBAL_CUDA_ARCHITECTURES:-DEVELOPMENT}" >"$results/configure.log" 2>&1 ||
  { tail -20 "$results/configure.log"; exit 1; }
targets=()
for operation in $operations; do
  targets+=("${operation}_parity")
  [ -f "$here/$operation/bench.cpp" ] && targets+=("${operation}_bench")
done
cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]}" >"$results/build.log" 2>&1 ||
  { grep -E "error|FAILED" "$results/build.log" | head -20; exit 1; }

# step <name> <command...>: runs it, keeps its log, notes a failure.
step() {
  local name=$1 start=$SECONDS status=0
  shift
  "$@" >"$results/$name.log" 2>&1 || status=$?
  printf '%-22s %-8s %3d s   %s\n' "$name" "$([ $status -eq 0 ] && echo held || echo "FAILED $status")" $((SECONDS - start)) \
    "$(tail -1 "$results/$name.log" | cut -c1-90)"
  if [ $status -ne 0 ]; then
    failed+=("$name")
    head -12 "$results/$name.log" | cut -c1-160
  fi
}

for what in $steps; do
  for operation in $operations; do
    case $what in
      check) step "check-$operation" "$build/${operation}_parity" cuda ;;
      sanitize)
        [[ "$operation" =~ ^(device|measure)$ ]] && continue # one makes an allocation fail on purpose, the other takes times
        for tool in memcheck racecheck; do
          # Its kernels are warp's; from several host threads at once racecheck does not come back.
          [ "$tool-$operation" = racecheck-render ] && continue
          step "$tool-$operation" compute-sanitizer --tool $tool --error-exitcode 9 "$build/${operation}_parity" cuda 40
        done
        ;;
      bench)
        [ -f "$here/$operation/bench.cpp" ] || continue
        step "bench-$operation" "$build/${operation}_bench" cuda
        ;;
    esac
  done
done

if [[ " $steps " == *" bench "* ]]; then
  cat "$results"/bench-*.log >"$results/bench.jsonl"
  printf '\n%-44s %10s %18s %9s %14s\n' operation µs 'middle 80 %' GB/s 'share of copy'
  sed -nE 's/.*"operation":"([^"]*)","case":"([^"]*)".*"microseconds":([0-9.]+),"low":([0-9.]+),"high":([0-9.]+).*PerSecond":([0-9]+),"shareOfCopy":([0-9.]+).*/\1|\2|\3|\4|\5|\6|\7/p' \
    "$results/bench.jsonl" | while IFS='|' read -r operation name time low high rate share; do
    printf '%-44s %10s %18s %9s %14s\n' "$operation $name" "$time" "$low-$high" "$rate" "$share"
  done
  grep '"copy"' "$results/bench.jsonl" | head -1
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "FAILED: ${failed[*]}"
  exit 1
fi
echo "every step held"
