import { change, readAnswer, spellError } from './api.ts';
import { AttributeFields, editableIn, type WithAttributes } from './attributes.ts';
import { formatCount, showInvisible } from '../../../shared/views/format.ts';
import { find, make, showText } from './dom.ts';
import { formatJson, lineOfFailure } from './format-json.ts';
import { refresh } from './refresh.ts';
import { showChecked, type EditAnswer } from './show-checked.ts';

interface Body extends WithAttributes {
  readonly revision: number;
  readonly data: string;
  readonly encoding: string;
  readonly masked: readonly string[] | 'all';
}

const checkAfterMs = 300;

/** Shows the message of a letter, and lets an operator edit, check, replay, discard and reopen it. */
export function startLetter(): void {
  const work = document.getElementById('work');
  if (!work) return;
  const letter = new LetterWork(`/api/dead-letters/${work.dataset.letter ?? ''}`);
  void letter.showOriginal(false);
  letter.listen();
}

class LetterWork {
  private readonly path: string;
  private pending: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly fields: AttributeFields | undefined;
  /** The text of the draft that the console has stored. Undefined before the editor is open. */
  private stored: string | undefined;
  /** The revision of the letter when its editor opened, or was saved: a later one may hold another draft. */
  private editedRevision: string | undefined;
  /** The revision that the dialog of a replay has checked. */
  private checkedRevision: string | undefined;

  constructor(path: string) {
    this.path = path;
    const place = document.getElementById('attributes');
    this.fields =
      place === null
        ? undefined
        : new AttributeFields(place, () => {
            this.checkSoon();
          });
  }

  listen(): void {
    const on = (id: string, run: () => Promise<unknown>): void => {
      document.getElementById(id)?.addEventListener('click', () => void this.report(run()));
    };
    on('unmask', () => this.showOriginal(true));
    on('edit', () => this.edit());
    on('save', () => this.save());
    document.getElementById('attribute-add')?.addEventListener('click', () => this.fields?.add());
    on('drop', () => this.act('/draft', 'DELETE', {}, 'The draft is dropped.'));
    on('replay', () => this.askReplay());
    on('discard', () => this.ask('discard-dialog'));
    on('reopen', () => this.act('/reopen', 'POST', { note: '' }, 'Reopened.'));
    on('copy', () =>
      navigator.clipboard.writeText(location.href).then(() => {
        this.say('The address is copied.');
      }),
    );
    on('send', () => this.send());
    on('close-letter', () => this.discard());
    find('draft', HTMLTextAreaElement)?.addEventListener('input', () => {
      this.checkSoon();
    });
    document.addEventListener('refreshed', () => {
      this.follow();
    });
    this.follow();
  }

  async showOriginal(isUnmasked: boolean): Promise<void> {
    const target = document.getElementById('original');
    if (!target) return;
    try {
      const body = await this.body('original', isUnmasked);
      const { data, encoding, masked } = body;
      showText('original-attributes', spellAttributes(body));
      target.replaceChildren(
        ...linesOf(encoding === 'text' ? data : `${encoding}: ${data}`, this.head()?.dataset.detail),
      );
      const hidden = masked === 'all' ? 'masked: it cannot be read' : formatCount(masked.length, 'masked value');
      showText('masked', masked.length > 0 ? hidden : '');
      find('unmask', HTMLButtonElement)?.toggleAttribute('hidden', masked.length === 0);
    } catch (error) {
      target.textContent = spellError(error);
    }
  }

  private body(version: string, isUnmasked: boolean): Promise<Body> {
    return readAnswer<Body>(`${this.path}/body?version=${version}${isUnmasked ? '&unmask=true' : ''}`);
  }

  private async edit(): Promise<void> {
    const draft = find('draft', HTMLTextAreaElement);
    const editor = document.getElementById('editor');
    if (!draft || !editor) return;
    if (editor.hidden) {
      const body = await this.body(this.head()?.dataset.draft === 'true' ? 'draft' : 'original', true);
      const { data, encoding } = body;
      if (encoding !== 'text') {
        this.say('The message is no text. Edit it with: eventmend dead-letters edit');
        return;
      }
      draft.value = formatJson(data);
      this.stored = draft.value;
      this.editedRevision = String(body.revision);
      this.fields?.show(body);
      editor.hidden = false;
      this.follow();
      await this.check();
    }
    draft.focus();
  }

