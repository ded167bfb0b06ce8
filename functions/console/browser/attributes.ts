import { make } from './dom.ts';

type Attributes = Readonly<Record<string, string>>;

/** The change of attributes, as the API takes it. */
export interface AttributeEdit {
  readonly set: Attributes;
  readonly drop: readonly string[];
}

/** Returns the attributes of a message that an edit can change. */
export function editableIn({ attributes, editable }: WithAttributes): Attributes {
  return Object.fromEntries(editable.map((name) => [name, attributes[name] ?? '']));
}

export interface WithAttributes {
  readonly attributes: Attributes;
  readonly editable: readonly string[];
}

/** The fields in which an operator edits the attributes of a message: a name and a value in each row. */
export class AttributeFields {
  private readonly place: HTMLElement;
  private readonly onChange: () => void;
  /** The attributes that the console has stored: those of the draft, or else of the original. */
  private stored: Attributes = {};

  constructor(place: HTMLElement, onChange: () => void) {
    this.place = place;
    this.onChange = onChange;
    place.addEventListener('input', onChange);
  }

  show(message: WithAttributes): void {
    this.stored = editableIn(message);
    this.place.replaceChildren();
    for (const [name, value] of Object.entries(this.stored)) this.addRow(name, value);
  }

  /** Takes what is shown for what is stored, after it was saved. */
  keep(): void {
    this.stored = this.shown();
  }

  /** Adds an empty row, and lets the operator type in it. */
  add(): void {
    this.addRow('', '').querySelector('input')?.focus();
  }

  edit(): AttributeEdit {
    const shown = this.shown();
    const changed = Object.entries(shown).filter(([name, value]) => this.stored[name] !== value);
    return {
      set: Object.fromEntries(changed),
      drop: Object.keys(this.stored).filter((name) => !(name in shown)),
    };
  }

  private shown(): Attributes {
    const rows = [...this.place.querySelectorAll('.attribute')].map((row) =>
      [...row.querySelectorAll('input')].map(({ value }) => value),
    );
    return Object.fromEntries(rows.flatMap(([name = '', value = '']) => (name === '' ? [] : [[name, value]])));
  }

  private addRow(name: string, value: string): HTMLElement {
    const drop = make('button', { type: 'button', class: 'quiet', 'aria-label': `Drop attribute ${name}` }, 'Drop');
    const row = make(
      'div',
      { class: 'attribute' },
      make('input', { 'aria-label': 'Attribute', value: name, spellcheck: 'false', placeholder: 'name' }),
      make('input', { 'aria-label': `Value of ${name}`, value, spellcheck: 'false', placeholder: 'value' }),
      drop,
    );
    drop.addEventListener('click', () => {
      row.remove();
      this.onChange();
    });
    this.place.append(row);
    return row;
  }
}
