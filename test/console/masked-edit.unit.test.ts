import fc from 'fast-check';
import { changeOfBody, withPersonalValues } from '../../functions/console/browser/masked-edit.ts';
import type { BodyMembers } from '../../shared/views/change-of-text.ts';
import { formatJson } from '../../functions/console/browser/format-json.ts';
import { patchText } from '../../shared/operator/patch-text.ts';
import { maskPersonal } from '../../shared/views/mask-personal.ts';

const message = '{"id": 1,"data":{"email":"ana@example.com","amount":"12.50","tags":["a","b","c"]}}';
const personal = ['/data/email'];

/** The message as an editor shows it at first. */
function shownOf(text: string) {
  const masked = maskPersonal(Buffer.from(text), personal);
  return { text: formatJson(masked.text ?? ''), masked: masked.masked };
}

/** Makes a change in the real message, as the console does. */
function changed(text: string, { patch, body }: BodyMembers): string {
  if (patch === undefined) return body === undefined ? text : (JSON.parse(body) as string);
  const patched = patchText(text, patch);
  if ('problem' in patched) throw new Error(patched.problem);
  return patched.text;
}

test('an edit of other values leaves the masked ones as they are, and all other bytes', () => {
  const shown = shownOf(message);
  expect(shown.text).toContain('"email": "•••"');
  const typed = shown.text.replace('"12.50"', '12.50').replace('"b",\n', '');
  expect(changed(message, changeOfBody(shown, typed))).toBe(
    '{"id": 1,"data":{"email":"ana@example.com","amount":12.50,"tags":["a","c"]}}',
  );
});

test('a masked value can be replaced or removed without being seen', () => {
  const shown = shownOf(message);
  const replaced = changed(message, changeOfBody(shown, shown.text.replace('"•••"', '"bo@example.com"')));
  expect(replaced).toBe(message.replace('ana@', 'bo@'));
  const removed = changed(message, changeOfBody(shown, shown.text.replace('"email": "•••",', '')));
  expect(removed).toBe(message.replace('"email":"ana@example.com",', ''));
});

test('any edit of a JSON object is a patch that makes the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, after) => {
      const [text, typed] = [JSON.stringify({ x: before }), JSON.stringify({ x: after })];
      fc.pre(!`${text}${typed}`.includes('__proto__'));
      const members = changeOfBody({ text, masked: ['/y'] }, typed);
      expect(members.body).toBeUndefined();
      expect(JSON.parse(changed(text, members))).toEqual(JSON.parse(typed));
    }),
  );
});

test('numbers keep their digits', () => {
  const members = changeOfBody({ text: '{"n":1}', masked: [] }, '{"n":12345678901234567890.10}');
  expect(changed('{"n":1}', members)).toBe('{"n":12345678901234567890.10}');
});

const members = (count: number) => Array.from({ length: count }, (_, i) => `"n${i}": ${i},`).join('');
test.each([
  ['is not JSON', (text: string) => text.slice(1)],
  ['is another value', () => '[]'],
  ['has a mask in another place', (text: string) => text.replace('"12.50"', '"•••"')],
  ['names a member twice', (text: string) => text.replace('"id"', '"id": 1, "id"')],
  ['differs in more than a hundred values', (text: string) => text.replace('"id"', `${members(101)} "id"`)],
])('a text that %s is sent whole, and never while values are masked', (_, edit) => {
  const masked = shownOf(message);
  const typed = edit(masked.text);
  expect(() => changeOfBody(masked, typed)).toThrow('show the personal values first');
  expect(changeOfBody({ ...masked, masked: [] }, typed)).toEqual({ body: JSON.stringify(typed) });
});

test('personal values are put where their masks stand, and what was typed stays', () => {
  const shown = shownOf(message);
  expect(withPersonalValues(shown, shown.text, message)).toBe(formatJson(message));
  const typed = shown.text.replace('"12.50"', '7');
  expect(withPersonalValues(shown, typed, message)).toBe(formatJson(message.replace('"12.50"', '7')));
  expect(withPersonalValues(shown, shown.text.replace('•••', 'mine'), message)).toContain('"mine"');
  expect(() => withPersonalValues(shown, typed.slice(1), message)).toThrow('not JSON');
});
