import type { Evaluation } from './evaluation.ts';
import type { Score } from './score.ts';

/** Sizes in pixels: the square of the diagram, its margins, and the strip of bars below. */
const side = 360;
const margin = { left: 64, top: 48, right: 24 };
const bars = { top: margin.top + side + 44, height: 90 };
const width = margin.left + side + margin.right;
const height = bars.top + bars.height + 44;
const colours = { ours: '#1a73e8', baseline: '#b06000', ink: '#3c4043', grid: '#dadce0' };

/** Draws a reliability diagram as SVG: accuracy over confidence. On the dashed line both are equal. */
export function drawReliability(result: Evaluation): string {
  const most = Math.max(1, ...result.reliability.map(({ count }) => count));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="${colours.ink}">`,
    '<title>Reliability of inferred types</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...axes(),
    line(0, 0, 1, 1, `stroke="${colours.grid}" stroke-dasharray="4 4"`),
    ...curve(result, colours.ours),
    ...curve(result.baseline, colours.baseline),
    ...legend(result),
    ...result.reliability.map(({ count }, i) => bar(i, count, most)),
    `<text x="${margin.left - 8}" y="${bars.top + 10}" text-anchor="end">${most}</text>`,
    `<text x="${margin.left - 8}" y="${bars.top + bars.height}" text-anchor="end">0</text>`,
    `<text x="${margin.left + side / 2}" y="${bars.top + bars.height + 20}" text-anchor="middle">inferred events by confidence</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function axes(): readonly string[] {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    `<rect x="${margin.left}" y="${margin.top}" width="${side}" height="${side}" fill="none" stroke="${colours.grid}"/>`,
    ...ticks.flatMap((tick) => [
      `<text x="${x(tick)}" y="${y(0) + 16}" text-anchor="middle">${tick}</text>`,
      `<text x="${x(0) - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    `<text x="${x(0.5)}" y="${y(0) + 32}" text-anchor="middle">confidence</text>`,
    `<text transform="translate(20 ${y(0.5)}) rotate(-90)" text-anchor="middle">accuracy</text>`,
  ];
}

/** Draws a point for each bin that has events, and a line through the points. */
function curve({ reliability }: Score, colour: string): readonly string[] {
  const points = reliability.flatMap(({ confidence, accuracy }) =>
    confidence === null || accuracy === null ? [] : [{ at: x(confidence), up: y(accuracy) }],
  );
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(({ at, up }) => `${at},${up}`).join(' ')}"/>`,
    ...points.map(({ at, up }) => `<circle cx="${at}" cy="${up}" r="4" fill="${colour}"/>`),
  ];
}

function legend({ ece, typeAccuracy, baseline }: Evaluation): readonly string[] {
  const entry = (name: string, score: Pick<Score, 'typeAccuracy' | 'ece'>, row: number, colour: string): string =>
    `<text x="${margin.left}" y="${18 + 16 * row}" fill="${colour}">${name}: type accuracy ${score.typeAccuracy.toFixed(3)}, ECE ${score.ece.toFixed(3)}</text>`;
  return [entry('inferred', { ece, typeAccuracy }, 0, colours.ours), entry('baseline', baseline, 1, colours.baseline)];
}

function bar(bin: number, count: number, most: number): string {
  const tall = rounded((count / most) * bars.height);
  return `<rect x="${x(bin / 10) + 2}" y="${bars.top + bars.height - tall}" width="${side / 10 - 4}" height="${tall}" fill="${colours.ours}" fill-opacity="0.5"><title>${count}</title></rect>`;
}

function line(fromX: number, fromY: number, toX: number, toY: number, style: string): string {
  return `<line x1="${x(fromX)}" y1="${y(fromY)}" x2="${x(toX)}" y2="${y(toY)}" ${style}/>`;
}

function x(share: number): number {
  return rounded(margin.left + share * side);
}

function y(share: number): number {
  return rounded(margin.top + (1 - share) * side);
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
