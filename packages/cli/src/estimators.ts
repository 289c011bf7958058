import { createRegistry, type EstimatorPlugin, type Registry } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import ihn from '@gimbal/ihn';

/** The estimators that come with the program; installed plug-ins are found when they are asked for. */
export const estimators: Registry = createRegistry([classical as EstimatorPlugin, ihn as EstimatorPlugin]);
