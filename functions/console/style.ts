/** The page's style. System fonts, numbers of one width, light or dark as the reader's system is. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9;
  --sheet: #ffffff;
  --line: #e3e6eb;
  --hover: #f8f9fb;
  --text: #1c2330;
  --faint: #626d7f;
  --link: #2358b8;
  --amber: #8a5200; --amber-tint: #fdf0d9;
  --blue: #1f55b5; --blue-tint: #e4edfc;
  --green: #17693b; --green-tint: #dff3e6;
  --violet: #6a3cb0; --violet-tint: #efe7fb;
  --red: #ab2430; --red-tint: #fce6e7;
  --grey: #525c6b; --grey-tint: #eceef2;
  --mono: ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1217;
    --sheet: #161a21;
    --line: #272d37;
    --hover: #1a1f27;
    --text: #dde2ea;
    --faint: #929cac;
    --link: #8ab2ff;
    --amber: #f0bc68; --amber-tint: #372a12;
    --blue: #94b9ff; --blue-tint: #1a2a47;
    --green: #7dd3a0; --green-tint: #13301f;
    --violet: #c3a6f7; --violet-tint: #2b2143;
    --red: #ff9ea3; --red-tint: #401c20;
    --grey: #adb6c4; --grey-tint: #262c36;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 56px; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 13px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
#page { max-width: 1440px; margin: 0 auto; padding: 0 24px; }
header {
  position: sticky; top: 0; z-index: 1;
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 28px; padding: 12px 0;
  background: var(--page);
}
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; }
nav a { color: var(--text); text-decoration: none; }
nav a:hover { text-decoration: underline; }
h1 { display: flex; align-items: center; gap: 8px; margin: 0; font-size: 16px; font-weight: 650; letter-spacing: -0.01em; }
h1 svg { fill: currentColor; }
h1 .mended { fill: none; stroke: var(--link); stroke-width: 1.6; }
.as-of { margin: 0 0 0 auto; color: var(--faint); }
section { margin: 10px 0 28px; }
section:last-child { padding-bottom: 24px; }
h2 { margin: 0 0 8px; font-size: 13px; font-weight: 650; }
.count { margin-left: 4px; color: var(--faint); font-weight: 400; }
a { color: var(--link); text-underline-offset: 2px; text-decoration-thickness: 1px; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.faint { color: var(--faint); }
.caution { color: var(--amber); }
.empty {
  margin: 0; padding: 16px; max-width: 100%;
  border: 1px dashed var(--line); border-radius: 8px;
  color: var(--faint);
}
.empty strong { color: var(--text); font-weight: 600; }
.scroll { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { padding-block: 7px; color: var(--faint); font-size: 12px; font-weight: 500; border-bottom: 1px solid var(--line); }
thead th[title] { cursor: help; }
tbody tr + tr > *, tbody + tbody > tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr:not(.group):hover { background: var(--hover); }
.group th { padding-block: 8px 6px; background: var(--hover); }
.number { text-align: right; }
.strong { font-weight: 650; }
.some { min-width: 160px; white-space: normal; }
.wide { width: 99%; min-width: 260px; white-space: normal; overflow-wrap: break-word; }
.badge {
  display: inline-block; padding: 0 7px; white-space: nowrap; border-radius: 5px;
  font-size: 12px; font-weight: 550; line-height: 19px;
  background: var(--grey-tint); color: var(--grey);
}
.open { background: var(--amber-tint); color: var(--amber); }
.requested, .sending, .sent { background: var(--blue-tint); color: var(--blue); }
.filled, .superseded { background: var(--green-tint); color: var(--green); }
.reconstructed { background: var(--violet-tint); color: var(--violet); }
.abandoned { background: var(--red-tint); color: var(--red); }
.letters { table-layout: fixed; min-width: 960px; }
.letters td { white-space: normal; overflow-wrap: anywhere; }
.letters .status { width: 108px; }
.letters .failed { width: 110px; }
.letters .event { width: 146px; }
.letters .reason { width: 292px; }
.letters .stage { width: 106px; white-space: nowrap; }
.stacked > * { display: block; }
code, .code, .preview { font-family: var(--mono); font-size: 12px; }
.code, .preview { line-height: 19.5px; }
.code { font-weight: 600; }
.preview { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
#notice {
  position: fixed; left: 50%; bottom: 16px; transform: translateX(-50%);
  margin: 0; padding: 8px 14px; border-radius: 8px;
  background: var(--amber-tint); color: var(--amber); border: 1px solid currentColor;
}
#notice:empty { display: none; }
@media (max-width: 700px) {
  #page { padding: 0 12px; }
}
`;
