import { choice, text, UsageError, type Arguments } from '../command.ts';
import { streamOf } from '../connection.ts';

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

/** The longest time that a timer of Node holds, in seconds: 2^31 − 1 ms. */
const mostSeconds = 2_147_483;

export function readSettings(args: Arguments): Settings {
  const stream = streamOf(args);
  return {
    stream,
    voids: choice(args, 'void', ['off', 'on']) === 'on',
    subscription: text(args, 'subscription') ?? `eventmend-respond-${stream}`,
    once: args.values.once === true,
    forMs: timeOf(args),
    json: args.values.json === true,
  };
}

function timeOf(args: Arguments): number | undefined {
  const given = text(args, 'for');
  if (given === undefined) return undefined;
  const seconds = Number(given);
  if (!(seconds > 0 && seconds <= mostSeconds))
    throw new UsageError(`--for is a number of seconds, more than 0 and at most ${mostSeconds}`);
  return Math.ceil(seconds * 1_000);
}
