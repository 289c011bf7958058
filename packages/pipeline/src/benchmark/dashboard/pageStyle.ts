import { DARK, LIGHT, plotStyle, type Theme } from './theme.js';

function variables(theme: Theme): string {
  const { series, ...named } = theme;
  const pairs = [...Object.entries(named), ...series.map((colour, i) => [`s${i}`, colour])];
  return pairs.map(([name, colour]) => `--${name}:${colour}`).join(';');
}

/** The style sheet of the dashboard: one column on a phone, up to three on a desk, light or dark as the reader's system is. */
export const PAGE_STYLE = [
  `:root{color-scheme:light dark;${variables(LIGHT)}}`,
  `@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}`,
  '*{box-sizing:border-box}',
  'body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}',
  'main{max-width:1120px;margin:0 auto;padding:20px 16px 56px}',
  'h1{font-size:clamp(22px,4vw,30px);line-height:1.2;margin:12px 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}',
  'h2{font-size:18px;margin:40px 0 4px}h3{font-size:15px;margin:0 0 8px}',
  'p{margin:4px 0 12px;max-width:72ch}.verdict{font-size:18px;line-height:1.4}.lead,.note{color:var(--muted)}.note{font-size:13px;margin:8px 0 0;line-height:1.45}',
  '.warnings{border-left:3px solid var(--warn);background:var(--surface);padding:10px 14px;margin:16px 0;border-radius:0 8px 8px 0}',
  '.warnings ul{margin:0;padding-left:18px}',
  '.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,250px),1fr));gap:14px;margin:18px 0}',
  '.card{background:var(--surface);border:1px solid var(--grid);border-radius:12px;padding:16px;min-width:0}',
  '.tile h3{display:flex;align-items:center;gap:8px;overflow-wrap:anywhere}.tile svg{flex:none;width:16px;height:16px}',
  '.tile .big{font-size:30px;line-height:1.1;font-weight:650;font-variant-numeric:tabular-nums}',
  '.tile dl{display:grid;grid-template-columns:1fr auto;gap:2px 12px;margin:12px 0 0;font-size:13px}',
  '.tile dt{color:var(--muted)}.tile dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}',
  '.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:14px;margin:12px 0}',
  'figure{margin:0}figure svg{display:block;width:100%;height:auto;overflow:visible}.phone{display:none!important}',
  '@media (max-width:760px){.desk{display:none!important}.phone{display:block!important}}',
  '.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0;font-size:13px}.key span{display:inline-flex;align-items:center;gap:6px}',
  '.key svg{width:14px;height:14px}',
  '.scroll{overflow-x:auto;margin:10px 0 18px;border:1px solid var(--grid);border-radius:12px;background:var(--surface)}',
  'table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}',
  'th,td{padding:7px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}',
  'tr:last-child td{border-bottom:0}th{color:var(--muted);font-weight:600}th:first-child,td:first-child{text-align:left}',
  '@media (max-width:760px){th,td{padding:6px 9px}table:not(.words) td:first-child{white-space:normal;min-width:8.5em}}',
  'table.words{min-width:520px}table.words td,table.words th{text-align:left;white-space:normal;min-width:8ch;vertical-align:top}',
  'table.words td{overflow-wrap:anywhere}td.warn{color:var(--warn)}',
  'details{margin:10px 0}summary{cursor:pointer;padding:6px 0;font-weight:600}',
  'code{font:12.5px ui-monospace,Menlo,Consolas,monospace}ul{padding-left:20px}li{margin:3px 0;overflow-wrap:anywhere}',
  '@media print{body{background:none}.card,.scroll{break-inside:avoid}}',
  plotStyle((name) => `var(--${name})`),
].join('\n');
