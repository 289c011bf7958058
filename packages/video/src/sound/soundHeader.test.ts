import path from 'node:path';
import { type RecordedSound, writeRecording } from '@gimbal/fixtures';
import { FormatContext, Packet } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../testClips.js';
import { soundHeader } from './soundHeader.js';

const folder = scratchFolder();

/** What the packets of a recording's sound say. */
async function headers(sound: RecordedSound, muxer = 'mpegts'): Promise<Set<number | undefined>> {
  const file = path.join(folder, `${Object.values(sound).join('-')}.${muxer}`);
  await writeRecording(file, { muxer, sound: [sound], seconds: 0.8 });
  const context = new FormatContext();
  await context.openInput(file);
  await context.findStreamInfo();
  const said = new Set<number | undefined>();
  const packet = new Packet();
  packet.alloc();
  while ((await context.readFrame(packet)) >= 0) {
    if (packet.streamIndex === 1 && packet.data !== null) said.add(soundHeader(sound.codec, packet.data));
    packet.unref();
  }
  packet.free();
  await context.closeInput();
  return said;
}

describe('soundHeader', () => {
  it.each(['aac', 'ac3', 'mp2'] as const)(
    'says of %s the same all the way, and something else of another',
    async (codec) => {
      const kinds: RecordedSound[] = [{ codec }, { codec, rate: 32_000 }, { codec, channels: 1 }];
      if (codec !== 'mp2') kinds.push({ codec, channels: 6 });
      const all = new Set<number>();
      for (const kind of kinds) {
        const [said, ...others] = await headers(kind);
        expect(said).toBeTypeOf('number');
        expect(others).toEqual([]);
        all.add(said as number);
      }
      expect(all.size).toBe(kinds.length);
    },
  );

  it('tells 5.1 from 5.0 in AC-3', async () => {
    const [without] = await headers({ codec: 'ac3', channels: 5 });
    const [withBass] = await headers({ codec: 'ac3', channels: 6 });
    expect(without).not.toBe(withBass);
  });

  it('says nothing of what has no header', async () => {
    expect([...(await headers({ codec: 'aac' }, 'matroska'))]).toEqual([undefined]);
    expect(soundHeader('aac', new Uint8Array(3))).toBeUndefined();
    expect(soundHeader('pcm_s16le', new Uint8Array(100))).toBeUndefined();
  });
});
