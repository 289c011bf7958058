import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** One folder of archives that is carried to another machine by itself, with the script that unpacks it there. */
export class CarriedPart {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  /** Makes the part anew unless it was made from the same state. `fill` calls `pack`. */
  make(state, fill) {
    const record = path.join(this.#folder, 'state');
    if (read(record) === state) return;
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    fill();
    const script = path.join(this.#folder, 'unpack.sh');
    copyFileSync(path.join(import.meta.dirname, 'unpackPart.sh'), script);
    chmodSync(script, 0o755);
    writeFileSync(record, state);
  }

  /** Packs files and folders, named relative to `from`. */
  pack(name, from, files, { leaveOut = [] } = {}) {
    // The filter for machine code makes binaries a seventh smaller.
    const compressor = 'xz -T2 --x86 --lzma2=preset=6,dict=64MiB';
    const options = ['--wildcards', ...leaveOut.map((pattern) => `--exclude=${pattern}`)];
    const archive = path.join(this.#folder, `${name}.tar.xz`);
    const tar = ['-c', '-I', compressor, '-f', archive, ...options, '-C', from, '--null', '-T', '-'];
    execFileSync('tar', tar, { input: files.join('\0') });
  }

  /** Folders that the part brings whole: what lies there is taken away first. */
  replaces(folders) {
    writeFileSync(path.join(this.#folder, 'replaces'), folders.map((folder) => `${folder}\n`).join(''));
  }

  get bytes() {
    return readdirSync(this.#folder).reduce((sum, name) => sum + statSync(path.join(this.#folder, name)).size, 0);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
