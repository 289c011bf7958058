/**
 * Names that were given up for the field's, with what stands in their place; docs/vocabulary.md says what the words mean. Matched as whole
 * identifiers, so that ordinary sentences may use an ordinary word.
 */
export const RETIRED: Readonly<Record<string, string>> = {
  LookAheadPlan: 'OnlinePlanner',
  PassAhead: 'StreamingPipeline',
  MotionStretch: 'MotionRange',
  RestingDecoder: 'IdleDecoder',
  KeptFrames: 'CacheStatistics',
  KeepingSource: 'CachingSource',
  HostPictures: 'FrameConverter',
  PlaneViews: 'ViewCache',
  DeviceSurfaces: 'GpuFramePool',
  FramePlace: 'FrameSlot',
  FramePlaces: 'DeviceStore, FrameAddresses',
  PicturePlace: 'PictureSlot',
  SideStreams: 'AuxiliaryStreams',
  ErrorWords: 'SerializedError',
  FrameWords: 'FrameDescriptor',
  PlaneWords: 'PlaneDescriptor',
  PictureWords: 'PictureDescriptor',
  atRest: 'idle',
  bendIntoBudget: 'softClampToBudget',
  bringAhead: 'prefetchToDevice',
  createTurns: 'a mutex',
  inTurn: 'a mutex',
  deviceRoom: 'deviceMemoryInfo',
  fieldKeeper: 'compactFields',
  framesUnderWay: 'framesInFlight',
  furtherLooks: 'multi-start',
  gatherCalls: 'coalesceCalls',
  howCutOff: 'truncationCheck',
  isEnough: 'early stopping',
  judgement: 'model selection',
  letGo: 'detach',
  lookAheadPlan: 'onlinePlanner',
  pullBack: 'attenuateToBudget',
  samePicture: 'framesEqual',
  secondLooks: 're-estimation',
  shareOut: 'distribute',
  stepChoice: 'early exit',
  stillWindow: 'staticCrop',
  takeOver: 'failOver',
  tellAtRest: 'notify when idle',
  toneAligned: 'photometric alignment',
  wholeWindow: 'fullFrame',
  GIMBAL_ANYWHERE: 'GIMBAL_HOST_DEVICE',
};

const pattern = new RegExp(`(?<![\\w$])(${Object.keys(RETIRED).join('|')})(?![\\w$])`, 'g');

/** `name → replacement` for every retired name in a source file or document. */
export function retiredWords(text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([name]) => `${name} → ${RETIRED[name]}`))];
}
