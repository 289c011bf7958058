import fc from 'fast-check';

/** Property tests draw the same examples everywhere; GIMBAL_SEED draws others (`GIMBAL_SEED=$RANDOM npm test`). */
fc.configureGlobal({ seed: Number(process.env.GIMBAL_SEED ?? 20261121) });
