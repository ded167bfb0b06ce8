import { Reasons, spellReason } from '../../../cli/clean/reasons.ts';
import type { Code } from '../../../shared/failure.ts';
import { attributeNames } from '../../../shared/messages/attributes.ts';

function reasonsOf(...letters: readonly [code: Code, detail: string, line?: number][]) {
  const reasons = new Reasons();
  for (const [code, detail, line] of letters)
    reasons.add({
      [attributeNames.code]: code,
      [attributeNames.detail]: detail,
      ...(line !== undefined && { line: String(line) }),
    });
  return reasons.list();
}

describe('the reasons of dead letters', () => {
  test('are told apart by code and detail, with the first line of each, the most frequent first', () => {
    const reasons = reasonsOf(
      ['ERR_INVALID_EVENT', 'type: missing', 9],
      ['ERR_UNDECODABLE', 'not JSON', 8],
      ['ERR_UNDECODABLE', 'not JSON', 4],
      ['ERR_UNDECODABLE', 'not UTF-8', 6],
    );
    expect(reasons).toEqual([
      { code: 'ERR_UNDECODABLE', detail: 'not JSON', letters: 2, firstLine: 4 },
      { code: 'ERR_UNDECODABLE', detail: 'not UTF-8', letters: 1, firstLine: 6 },
      { code: 'ERR_INVALID_EVENT', detail: 'type: missing', letters: 1, firstLine: 9 },
    ]);
  });

  test('are the same if only numbers differ, such as the index in a path: the first is the example', () => {
    expect(
      reasonsOf(
        ['ERR_INVALID_PAYLOAD', 'data.items.7.price: x', 5],
        ['ERR_INVALID_PAYLOAD', 'data.items.12.price: x', 3],
      ),
    ).toEqual([{ code: 'ERR_INVALID_PAYLOAD', detail: 'data.items.12.price: x', letters: 2, firstLine: 3 }]);
  });

  test('have no line if they are about no event of the file', () => {
    expect(reasonsOf(['ERR_GAP_UNRECOVERABLE', 'too few: 3'], ['ERR_GAP_UNRECOVERABLE', 'too few: 8'])).toEqual([
      { code: 'ERR_GAP_UNRECOVERABLE', detail: 'too few: 3', letters: 2 },
    ]);
  });

  test('are kept in bounded memory, whatever their number, and none is left out', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `path.${'x'.repeat(i)}: wrong`);
    const reasons = reasonsOf(...many.map((detail) => ['ERR_INVALID_PAYLOAD', detail, 1] as [Code, string, number]));
    expect(reasons.length).toBe(1_001);
    expect(reasons.reduce((sum, { letters }) => sum + letters, 0)).toBe(3_000);
    expect(reasons[0]).toEqual({ code: 'ERR_INVALID_PAYLOAD', detail: '', letters: 2_000, firstLine: 1 });
  });
});

describe('a reason in one line', () => {
  test.each([
    ['ERR_CONFLICT', 'other-content', 'an event with other content came before under the same key'],
    ['ERR_DELIVERY', '', 'Pub/Sub gave up delivering it'],
    ['ERR_UNDECODABLE', 'not JSON', 'not JSON'],
    [
      'ERR_INVALID_EVENT',
      'event_id: missing; /id looks like it. timestamp: missing; a date is accepted. data.a: a text',
      'event_id: missing; /id looks like it (also timestamp, data.a)',
    ],
    [
      'ERR_INVALID_EVENT',
      'type at attribute:kind, /kind: missing; a text is accepted. uuid at /a+/b, /c: missing; a text is accepted',
      'type at attribute:kind, /kind: missing; a text is accepted (also uuid)',
    ],
    [
      'ERR_GAP_UNRECOVERABLE',
      `more ids than maxGap: ${Array.from({ length: 40 }, (_, i) => 100_001 + i).join(', ')}`,
      `more ids than maxGap: ${Array.from({ length: 17 }, (_, i) => 100_001 + i).join(', ')}, …`,
    ],
  ])('%s, %s', (code, detail, expected) => {
    expect(spellReason({ code, detail })).toBe(expected);
  });
});
