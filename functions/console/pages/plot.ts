import { formatAmount, formatDuration, rfc3339 } from '../../../shared/views/format.ts';
import type { Layer, Series } from '../../../shared/views/activity.ts';
import { html, type Html } from './html.ts';

const width = 480;
const height = 96;
/** The number of colours of layers in the style. */
const colours = 6;

/**
 * Draws stacked bars over time. A screen reader and a pointer get the numbers as text. It needs no script, and no style
 * in the page, which the Content-Security-Policy forbids.
 */
export function plot({ title, span, layers, isSum }: Series): Html {
  const highest = Math.max(0, ...stepSums(layers));
  const toMs = span.fromMs + span.steps * span.stepMs;
  const most = `at most ${formatAmount(highest)}${isSum ? ` in ${formatDuration(span.stepMs)}` : ''}`;
  const said = `${title}, ${most}`;
  return html`<figure class="plot">
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${said}">
      ${highest > 0 ? bars(layers, highest, span.steps) : undefined}
    </svg>
    <p class="axis"><span>${shortTime(span.fromMs)}</span><span>${most}</span><span>${shortTime(toMs)}</span></p>
    <ul class="legend">
      ${layers.map((layer, i) => legend(layer, i, isSum))}
    </ul>
  </figure>`;
}

function stepSums(layers: readonly Layer[]): readonly number[] {
  const steps = layers[0]?.amounts.length ?? 0;
  return Array.from({ length: steps }, (_, step) => layers.reduce((sum, { amounts }) => sum + (amounts[step] ?? 0), 0));
}

function bars(layers: readonly Layer[], highest: number, steps: number): readonly Html[] {
  const barWidth = width / steps;
  return layers.flatMap(({ name, amounts }, i) =>
    amounts.flatMap((amount, step) => {
      if (amount === 0) return [];
      const below = layers.slice(0, i).reduce((sum, layer) => sum + (layer.amounts[step] ?? 0), 0);
      const tall = (amount / highest) * height;
      const y = height - (below / highest) * height - tall;
      return [
        html`<rect
          class="layer-${i % colours}"
          x="${(step * barWidth).toFixed(1)}"
          y="${y.toFixed(1)}"
          width="${(barWidth * 0.85).toFixed(1)}"
          height="${Math.max(1, tall).toFixed(1)}"
        >
          <title>${name}: ${formatAmount(amount)}</title>
        </rect>`,
      ];
    }),
  );
}

function legend({ name, amounts }: Layer, i: number, isSum: boolean): Html {
  const amount = isSum ? amounts.reduce((a, b) => a + b, 0) : (amounts.at(-1) ?? 0);
  return html`<li>
    <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      <rect class="layer-${i % colours}" width="10" height="10" />
    </svg>
    ${name} ${formatAmount(amount)}${isSum ? undefined : ' now'}
  </li>`;
}

/** Spells a time to the minute, with its day: plots are of a day or so. */
function shortTime(atMs: number): string {
  return rfc3339(atMs).slice(5, 16).replace('T', ' ');
}