  private checkSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.report(this.check()), checkAfterMs);
  }

  /** Lets the pipeline check the draft. Only the answer for the latest text is shown. */
  private async check(): Promise<void> {
    const draft = find('draft', HTMLTextAreaElement);
    if (!draft) return;
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    try {
      const edit = { method: 'POST', body: this.editWith(draft.value), signal: pending.signal } as const;
      showChecked(await change<EditAnswer>(`${this.path}/check`, edit), 'verdict', 'diff');
    } catch (error) {
      if (!pending.signal.aborted) throw error;
    }
  }

  private async save(): Promise<void> {
    const body = find('draft', HTMLTextAreaElement)?.value ?? '';
    await this.act('/draft', 'PUT', this.editWith(body), 'The draft is saved.', this.editedRevision);
    this.stored = body;
    this.editedRevision = this.head()?.dataset.revision;
    this.fields?.keep();
  }

  private isUnsaved(): boolean {
    if (this.stored === undefined) return false;
    const { set, drop } = this.fields?.edit() ?? { set: {}, drop: [] };
    const isChanged = find('draft', HTMLTextAreaElement)?.value !== this.stored;
    return isChanged || Object.keys(set).length > 0 || drop.length > 0;
  }

  private editWith(body: string): object {
    return { body, attributes: this.fields?.edit() };
  }

  private async askReplay(): Promise<void> {
    if (this.isUnsaved()) {
      this.say('Save the draft first: a replay sends what is saved.');
      return;
    }
    this.checkedRevision = this.head()?.dataset.revision;
    showText('replay-verdict', 'Checking …');
    await this.ask('replay-dialog');
    showChecked(await change<EditAnswer>(`${this.path}/check`, { method: 'POST' }), 'replay-verdict', 'replay-diff');
  }

  private async send(): Promise<void> {
    const replace = find('replace', HTMLInputElement)?.checked ?? false;
    const forgotten = find('forgotten', HTMLInputElement)?.checked ?? false;
    const sent = 'Sent. It is not solved before the store holds it.';
    await this.act('/replay', 'POST', { replace, forgotten }, sent, this.checkedRevision);
  }

  private async discard(): Promise<void> {
    const note = find('note', HTMLInputElement)?.value ?? '';
    await this.act('/discard', 'POST', { note }, 'Discarded. U undoes it.');
  }

  private ask(id: string): Promise<void> {
    find(id, HTMLDialogElement)?.showModal();
    return Promise.resolve();
  }

  /** @param revision The revision that the operator saw. By default that of the page. */
  private async act(
    path: string,
    method: 'POST' | 'PUT' | 'DELETE',
    body: object,
    done: string,
    revision = this.head()?.dataset.revision,
  ): Promise<void> {
    await change(`${this.path}${path}`, { method, body, revision });
    if (path === '/draft' && method === 'DELETE') {
      document.getElementById('editor')?.toggleAttribute('hidden', true);
      this.stored = undefined;
    }
    this.say(done);
    await refresh();
  }

  /** Offers what the state of the letter allows. */
  private follow(): void {
    const { state = '', gap, draft } = this.head()?.dataset ?? {};
    const isOpen = state === 'open';
    const isEditing = document.getElementById('editor')?.hidden === false;
    const offered = {
      edit: isOpen && gap !== 'true' && !isEditing,
      save: isOpen && isEditing,
      drop: isOpen && draft === 'true',
      replay: isOpen && gap !== 'true',
      discard: isOpen,
      reopen: state === 'done' || state === 'discarded',
    };
    for (const [id, isOffered] of Object.entries(offered))
      document.getElementById(id)?.toggleAttribute('hidden', !isOffered);
  }

  private head(): HTMLElement | undefined {
    return find('letter-head', HTMLElement);
  }

  private say(text: string): void {
    showText('said', text);
  }

  private async report(running: Promise<unknown>): Promise<void> {
    try {
      await running;
    } catch (error) {
      this.say(spellError(error));
    }
  }
}

function spellAttributes(body: WithAttributes): string {
  const spelt = Object.entries(editableIn(body)).map(([name, value]) => `${name}: ${value}`);
  return spelt.length === 0 ? 'No attributes.' : `Attributes: ${spelt.map(showInvisible).join(' · ')}`;
}

/** The length up to which a message is formatted and shown whole. */
const maxShown = 200_000;

/** Returns the lines of a message. The line that the failure is about is marked. */
function linesOf(data: string, detail = ''): readonly (Node | string)[] {
  if (data.length > maxShown) return [showInvisible(data.slice(0, maxShown)), ' … The export has all of it.'];
  const text = formatJson(data);
  const at = lineOfFailure(text, detail);
  return text.split('\n').map((line, i) => {
    const shown = `${showInvisible(line)}\n`;
    return i === at ? make('mark', {}, shown) : shown;
  });
}
