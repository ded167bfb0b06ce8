/**
 * The script of the page. It fetches the page again every few seconds and updates the shown nodes one by one, so that
 * scroll position, selection and focus stay. It matches rows by their `id`. While the page is hidden, it fetches
 * nothing.
 *
 * It is a text, because it runs in the browser. The Content-Security-Policy allows it by its hash.
 */
export const script = `
(() => {
  'use strict';
  const refreshMs = 5000;
  const timeoutMs = 20000;
  const notice = document.getElementById('notice');

  const align = (old, next) => {
    if (old.isEqualNode(next)) return;
    if (old.nodeName !== next.nodeName) return void old.replaceWith(next);
    if (old.nodeType !== Node.ELEMENT_NODE) return void (old.nodeValue = next.nodeValue);
    for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const rows = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    const wanted = [...next.childNodes];
    wanted.forEach((child, at) => {
      const here = old.childNodes[at];
      const known = child.id ? rows.get(child.id) : here && !here.id ? here : undefined;
      if (!known) return void old.insertBefore(child, here || null);
      if (known !== here) old.insertBefore(known, here || null);
      align(known, child);
    });
    while (old.childNodes.length > wanted.length) old.lastChild.remove();
  };

  const refresh = async () => {
    const response = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error('HTTP ' + response.status);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('page');
    if (!page) throw new Error('not the console');
    align(document.getElementById('page'), document.adoptNode(page));
  };

  const tick = async () => {
    if (!document.hidden) {
      try {
        await refresh();
        notice.textContent = '';
      } catch {
        notice.textContent = 'The console does not answer. The page may be out of date. Trying again.';
      }
    }
    setTimeout(tick, refreshMs);
  };
  setTimeout(tick, refreshMs);
})();
`;
