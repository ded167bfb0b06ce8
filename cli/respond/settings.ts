import { checkStream, streamOption } from '../connection.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';

/** The longest time that a timer of Node holds, in seconds: 2^31 − 1 ms. */
const maxTimerSeconds = 2_147_483;

export const respondOptions = {
  stream: streamOption,
  void: {
    kind: 'choice',
    words: ['on', 'off'],
    default: 'off',
    help: [
      'call void what FILE lacks between its lowest and its highest id. FILE must be all that the stream ever had:',
      'an id that it lacks is said never to have existed',
    ],
  },
  subscription: {
    kind: 'text',
    value: 'NAME',
    help: 'the subscription on reprocess-requests, made where there is none; without it, eventmend-respond-STREAM',
  },
  once: { kind: 'flag', help: 'end when no request has come for five seconds' },
  for: { kind: 'number', value: 'SECONDS', min: 0.001, max: maxTimerSeconds, help: 'end after this time' },
  json: { kind: 'flag', help: 'print a JSON object a request, and nothing else' },
} as const satisfies OptionDeclarations;

export interface Settings {
  readonly stream: string;
  readonly voids: boolean;
  /** The subscription's name. */
  readonly subscription: string;
  readonly once: boolean;
  /** Undefined for until a Ctrl-C. */
  readonly forMs: number | undefined;
  readonly json: boolean;
}

/** @throws UsageError if the value of `--stream` is no name of a stream. */
export function settingsOf(values: OptionValues<typeof respondOptions>): Settings {
  const { stream, subscription = `eventmend-respond-${stream}`, once, json } = values;
  checkStream(stream);
  const forMs = values.for === undefined ? undefined : Math.ceil(values.for * 1_000);
  return { stream, voids: values.void === 'on', subscription, once, forMs, json };
}
