import { expect, it } from 'vitest';
import { loadProgram, withoutFfmpeg } from './loadProgram.js';

it('loads the commands', async () => {
  expect((await loadProgram()).runProgram).toBeTypeOf('function');
});

it('says what to do about a compiled part that was left out, and keeps other failures as they are', () => {
  const refused = new Error(
    'Could not load the node-av native binding for linux-x64.\nErrors:\n  Platform package not found',
  );
  expect(withoutFfmpeg(refused)).toMatchObject({
    code: 'GIMBAL_E_ADDON',
    message: expect.stringMatching(/node-av native binding for linux-x64\. .*without --omit=optional/),
    cause: refused,
  });
  expect(withoutFfmpeg(new SyntaxError('Unexpected token'))).toBeUndefined();
});
