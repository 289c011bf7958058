import { expect, it } from 'vitest';
import { PROJECT_ADDRESS, withAbsoluteLinks } from './projectAddress.mjs';

it('leads relative links to the repository, and leaves the others', () => {
  const markdown =
    '[a](../../docs/x.md#y) [b](MODEL_CARD.md) ![c](../../docs/p.svg) [d](#licence) [e](https://example.org/z)';
  const at = (kind: string, file: string) => `(${PROJECT_ADDRESS}/${kind}/main/${file})`;
  expect(withAbsoluteLinks(markdown, 'packages/ihn')).toBe(
    `[a]${at('blob', 'docs/x.md#y')} [b]${at('blob', 'packages/ihn/MODEL_CARD.md')} ![c]${at('raw', 'docs/p.svg')} [d](#licence) [e](https://example.org/z)`,
  );
});
