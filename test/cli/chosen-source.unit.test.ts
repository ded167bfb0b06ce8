import { findOpenSource } from '../../cli/chosen-source.ts';
import { makeSources } from '../../shared/sources/sources.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import { hubspot, segment, stripe, type PresetName } from '../../shared/sources/presets.ts';

const sources = makeSources(
  new Map<string, SourceDefinition>([
    ['payments', { fields: stripe() }],
    ['leads', { fields: hubspot() }],
    ['deals', { fields: hubspot() }],
    ['clicks', { fields: segment(), closed: true }],
  ]),
);

function found(choice: { readonly format?: PresetName; readonly source?: string }): string | undefined {
  return findOpenSource(sources, { format: undefined, source: undefined, ...choice })?.name;
}

describe('the source that events are published to', () => {
  it('is the one of the name, or the only one with the format; without both there is none', () => {
    expect([found({ source: 'leads' }), found({ format: 'stripe' }), found({})]).toEqual([
      'leads',
      'payments',
      undefined,
    ]);
  });

  it.each([
    [{ format: 'hubspot' }, 'several sources have the format hubspot: name one with --source: leads, deals'],
    [{ format: 'twilio' }, 'the catalog has no source with the format twilio; it has events, payments, leads, deals'],
    [{ source: 'mine' }, 'the catalog has no source mine; it has events, payments, leads, deals'],
    [{ source: 'clicks' }, 'the source clicks is closed in the catalog'],
    [{ format: 'stripe', source: 'payments' }, '--format and --source exclude each other'],
  ] as const)('is refused for %j', (choice, problem) => {
    expect(() => found(choice)).toThrow(problem);
  });
});
