import fc from 'fast-check';
import { answers, balances, consoleOf, Decoder } from './checks.ts';
import { message } from './messages.ts';
import { body, consoleRequest } from './requests.ts';

/** The most messages of a batch, which has half as many on average, and its most request bodies and console requests. */
export const mostMessages = 200;
const bodies = 20;
const requests = 20;

const several = <T>(arbitrary: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: 1, maxLength: most, size: 'max' });

/** Messages, some of which come twice. */
const messages = fc
  .tuple(several(message, mostMessages), fc.array(fc.nat(), { maxLength: 20 }))
  .map(([sent, again]) => [...sent, ...again.map((i) => sent[i % sent.length]).filter((one) => one !== undefined)]);

/** A batch: messages, request bodies that may be no pushes, and requests to the console of the resulting pipeline. */
export const batch = fc.record({
  messages,
  bodies: several(body, bodies),
  requests: several(consoleRequest, requests),
});

export type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

export async function holds({ messages, bodies, requests }: Batch): Promise<void> {
  const decoder = new Decoder();
  for (const sent of messages) await decoder.takes(sent);
  for (const one of bodies) await decoder.survives(one);
  const console = consoleOf(await balances(messages));
  for (const request of requests) await answers(console, request);
}
