/** Numbers values. Equal values have the same number. */
export class Pool<T> {
  private readonly numbers = new Map<string, number>();
  private readonly values: T[] = [];
  private readonly text: (value: T) => string;

  constructor(text: (value: T) => string = JSON.stringify) {
    this.text = text;
  }

  number(value: T): number {
    const text = this.text(value);
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.values.length);
    return this.values.push(value) - 1;
  }

  get(number: number): T {
    return this.values[number]!;
  }
}
