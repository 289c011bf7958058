import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Machine code for these, and PTX of the last: what GIMBAL_CUDA_ARCHITECTURES=RELEASE asks for. */
export const RELEASE_ARCHITECTURES = {
  code: ['sm_75', 'sm_80', 'sm_86', 'sm_89', 'sm_90', 'sm_100', 'sm_120'],
  ptx: ['sm_120'],
};

/** Libraries that every Linux with glibc has. Node itself needs more. */
const SYSTEM_LIBRARIES = /^(?:libc|libm|libpthread|libdl|librt)\.so\.\d+$|^ld-linux[\w-]*\.so\.\d+$/;

const tool = (program, args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });

/** What the prebuilt package says of its binary; the loader of `@gimbal/native` holds it against what it finds. */
export function describeAddon(file) {
  const bytes = readFileSync(file);
  return {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(process.platform === 'linux' ? { glibc: oldestGlibc(file) } : {}),
  };
}

/** The libraries that a shared object asks for. */
export function neededLibraries(file) {
  return [...tool('readelf', ['-d', file]).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
}

/** The newest version of glibc among the symbols that a shared object asks for, such as `2.35`. */
export function oldestGlibc(file) {
  const versions = [...tool('readelf', ['-V', file]).matchAll(/Name: GLIBC_([\d.]+)/g)].map(([, version]) => version);
  if (versions.length === 0) throw new Error(`${file} asks for no glibc: only systems with glibc are packed so far.`);
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

/** The GPU architectures that a file holds machine code and PTX for, as cuobjdump lists them. */
export function gpuArchitectures(file) {
  const listed = (option) => {
    const found = tool(cuobjdump(), [option, file]).match(/sm_\d+a?/g) ?? [];
    return [...new Set(found)].sort((a, b) => Number.parseInt(a.slice(3), 10) - Number.parseInt(b.slice(3), 10));
  };
  return { code: listed('--list-elf'), ptx: listed('--list-ptx') };
}

/** What keeps a binary from being published; empty when nothing does. */
export function addonProblems(file, { cuda }) {
  const problems = [];
  if (process.platform === 'linux') {
    const strange = neededLibraries(file).filter((name) => !SYSTEM_LIBRARIES.test(name));
    if (strange.length > 0) problems.push(`needs ${strange.join(', ')}, which not every system has`);
  }
  if (cuda) {
    const { code, ptx } = gpuArchitectures(file);
    const wanted = RELEASE_ARCHITECTURES;
    if (`${code}` !== `${wanted.code}`) problems.push(`has machine code for ${code}, not for ${wanted.code}`);
    if (`${ptx}` !== `${wanted.ptx}`) problems.push(`has PTX for ${ptx}, not for ${wanted.ptx}`);
  }
  return problems;
}

/** Beside nvcc, where the toolkit has it, or on the PATH. */
function cuobjdump() {
  const name = process.platform === 'win32' ? 'cuobjdump.exe' : 'cuobjdump';
  const places = [
    ...(process.env.CUDA_PATH ? [path.join(process.env.CUDA_PATH, 'bin')] : []),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  for (const place of places) {
    if (existsSync(path.join(place, name))) return realpathSync(path.join(place, name));
  }
  throw new Error(
    'cuobjdump was not found. It comes with the CUDA toolkit (the package cuda-cuobjdump): put it on the PATH.',
  );
}
