import type { ShownText } from '../../../shared/views/change-of-text.ts';
import { formatCount, showInvisible } from '../../../shared/views/format.ts';
import { readAnswer, spellError } from './api.ts';
import { editableIn, type WithAttributes } from './attributes.ts';
import { find, make, showText } from './dom.ts';
import { formatJson, lineOfFailure } from './format-json.ts';

/** A message of a letter, as the API answers it. */
export interface MessageBody extends WithAttributes {
  readonly revision: number;
  readonly data: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly masked: ShownText['masked'];
}

/** @param isUnmasked Asks for the personal values too. The audit trail says so. */
export function fetchMessage(path: string, version: string, isUnmasked: boolean): Promise<MessageBody> {
  return readAnswer<MessageBody>(`${path}/body?version=${version}${isUnmasked ? '&unmask=true' : ''}`);
}

/** Shows the original of a letter beside its draft. The line that the failure is about is marked. */
export async function showOriginal(path: string, isUnmasked: boolean, detail: string | undefined): Promise<void> {
  const target = document.getElementById('original');
  if (!target) return;
  try {
    const body = await fetchMessage(path, 'original', isUnmasked);
    const { data, encoding, masked } = body;
    showText('original-attributes', spellAttributes(body));
    if (masked === 'all') target.replaceChildren(spellHidden(body));
    else target.replaceChildren(...linesOf(encoding === 'text' ? data : `${encoding}: ${data}`, detail));
    showText('masked', spellMasked(masked));
    showText('unmask', masked === 'all' ? 'Show the message' : 'Show personal values');
    find('unmask', HTMLButtonElement)?.toggleAttribute('hidden', masked.length === 0);
  } catch (error) {
    target.textContent = spellError(error);
  }
}

/** Says why nothing of a message is shown, and how to see it. */
export function spellHidden({ bytes }: MessageBody): string {
  return `${formatCount(bytes, 'byte')} are hidden: they are not JSON, so nobody can tell which of them are personal. “Show the message” shows them, and the audit trail says that you looked.`;
}

/** The maximum number of pointers that are named. */
const maxNamed = 4;

function spellMasked(masked: ShownText['masked']): string {
  if (masked === 'all') return 'hidden';
  if (masked.length === 0) return '';
  const more = masked.length > maxNamed ? ` and ${masked.length - maxNamed} more` : '';
  return `personal values are masked: ${masked.slice(0, maxNamed).join(', ')}${more}`;
}

function spellAttributes(body: WithAttributes): string {
  const spelt = Object.entries(editableIn(body)).map(([name, value]) => `${name}: ${value}`);
  return spelt.length === 0 ? 'No attributes.' : `Attributes: ${spelt.map(showInvisible).join(' · ')}`;
}

/** The length up to which a message is formatted and shown whole. */
const maxShown = 200_000;

function linesOf(data: string, detail = ''): readonly (Node | string)[] {
  if (data.length > maxShown) return [showInvisible(data.slice(0, maxShown)), ' … The export has all of it.'];
  const text = formatJson(data);
  const at = lineOfFailure(text, detail);
  return text.split('\n').map((line, i) => {
    const shown = `${showInvisible(line)}\n`;
    return i === at ? make('mark', {}, shown) : shown;
  });
}
