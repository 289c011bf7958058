import { describe, expect, it } from 'vitest';
import { didYouMean } from './didYouMean.js';
import { readFlags } from './parseFlags.js';
import { checkConfig } from './readConfig.js';
import { mergeSettings, SETTINGS } from './settings.js';

describe('settings', () => {
  it('prefer the command line to the file, the file to the defaults', () => {
    const merged = mergeSettings({ strength: 0.9 }, { strength: 0.1, border: 'mirror' });
    expect([merged.strength, merged.border, merged.device, merged.evaluate]).toEqual([0.9, 'mirror', 'auto', false]);
    expect(mergeSettings({ evaluate: false, overwrite: false }, { evaluate: true, overwrite: true })).toMatchObject({
      evaluate: false,
      overwrite: false,
    });
  });

  it('add up the options of one estimator and forget those of another', () => {
    const config = { estimator: 'a', estimatorOptions: { x: 1, y: 2 } };
    expect(mergeSettings({ estimatorOptions: { y: 3 } }, config).estimatorOptions).toEqual({ x: 1, y: 3 });
    expect(mergeSettings({ estimator: 'b' }, config).estimatorOptions).toEqual({});
  });

  it('read flags, naming the one that is wrong', () => {
    expect(readFlags({ strength: '0.3', estimatorOption: ['grid=64', 'name=left', 'on=true'] })).toEqual({
      strength: 0.3,
      estimatorOptions: { grid: 64, name: 'left', on: true },
    });
    expect(() => readFlags({ strength: '2' })).toThrow('--strength expects a number from 0 to 1; received "2".');
    expect(() => readFlags({ estimatorOption: ['grid'] })).toThrow(
      '--estimator-option expects key=value; received "grid".',
    );
  });

  it('read regions one after the other, also from a config file', () => {
    const region = ['0,0,50%,100%', 'ignore:10,10,20,20'];
    expect(readFlags({ region, mask: 'mask.png' })).toEqual({ region, mask: 'mask.png' });
    expect(checkConfig({ region }, 'f')).toEqual({ region });
    expect(checkConfig({ region: region[0] }, 'f')).toEqual({ region: [region[0]] });
    expect(() => readFlags({ region: ['0,0,1'] })).toThrow('--region expects x,y,width,height in pixels or percent');
  });

  it('check a config file, naming file and key', () => {
    expect(checkConfig({ strength: 0.5, maxCrop: '15%' }, 'f')).toEqual({ strength: 0.5, maxCrop: 0.15 });
    expect(() => checkConfig({ stength: 0.5 }, 'gimbal.config.json')).toThrow(
      'gimbal.config.json: unknown key "stength". Did you mean "strength"?',
    );
    expect(() => checkConfig({ strength: 'much' }, 'f')).toThrow(
      'f: "strength" must be a number from 0 to 1; received "much".',
    );
    expect(() => checkConfig([], 'f')).toThrow('f: expected an object as the default export, received an array.');
  });

  it('smooth with a local smoother in one pass unless another is named', () => {
    expect(mergeSettings({}, {}).smoother).toBe('min-acceleration');
    expect(mergeSettings({ lookAhead: 2 }, {}).smoother).toBe('min-acceleration');
    expect(mergeSettings({}, { lookAhead: 2 }).smoother).toBe('min-acceleration');
    expect(mergeSettings({ lookAhead: 2 }, { smoother: 'l1-optimal' }).smoother).toBe('l1-optimal');
  });

  it('have defaults that they accept themselves', () => {
    for (const setting of Object.values(SETTINGS)) {
      if (setting.fallback !== undefined) expect(setting.kind.parse(setting.fallback)).toEqual(setting.fallback);
    }
  });
});

describe('didYouMean', () => {
  it('offers what is close and keeps silent otherwise', () => {
    expect(didYouMean('smother', ['smoother', 'strength'])).toBe(' Did you mean "smoother"?');
    expect(didYouMean('max_crop', ['maxCrop', 'codec'])).toBe(' Did you mean "maxCrop"?');
    expect(didYouMean('qqqqq', ['smoother', 'strength'])).toBe('');
  });
});
