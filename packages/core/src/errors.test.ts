import { describe, expect, it, vi } from 'vitest';
import { GimbalError, throwIfAborted } from './errors.js';

describe('GimbalError', () => {
  it('carries code, message, cause and name', () => {
    const cause = new Error('below');
    const error = new GimbalError('GIMBAL_E_CONFIG', 'No such option.', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'GimbalError', code: 'GIMBAL_E_CONFIG', message: 'No such option.', cause });
    expect(`${error}`).toBe('GimbalError: No such option.');
  });

  it('is recognised across two copies of the package', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    expect(copy.GimbalError).not.toBe(GimbalError);
    const foreign = new copy.GimbalError('GIMBAL_E_ADDON', 'From the other copy.');
    expect(foreign).not.toBeInstanceOf(GimbalError);
    expect(GimbalError.isInstance(foreign)).toBe(true);
  });

  it('is not mistaken for anything else', () => {
    for (const other of [undefined, null, 'GimbalError', {}, new Error('GIMBAL_E_CONFIG')]) {
      expect(GimbalError.isInstance(other)).toBe(false);
    }
  });

  it('shows its code, not its marker, when listed', () => {
    expect(Object.keys(new GimbalError('GIMBAL_E_ADDON', 'x')).sort()).toEqual(['code', 'name']);
  });
});

describe('throwIfAborted', () => {
  it('does nothing without an aborted signal', () => {
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
  });

  it('throws GIMBAL_E_CANCELLED with the reason as cause', () => {
    expect(() => throwIfAborted(AbortSignal.abort('ctrl-c'))).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_CANCELLED', cause: 'ctrl-c' }),
    );
  });

  it('throws the reason itself when it is one of ours', () => {
    const reason = new GimbalError('GIMBAL_E_DISK_FULL', 'Full.');
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason);
  });
});
