import { catalogOption } from '../catalog-file/chosen-catalog.ts';
import { presetNames } from '../../shared/sources/presets.ts';
import type { Sources } from '../../shared/sources/sources.ts';
import { formatOption, sourceOption } from '../chosen-source.ts';
import { streamOption } from '../connection.ts';
import { chooseAnswerSource, type AnswerSource } from './answer-source.ts';
import { atOption, checkAt } from '../input/input-file.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';

/** The longest delay of a timer of Node, in seconds: 2^31 − 1 ms. */
const maxTimerSeconds = 2_147_483;

export const respondOptions = {
  stream: streamOption,
  at: atOption,
  source: { ...sourceOption, help: 'source of the catalog that the events are read by and published to' },
  format: { ...formatOption, help: ['the same, as the source that reads this format:', presetNames.join(', ')] },
  void: {
    kind: 'choice',
    words: ['on', 'off'],
    default: 'off',
    help: [
      'declare ids void that FILE lacks between its lowest and its highest id. Only if FILE has all events of the stream:',
      'a void says that the id never existed',
    ],
  },
  subscription: {
    kind: 'text',
    value: 'NAME',
    help: 'subscription on reprocess-requests, made if it does not exist; without it, eventmend-respond-STREAM',
  },
  once: { kind: 'flag', help: 'end when no request has come for five seconds' },
  for: { kind: 'number', value: 'SECONDS', min: 0.001, max: maxTimerSeconds, help: 'end after this time' },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object for each request, and nothing else' },
} as const satisfies OptionDeclarations;

export interface Settings {
  readonly source: AnswerSource;
  readonly at: string | undefined;
  readonly voids: boolean;
  /** The subscription's name. */
  readonly subscription: string;
  readonly once: boolean;
  /** Undefined to run until Ctrl-C. */
  readonly forMs: number | undefined;
  readonly json: boolean;
}

/** Reads the settings. @throws UsageError if the stream, the source or the value of `--at` is not valid. */
export function settingsOf(values: OptionValues<typeof respondOptions>, sources: Sources): Settings {
  const source = chooseAnswerSource(sources, values, values.stream);
  const { at, subscription = `eventmend-respond-${source.stream}`, once, json } = values;
  checkAt(at);
  const forMs = values.for === undefined ? undefined : Math.ceil(values.for * 1_000);
  return { source, at, voids: values.void === 'on', subscription, once, forMs, json };
}
