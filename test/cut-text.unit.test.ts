import { cutText } from '../shared/cut-text.ts';

describe('a long text', () => {
  test('is cut between two words, so that no number loses digits', () => {
    expect(cutText('missing: 15, 19, 23, 27', 18)).toBe('missing: 15, 19, …');
    expect(cutText('missing: 15, 19, 23, 27', 20)).toBe('missing: 15, 19, 23, …');
    expect(cutText('missing: 15, 19, 23, 27', 19)).toBe('missing: 15, 19, …');
  });

  test('that is short enough stays whole', () => {
    expect(cutText('15, 19', 6)).toBe('15, 19');
  });

  test('of one long word is cut inside it', () => {
    expect(cutText(`at ${'x'.repeat(100)}`, 10)).toBe('at xxxxxxx …');
  });
});
