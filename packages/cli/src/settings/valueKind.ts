// Kinds of values that settings take, and how they are checked.

/** What a setting accepts. The same kinds read strings from the command line and typed values from a config file. */
export interface ValueKind<T> {
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** The value, or `undefined` when `raw` is not one. */
  parse(raw: unknown): T | undefined;
}

/** The type that a kind yields. */
export type ValueOf<Kind> = Kind extends ValueKind<infer T> ? T : never;

function toNumber(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  return typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN;
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): ValueKind<T> {
  return {
    expected: `one of ${words.join(', ')}`,
    parse: (raw) => words.find((word) => word === raw),
  };
}

/** A number within bounds, both included. */
export function number(min: number, max: number): ValueKind<number> {
  return {
    expected: `a number from ${min} to ${max}`,
    parse(raw) {
      const value = toNumber(raw);
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** A whole number within bounds, both included. */
export function integer(min: number, max: number): ValueKind<number> {
  return {
    expected: Number.isFinite(max) ? `a whole number from ${min} to ${max}` : `a whole number of at least ${min}`,
    parse(raw) {
      const value = toNumber(raw);
      return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
    },
  };
}

/** A fraction such as `0.15`, or the same as a percentage: `15%`. */
export function fraction(min: number, max: number): ValueKind<number> {
  return {
    expected: `a fraction from ${min} to ${max}, or a percentage such as ${Math.round(max * 30)}%`,
    parse(raw) {
      const percent = typeof raw === 'string' && raw.trim().endsWith('%');
      const value = percent ? toNumber(raw.trim().slice(0, -1)) / 100 : toNumber(raw);
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** Powers of 1024, as memory is counted. */
const UNITS = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 } as const;

/** An amount of memory: bytes, or a number with a unit such as `512M` or `4G`. */
export const memory: ValueKind<number> = {
  expected: 'an amount of memory such as 512M or 4G (0: none)',
  parse(raw) {
    if (typeof raw === 'number') return Number.isInteger(raw) && raw >= 0 ? raw : undefined;
    const match = typeof raw === 'string' ? /^(\d+(?:\.\d+)?) ?([kmgt]?)(?:i?b)?$/i.exec(raw.trim()) : null;
    if (match === null) return undefined;
    return Math.round(Number(match[1]) * UNITS[match[2].toLowerCase() as keyof typeof UNITS]);
  },
};

/** A time that has to pass: more than 0 seconds. */
export const seconds: ValueKind<number> = {
  expected: 'a number of seconds greater than 0',
  parse(raw) {
    const value = toNumber(raw);
    return value > 0 && Number.isFinite(value) ? value : undefined;
  },
};

/** A moment of a clip: seconds, or hours, minutes and seconds with colons between them. */
export const time: ValueKind<number> = {
  expected: 'a time: seconds such as 83.5, or h:mm:ss such as 1:23.5 or 0:01:23.5',
  parse(raw) {
    const match = typeof raw === 'string' ? /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(raw.trim()) : null;
    if (match === null) return typeof raw === 'number' && raw >= 0 && Number.isFinite(raw) ? raw : undefined;
    const [hours = 0, minutes = 0, seconds] = match
      .slice(1)
      .map((part) => (part === undefined ? undefined : Number(part)));
    const clock = match[2] !== undefined;
    if (seconds === undefined || (clock && seconds >= 60) || (match[1] !== undefined && minutes >= 60))
      return undefined;
    return hours * 3600 + minutes * 60 + seconds;
  },
};

/** Yes or no. */
export const flag: ValueKind<boolean> = {
  expected: 'true or false',
  parse: (raw) => (typeof raw === 'boolean' ? raw : undefined),
};

/** Any text that is not empty. */
export const text: ValueKind<string> = {
  expected: 'a text',
  parse: (raw) => (typeof raw === 'string' && raw.trim() !== '' ? raw : undefined),
};

/** Where the work is done. */
export const device: ValueKind<'auto' | 'cpu' | 'cuda' | `cuda:${number}`> = {
  expected: 'auto, cpu, cuda or cuda:N',
  parse: (raw) =>
    typeof raw === 'string' && /^(auto|cpu|cuda(:\d+)?)$/.test(raw) ? (raw as 'cuda' | `cuda:${number}`) : undefined,
};
