import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { noWaitSettings, Pipeline } from '../support/pipeline.ts';

const type = 'LeadCreated';

/** The outcomes of events of the stream `default`, one after another. */
async function outcomeOf(
  events: readonly (string | object)[],
  settings: Partial<StreamSettings> = {},
  types: NonNullable<CatalogDefinition['types']> = {},
) {
  const pipeline = new Pipeline({ catalog: { types, streams: { default: { ...noWaitSettings, ...settings } } } });
  await pipeline.send(...events);
  return { published: pipeline.cleanKeys, letters: pipeline.codes };
}

/** An event with the id 1, as text. */
const spelt = (timestamp: string, members = '') =>
  `{"event_id":1,"type":"${type}","timestamp":"${timestamp}"${members}}`;
const noon = '2025-02-09T12:00:00Z';
const keyAtNoon = 'default/1/1739102400000';

describe('one event that comes twice is a duplicate', () => {
  it.each([
    ['in another order, with other white space', `{ "timestamp": "${noon}", "type":"${type}", "event_id": 1 }`],
    ['in another zone', spelt('2025-02-09 13:00:00+01')],
    ['as a week date', spelt('20250209T120000')],
    ['with an id that is spelt otherwise', spelt(noon).replace('1', '1e0')],
    ['with nulls for what may be absent', spelt(noon, ',"uuid":null,"valid":null,"data":null')],
  ])('%s', async (_, copy) => {
    expect(await outcomeOf([spelt(noon), copy])).toEqual({ published: [keyAtNoon], letters: ['ERR_DUPLICATE'] });
  });

  it.each([
    ['numbers', '1', '1.0'],
    ['numbers that no double holds', '10e400', '1e401'],
    ['escapes', '"é"', '"\\u00e9"'],
  ])('with other spellings of %s in its data', async (_, one, other) => {
    const events = [one, other].map((value) => spelt(noon, `,"data":{"a":${value}}`));
    expect(await outcomeOf(events)).toEqual({ published: [keyAtNoon], letters: ['ERR_DUPLICATE'] });
  });

  it('with its UUID in the other case', async () => {
    const uuid = '0f8b1c1e-1111-4a4a-8b8b-00000000abcd';
    const events = [uuid.toUpperCase(), uuid].map((each) => spelt(noon, `,"uuid":"${each}"`));
    expect(await outcomeOf(events)).toEqual({ published: [`default/${uuid}`], letters: ['ERR_DUPLICATE'] });
  });
});

describe('an event with the key of another and other content is a conflict', () => {
  it.each([
    ['null or absent inside its data', ',"data":{"a":null}', ',"data":{}'],
    ['one character or two for é', ',"data":"\u00e9"', ',"data":"e\u0301"'],
    ['numbers that a double does not tell apart', ',"data":9007199254740993', ',"data":9007199254740992'],
  ])('%s', async (_, one, other) => {
    const events = [spelt(noon, one), spelt(noon, other)];
    expect(await outcomeOf(events)).toEqual({ published: [keyAtNoon], letters: ['ERR_CONFLICT'] });
  });

  it('whose instants differ below a millisecond', async () => {
    const events = [spelt('2025-02-09T12:00:00.000456Z'), spelt(noon)];
    expect(await outcomeOf(events)).toEqual({ published: [keyAtNoon], letters: ['ERR_CONFLICT'] });
  });
});

describe('a member that changes between two deliveries', () => {
  const tries = [0, 1].map((attempt) => spelt(noon, `,"data":{"sentAt":${attempt},"kept":1},"attempt":${attempt}`));

  it('makes a conflict, unless the catalog ignores it', async () => {
    expect((await outcomeOf(tries)).letters).toEqual(['ERR_CONFLICT']);
    expect((await outcomeOf(tries, { ignore: ['/attempt'] })).letters).toEqual(['ERR_CONFLICT']);
    const ignore = ['/attempt', '/data/sentAt'];
    expect((await outcomeOf(tries, { ignore })).letters).toEqual(['ERR_DUPLICATE']);
    expect((await outcomeOf(tries, {}, { [type]: { ignore } })).letters).toEqual(['ERR_DUPLICATE']);
    expect(
      (await outcomeOf(tries, { ignore: ['/attempt'] }, { [type]: { ignore: ['/data/sentAt'] } })).letters,
    ).toEqual(['ERR_DUPLICATE']);
    expect((await outcomeOf(tries, {}, { Other: { ignore } })).letters).toEqual(['ERR_CONFLICT']);
  });

  it('may be the timestamp, where the id alone is the key', async () => {
    const resent = [spelt(noon), spelt('2025-02-09T12:00:01Z'), spelt('2025-02-09T12:00:00.5Z')];
    expect((await outcomeOf(resent)).published).toHaveLength(3);
    const byId = await outcomeOf(resent, { key: 'event_id', ignore: ['/timestamp'] });
    expect(byId).toEqual({ published: ['default/1/id'], letters: ['ERR_DUPLICATE', 'ERR_DUPLICATE'] });
  });
});

describe('the key of a stream', () => {
  it('is the id alone: an update under the same id is a conflict', async () => {
    const events = [spelt(noon, ',"uuid":"a"'), spelt('2025-02-09T13:00:00Z', ',"uuid":"b"')];
    expect(await outcomeOf(events, { key: 'event_id' })).toEqual({
      published: ['default/1/id'],
      letters: ['ERR_CONFLICT'],
    });
  });

  it('is the id with the timestamp, whatever the uuid is', async () => {
    const outcome = await outcomeOf([spelt(noon, ',"uuid":"a"')], { key: 'event_id+timestamp' });
    expect(outcome).toEqual({ published: [keyAtNoon], letters: [] });
  });

  it('is the uuid: an event without one is a failure that says which member looks like it', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, key: 'uuid' } } } });
    await pipeline.send(
      spelt(noon, ',"messageId":"a"'),
      spelt(noon, ',"uuid":"a","uuid":"a"'),
      spelt(noon, ',"uuid":"a"'),
    );
    expect(pipeline.cleanKeys).toEqual(['default/a']);
    expect(pipeline.letters.map(({ attributes }) => attributes['eventmend-detail'])).toEqual([
      'uuid: missing; a text that no other event has is accepted; /messageId looks like it',
      'uuid: named twice; one member of the name is accepted',
    ]);
  });
});
