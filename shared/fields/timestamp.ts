import type { Instant } from '../instant.ts';
import { epochUnits, parseEpoch, type EpochUnit } from '../timestamps/epoch.ts';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import { kindOf, type Read } from './misfit.ts';

/** How a timestamp may be written beside ISO 8601: as a number of units since 1970, or as in RFC 2822. */
export const timeForms = [...epochUnits, 'rfc2822'] as const;
export type TimeForm = (typeof timeForms)[number];

const isoAccepted = 'a date and time of ISO 8601';
const accepted: Readonly<Record<TimeForm, string>> = {
  s: 'a number of seconds since 1970',
  ms: 'a number of milliseconds since 1970',
  us: 'a number of microseconds since 1970',
  rfc2822: 'a date and time of RFC 2822',
};

/**
 * Reads the timestamp of an event. A date and time of ISO 8601 is read in every form.
 *
 * @param spelt The text of a number, where a plain parse may have changed its value.
 */
export function readTimestamp(value: unknown, spelt?: string, form?: TimeForm): Read<Instant> {
  const instant = instantOf(value, spelt, form);
  if (instant) return { value: instant };
  return {
    misfit: {
      found: typeof value === 'string' ? kindOfTime(value) : kindOf(value),
      accepted:
        form === undefined ? `${isoAccepted} such as 2025-02-09T12:00:00Z` : `${accepted[form]}, or ${isoAccepted},`,
    },
  };
}

const wholeNumber = /^-?\d+$/;

function instantOf(value: unknown, spelt: string | undefined, form: TimeForm | undefined): Instant | undefined {
  if (typeof value === 'number') return isUnit(form) ? parseEpoch(spelt ?? String(value), form) : undefined;
  if (typeof value !== 'string') return undefined;
  if (isUnit(form) && wholeNumber.test(value)) return parseEpoch(value, form);
  return (form === 'rfc2822' ? parseRfc2822(value) : undefined) ?? parseIso8601(value);
}

function isUnit(form: TimeForm | undefined): form is EpochUnit {
  return form !== undefined && form !== 'rfc2822';
}

/** Names the kind of a text that is no timestamp. */
function kindOfTime(text: string): string {
  if (text.trim() === '') return kindOf(text.trim());
  if (/^\d+$/.test(text)) return 'a text of digits';
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'a date without a time';
  if (/^\d\d?[/.-]\d\d?[/.-]\d{2,4}\b/.test(text)) return 'a date whose day and month are not certain';
  return 'a text that names no instant';
}
