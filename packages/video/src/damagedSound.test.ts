import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { play, type RecordedSound, writeRecording } from '@gimbal/fixtures';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from './index.js';
import { scratchFolder } from './testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);
const TS_PACKET = 188;
/** The second stream of FFmpeg's transport streams. */
const SOUND_PID = 0x101;

/** Overwrites what some of the sound's transport packets carry, headers of sound packets too; those of the transport stream stay. */
function damaged(stream: Buffer, every: number): Buffer {
  const bytes = Buffer.from(stream);
  let count = 0;
  for (let at = 0; at + TS_PACKET <= bytes.length; at += TS_PACKET) {
    const head = bytes.readUInt16BE(at + 1);
    const begins = (head & 0x4000) !== 0;
    if ((head & 0x1fff) !== SOUND_PID || begins || count++ % every !== every - 1) continue;
    for (let i = 4; i < TS_PACKET; i++) bytes[at + i] = (bytes[at + i] * 73 + i * 31) & 255;
  }
  return bytes;
}

describe('a transport stream with broken sound', () => {
  it.each<[RecordedSound, string]>([
    [{ codec: 'aac' }, 'mp4'],
    [{ codec: 'aac' }, 'mov'],
    [{ codec: 'aac' }, 'mkv'],
    [{ codec: 'ac3', channels: 6 }, 'mp4'],
    [{ codec: 'mp2' }, 'webm'],
  ])('%o into %s keeps what can be kept, and says so', async (sound, extension) => {
    const name = `${sound.codec}-${extension}.ts`;
    await writeRecording(inFolder(name), { muxer: 'mpegts', sound: [sound], seconds: 3.2 });
    writeFileSync(inFolder(name), damaged(readFileSync(inFolder(name)), 7));
    const source = await openVideo(inFolder(name));
    const codec = extension === 'webm' ? 'av1' : undefined;
    const sink = createVideoSink(inFolder(`${name}.${extension}`), { source, codec, overwrite: true });
    await sink.open(source.info);
    for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
    await sink.finish();
    await source.close();
    const { pictures, sound: heard } = await play(inFolder(`${name}.${extension}`));
    expect(pictures).toHaveLength(80);
    const inStep = heard[0].filter(({ time, moment }) => Math.abs(moment - time) < 0.1);
    expect(inStep.length).toBeGreaterThan(8);
    if (sound.codec === 'aac' && extension !== 'mkv') expect(sink.warnings).toMatchObject([{ code: 'corrupt' }]);
  });
});
