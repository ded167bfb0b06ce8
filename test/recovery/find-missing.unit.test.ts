import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { ConfigError } from '../../shared/errors.ts';
import type { EventList } from '../../shared/ports.ts';
import type { ListAnswer, ListQuery } from '../../shared/reconciliation/list.ts';
import { findMissing } from '../../shared/recovery/find-missing.ts';
import { twilio } from '../../shared/sources/presets.ts';
import { minuteMs, noon } from '../support/builders.ts';
import { dealsByNumber as find } from '../support/records.ts';

/** A list that has these pages, and keeps what it is asked for. */
function listOf(...pages: readonly (readonly string[] | 'unknown cursor')[]) {
  const asked: ListQuery[] = [];
  const list: EventList = {
    page: (query, after) => {
      asked.push(query);
      const at = Number(after ?? 0);
      const items = pages[at] ?? [];
      const next = at + 1 < pages.length ? String(at + 1) : undefined;
      return Promise.resolve<ListAnswer>(typeof items === 'string' ? items : { items, next });
    },
  };
  return { list, asked };
}

const known = (eventId: number) => ({ eventId, type: 'Won', instantMs: noon + eventId * minuteMs, entity: 0 });
const item = (n: unknown, at = '2025-02-09T12:02:00Z') => `{"n":${JSON.stringify(n)},"at":"${at}","d":{"sum":1.0}}`;
const missing = [{ from: 2, to: 3 }];

describe('missing events are found in a list', () => {
  it('on every page, by their numbers, as numbers or as text, with their data as they are spelt', async () => {
    const { list } = listOf([item(7)], [item('3')], [item(2)]);
    expect(await findMissing(list, find, missing, [known(1), known(4)])).toEqual([
      { eventId: 2, instantMs: noon + 2 * minuteMs, data: '{"sum":1.0}' },
      { eventId: 3, instantMs: noon + 2 * minuteMs, data: '{"sum":1.0}' },
    ]);
  });

  it('in the time between the events around them, and an hour more', async () => {
    const { list, asked } = listOf([]);
    await findMissing(list, find, missing, [known(1), known(4)]);
    expect(asked).toMatchObject([{ fromMs: noon - 59 * minuteMs, toMs: noon + 64 * minuteMs, types: ['deal'] }]);
  });

  it('as the earliest of several items with one number', async () => {
    const { list } = listOf([item(2, '2025-02-09T12:09:00Z')], [item(2)], [item(2, '2025-02-09T12:05:00Z')]);
    expect(await findMissing(list, find, missing, [known(1)])).toMatchObject([{ instantMs: noon + 2 * minuteMs }]);
  });

  it('but not without an event around them, or in a list that is too long', async () => {
    const { list } = listOf(...Array.from({ length: 21 }, () => [item(2)]));
    expect(await findMissing(list, find, missing, [])).toEqual([]);
    expect(await findMissing(list, find, missing, [known(1)])).toEqual([]);
  });

  it('and an item without a number or a time is none', async () => {
    const { list } = listOf(['{"n":2}', '{"at":"2025-02-09T12:02:00Z"}', item(2.5), item(2, 'yesterday')]);
    expect(await findMissing(list, find, missing, [known(1)])).toEqual([]);
  });
});

describe('a catalog is refused', () => {
  const problemsOf = (definition: CatalogDefinition): readonly string[] => {
    try {
      makeCatalog(definition);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('that looks for the missing events of a stream without numbers, of every stream, or of another format', () => {
    expect(problemsOf({ streams: { orders: { find, numbering: 'none' } } })).toEqual([
      'streams.orders.find is for streams with numbers; without them, name a list',
    ]);
    expect(problemsOf({ streams: { default: { find } } })).toEqual([
      'streams.default.find would be that of every stream; set it under the name of one stream',
    ]);
    const sources = { texts: { fields: twilio() } };
    expect(problemsOf({ sources, streams: { texts: { find, numbering: 'consecutive' } } })).toContain(
      'streams.texts.find writes events of the default format; sources.texts has another one',
    );
  });

  it('that looks for types which the list does not have', () => {
    expect(problemsOf({ streams: { orders: { find: { ...find, types: ['charge'] } } } })).toEqual([
      `streams.orders.find.types has "charge"; it must be one of 'contact', 'company', 'deal'`,
    ]);
  });
});
