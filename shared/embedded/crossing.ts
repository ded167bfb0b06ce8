/**
 * Carries one call to where it takes effect, and its answer back: `call` makes it take effect. It may take time, fail, or never
 * end, before that and after.
 */
export type Carry = <T>(
  method: string,
  args: readonly unknown[],
  call: (...args: unknown[]) => Promise<T>,
) => Promise<T>;

/**
 * Puts a port at a distance: the calls of its async functions, and each item of its async generators, are carried there and back.
 * Everything else passes.
 */
export function across<Port extends object>(port: Port, carry: Carry): Port {
  return new Proxy(port, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      switch (member.constructor.name) {
        case 'AsyncFunction':
          return (...args: unknown[]) => carry(name, args, call as (...args: unknown[]) => Promise<unknown>);
        case 'AsyncGeneratorFunction':
          return (...args: unknown[]) => itemsAcross(call(...args) as AsyncIterable<unknown>, name, args, carry);
        default:
          return call;
      }
    },
  });
}

async function* itemsAcross(
  items: AsyncIterable<unknown>,
  method: string,
  args: readonly unknown[],
  carry: Carry,
): AsyncGenerator {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const item = await carry(method, args, () => iterator.next());
    if (item.done === true) return;
    yield item.value;
  }
}
