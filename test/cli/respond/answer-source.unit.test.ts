import { chooseAnswerSource } from '../../../cli/respond/answer-source.ts';
import { ResendFile } from '../../../cli/respond/event-file.ts';
import { respondTo } from '../../../cli/respond/responder.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { readRequest } from '../../../shared/gaps/request.ts';
import { cloudEvents, type PresetName } from '../../../shared/sources/presets.ts';
import type { SourceDefinition } from '../../../shared/sources/source.ts';
import { Directory } from '../../support/command-run.ts';
import { Pipeline } from '../../support/pipeline.ts';

const directory = new Directory();
const shop = { stream: ['/source'], fields: cloudEvents({ sequence: true }), answers: true } as const;
const stream = 'shop~.~2fa';

function event(id: number, source = '/a'): string {
  const time = `2025-12-31T12:00:0${id}Z`;
  return JSON.stringify({ specversion: '1.0', id: `e-${id}`, source, type: 'paid', time, sequence: String(id) });
}

function choose(definition: SourceDefinition, name: string, choice: { source?: string; format?: PresetName }) {
  const { sources } = makeCatalog({ sources: { shop: definition } });
  return chooseAnswerSource(sources, { source: undefined, format: undefined, ...choice }, name);
}

describe('answers to a source', () => {
  it.each([
    ['the missing event', [1, 2, 3, 4], { resent: 1, voided: 0 }, ['e-1', 'e-2', 'e-4', 'e-3'], 'filled'],
    ['a void, if there was no such event', [1, 2, 4], { resent: 0, voided: 1 }, ['e-1', 'e-2', 'e-4'], 'voided'],
  ] as const)('fill its gap: %s', async (_, inFile, counts, clean, state) => {
    const pipeline = new Pipeline({ catalog: { sources: { shop }, streams: { shop: { graceMs: 0 } } } });
    for (const id of [1, 2, 4])
      await pipeline.runtime.publish({ data: Buffer.from(event(id)), attributes: {} }, undefined, 'shop');
    await pipeline.runtime.drain();
    await pipeline.runtime.sweep();
    const request = readRequest(pipeline.requests[0]!);

    // Another stream of the same source is in the file, with an event of the same number.
    const lines = [...inFile.map((id) => event(id)), event(3, '/b')];
    const source = choose(shop, stream, { source: 'shop' });
    const file = await ResendFile.open(await directory.write('all', lines.join('\n')), undefined, source.idOf);
    const { pubsub } = pipeline.runtime;
    const { signal } = new AbortController();
    const answered = await respondTo(request, { file, publisher: pubsub, source, voids: true, maxGap: 1_000, signal });
    await file.close();
    await pipeline.runtime.sweep();

    expect(answered).toMatchObject(counts);
    expect(pipeline.cleanTexts.map((text) => (JSON.parse(text) as { id: string }).id)).toEqual(clean);
    expect((await pipeline.runtime.ledger.list(stream, 10)).gaps).toMatchObject([{ from: 3, to: 3, state }]);
  });

  it('fill the gap of CloudEvents in the binary mode, whose fields are attributes of pulled messages', async () => {
    const pipeline = new Pipeline({ catalog: { sources: { shop }, streams: { shop: { graceMs: 0 } } } });
    const attributesOf = (id: number) => ({
      'ce-specversion': '1.0',
      'ce-id': `e-${id}`,
      'ce-source': '/a',
      'ce-type': 'paid',
      'ce-time': `2025-12-31T12:00:0${id}Z`,
      'ce-sequence': String(id),
    });
    const data = Buffer.from('{"order":1}');
    for (const id of [1, 2, 4])
      await pipeline.runtime.publish({ data, attributes: attributesOf(id) }, undefined, 'shop');
    await pipeline.runtime.drain();
    await pipeline.runtime.sweep();
    const pulled = [1, 2, 3, 4].map((id) => ({
      message: { messageId: String(id), data: data.toString('base64'), attributes: attributesOf(id) },
    }));
    const source = choose(shop, stream, { source: 'shop' });
    const path = await directory.write('pulled', JSON.stringify(pulled));
    const file = await ResendFile.open(path, undefined, source.idOf);
    const { pubsub } = pipeline.runtime;
    const { signal } = new AbortController();
    const options = { file, publisher: pubsub, source, voids: false, maxGap: 1_000, signal };
    const answered = await respondTo(readRequest(pipeline.requests[0]!), options);
    await file.close();
    expect(answered).toMatchObject({ resent: 1, unknown: 0 });
    await pipeline.runtime.sweep();
    expect(pipeline.cleanIds).toEqual([1, 2, 4, 3]);
  });

  it('are read by the source that a preset names', () => {
    expect(choose(shop, stream, { format: 'cloudEvents' })).toMatchObject({ stream, topic: 'sources/shop' });
  });

  it('have the stream of the source, if it has only one', () => {
    const fixed = { fields: { event_id: '/n' }, answers: true } as const;
    expect(choose(fixed, 'default', { source: 'shop' })).toMatchObject({ stream: 'shop', namesStream: false });
  });

  it.each([
    ['that obeys none', { ...shop, answers: false }, stream, 'the source shop obeys no answers: set `answers: true`'],
    ['of whose streams none is named', shop, 'default', 'the source shop has several streams: name one with --stream'],
  ])('are refused for a source %s', (_, definition, name, problem) => {
    expect(() => choose(definition, name, { source: 'shop' })).toThrow(problem);
  });
});
