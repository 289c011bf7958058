import type { CopyTime, LaunchTimes } from '@gimbal/native';
import { type FrameCost, gainOf, type TransfersReport, totalOf } from '@gimbal/pipeline/benchmark';
import { textTable } from './textTable.js';

/** The report for a person: copies, launches, frames, and the answer. */
export function transfersTable({ device, threads, copies, launch, sizes, answer }: TransfersReport): string {
  return [
    `Copies between host memory and ${device.device} (${device.name}): GB/s and, in brackets, µs; medians of 25, by CUDA events\n`,
    textTable([['MB', 'pageable, to it', 'from it', 'pinned, to it', 'from it'], ...copyRows(copies)], 'rrrrr'),
    `\nA kernel that does nothing: ${launchText(launch)}\n`,
    `\nMilliseconds a frame, estimate + warp, with the CPU's gain or loss by the GPU; medians of 5 rounds, clock on the wall\n`,
    textTable(
      [
        [
          '',
          `CPU, ${threads} thread${threads === 1 ? '' : 's'}`,
          'GPU, from and to host memory',
          '',
          'GPU, frames stay there',
          '',
        ],
        ...sizes.map((size) => [
          `${size.name}, ${size.width}×${size.height}`,
          costText(size.cpu),
          costText(size.cudaFromHost),
          `${gainOf(size).toFixed(1)}×`,
          costText(size.cudaOnDevice),
          `${(totalOf(size.cpu) / totalOf(size.cudaOnDevice)).toFixed(1)}×`,
        ]),
      ],
      'lrrrrr',
    ),
    `\nShould I use the GPU at all? ${answer}\n`,
  ].join('');
}

function copyRows(copies: readonly CopyTime[]): string[][] {
  const cell = (bytes: number, memory: CopyTime['memory'], direction: CopyTime['direction']) => {
    const found = copies.find((one) => one.bytes === bytes && one.memory === memory && one.direction === direction);
    if (found === undefined) return '';
    const { median } = found.time;
    return `${(bytes / median / 1000).toFixed(1)} (${median.toFixed(median < 100 ? 1 : 0)})`;
  };
  return [...new Set(copies.map(({ bytes }) => bytes))].map((bytes) => [
    String(bytes / 1e6),
    cell(bytes, 'pageable', 'toDevice'),
    cell(bytes, 'pageable', 'fromDevice'),
    cell(bytes, 'pinned', 'toDevice'),
    cell(bytes, 'pinned', 'fromDevice'),
  ]);
}

function launchText({ issue, backToBack, inGraph, roundTrip }: LaunchTimes): string {
  const us = ({ median }: { readonly median: number }) => `${median.toFixed(1)} µs`;
  return (
    `${us(issue)} of the host to launch it, ${us(backToBack)} one after another, ${us(inGraph)} in a CUDA graph, ` +
    `${us(roundTrip)} until the host knows that it is done`
  );
}

function costText({ estimate, warp }: FrameCost): string {
  const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  return `${ms(estimate.median)} + ${ms(warp.median)}`;
}
