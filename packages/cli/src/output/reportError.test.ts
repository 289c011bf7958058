import { GimbalError, type GimbalErrorCode } from '@gimbal/core';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_CODE_MEANINGS, EXIT_CODES, exitCodeFor } from '../program/exitCodes.js';
import { reportError } from './reportError.js';

function reported(error: unknown, json = false) {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    live: false,
  };
  return { code: reportError(error, terminal, json), out, err };
}

describe('errors', () => {
  const before = process.env.DEBUG;
  afterEach(() => {
    if (before === undefined) delete process.env.DEBUG;
    else process.env.DEBUG = before;
  });

  it('are one line with their code', () => {
    const { code, err, out } = reported(new GimbalError('GIMBAL_E_DISK_FULL', 'No space\nleft.'));
    expect([code, out]).toEqual([4, '']);
    expect(err).toMatch(/^\S*error:\S* No space left\. \(GIMBAL_E_DISK_FULL\)\n$/);
  });

  it('are an object on stdout with --json', () => {
    const { out, code } = reported(new GimbalError('GIMBAL_E_PLUGIN_TIMEOUT', 'No answer.'), true);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      error: { code: 'GIMBAL_E_PLUGIN_TIMEOUT', message: 'No answer.', exitCode: 5 },
    });
    expect(code).toBe(5);
  });

  it('keep their stack for DEBUG=gimbal', () => {
    delete process.env.DEBUG;
    expect(reported(new Error('Oops')).err).not.toMatch(/\n {4}at /);
    process.env.DEBUG = 'gimbal';
    const { err, code } = reported(new Error('Oops', { cause: new Error('Deep') }));
    expect(err).toMatch(/\n {4}at /);
    expect(err).toContain('caused by Error: Deep');
    expect(code).toBe(1);
  });

  it('have an exit code that help explains', () => {
    const explained = EXIT_CODE_MEANINGS.map(([code]) => code);
    expect([...explained].sort()).toEqual([...Object.values(EXIT_CODES)].sort());
    const samples: GimbalErrorCode[] = [
      'GIMBAL_E_CONFIG',
      'GIMBAL_E_INPUT_NOT_FOUND',
      'GIMBAL_E_CUDA',
      'GIMBAL_E_CANCELLED',
    ];
    expect(samples.map((code) => exitCodeFor(new GimbalError(code, '')))).toEqual([2, 3, 6, 130]);
    expect(exitCodeFor('thrown text')).toBe(1);
  });
});
