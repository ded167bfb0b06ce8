import type { CatalogDefinition } from '../../../shared/catalog-definition.ts';
import { twilio } from '../../../shared/sources/presets.ts';
import type { StreamSettings, TypeDefinition } from '../../../shared/stream-settings.ts';
import { minuteMs } from '../../support/builders.ts';
import { aCallback, aProduced, aRecovered, type VerifyScenario } from './verify-scenario.ts';

/** How the events of the scenarios are compared: one value of a contact, known only while the record is unchanged. */
function aCatalog(
  { consult = 'invalid', isFixed = false }: { consult?: 'always' | 'invalid'; isFixed?: boolean } = {},
  settings: Partial<StreamSettings> = {},
): CatalogDefinition {
  const fields = { '/data/v': { at: '/properties/v', fixed: isFixed } };
  const record = { kind: 'contact', id: '/data/contact', fields, patienceMs: 60 * minuteMs };
  const paid: TypeDefinition = { system: 'hubspot', consult, record };
  return { types: { Paid: paid }, streams: { orders: settings } };
}

const always = aCatalog({ consult: 'always' });
const ofCallbacks: CatalogDefinition = {
  types: {
    sent: {
      system: 'twilio',
      consult: 'always',
      record: { kind: 'message', id: '/MessageSid', fields: { '/To': '/to' } },
    },
  },
  sources: { texts: { fields: twilio() } },
};

function aScenarioOf(
  title: string,
  messages: VerifyScenario['messages'],
  versions: VerifyScenario['versions'],
  given: Partial<VerifyScenario> = {},
): VerifyScenario {
  return {
    title,
    messages,
    versions,
    health: ['up'],
    hasStaleReads: false,
    catalog: aCatalog(),
    mapsTimestamp: false,
    crashes: 2,
    redeliveries: 1,
    replays: 0,
    rechecks: 0,
    ...given,
  };
}

const moving = [
  { value: 'a', changedAt: 5 },
  { value: 'c', changedAt: 9 },
] as const;
const still = [{ value: 'a', changedAt: 5 }] as const;
const invalid = { isValid: false } as const;
const wrong = { value: 'x', truth: 'a', isValid: false } as const;

export const verifyScenarios: readonly VerifyScenario[] = [
  aScenarioOf('the record of a valid event changes between two reads', [aProduced(1)], moving, { catalog: always }),
  aScenarioOf('the record of an invalid event changes between two reads', [aProduced(1, invalid)], moving, {
    replays: 1,
  }),
  aScenarioOf('a wrong event, whose record changes', [aProduced(1, wrong)], moving, { replays: 1 }),
  aScenarioOf(
    'a record that is older than the event',
    [aProduced(1, { value: 'b' })],
    [
      { value: 'a', changedAt: 1 },
      { value: 'b', changedAt: 5 },
    ],
    { catalog: always, hasStaleReads: true },
  ),
  aScenarioOf('two copies, and a record that changes', [aProduced(1), aProduced(2)], moving, {
    catalog: always,
    crashes: 1,
    redeliveries: 0,
  }),
  aScenarioOf('an invalid event, then a sound copy', [aProduced(1, wrong), aProduced(2)], still),
  aScenarioOf(
    'a wrong time, then the right one',
    [
      aProduced(1, { value: 'x', truth: 'a', isValid: false, uuid: undefined, at: 9 }),
      aProduced(2, { uuid: undefined }),
    ],
    [{ value: 'a', changedAt: 9 }],
    { mapsTimestamp: true, redeliveries: 0 },
  ),
  aScenarioOf('a system that stays down, and a valid event', [aProduced(1)], still, {
    catalog: always,
    health: ['down'],
  }),
  aScenarioOf('a system that is down for a while, and a valid event', [aProduced(1)], still, {
    catalog: always,
    health: ['down', 'up'],
  }),
  aScenarioOf('a system that is down, and an invalid event', [aProduced(1, invalid)], still, {
    health: ['down'],
    replays: 1,
  }),
  aScenarioOf('a key that was revoked', [aProduced(1)], still, { catalog: always, health: ['forbidden', 'up'] }),
  aScenarioOf('a record that was deleted', [aProduced(1)], [...still, 'none'], { catalog: always }),
  aScenarioOf(
    'a refused event whose entry another event takes, and a second answer',
    [aProduced(1, wrong), aProduced(2, { uuid: 'k2', value: 'b' })],
    still,
    { health: ['up', 'down'], redeliveries: 0, crashes: 1 },
  ),
  aScenarioOf('a refused event, then a sound one', [aProduced(1, wrong), aProduced(2)], ['none'], {
    replays: 1,
    redeliveries: 0,
  }),
  aScenarioOf(
    'a recovered event, whose message comes late in another form',
    [aRecovered('L', 'F'), aProduced(2, { value: 'W', truth: 'F' }), aProduced(3, { value: 'W', truth: 'F' })],
    ['none'],
    { catalog: aCatalog({}, { numbering: 'none' }), redeliveries: 0 },
  ),
  aScenarioOf(
    'a recovered event, whose message comes late and is checked',
    [aRecovered('L', 'F'), aProduced(2, { value: 'W', truth: 'W' })],
    [{ value: 'W', changedAt: 5 }],
    { catalog: aCatalog({ consult: 'always' }, { numbering: 'none' }) },
  ),
  aScenarioOf(
    'a value that never changes',
    [aProduced(1, wrong)],
    [
      { value: 'a', changedAt: 1 },
      { value: 'a', changedAt: 9 },
    ],
    { catalog: aCatalog({ isFixed: true }), hasStaleReads: true },
  ),
  aScenarioOf(
    'a wrong event that nobody could check, and that is checked again',
    [aProduced(1, { value: 'x', truth: 'a' })],
    still,
    { catalog: always, health: ['down', 'up'], rechecks: 2, crashes: 1 },
  ),
  aScenarioOf('a sound event that is checked again', [aProduced(1)], [...still, 'none'], { rechecks: 2, crashes: 1 }),
  aScenarioOf('a recovered event that is checked again', [aRecovered('x', 'a'), aProduced(2)], still, {
    catalog: aCatalog({}, { numbering: 'none' }),
    rechecks: 1,
  }),
  aScenarioOf('a form that agrees with its record', [aCallback('a', 'a')], still, { catalog: ofCallbacks }),
  aScenarioOf('a form that differs from its record', [aCallback('x', 'a')], still, { catalog: ofCallbacks }),
];
