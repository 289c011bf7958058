#!/usr/bin/env bash
# Checks, times and profiles the variants of the CUDA warp (GIMBAL_WARP=0..4) on a machine with a GPU, and ends with a table.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GIMBAL_GPU_BUILD:-$here/../build/gpu}
results=${GIMBAL_GPU_RESULTS:-$build}
variants=${*:-0 1 2 3 4}
mkdir -p "$build" "$results"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
cmake -S "$here" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DGIMBAL_TESTS=ON -DGIMBAL_CUDA=ON \
  -DGIMBAL_CUDA_ARCHITECTURES=90 >"$results/configure.log" 2>&1 || { tail -20 "$results/configure.log"; exit 1; }
cmake --build "$build" --parallel "$(nproc)" --target warp_parity warp_bench >"$results/build.log" 2>&1 ||
  { grep -E "error|FAILED" "$results/build.log" | head -20; exit 1; }
echo "built after $SECONDS s"
for v in $variants; do
  GIMBAL_WARP=$v "$build/warp_parity" cuda >"$results/parity-$v.log" 2>&1 &
done
wait
for v in $variants; do
  echo "variant $v: $(tail -1 "$results/parity-$v.log"); $(grep -m1 FAILED "$results/parity-$v.log" | cut -c1-200)"
done
echo "checked after $SECONDS s"
export GIMBAL_BENCH_ONLY='^(1920|3840)x[0-9]* (yuv420p|yuv420p10) |^1920x1080 nv12 bicubic|^1280x720 yuv420p (bilinear|lanczos3)'
for v in $variants; do
  GIMBAL_WARP=$v "$build/warp_bench" cuda >"$results/bench-$v.jsonl" 2>&1 || echo "variant $v: bench failed: $(tail -1 "$results/bench-$v.jsonl")"
done
echo "timed after $SECONDS s"
best=$(for v in $variants; do
  sed -nE 's/.*"case":"3840x2160 yuv420p bicubic".*"microseconds":([0-9.]+).*/\1 '"$v"'/p' "$results/bench-$v.jsonl"
done | sort -n | head -1 | cut -d' ' -f2)
for v in 0 $best; do
  for kernel in bicubic bilinear; do
    [ "$v$kernel" = 0bilinear ] && continue
    GIMBAL_WARP=$v GIMBAL_BENCH_ONLY="^3840x2160 yuv420p $kernel" timeout 40 ncu --clock-control none -k 'regex:warp(Frame|Blocks)' -c 3 \
      --section SpeedOfLight --section WarpStateStats --section Occupancy --section MemoryWorkloadAnalysis \
      --section ComputeWorkloadAnalysis --section SourceCounters --section LaunchStats --section SchedulerStats \
      "$build/warp_bench" cuda >"$results/ncu-$v-$kernel.log" 2>&1
    echo "profile of variant $v, 3840x2160 yuv420p $kernel:"
    grep -E "Duration|SM Throughput|DRAM Throughput|L1/TEX Cache Throughput|Issue Slots Busy|Executed Ipc Active|Achieved Occupancy|Registers Per Thread|Warp Cycles Per Issued|bank conflict|stalled|No Eligible|highest-utilized" \
      "$results/ncu-$v-$kernel.log" | tail -16 | cut -c1-170
  done
done
echo "profiled after $SECONDS s"
printf '\nmicroseconds %-44s' ''
for v in $variants; do printf '%9s' "$v"; done
echo
sed -nE 's/.*"case":"([^"]*)".*/\1/p' "$results/bench-${variants%% *}.jsonl" | while read -r name; do
  printf '%-57s' "$name"
  for v in $variants; do
    printf '%9s' "$(grep -F "\"$name\"" "$results/bench-$v.jsonl" | sed -nE 's/.*"microseconds":([0-9.]+).*/\1/p')"
  done
  echo
done
grep -h '"copy"' "$results"/bench-0.jsonl | head -1
