/**
 * Rows of cells in columns as wide as their widest cell, two spaces apart and in.
 * @param align `l` or `r` for each column.
 */
export function textTable(rows: readonly (readonly string[])[], align: string): string {
  const widths = Array.from(align, (_, c) => Math.max(0, ...rows.map((row) => (row[c] ?? '').length)));
  const cellText = (cell: string, c: number) => (align[c] === 'r' ? cell.padStart(widths[c]) : cell.padEnd(widths[c]));
  return rows.map((row) => `  ${row.map(cellText).join('  ').trimEnd()}\n`).join('');
}
