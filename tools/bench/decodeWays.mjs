// `node tools/bench/decodeWays.mjs [--device cpu] CLIP...`: ways to get more pictures a second out of cuda:0's video engines for one clip: one session
// as FFmpeg opens it, with more surfaces, with pictures held back, with threads, without FFmpeg's copy, NVIDIA's own parser (…_cuvid), and one clip cut at its key
// frames over several sessions. Every way decodes the whole clip RUNS times after one pass that counts the pictures and compares some of
// them, bit for bit, with those of software. Prints frames a second without and with opening, what opening takes, and how long ending holds
// the main thread up. `--device cpu` tries the script itself without a device: all ways that need none.
process.env.UV_THREADPOOL_SIZE ??= '24';
const { createHash } = await import('node:crypto');
const { AV_HWDEVICE_TYPE_CUDA, AV_PIX_FMT_CUDA } = await import('node-av/constants');
const av = await import('node-av/lib');
const { cudaBridge } = await import('@gimbal/native');

const RUNS = 2;
/** Every so many pictures one is compared. */
const COMPARED = 37;
const args = process.argv.slice(2);
const onCpu = args[0] === '--device';
const clips = onCpu ? args.slice(2) : args;
if (clips.length === 0) {
  console.error('usage: node tools/bench/decodeWays.mjs [--device cpu] CLIP...');
  process.exit(2);
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

let device = null;
if (!onCpu) {
  await cudaBridge.shareContext(0);
  device = new av.HardwareDeviceContext();
  const start = performance.now();
  const made = device.create(AV_HWDEVICE_TYPE_CUDA, '0', av.Dictionary.fromObject({ primary_ctx: '1' }));
  console.log(`FFmpeg's device context: ${made}, ${(performance.now() - start).toFixed(1)} ms of the main thread`);
}

/** All packets of the pictures, in memory, so that reading the file counts in no way. */
async function packetsOf(clip) {
  const context = new av.FormatContext();
  await context.openInput(`file:${clip}`, null, null);
  await context.findStreamInfo();
  const stream = context.streams.find(({ codecpar }) => codecpar.codecType === 0);
  const packets = [];
  const packet = new av.Packet();
  packet.alloc();
  while ((await context.readFrame(packet)) >= 0) {
    if (packet.streamIndex === stream.index) packets.push(packet.clone());
    packet.unref();
  }
  packet.free();
  return { context, stream, packets, name: av.avGetCodecName(stream.codecpar.codecId) };
}

/** Neighbouring packets, about `count` parts of the same length, each from a key frame on. */
function parts(packets, count) {
  const keys = packets.flatMap(({ flags }, i) => ((flags & 1) !== 0 ? [i] : []));
  const wanted = Array.from({ length: count }, (_, i) => (i * packets.length) / count);
  const nearest = wanted.map((at) =>
    keys.reduce((best, key) => (Math.abs(key - at) < Math.abs(best - at) ? key : best), keys[0]),
  );
  const starts = [...new Set([0, ...nearest])].sort((a, b) => a - b);
  return starts.map((from, i) => packets.slice(from, starts[i + 1]));
}

async function open({ stream, name }, { decoder, threads = 1, surfaces = 0, delay = 0, options = {} }) {
  const codec =
    decoder === 'cuvid'
      ? av.Codec.findDecoderByName(`${name}_cuvid`)
      : (av.Codec.findDecoderByName(name) ?? av.Codec.findDecoder(stream.codecpar.codecId));
  if (codec === null) throw new Error(`no decoder for ${name}`);
  const context = new av.CodecContext();
  context.allocContext3(codec);
  // How many pictures are held back for their order: while they wait, the engine works on the next.
  const told = stream.codecpar.videoDelay;
  stream.codecpar.videoDelay = Math.max(told, delay);
  context.parametersToContext(stream.codecpar);
  stream.codecpar.videoDelay = told;
  context.pktTimebase = stream.timeBase;
  context.threadCount = threads;
  if (decoder !== 'software') {
    context.hwDeviceCtx = device;
    context.setHardwarePixelFormat(AV_PIX_FMT_CUDA);
    if (surfaces > 0) context.extraHWFrames = surfaces;
  }
  const settings = av.Dictionary.fromObject(options);
  const opened = await context.open2(codec, settings);
  settings.free();
  if (opened < 0) {
    context.freeContext();
    throw new Error(`${codec.name} does not open (${opened})`);
  }
  return context;
}

/** Decodes packets; `look` sees every picture. The time of the first picture tells what a session takes to begin. */
async function decode(context, packets, look) {
  const start = performance.now();
  let first = 0;
  let count = 0;
  let failed = 0;
  const take = async () => {
    for (;;) {
      const picture = new av.Frame();
      picture.alloc();
      const got = await context.receiveFrame(picture);
      if (got >= 0) {
        if (count++ === 0) first = performance.now() - start;
        await look?.(picture);
      }
      picture.free();
      if (got < 0) return;
    }
  };
  for (const packet of packets) {
    let sent = await context.sendPacket(packet);
    while (sent === -11) {
      await take();
      sent = await context.sendPacket(packet);
    }
    if (sent < 0) failed++;
    await take();
  }
  await context.sendPacket(null);
  await take();
  return { count, failed, first, seconds: (performance.now() - start) / 1000 };
}

/** Luma of some pictures by time stamp. */
function comparing(found, stamps) {
  return async (picture) => {
    const stamp = picture.bestEffortTimestamp;
    if (!stamps.has(stamp)) return;
    let host = picture;
    if (picture.isHwFrame()) {
      host = new av.Frame();
      host.alloc();
      await picture.hwframeTransferData(host);
    }
    const hash = createHash('sha256');
    const [luma] = host.data;
    for (let y = 0; y < picture.height; y++)
      hash.update(luma.subarray(y * host.linesize[0], y * host.linesize[0] + picture.width));
    found.set(stamp, hash.digest('hex'));
    if (host !== picture) host.free();
  };
}

const engine = [
  ['one session', { decoder: 'engine' }],
  ['one session, 8 more surfaces', { decoder: 'engine', surfaces: 8 }],
  ['one session, 2 held back', { decoder: 'engine', delay: 2, surfaces: 4 }],
  ['one session, 4 held back', { decoder: 'engine', delay: 4, surfaces: 6 }],
  ['one session, 8 held back', { decoder: 'engine', delay: 8, surfaces: 10 }],
  ['one session, 2 threads', { decoder: 'engine', threads: 2 }],
  ['one session, 4 threads', { decoder: 'engine', threads: 4 }],
  ['one session, no copy', { decoder: 'engine', options: { hwaccel_flags: 'unsafe_output' } }],
  ['cuvid', { decoder: 'cuvid' }],
  ['cuvid, 20 surfaces', { decoder: 'cuvid', options: { surfaces: '20' } }],
  ['2 sessions', { decoder: 'engine', sessions: 2 }],
  ['3 sessions', { decoder: 'engine', sessions: 3 }],
  ['4 sessions', { decoder: 'engine', sessions: 4 }],
  ['4 sessions, 4 held back', { decoder: 'engine', sessions: 4, delay: 4, surfaces: 6 }],
  ['7 sessions', { decoder: 'engine', sessions: 7 }],
  ['4 cuvid sessions', { decoder: 'cuvid', sessions: 4 }],
];
const software = [
  ['software, 1 thread', { decoder: 'software', threads: 1 }],
  ['software', { decoder: 'software', threads: 0 }],
  ['software, 4 held back', { decoder: 'software', threads: 1, delay: 4 }],
  ['software, 2 sessions', { decoder: 'software', threads: 1, sessions: 2 }],
];

const results = [];
for (const clip of clips) {
  const file = await packetsOf(clip);
  const keys = file.packets.filter(({ flags }) => (flags & 1) !== 0).length;
  const label = clip.split('/').at(-1);
  console.log(`\n${label}: ${file.name}, ${file.packets.length} packets, ${keys} key frames`);
  const stamps = new Set(
    file.packets
      .map(({ pts }) => pts)
      .sort((a, b) => Number(a - b))
      .filter((_, i) => i % COMPARED === 0),
  );
  const wanted = new Map();
  const reference = await open(file, { decoder: 'software', threads: 0 });
  const { count: pictures } = await decode(reference, file.packets, comparing(wanted, stamps));
  reference.freeContext();
  const ways = onCpu ? software : [software[1], ...engine];
  for (const [way, settings] of ways) {
    try {
      const cut = parts(file.packets, settings.sessions ?? 1);
      const found = new Map();
      const [alone, whole, opening, ending, first] = [[], [], [], [], []];
      let count = 0;
      for (let run = 0; run <= RUNS; run++) {
        const begun = performance.now();
        const contexts = await Promise.all(cut.map(() => open(file, settings)));
        const opened = performance.now() - begun;
        const look = run === 0 ? comparing(found, stamps) : undefined;
        const start = performance.now();
        const done = await Promise.all(contexts.map((context, i) => decode(context, cut[i], look)));
        const seconds = (performance.now() - start) / 1000;
        count = done.reduce((sum, part) => sum + part.count, 0);
        const end = performance.now();
        for (const context of contexts) context.freeContext();
        if (run === 0) continue;
        ending.push(performance.now() - end);
        opening.push(opened);
        first.push(Math.max(...done.map((part) => part.first)));
        // What the first picture takes beside its share is the making of the session.
        alone.push(count / (seconds - median(first) / 1000));
        whole.push(count / (seconds + opened / 1000));
      }
      const same = [...wanted].filter(([stamp, hash]) => found.get(stamp) === hash).length;
      const row = {
        clip: label,
        way,
        sessions: cut.length,
        fps: median(alone),
        whole: median(whole),
        opening: median(opening),
        first: median(first),
        ending: median(ending),
        count,
        pictures,
        same,
        compared: wanted.size,
      };
      results.push(row);
      const verdict =
        count === pictures && same === wanted.size
          ? 'same'
          : `DIFFERENT (${count}/${pictures} pictures, ${same}/${wanted.size} same)`;
      console.log(
        `${way.padEnd(30)} ${String(row.sessions).padStart(2)} ${row.fps.toFixed(0).padStart(6)} fps after the first, ${row.whole.toFixed(0).padStart(6)} with opening; open ${row.opening.toFixed(1).padStart(6)} ms, first ${row.first.toFixed(1).padStart(6)} ms, end blocks ${row.ending.toFixed(1).padStart(6)} ms; ${verdict}`,
      );
    } catch (error) {
      console.log(`${way.padEnd(30)} none: ${error.message}`);
    }
  }
  for (const packet of file.packets) packet.free();
  await file.context.closeInput();
}
console.log(JSON.stringify({ node: process.version, threads: process.env.UV_THREADPOOL_SIZE, runs: RUNS, results }));
