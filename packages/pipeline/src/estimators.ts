import { createRegistry, type EstimatorPlugin, type Registry } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import ihn from '@gimbal/ihn';

/** The estimators that come with the program; installed plug-ins are found when they are asked for. */
export const estimators: Registry = createRegistry([classical as EstimatorPlugin, ihn as EstimatorPlugin]);

/** Their packages, by their names. */
export const ESTIMATOR_PACKAGES: Readonly<Record<string, string>> = {
  [classical.meta.name]: '@gimbal/cuda-classical',
  [ihn.meta.name]: '@gimbal/ihn',
};
