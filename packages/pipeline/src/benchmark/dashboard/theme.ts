/** Colours of one appearance. */
export interface Theme {
  readonly page: string;
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly warn: string;
  /** One colour an estimator; after the last they begin again, with other marks. */
  readonly series: readonly string[];
}

/** Told apart by readers who see red and green alike, and of similar contrast to the page. */
export const LIGHT: Theme = {
  page: '#f6f7f9',
  surface: '#ffffff',
  ink: '#16202c',
  muted: '#5b6876',
  grid: '#dfe4ea',
  warn: '#b3261e',
  series: ['#0a66c2', '#c75300', '#0b7f5c', '#8e3bb8', '#8a6a00', '#b8255f'],
};

export const DARK: Theme = {
  page: '#10151b',
  surface: '#181f27',
  ink: '#e8edf3',
  muted: '#9aa7b5',
  grid: '#2c3641',
  warn: '#ff8a80',
  series: ['#62aeff', '#ff9a4d', '#4cd0a4', '#d395ff', '#e5c04b', '#ff85b1'],
};

/** How many estimators have a colour of their own. */
export const SERIES = LIGHT.series.length;

/** Class of everything that belongs to the n-th estimator. */
export function seriesClass(index: number): string {
  return `s${index % SERIES}`;
}

/** Rules for the marks of all plots; `colour` names a colour or reads it from a variable of the page. */
export function plotStyle(colour: (name: string) => string): string {
  const series = Array.from(
    { length: SERIES },
    (_, i) => `.s${i}{fill:${colour(`s${i}`)};stroke:${colour(`s${i}`)}}`,
  ).join('');
  return [
    'text{font-size:12px}',
    `.ink{fill:${colour('ink')}}.strong{fill:${colour('ink')};font-weight:600}.muted{fill:${colour('muted')}}`,
    `.small{fill:${colour('muted')};font-size:11px}.warn{fill:${colour('warn')}}`,
    `.grid{stroke:${colour('grid')};stroke-width:1}.link{stroke:${colour('muted')};stroke-width:1;opacity:.45}`,
    `.before{fill:none;stroke:${colour('ink')};stroke-width:1.25}`,
    `.even{fill:${colour('grid')}}.ring{fill:none;stroke:${colour('warn')};stroke-width:1.5}`,
    series,
    '.whisker{stroke-width:2;stroke-linecap:round}.pale{opacity:.35;stroke:none}.mark{stroke:none}',
  ].join('');
}

/** The same rules with the colours of a theme written out, for an image that stands alone. */
export function standaloneStyle(theme: Theme): string {
  const named: Record<string, string> = { ...theme, series: '' };
  for (const [i, colour] of theme.series.entries()) named[`s${i}`] = colour;
  return plotStyle((name) => named[name]);
}
