import type { SourceWarning } from '@gimbal/core';

/** Collects what went wrong; every pass over a file meets the same things again, and each is kept once. */
export class SourceWarnings {
  readonly list: SourceWarning[] = [];

  add(code: SourceWarning['code'], message: string): void {
    if (!this.list.some((known) => known.code === code && known.message === message)) this.list.push({ code, message });
  }
}
