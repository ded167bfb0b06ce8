import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { checkListening } from '../../cli/listening.ts';
import { freePort } from '../../cli/local/port.ts';

test('an emulator that does not listen is named with its variable and the next step', async () => {
  const port = await freePort();
  await expect(checkListening('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${port}`)).rejects.toThrow(
    `nothing listens at 127.0.0.1:${port} (FIRESTORE_EMULATOR_HOST): start the emulators with npm run dev`,
  );
});

test('one that listens passes, and so does Google Cloud', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await checkListening('PUBSUB_EMULATOR_HOST', `127.0.0.1:${port}`);
  await checkListening('PUBSUB_EMULATOR_HOST', undefined);
  server.close();
});
