/** Text that may stand between tags or in an attribute. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** An SVG element; numbers are rounded to a hundredth of a pixel, `undefined` attributes left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escaped(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Text at a place; `anchor` says which end of it. */
export function label(
  x: number,
  y: number,
  content: string,
  { anchor = 'start', className = 'ink' }: { anchor?: 'start' | 'middle' | 'end'; className?: string } = {},
): string {
  return element('text', { x, y, 'text-anchor': anchor, class: className }, escaped(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return element('line', { x1, y1, x2, y2, class: className });
}

/** What a reader is told when pointing at the mark that holds it. */
export function hint(content: string): string {
  return element('title', {}, escaped(content));
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
