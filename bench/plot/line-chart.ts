import { colourOf, frame, LogScale, spellTick, svgElement, svgPlot, svgText } from './svg.ts';

/** The figures of one series. */
export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const plotHeight = 320;
/** The width of the labels at the right, in pixels. */
const labelWidth = 190;

/** Draws lines over two logarithmic axes. */
export function lineChart(
  title: string,
  axes: { readonly x: string; readonly y: string },
  lines: readonly Line[],
): string {
  const bottom = plotHeight - frame.bottom;
  const right = frame.width - labelWidth;
  const points = lines.flatMap((line) => line.points);
  const x = new LogScale(
    points.map((point) => point.x),
    frame.left,
    right,
  );
  const y = new LogScale(
    points.map((point) => point.y),
    bottom,
    frame.top,
  );
  const grid = [
    ...x.ticks.flatMap((tick) => [
      svgElement('line', { x1: x.at(tick), x2: x.at(tick), y1: frame.top, y2: bottom, stroke: '#d0d7de' }),
      svgText(spellTick(tick), { x: x.at(tick), y: bottom + 16, 'text-anchor': 'middle' }),
    ]),
    ...y.ticks.flatMap((tick) => [
      svgElement('line', { x1: frame.left, x2: right, y1: y.at(tick), y2: y.at(tick), stroke: '#d0d7de' }),
      svgText(spellTick(tick), { x: frame.left - 8, y: y.at(tick) + 4, 'text-anchor': 'end' }),
    ]),
  ];
  const names = [
    svgText(axes.x, { x: frame.left, y: bottom + 34 }),
    svgText(axes.y, { x: 12, y: frame.top - 8, fill: '#57606a' }),
  ];
  return svgPlot(title, plotHeight, [
    ...grid,
    ...names,
    ...lines.flatMap((line, i) => drawLine(line, i, { x, y, right, labelY: labelPlaces(lines, y)[i] ?? 0 })),
  ]);
}

interface Place {
  readonly x: LogScale;
  readonly y: LogScale;
  readonly right: number;
  readonly labelY: number;
}

function drawLine({ label, points }: Line, series: number, { x, y, right, labelY }: Place): readonly string[] {
  const stroke = colourOf(series);
  const places = points.map((point) => ({ x: x.at(point.x), y: y.at(point.y) }));
  return [
    svgElement('polyline', {
      ...{ points: places.map((place) => `${place.x.toFixed(1)},${place.y.toFixed(1)}`).join(' ') },
      ...{ fill: 'none', stroke, 'stroke-width': 2 },
    }),
    ...places.map((place) => svgElement('circle', { cx: place.x, cy: place.y, r: 3, fill: stroke })),
    svgText(label, { x: right + 10, y: labelY, fill: stroke }),
  ];
}

/** The labels stand beside the ends of their lines, and at least a line of text apart. */
function labelPlaces(lines: readonly Line[], y: LogScale): readonly number[] {
  const wanted = lines.map(({ points }, i) => ({ i, at: y.at(points.at(-1)?.y ?? 1) + 4 }));
  const places: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { i, at } of wanted.toSorted((a, b) => a.at - b.at)) {
    last = Math.max(at, last + 15);
    places[i] = last;
  }
  return places;
}
