import type { OffStep } from '../gaps/off-step.ts';
import { formatAmount, formatCount } from './format.ts';

/** Says how many events are off the step of a stream, and names some. Undefined if there are none. */
export function spellOffStep({ count, ids }: OffStep, step: number): string | undefined {
  if (count === 0) return undefined;
  const more = count > ids.length ? ` and ${formatAmount(count - ids.length)} more` : '';
  const verb = count === 1 ? 'has an id' : 'have ids';
  return `${formatCount(count, 'event')} ${verb} off the step of ${step}: ${ids.join(', ')}${more}`;
}
