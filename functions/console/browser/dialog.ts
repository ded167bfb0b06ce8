import { spellError } from './api.ts';
import { find } from './dom.ts';

/** Lets the buttons with `data-close` close their dialogs. */
export function startDialogs(): void {
  for (const button of document.querySelectorAll<HTMLElement>('dialog [data-close]'))
    button.addEventListener('click', () => {
      button.closest('dialog')?.close();
    });
}

export function openDialog(id: string): void {
  const dialog = find(id, HTMLDialogElement);
  if (!dialog) return;
  showProblem(dialog, '');
  dialog.showModal();
}

/**
 * Lets the main button of a dialog, and Enter in a field of it, do its action. The dialog closes when the action has
 * succeeded. Until then it says what is wrong, and keeps what was typed.
 *
 * @param done Runs after the dialog has closed.
 */
export function onSubmit(id: string, act: () => Promise<unknown>, done: () => Promise<unknown>): void {
  const dialog = find(id, HTMLDialogElement);
  const form = dialog?.querySelector('form');
  if (!dialog || !form) return;
  let isRunning = false;
  const submit = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    showProblem(dialog, '');
    try {
      await act();
    } catch (error) {
      showProblem(dialog, spellError(error));
      return;
    } finally {
      isRunning = false;
    }
    dialog.close();
    form.reset();
    await done();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
}

function showProblem(dialog: HTMLDialogElement, text: string): void {
  const place = dialog.querySelector('[data-problem]');
  if (place) place.textContent = text;
}
