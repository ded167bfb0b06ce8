/** Stops the emulators that the set-up started. */
export default async function tearDown(): Promise<void> {
  await globalThis.runningEmulators?.stop();
}
