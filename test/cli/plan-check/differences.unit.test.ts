import { differencesOf } from '../../../cli/plan-check/differences.ts';
import { parsePlan } from '../../../cli/plan-check/plan.ts';

type Values = Record<string, unknown>;

function planOf(...changes: readonly object[]) {
  const read = parsePlan({ format_version: '1.2', resource_changes: changes });
  if ('problem' in read) throw new Error(read.problem);
  return read.plan;
}

function aChange(action: string, before: Values | null, after: Values | null, unknown: Values | false = {}) {
  const change = { actions: action.split(','), before, after, after_unknown: unknown };
  return { address: 'google_pubsub_topic.main', mode: 'managed', type: 'google_pubsub_topic', change };
}

/** The reasons for which a plan is not the approved one. */
const reasons = (approved: readonly object[], made: readonly object[]) =>
  differencesOf(planOf(...approved), planOf(...made)).map(({ because }) => because);

describe('two plans make the same changes', () => {
  const update = aChange('update', { name: 'a', labels: { x: '1' } }, { name: 'a', labels: { x: '2' } });

  test('if each resource gets the same values, whatever the order', () => {
    const replaced = aChange('delete,create', { name: 'a', id: 'x' }, { name: 'b' }, { id: true });
    const other = { ...aChange('create', null, { b: { d: 1, c: [2] } }), address: 'other' };
    const sameOther = { ...aChange('create', null, { b: { c: [2], d: 1 } }), address: 'other' };
    expect(reasons([update, other], [sameOther, update])).toEqual([]);
    expect(reasons([replaced], [replaced])).toEqual([]);
  });

  test('if they differ in what stays as it is, or is read, or goes', () => {
    const at = (time: string) => ({ earliest_version_time: time });
    const first = aChange('update', { n: 1, ...at('9:00') }, { n: 2, ...at('9:00') });
    const later = aChange('update', { n: 1, ...at('9:01') }, { n: 2, ...at('9:01') });
    expect(reasons([first], [later])).toEqual([]);
    expect(reasons([aChange('no-op', at('9:00'), at('9:00'))], [])).toEqual([]);
    expect(reasons([], [aChange('read', null, { n: 1 })])).toEqual([]);
    expect(reasons([aChange('delete', at('9:00'), null, false)], [aChange('delete', at('9:01'), null, false)])).toEqual(
      [],
    );
  });
});

describe('a plan makes other changes than the one that was approved', () => {
  const update = (to: Values, unknown: Values = {}) =>
    aChange('update', { a: 1, b: 1 }, { a: 1, b: 1, ...to }, unknown);

  test.each([
    ['nothing there, create here', [], [aChange('create', null, {})]],
    ['delete there, nothing here', [aChange('delete', {}, null)], []],
    ['update there, delete and create here', [update({ a: 2 })], [aChange('delete,create', {}, {})]],
    ['update with other values: b', [update({ a: 2, b: 2 })], [update({ a: 2, b: 3 })]],
    ['update with other values: b', [update({ a: 2 })], [update({ a: 2, b: 2 })]],
    ['update with other values: b', [update({ a: 2, b: 2 })], [update({ a: 2 })]],
    ['update with other values: b', [update({ b: 2 })], [update({}, { b: true })]],
    ['update with other values: b', [update({ b: { c: 2 } }, { b: { d: true } })], [update({ b: { c: 2 } })]],
    // A setting that goes, and one of which nothing is known.
    ['update with other values: a', [update({ a: undefined, b: 2 })], [update({ b: 2 })]],
    ['create with other values: id', [aChange('create', null, {}, { id: true })], [aChange('create', null, {})]],
    // The value is what it was, and nobody knows what it becomes.
    ['update with other values: a', [update({ b: 2 })], [update({ b: 2 }, { a: [{ x: true }] })]],
    // Objects of one resource that an earlier replacement left behind.
    ['delete there, delete; delete here', [aChange('delete', {}, null)], [1, 2].map(() => aChange('delete', {}, null))],
  ])('%s', (because, approved, made) => {
    expect(reasons(approved, made)).toEqual([because]);
  });

  test('and each of them is named, in order', () => {
    const at = (address: string) => ({ ...aChange('create', null, {}), address });
    const addresses = differencesOf(planOf(at('c'), at('b')), planOf(at('b'), at('a'))).map(({ address }) => address);
    expect(addresses).toEqual(['a', 'c']);
  });
});
