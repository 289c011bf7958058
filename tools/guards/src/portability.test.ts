import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packages, root } from './packages.js';
import { machineTraces, resolvedHosts } from './portability.js';

const TEXT = /\.(?:[cm]?[jt]s|json|ya?ml|md|txt|cmake|[ch]pp|cuh?|py|sh)$|(?:^|\/)(?:\.npmrc|run|CMakeLists\.txt)$/;

describe('the tree', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);

  it('holds no path or registry host of one machine', () => {
    expect(tracked.length).toBeGreaterThan(50);
    const traces = tracked
      .filter((file) => TEXT.test(file) && file !== 'package-lock.json' && !file.startsWith('tools/guards/'))
      .filter((file) => existsSync(path.join(root, file)))
      .flatMap((file) => machineTraces(readFileSync(path.join(root, file), 'utf8')).map((line) => `${file}: ${line}`));
    expect(traces).toEqual([]);
  });

  it('has a lock file that works with any registry, for every workspace', () => {
    const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
    expect(resolvedHosts(lock)).toEqual([]);
    for (const { folder } of packages()) expect(Object.keys(lock.packages)).toContain(`packages/${folder}`);
  });

  it('holds no clip, no weights but those that a package ships and the baseline of the benchmarks, nothing large', () => {
    const kept = /^(?:packages\/(?:ihn|interpolate)\/weights\/\w+|tools\/bench\/regression\/regression)\.onnx$/;
    const large = tracked.filter((file) => /\.(?:mp4|mkv|mov|avi|m4v|webm|pt|ckpt|npz|onnx)$/.test(file));
    expect(large.filter((file) => !kept.test(file))).toEqual([]);
    const size = (file: string) => statSync(path.join(root, file)).size;
    const [baseline, ...networks] = large.sort((a, b) => size(b) - size(a));
    for (const folder of ['ihn', 'interpolate']) {
      const own = networks.filter((file) => file.startsWith(`packages/${folder}/`));
      expect(own.reduce((sum, file) => sum + size(file), 0)).toBeLessThan(5e6);
    }
    expect(path.basename(baseline)).toBe('regression.onnx');
    expect(size(baseline)).toBeLessThan(1e7);
  });
});

describe('machineTraces', () => {
  it('sees paths and hosts, and lets ordinary text pass', () => {
    expect(machineTraces('cd /home/ann/gimbal')).toHaveLength(1);
    expect(machineTraces('"/work/x"')).toHaveLength(1);
    expect(machineTraces('registry=https://npm-registry.example.org/')).toHaveLength(1);
    expect(machineTraces('../shared/work/root/x https://example.org/home')).toEqual([]);
  });
});

describe('resolvedHosts', () => {
  it('sees a host and lets workspace links pass', () => {
    const lock = { packages: { a: { resolved: 'packages/a' }, b: { resolved: 'https://example.org/b.tgz' }, c: {} } };
    expect(resolvedHosts(lock)).toEqual(['b: https://example.org/b.tgz']);
  });
});
