import { change, spellError } from './api.ts';
import { onSubmit, openDialog } from './dialog.ts';
import { find, showText } from './dom.ts';
import { DraftEditor } from './draft-editor.ts';
import { showOriginal } from './message-body.ts';
import { refresh } from './refresh.ts';
import { showChecked, type EditAnswer } from './show-checked.ts';

/** Shows the message of a letter, and lets an operator edit, check, replay, discard and reopen it. */
export function startLetter(): void {
  const work = document.getElementById('work');
  if (!work) return;
  const letter = new LetterWork(`/api/dead-letters/${work.dataset.letter ?? ''}`);
  void letter.showOriginal(false);
  letter.listen();
}

type Revision = string | number | undefined;

/** A change of the letter, as the API takes it. */
interface LetterChange {
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly body?: object;
  readonly json?: string;
  /** The revision that the operator saw. By default that of the page. */
  readonly revision?: Revision;
}

class LetterWork {
  private readonly path: string;
  private readonly editor: DraftEditor;
  /** The revision that the dialog of a replay has checked. */
  private checkedRevision: Revision;
  /** Whether the operator has sent the letter, and was not told the outcome yet. */
  private isAwaited = false;

  constructor(path: string) {
    this.path = path;
    this.editor = new DraftEditor(path, (error) => {
      this.say(spellError(error));
    });
  }

  listen(): void {
    const on = (id: string, run: () => Promise<unknown>): void => {
      document.getElementById(id)?.addEventListener('click', () => void this.report(run));
    };
    on('unmask', () => this.unmask());
    on('draft-unmask', () => this.editor.unmask());
    on('edit', () => this.edit());
    on('save', () => this.save());
    on('drop', () => this.drop());
    on('replay', () => this.askReplay());
    document.getElementById('discard')?.addEventListener('click', () => {
      openDialog('discard-dialog');
    });
    on('reopen', () => this.reopen());
    on('copy', () =>
      navigator.clipboard.writeText(location.href).then(() => {
        this.say('The address is copied.');
      }),
    );
    onSubmit(
      'replay-dialog',
      () => this.send(),
      () => {
        this.isAwaited = true;
        return this.done('Sent. It is not solved before the store holds it.');
      },
    );
    onSubmit(
      'discard-dialog',
      () => this.change('/discard', { body: { note: find('note', HTMLInputElement)?.value ?? '' } }),
      () => this.done('Discarded. U undoes it.'),
    );
    addEventListener('beforeunload', (event) => {
      if (this.editor.isUnsaved()) event.preventDefault();
    });
    document.addEventListener('refreshed', () => {
      this.tellOutcome();
      this.follow();
    });
    this.follow();
  }

  showOriginal(isUnmasked: boolean): Promise<void> {
    return showOriginal(this.path, isUnmasked, this.head()?.dataset.detail);
  }

  private async unmask(): Promise<void> {
    await this.showOriginal(true);
    // The button is gone, and with it the focus.
    document.getElementById('original')?.focus();
  }

  private async edit(): Promise<void> {
    if (!this.editor.isOpen) {
      await this.editor.open(this.head()?.dataset.draft === 'true' ? 'draft' : 'original');
      this.follow();
    }
    this.editor.focus();
  }

  private async save(): Promise<void> {
    const edit = this.editor.edit();
    const { json } = edit;
    const { revision } = await this.change('/draft', { method: 'PUT', json, revision: this.editor.revision });
    this.editor.keep(edit, revision);
    await this.done('The draft is saved.');
  }

  private async drop(): Promise<void> {
    await this.change('/draft', { method: 'DELETE' });
    this.editor.close();
    await this.done('The draft is dropped.');
  }

  private async reopen(): Promise<void> {
    await this.change('/reopen', { body: { note: '' } });
    await this.done('Reopened.');
  }

  private async askReplay(): Promise<void> {
    if (this.editor.isUnsaved()) {
      this.say('Save the draft first: a replay sends what is saved.');
      return;
    }
    this.checkedRevision = this.head()?.dataset.revision;
    showText('replay-verdict', 'Checking …');
    openDialog('replay-dialog');
    try {
      showChecked(await change<EditAnswer>(`${this.path}/check`, { method: 'POST' }), 'replay-verdict', 'replay-diff');
    } catch (error) {
      showText('replay-verdict', spellError(error));
    }
  }

  private async send(): Promise<void> {
    const replace = find('replace', HTMLInputElement)?.checked ?? false;
    const forgotten = find('forgotten', HTMLInputElement)?.checked ?? false;
    await this.change('/replay', { body: { replace, forgotten }, revision: this.checkedRevision });
  }

  private change(path: string, { method = 'POST', revision, ...more }: LetterChange): Promise<{ revision: number }> {
    const seen = revision ?? this.head()?.dataset.revision;
    return change(`${this.path}${path}`, { method, ...more, revision: seen });
  }

  /** Says what was done, and shows the letter as it is now. */
  private async done(text: string): Promise<void> {
    this.say(text);
    await this.report(refresh);
  }

  /** Tells what became of the replay, once it is known. */
  private tellOutcome(): void {
    const state = this.head()?.dataset.state;
    if (!this.isAwaited || (state !== 'open' && state !== 'done')) return;
    this.isAwaited = false;
    this.say(state === 'done' ? 'Done: the store holds its event.' : 'It came back. The history says why.');
  }

  /** Offers what the state of the letter allows. */
  private follow(): void {
    const { state = '', gap, draft, erased } = this.head()?.dataset ?? {};
    const isOpen = state === 'open';
    void this.report(() => this.followDraft(isOpen, draft === 'true'));
    const isEditing = this.editor.isOpen;
    const offered = {
      edit: isOpen && gap !== 'true' && !isEditing,
      save: isOpen && isEditing,
      drop: isOpen && draft === 'true',
      replay: isOpen && gap !== 'true',
      discard: isOpen,
      reopen: (state === 'done' || state === 'discarded') && erased !== 'true',
    };
    for (const [id, isOffered] of Object.entries(offered))
      document.getElementById(id)?.toggleAttribute('hidden', !isOffered);
  }

  /** Shows the draft of a letter that cannot be edited now. A text that is not saved stays. */
  private async followDraft(isOpen: boolean, hasDraft: boolean): Promise<void> {
    const { editor } = this;
    const wasReadOnly = editor.isReadOnly;
    editor.setReadOnly(!isOpen);
    // The draft may have changed since it was shown, so an edit begins with it as it is now.
    if (isOpen && wasReadOnly && !editor.isUnsaved()) editor.close();
    if (!isOpen && hasDraft && !editor.isOpen) await editor.open('draft');
  }

  private head(): HTMLElement | undefined {
    return find('letter-head', HTMLElement);
  }

  private say(text: string): void {
    showText('said', text);
  }

  private async report(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.say(spellError(error));
    }
  }
}
