import { endOf, planRoutes, type Observed, type Route, type RouteName } from '../../../cli/probe/routes.ts';
import type { Code } from '../../../shared/failure.ts';
import type { Attributes } from '../../../shared/messages/message.ts';
import { matchesFilter } from '../../../shared/messages/filter.ts';
import { subscriptions } from '../../../shared/topology.ts';
import { filedWith } from '../../support/letters.ts';
import { aMessage, noon } from '../../support/builders.ts';

const routes = planRoutes({ id: 'run', firstId: 11, startedAtMs: noon });
const route = (name: RouteName): Route => routes.find((one) => one.name === name)!;

function cleanOf(event_id: number, origin: string): Observed {
  const attributes = { event_id: String(event_id), origin, idempotency_key: `eventmend-probe/${event_id}/x` };
  return { clean: [aMessage({}, attributes)], letters: [] };
}

function letterOf(code: Code, attributes: Attributes): Observed {
  const why = { 'eventmend-code': code, 'eventmend-stage': 'track', 'eventmend-detail': 'why' };
  return { clean: [], letters: [filedWith({ ...attributes, ...why })] };
}

describe('a route', () => {
  it.each<[RouteName, Observed]>([
    ['clean', cleanOf(14, 'producer')],
    ['duplicate', letterOf('ERR_DUPLICATE', { probe: 'run/duplicate' })],
    ['invalid', letterOf('ERR_INVALID_EVENT', { probe: 'run/invalid' })],
    ['replay', cleanOf(12, 'replayed')],
    ['incorrect', letterOf('ERR_INCORRECT', { probe: 'run/incorrect' })],
    ['gap', cleanOf(13, 'reconstructed')],
    ['poison', letterOf('ERR_DELIVERY', { probe: 'run/poison' })],
  ])('%s ends as expected', (name, observed) => {
    expect(endOf(route(name), observed)).toMatchObject({ isAsExpected: true });
    const others = routes.filter((other) => other.name !== name).map((other) => endOf(other, observed));
    expect(others.filter((end) => end?.isAsExpected)).toEqual([]);
  });

  it.each<[string, RouteName, Observed, string]>([
    [
      'a clean event becomes a letter',
      'clean',
      letterOf('ERR_STALE', { probe: 'run/clean' }),
      'dead letter ERR_STALE: why',
    ],
    [
      'a letter has another code',
      'poison',
      letterOf('ERR_STALE', { probe: 'run/poison' }),
      'dead letter ERR_STALE: why',
    ],
    ['an incorrect event is clean', 'incorrect', cleanOf(11, 'verified'), 'clean, verified: eventmend-probe/11/x'],
    [
      'the gap is given up',
      'gap',
      letterOf('ERR_GAP_UNRECOVERABLE', { 'eventmend-root': 'gap/eventmend-probe/13/1739102400000' }),
      'dead letter ERR_GAP_UNRECOVERABLE: why',
    ],
  ])('ends otherwise where %s', (_, name, observed, detail) => {
    expect(endOf(route(name), observed)).toMatchObject({ isAsExpected: false, detail });
  });

  it.each(routes.map(({ name }) => name))('%s has not ended while nothing has come, or only of another run', (name) => {
    expect(endOf(route(name), { clean: [], letters: [] })).toBeUndefined();
    expect(endOf(route(name), letterOf('ERR_DELIVERY', { probe: `another-run/${name}` }))).toBeUndefined();
    expect(endOf(route(name), cleanOf(10, 'producer'))).toBeUndefined();
  });
});

test('what consumers are shipped with leaves out whatever the probe makes clean', () => {
  const { filter } = subscriptions['store-cleaned-events'];
  expect(matchesFilter(filter, { stream: 'eventmend-probe', origin: 'reconstructed' })).toBe(false);
  expect(matchesFilter(filter, { stream: 'default' })).toBe(true);
});
