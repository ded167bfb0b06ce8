import { readFunctionConfig, settingNames } from '../../shared/config.ts';
import { makeLetter } from '../../shared/messages/letter.ts';
import { digest } from '../../shared/digest.ts';
import { optionalMembers, requiredMembers } from '../../shared/event.ts';
import { codes, details, meaning } from '../../shared/failure.ts';
import { gapStates } from '../../shared/gaps/gap.ts';
import { letterSettingsSchema } from '../../shared/letter-settings.ts';
import { origins, reservedNames } from '../../shared/messages/attributes.ts';
import {
  defaultStreamSettings,
  streamSettingsSchema,
  type StreamSettings,
  type TypeDefinition,
} from '../../shared/stream-settings.ts';
import { functionNames } from '../../shared/topology.ts';
import { rowsUnder } from './markdown.ts';

const firstOf = (title: string, file: string): readonly string[] => rowsUnder(title, file).map(([first = '']) => first);
const sorted = (names: readonly string[]): readonly string[] => [...names].sort();

/** The settings of a stream that have no default. */
const withoutDefault = {
  start: undefined,
  storedMs: undefined,
  list: undefined,
  find: undefined,
  key: undefined,
  ignore: undefined,
  next: undefined,
  formerly: undefined,
};

describe('the reference', () => {
  it('has every code of a dead letter with its meaning', () => {
    const rows = rowsUnder('code', 'docs/reference/dead-letters.md').map(([code, text]) => [code, text]);
    expect(rows).toEqual(codes.map((code) => [code, meaning[code]]));
  });

  it('has every detail of a dead letter that means something more exact than its code', () => {
    const rows = rowsUnder('detail', 'docs/reference/dead-letters.md');
    expect(rows).toEqual(Object.values(details).map(({ detail, code, meaning }) => [detail, code, meaning]));
  });

  it('has every attribute of a dead letter', () => {
    const all = { stream: 's', eventId: 1, type: 't', key: 'k', hash: digest('h'), replay: 1, keptBytes: 9 };
    const { attributes } = makeLetter(
      { data: new Uint8Array(), attributes: {} },
      { code: 'ERR_STALE', stage: 'track', detail: 'd' },
      { root: 'r', failedAtMs: 0, ...all },
    );
    expect(sorted(firstOf('attribute', 'docs/reference/dead-letters.md'))).toEqual(sorted(Object.keys(attributes)));
  });

  it('has every setting of a stream with its default', () => {
    const rows = rowsUnder('setting', 'docs/reference/catalog.md');
    const shown = new Map(rows.map(([name = '', byDefault = '']) => [name, byDefault]));
    const settings: Record<keyof StreamSettings, SettingDefault> = {
      ...defaultStreamSettings,
      ...withoutDefault,
    };
    for (const [name, value] of Object.entries(settings)) expect([name, shown.get(name)]).toEqual([name, spell(value)]);
  });

  it('has every setting of a stream with the meaning that its declaration gives', () => {
    const rows = rowsUnder('setting', 'docs/reference/catalog.md');
    const shown = new Map(rows.map(([name = '', , meaning]) => [name, meaning?.replaceAll('`', '')]));
    for (const [name, { description }] of Object.entries(streamSettingsSchema.shape))
      expect([name, shown.get(name)]).toEqual([name, description?.replaceAll('`', '')]);
  });

  it('has the settings of dead letters with their defaults and meanings', () => {
    const rows = rowsUnder('setting', 'docs/reference/catalog.md');
    const shown = new Map(rows.map(([name = '', byDefault, meaning]) => [name, [byDefault, meaning]]));
    const { retentionDays, openDays } = letterSettingsSchema.shape;
    expect(shown.get('retentionDays')).toEqual(['90', retentionDays.description]);
    expect(shown.get('openDays')).toEqual(['none', openDays.description]);
    expect(letterSettingsSchema.parse({})).toEqual({ retentionDays: 90 });
  });

  it('has every setting of a type', () => {
    const ofType: Record<keyof TypeDefinition, true> = {
      payload: true,
      system: true,
      consult: true,
      record: true,
      undecided: true,
      watch: true,
      inferable: true,
      ignore: true,
      next: true,
      formerly: true,
      entity: true,
    };
    const shown = firstOf('setting', 'docs/reference/catalog.md');
    const ofLetters = Object.keys(letterSettingsSchema.shape);
    const names = [
      ...Object.keys(ofType),
      ...Object.keys(defaultStreamSettings),
      ...Object.keys(withoutDefault),
      ...ofLetters,
    ];
    expect(sorted(shown)).toEqual(sorted(names));
  });

  it('has every setting of the environment, with the default where there is one', () => {
    const rows = rowsUnder('setting', 'docs/reference/settings.md');
    const shown = new Map(rows.map(([name = '', byDefault = '']) => [name, byDefault]));
    expect(sorted([...shown.keys()])).toEqual(sorted(settingNames));
    const config = readFunctionConfig({ FUNCTION_TARGET: 'track', GOOGLE_CLOUD_PROJECT: 'demo-project' });
    expect(shown.get('FIRESTORE_DATABASE')).toBe(config.databaseIds.state);
    expect(shown.get('FIRESTORE_LETTERS_DATABASE')).toBe(config.databaseIds.letters);
    expect(shown.get('FIRESTORE_TIMEOUT_MS')).toBe(spell(config.firestoreTimeoutMs));
    expect(shown.get('PUBLISH_TIMEOUT_MS')).toBe(spell(config.publishTimeoutMs));
    expect(shown.get('COUNTS_INTERVAL_MS')).toBe(spell(config.countsIntervalMs));
  });

  it('has every member of an event', () => {
    const rows = rowsUnder('member', 'docs/reference/event.md').map(([name, required]) => [name, required]);
    const members = [...requiredMembers.map((name) => [name, 'yes']), ...optionalMembers.map((name) => [name, 'no'])];
    expect(sorted(rows.map(String))).toEqual(sorted(members.map(String)));
  });

  it('has every origin and attribute of a clean message', () => {
    const page = 'docs/reference/clean-message.md';
    expect(firstOf('origin', page)).toEqual(origins);
    // The root stays behind: it is an attribute that only letters and Eventmend's own topics have.
    const own = reservedNames.filter((name) => name !== 'root');
    expect(sorted(firstOf('attribute', page))).toEqual(sorted(['stream', 'type', 'event_id', ...own]));
  });

  it('has every function', () => {
    expect(firstOf('function', 'functions/README.md')).toEqual(functionNames);
  });

  it('has every state of a gap', () => {
    expect(firstOf('state', 'docs/cli/gaps.md')).toEqual(gapStates);
  });
});

type SettingDefault = string | number | boolean | object | undefined;

/** A default as the tables spell it. */
function spell(value: SettingDefault): string {
  if (typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${name}: ${spell(member as SettingDefault)}`)
      .join(', ')} }`;
  if (value === undefined) return 'none';
  if (value === defaultStreamSettings.windowMs) return '14 days';
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return typeof value === 'string' ? `'${value}'` : String(value);
}
