/** Tests are TypeScript, turned into CommonJS by swc: two seconds to start, where every way to run them as ES modules takes four. */
const transform = {
  '\\.ts$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
  ],
};

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.long\\.test\\.ts$'],
  transform,
  // The build puts the texts of the console's script and style there.
  moduleNameMapper: { '/browser-assets\\.js$': '<rootDir>/build/browser-assets.cjs' },
  // Built files are run, never imported; it holds packages by the same names twice.
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFiles: ['<rootDir>/test/support/disable-used-storages.ts'],
  filter: '<rootDir>/test/support/emulator-tests.cjs',
  testSequencer: '<rootDir>/test/support/test-order.cjs',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 2,
  // No test is about time, and machines can be slow: this ends only what would never end.
  testTimeout: 300_000,
};
