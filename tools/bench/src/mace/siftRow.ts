import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, workFile } from '../places.js';
import type { Row } from './row.js';

/** OpenCV's SIFT with RANSAC, asked through Python. */
const SCRIPT = path.join(root, 'tools/bench/mace/sift_ransac.py');

/** A row that hands each bin's pixels to a Python with OpenCV as a file. @param python The program. @throws Error when it has no OpenCV. */
export async function siftRow(python: string): Promise<Row> {
  const version = await runPython(python, ['-c', 'import cv2; print(cv2.__version__)']);
  return {
    about: `OpenCV ${version.trim()}`,
    async answer({ name, pairs, pixels }) {
      const input = workFile('mace', `${name}.u8`);
      writeFileSync(input, pixels);
      const text = await runPython(python, [SCRIPT, input]);
      const lines = text.trimEnd().split('\n');
      if (lines.length !== pairs.length)
        throw new Error(`${SCRIPT} answered ${lines.length} of ${pairs.length} pairs.`);
      return new Map([['sift', lines.map((line) => (line === 'none' ? undefined : line.split(' ').map(Number)))]]);
    },
  };
}

async function runPython(python: string, args: string[]): Promise<string> {
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${python} ${args[0]} ended with ${code}: ${complaint.trim().split('\n').at(-1)}`);
  return Buffer.concat(chunks).toString();
}
