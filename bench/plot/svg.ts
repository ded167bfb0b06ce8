/** The size of all plots, and of the space around their axes, in pixels. */
export const frame = { width: 720, left: 70, right: 20, top: 46, bottom: 44 } as const;

/** The colours of the series, in their order. They differ for readers who see no red or green, too. */
const colours = ['#1f6feb', '#d9730d', '#7a3e9d', '#2d8a6e', '#888888'] as const;

export function colourOf(series: number): string {
  return colours[series % colours.length] ?? colours[0];
}

type SvgAttributes = Readonly<Record<string, string | number>>;

/** Writes an element. @param content Markup, or nothing. */
export function svgElement(name: string, attributes: SvgAttributes, content = ''): string {
  const spelt = Object.entries(attributes).map(([key, value]) => ` ${key}="${spellValue(value)}"`);
  return content === '' ? `<${name}${spelt.join('')}/>` : `<${name}${spelt.join('')}>${content}</${name}>`;
}

export function svgText(text: string, attributes: SvgAttributes): string {
  return svgElement('text', attributes, escapeSvg(text));
}

/** Writes a whole plot. @param title Its heading, which screen readers read. */
export function svgPlot(title: string, height: number, parts: readonly string[]): string {
  const { width } = frame;
  const font = { 'font-family': 'system-ui, sans-serif', 'font-size': 12, fill: '#24292f' };
  const head = [
    svgElement('title', {}, escapeSvg(title)),
    svgElement('rect', { width, height, fill: '#ffffff' }),
    svgText(title, { x: 12, y: 22, 'font-size': 14, 'font-weight': 600 }),
  ];
  const root = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, role: 'img', ...font };
  return `${svgElement('svg', root, `\n${[...head, ...parts].join('\n')}\n`)}\n`;
}

/** Maps values to pixels on a logarithmic axis. */
export class LogScale {
  readonly ticks: readonly number[];
  private readonly fromPixel: number;
  private readonly toPixel: number;
  private readonly low: number;
  private readonly high: number;

  /** @param values Positive. The axis reaches from the power of ten below them to the one above. */
  constructor(values: readonly number[], fromPixel: number, toPixel: number) {
    this.low = Math.floor(Math.log10(Math.min(...values)));
    this.high = Math.max(this.low + 1, Math.ceil(Math.log10(Math.max(...values))));
    this.fromPixel = fromPixel;
    this.toPixel = toPixel;
    this.ticks = Array.from({ length: this.high - this.low + 1 }, (_, i) => 10 ** (this.low + i));
  }

  at(value: number): number {
    const share = (Math.log10(value) - this.low) / (this.high - this.low);
    return this.fromPixel + share * (this.toPixel - this.fromPixel);
  }
}

/** Spells a number of an axis: 0.01, 1, 1,000. */
export function spellTick(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));
}

function spellValue(value: string | number): string {
  return typeof value === 'number' ? String(Number(value.toFixed(1))) : escapeSvg(value);
}

function escapeSvg(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
