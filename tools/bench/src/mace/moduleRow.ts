import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Estimator } from '@gimbal/core';
import { estimatorRow } from './estimatorRow.js';
import type { Row } from './row.js';

const FORM = /^(?<name>[\w.+-]+)=(?<module>[^#{]+)#(?<maker>\w+)(?<options>\{.*\})?$/;

/**
 * A row from any module that makes estimators: `NAME=MODULE#FUNCTION{OPTIONS}`, such as
 * `ihn-3=@gimbal/ihn#createIhnEstimator{"refinements":3}`. The module is a package that this repository has installed, or a path; the options are JSON.
 * @param steps Whether an estimator that traces its steps has a line for each.
 * @throws Error when the text has another form, or the module makes something that is not an estimator.
 */
export async function moduleRow(text: string, steps: boolean): Promise<Row> {
  const parts = FORM.exec(text)?.groups;
  if (!parts) throw new Error(`An estimator is given as NAME=MODULE#FUNCTION{OPTIONS}, not as "${text}".`);
  const { name, module, maker, options } = parts;
  const place = module.startsWith('.') || path.isAbsolute(module) ? pathToFileURL(path.resolve(module)).href : module;
  const loaded: Record<string, unknown> = await import(place);
  const make = loaded[maker];
  if (typeof make !== 'function') throw new Error(`${module} exports no function "${maker}".`);
  const estimator: Estimator = await make(options === undefined ? {} : JSON.parse(options));
  if (typeof estimator?.estimate !== 'function') throw new Error(`${module}#${maker} made no estimator.`);
  return estimatorRow(name, estimator, { steps });
}
