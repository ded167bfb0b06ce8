import type { ShownText } from '../../../shared/views/change-of-text.ts';
import { change, ReaderError } from './api.ts';
import { AttributeFields } from './attributes.ts';
import { find, showText } from './dom.ts';
import { formatJson } from './format-json.ts';
import { changeOfBody, withPersonalValues } from './masked-edit.ts';
import { fetchMessage, spellHidden, type MessageBody } from './message-body.ts';
import { showChecked, type EditAnswer } from './show-checked.ts';

const checkAfterMs = 300;

/** An edit of a message as it was typed. */
export interface TypedEdit {
  readonly typed: string;
  /** The body of its request. */
  readonly json: string;
}

/**
 * The editor of a draft: its message and its attributes. While the operator types, the pipeline checks the edit. Personal
 * values are masked until the operator asks for them, and stay as they are where the mask stands.
 */
export class DraftEditor {
  private readonly path: string;
  private readonly say: (error: unknown) => void;
  private readonly fields: AttributeFields | undefined;
  private pending: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The message as the console has stored it. Undefined while the editor is closed. */
  private shown: ShownText | undefined;
  private version: 'original' | 'draft' = 'original';
  /** The revision of the letter when its editor opened, or was saved: a later one may hold another draft. */
  private editedRevision: number | undefined;
  private isFixed = false;

  /** @param say Tells the operator about an error. */
  constructor(path: string, say: (error: unknown) => void) {
    this.path = path;
    this.say = say;
    const place = document.getElementById('attributes');
    const onChange = (): void => {
      this.checkSoon();
    };
    this.fields = place === null ? undefined : new AttributeFields(place, onChange);
    find('draft', HTMLTextAreaElement)?.addEventListener('input', onChange);
    document.getElementById('attribute-add')?.addEventListener('click', () => this.fields?.add());
  }

  get isOpen(): boolean {
    return this.shown !== undefined;
  }

  get revision(): number | undefined {
    return this.editedRevision;
  }

  /** Whether the draft is shown, and cannot be edited. */
  get isReadOnly(): boolean {
    return this.isFixed;
  }

  setReadOnly(isReadOnly: boolean): void {
    this.isFixed = isReadOnly;
    document.getElementById('attribute-fields')?.toggleAttribute('disabled', isReadOnly);
    this.limitEdits();
  }

  async open(version: 'original' | 'draft', isUnmasked = false): Promise<void> {
    const body = await fetchMessage(this.path, version, isUnmasked);
    const text = body.masked === 'all' ? '' : textOf(body);
    [this.version, this.editedRevision] = [version, body.revision];
    this.fields?.show(body);
    this.show({ text, masked: body.masked }, text);
    const draft = this.textArea();
    if (draft && body.masked === 'all') draft.placeholder = spellHidden(body);
    document.getElementById('editor')?.toggleAttribute('hidden', false);
    await this.check();
  }

  focus(): void {
    this.textArea()?.focus();
  }

  /** Shows the personal values too. What was typed stays. */
  async unmask(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    if (this.isFixed && !this.isUnsaved()) {
      await this.open(this.version, true);
      return;
    }
    const body = await fetchMessage(this.path, this.version, true);
    if (body.revision !== this.editedRevision)
      throw new ReaderError('The letter was changed since you began to edit. Copy what you need, and reload the page.');
    const text = textOf(body);
    this.show({ text, masked: [] }, withPersonalValues(shown, this.typed(), body.data));
    this.focus();
    await this.check();
  }

  /** Returns the edit: what was typed, and the request that saves it. */
  edit(): TypedEdit {
    const typed = this.typed();
    const members = this.shown ? changeOfBody(this.shown, typed) : {};
    const all = Object.entries({ ...members, attributes: JSON.stringify(this.fields?.edit()) });
    return { typed, json: `{${all.map(([name, json]) => `"${name}":${json}`).join(',')}}` };
  }

  /** Takes an edit for what is stored, after it was saved. */
  keep({ typed }: TypedEdit, revision: number): void {
    if (!this.shown) return;
    this.shown = { ...this.shown, text: typed };
    [this.version, this.editedRevision] = ['draft', revision];
    this.fields?.keep();
  }

  isUnsaved(): boolean {
    if (!this.shown) return false;
    const { set, drop } = this.fields?.edit() ?? { set: {}, drop: [] };
    return this.typed() !== this.shown.text || Object.keys(set).length > 0 || drop.length > 0;
  }

  close(): void {
    this.shown = undefined;
    document.getElementById('editor')?.toggleAttribute('hidden', true);
  }

  private show(shown: ShownText, typed: string): void {
    this.shown = shown;
    const draft = this.textArea();
    if (draft) draft.value = typed;
    this.limitEdits();
    const isHidden = shown.masked === 'all';
    showText('draft-unmask', isHidden ? 'Show the message' : 'Show personal values');
    document.getElementById('draft-masked')?.toggleAttribute('hidden', shown.masked.length === 0);
  }

  /** Lets the operator edit only what is seen, and only while the letter is open. */
  private limitEdits(): void {
    const isHidden = this.shown?.masked === 'all';
    const draft = this.textArea();
    if (draft) draft.readOnly = isHidden || this.isFixed;
    const note = this.isFixed
      ? '••• stands for a personal value.'
      : 'Where ••• stands, a personal value stays as it is.';
    showText('draft-mask-note', isHidden ? '' : note);
  }

  private checkSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.check().catch(this.say);
    }, checkAfterMs);
  }

  /** Lets the pipeline check the draft. Only the answer for the latest text is shown. */
  private async check(): Promise<void> {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    try {
      const edit = { method: 'POST', json: this.edit().json, signal: pending.signal } as const;
      showChecked(await change<EditAnswer>(`${this.path}/check`, edit), 'verdict', 'diff');
    } catch (error) {
      if (pending.signal.aborted) return;
      if (!(error instanceof ReaderError)) throw error;
      showText('verdict', error.message);
      document.getElementById('verdict')?.setAttribute('class', 'bad');
      document.getElementById('diff')?.replaceChildren();
    }
  }

  private textArea(): HTMLTextAreaElement | undefined {
    return find('draft', HTMLTextAreaElement);
  }

  private typed(): string {
    return this.textArea()?.value ?? '';
  }
}

function textOf({ data, encoding }: MessageBody): string {
  if (encoding === 'text') return formatJson(data);
  throw new ReaderError('The message is no text. Edit it with: eventmend dead-letters edit');
}
