import { formatCount } from '../../shared/views/format.ts';
import { eventsName } from '../../shared/sources/source.ts';
import { isDefaultFormat } from './draft.ts';
import type { CatalogDraft } from './draw-catalog.ts';
import { spellPlaces, type Learned } from './learned.ts';

export interface NextSteps extends CatalogDraft {
  /** The sample file. Undefined if a subscription was peeked at. */
  readonly file: string | undefined;
  /** The path of the catalog that was written. */
  readonly catalog: string;
  /** The outcome of the trial on the samples. Empty if the catalog reads all of them. */
  readonly trial: string;
}

/** Describes the format of samples in one sentence. */
export function describeFormat({ format, fields, samples, unreadable }: Learned): string {
  const count = formatCount(samples, 'sample');
  const other =
    unreadable > 0 ? ` ${unreadable} of them ${unreadable === 1 ? 'is' : 'are'} neither a JSON object nor a form.` : '';
  if (format) return `${count} ${samples === 1 ? 'looks' : 'look'} like ${format.title}.${other}`;
  const places = spellPlaces(fields);
  const have = samples === 1 ? 'has' : 'have';
  if (places === '') return `${count} ${have} the default format.${other}`;
  return `${count} ${have} fields that differ from the default format: ${places}.${other}`;
}

/** Describes how the events are numbered, and what follows. */
export function describeNumbering(learned: Learned): string {
  const shared = spellShared(learned);
  return shared === '' ? spellNumbering(learned) : `${spellNumbering(learned)} ${shared}`;
}

/** Warns of ids that several events hold. A producer that corrects single events causes few of them. */
function spellShared({ sharedIds }: Learned): string {
  if (sharedIds < 3) return '';
  return `${formatCount(sharedIds, 'id')} come several times with other contents: did numbering restart, or do two producers share the stream? Give each sequence of numbers a stream of its own.`;
}

function spellNumbering({ format, fields, numbering }: Learned): string {
  if (format?.isNumbered) return 'They are numbered: missing events are found.';
  if (numbering === 'none') {
    const by = fields.uuid === 'content' ? 'content' : 'uuids';
    return `They are not numbered: duplicates are found by their ${by}, and missing events are not found.`;
  }
  if (numbering === 'consecutive') return 'Their ids count up by one: missing events are found.';
  return 'step' in numbering
    ? `Their ids count up by ${numbering.step}: missing events are found.`
    : 'Their ids have holes: an id that does not come is not taken for a lost event.';
}

/** Writes the README beside a new catalog: what was found, and what to do next. */
export function drawNextSteps({ learned, source, file, catalog, trial }: NextSteps): string {
  const topic = isDefaultFormat(learned) ? eventsName : source;
  const by = topic === eventsName ? '' : ` --source ${topic}`;
  const clean = `npx eventmend clean ${file ?? 'FILE'} --catalog ${catalog}`;
  return [
    '# Catalog of a stream',
    '',
    `Written by \`eventmend init\`. ${describeFormat(learned)}`,
    describeNumbering(learned),
    trial,
    '## Next steps',
    '',
    '1. Read the catalog. It was made of samples, so types and members may be missing. Members that must always be there can lose',
    '   their `.optional()`. Set `inferable: false` for types that move money.',
    '2. Clean a file of events with it, and read the reasons of the dead letters:',
    '',
    '   ```sh',
    `   ${clean}`,
    '   ```',
    '',
    '3. Run the pipeline on this machine:',
    '',
    '   ```sh',
    `   npx eventmend dev --catalog ${catalog}`,
    '   ```',
    '',
    '   In another terminal, set the variables that it prints, and publish the file:',
    '',
    '   ```sh',
    `   npx eventmend publish ${file ?? 'FILE'} --catalog ${catalog}${by}`,
    '   ```',
    '',
    `4. Deploy it: build with \`EVENTMEND_CATALOG=${catalog}\`, and let your producers publish to the topic \`${topic}\`. docs/deploy.md`,
    '   of Eventmend leads from an empty project to a pipeline.',
    '',
  ].join('\n');
}
