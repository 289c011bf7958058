/**
 * What a packet of sound says of its rate and its channels, as a number that is the same as long as they are; `undefined` when it says nothing.
 * Headers of AAC in ADTS (ISO/IEC 13818-7, 6.2), AC-3 and E-AC-3 (ETSI TS 102 366, 5.3 and E.1.2), MPEG audio (ISO/IEC 11172-3, 2.4.1.3).
 *
 * @param codec FFmpeg's name of the codec.
 */
export function soundHeader(codec: string, data: Uint8Array): number | undefined {
  if (data.length < 8) return undefined;
  if (codec === 'aac') return adts(data);
  if (codec === 'ac3' || codec === 'eac3') return ac3(data);
  if (codec === 'mp2' || codec === 'mp3') return mpegAudio(data);
  return undefined;
}

function adts(data: Uint8Array): number | undefined {
  if (data[0] !== 0xff || (data[1] & 0xf6) !== 0xf0) return undefined;
  const rate = (data[2] >> 2) & 15;
  const channels = ((data[2] & 1) << 2) | (data[3] >> 6);
  return (rate << 3) | channels;
}

function ac3(data: Uint8Array): number | undefined {
  if (data[0] !== 0x0b || data[1] !== 0x77) return undefined;
  const version = data[5] >> 3;
  if (version > 10) {
    const rate = data[4] >> 6;
    // A rate of 3 stands for half of what the next two bits say, which otherwise count blocks.
    const halved = rate === 3 ? (data[4] >> 4) & 3 : 0;
    return (1 << 8) | (rate << 6) | (halved << 4) | (data[4] & 15);
  }
  const rate = data[4] >> 6;
  const mode = data[6] >> 5;
  const hasCenter = (mode & 1) !== 0 && mode !== 1;
  const hasSurround = (mode & 4) !== 0;
  const skipped = (hasCenter ? 2 : 0) + (hasSurround ? 2 : 0) + (mode === 2 ? 2 : 0);
  const lowFrequency = (((data[6] << 8) | data[7]) >> (12 - skipped)) & 1;
  return (rate << 6) | (mode << 1) | lowFrequency;
}

function mpegAudio(data: Uint8Array): number | undefined {
  if (data[0] !== 0xff || (data[1] & 0xe0) !== 0xe0) return undefined;
  const version = (data[1] >> 3) & 3;
  const rate = (data[2] >> 2) & 3;
  const mono = data[3] >> 6 === 3 ? 1 : 0;
  return (version << 3) | (rate << 1) | mono;
}
