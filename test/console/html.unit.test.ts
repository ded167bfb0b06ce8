import { html, trusted } from '../../functions/console/pages/html.ts';

test('escapes everything that is filled in', () => {
  expect(html`<b>${'<script>"\'`&'}</b>`.text).toBe('<b>&#60;script&#62;&#34;&#39;&#96;&#38;</b>');
});

test('escapes what is already escaped once more, so that a text shows as it is', () => {
  expect(html`${'&lt;'}`.text).toBe('&#38;lt;');
});

test('cannot be left by a value in an attribute', () => {
  expect(html`<a title="${'" onclick="alert(1)'}"></a>`.text).toBe('<a title="&#34; onclick=&#34;alert(1)"></a>');
});

test('takes HTML as it is, alone or in a list, and escapes the texts beside it', () => {
  expect(html`<p>${[html`<b>${'<'}</b>`, '>', 3, [html`<i>4</i>`]]}</p>`.text).toBe(
    '<p><b>&#60;</b>&#62;3<i>4</i></p>',
  );
});

test('shows nothing for what is not there, and zero for zero', () => {
  expect(html`${undefined}|${0}|${''}`.text).toBe('|0|');
});

test('leaves a trusted text alone', () => {
  expect(html`${trusted('a > b')}`.text).toBe('a > b');
});
