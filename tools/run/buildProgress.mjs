/** How long the first build usually takes. */
const USUAL =
  'the first time it usually takes one to three minutes on two cores; what has not changed is not built again';

const COUNT = /Running target \S+ for (?:(\d+) projects?|project \S+)(?: and (\d+) tasks? (?:it|they) depends? on)?/;
const COMPILED = /\[\s*(?:(\d+)\/(\d+)|(\d+)%)\]/;
const STARTED = /^> nx run (\S+?):(\S+)/;

/**
 * Says how far a build is, from what nx and the compilers write. Nothing in the first seconds, in which a build of which nothing changed is
 * done; then one line in place on a terminal, and elsewhere a line for each step and now and then.
 */
export class BuildProgress {
  #out;
  #live;
  #rest = '';
  #steps = 0;
  #started = 0;
  #now = 'starting';
  #start = performance.now();
  #announced = false;
  #notice;
  #tick;

  /** @param out A stream such as `process.stderr`. */
  constructor(out, { delay = 3000, columns = out.columns ?? 100 } = {}) {
    this.#out = out;
    this.#live = out.isTTY === true ? columns : 0;
    this.#notice = setTimeout(() => this.#announce(), delay);
  }

  /** Takes what the build writes. */
  take(text) {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  /** Ends it, and leaves an empty line on a terminal. */
  end() {
    clearTimeout(this.#notice);
    clearInterval(this.#tick);
    if (this.#announced && this.#live > 0) this.#out.write('\r\x1b[K');
    else if (this.#announced) this.#out.write(`Built in ${this.#seconds()} s.\n`);
  }

  #line(line) {
    const count = COUNT.exec(line);
    if (count !== null) this.#steps = this.#started + Number(count[1] ?? 1) + Number(count[2] ?? 0);
    const compiled = COMPILED.exec(line);
    const started = STARTED.exec(line);
    if (started !== null) {
      this.#started++;
      this.#now = step(started[1], started[2]);
      if (this.#announced && this.#live === 0) this.#show();
    } else if (compiled !== null) {
      const [, done, all, percent] = compiled;
      const project = /^(@?[\w/-]+): /.exec(line)?.[1] ?? '';
      const far = percent === undefined ? `file ${done} of ${all}` : `${percent} %`;
      this.#now = `${project} compiled parts, ${far}`.trim();
    }
  }

  #announce() {
    this.#announced = true;
    this.#out.write(`Building: ${USUAL}.\n`);
    this.#tick = setInterval(() => this.#show(), this.#live > 0 ? 500 : 15_000);
  }

  #show() {
    const line = `${this.#position()}${this.#now}, ${this.#seconds()} s`;
    this.#out.write(this.#live > 0 ? `\r\x1b[K${line.slice(0, this.#live - 1)}` : `${line}\n`);
  }

  #position() {
    return this.#steps === 0 ? '' : `[${Math.min(this.#started, this.#steps)}/${this.#steps}] `;
  }

  #seconds() {
    return Math.round((performance.now() - this.#start) / 1000);
  }
}

function step(project, target) {
  return target.includes('build:native') ? `${project}, compiled parts` : project;
}
