import { make } from './dom.ts';

/**
 * Keys. An element with `data-key` is pressed, or gets the focus, by that key. The help lists these elements, so a key
 * is declared where it works. J and K go through the rows of the page: the elements with `data-row`.
 */
const setting = 'keys';

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.matches('input:not([type=checkbox]), textarea, select')) {
      if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') showHelp();
    else if (!areKeysOn()) return;
    else if (event.key === 'j' || event.key === 'k') moveRow(event.key === 'j' ? 1 : -1);
    else if (!press(event.key)) return;
    event.preventDefault();
  });
  for (const button of document.querySelectorAll('[data-help]')) button.addEventListener('click', showHelp);
}

function areKeysOn(): boolean {
  return localStorage.getItem(setting) !== 'off';
}

/** @returns Whether there is such a key. */
function press(key: string): boolean {
  const element = [...document.querySelectorAll<HTMLElement>('[data-key]')].find(
    ({ dataset, offsetParent }) => dataset.key === key && offsetParent !== null,
  );
  if (!element) return false;
  if (element.matches('input, textarea, select')) element.focus();
  else element.click();
  return true;
}

/** Goes to the next row, or to the one before. The first row is that of a table: counts that come late stand above it. */
function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.offsetParent !== null);
  const at = rows.findIndex((row) => row === document.activeElement);
  const first = Math.max(
    0,
    rows.findIndex((row) => row.closest('tbody')),
  );
  const next = rows[at < 0 ? (by > 0 ? first : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
}

function showHelp(): void {
  const dialog = document.getElementById('help');
  const list = document.getElementById('help-keys');
  if (!(dialog instanceof HTMLDialogElement) || !list) return;
  const keys = [...document.querySelectorAll<HTMLElement>('[data-key]')].map(({ dataset, title, textContent }) => [
    dataset.key ?? '',
    title === '' ? textContent.trim() : title,
  ]);
  const rows = [...keys, ['j k', 'next and previous row'], ['Enter', 'open the row'], ['?', 'this help']];
  list.replaceChildren(...rows.flatMap(([key = '', text = '']) => [element('dt', key), element('dd', text)]));
  explainColumns();
  const isOn = document.getElementById('help-on');
  if (isOn instanceof HTMLInputElement) {
    isOn.checked = areKeysOn();
    isOn.onchange = () => {
      localStorage.setItem(setting, isOn.checked ? 'on' : 'off');
    };
  }
  dialog.showModal();
}

/** Explains the columns of the page, which otherwise only a pointer can ask about. */
function explainColumns(): void {
  const columns = [...document.querySelectorAll<HTMLElement>('th[title]')];
  const meanings = new Map(columns.map(({ title, textContent }) => [textContent.trim(), title]));
  document.getElementById('help-words')?.toggleAttribute('hidden', meanings.size === 0);
  document
    .getElementById('help-columns')
    ?.replaceChildren(...[...meanings].flatMap(([name, title]) => [make('dt', {}, name), make('dd', {}, title)]));
}

function element(name: 'dt' | 'dd', text: string): HTMLElement {
  const made = document.createElement(name);
  if (name === 'dt')
    made.append(...text.split(' ').map((key) => Object.assign(document.createElement('kbd'), { textContent: key })));
  else made.textContent = text;
  return made;
}
