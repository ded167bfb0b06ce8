import { colourOf, frame, LogScale, spellTick, svgElement, svgPlot, svgText } from './svg.ts';

/** A figure, and the bound that it must reach. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly bound?: number | undefined;
  /** Undefined without a bound. */
  readonly passed?: boolean | undefined;
}

const barHeight = 16;
const rowHeight = 24;
/** The width of the labels, in pixels. */
const labelWidth = 380;

/** Draws bars on a logarithmic axis. A line in a bar's row is its bound. */
export function barChart(title: string, axis: string, bars: readonly Bar[]): string {
  const bottom = frame.top + bars.length * rowHeight;
  const values = bars.flatMap(({ value, bound = value }) => [value, bound]);
  const scale = new LogScale([...values, 1], labelWidth, frame.width - frame.right - 40);
  const grid = scale.ticks.flatMap((tick) => {
    const x = scale.at(tick);
    return [
      svgElement('line', { x1: x, x2: x, y1: frame.top, y2: bottom, stroke: tick === 1 ? '#57606a' : '#d0d7de' }),
      svgText(spellTick(tick), { x, y: bottom + 16, 'text-anchor': 'middle' }),
    ];
  });
  const legend = svgText(axis, { x: frame.width - frame.right, y: bottom + 34, 'text-anchor': 'end' });
  return svgPlot(title, bottom + frame.bottom, [
    ...grid,
    ...bars.flatMap((bar, i) => drawBar(bar, frame.top + i * rowHeight, scale)),
    legend,
  ]);
}

/** A bar begins at 1, where ours and the baseline are equal. */
function drawBar({ label, value, bound, passed }: Bar, top: number, scale: LogScale): readonly string[] {
  const [zero, end] = [scale.at(1), scale.at(value)];
  const y = top + (rowHeight - barHeight) / 2;
  const fill = colourOf(passed === false ? 1 : 0);
  const middle = y + barHeight - 4;
  return [
    svgText(label, { x: labelWidth - 10, y: middle, 'text-anchor': 'end' }),
    svgElement('rect', {
      ...{ x: Math.min(zero, end), y, height: barHeight, fill },
      width: Math.max(1, Math.abs(end - zero)),
    }),
    svgText(spellFigure(value), {
      x: Math.max(zero, end, bound === undefined ? zero : scale.at(bound)) + 6,
      y: middle,
    }),
    ...(bound === undefined ? [] : [drawBound(scale.at(bound), y)]),
  ];
}

function drawBound(x: number, y: number): string {
  return svgElement('line', {
    ...{ x1: x, x2: x, y1: y - 3, y2: y + barHeight + 3 },
    ...{ stroke: '#24292f', 'stroke-width': 2 },
  });
}

function spellFigure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
