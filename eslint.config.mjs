import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import topology from './shared/topology.json' with { type: 'json' };

/** The first arrow: what is pure may not see what is not. */
const outsideOfLogic = [
  {
    regex: '(^|/)(gcp|embedded|systems|functions|cli|bench)/',
    message:
      'Logic takes what it needs of the outside as an argument: declare it in shared/ports.ts and let an entry point pass it in.',
  },
  {
    // Hashing and decompressing are pure.
    regex: '^(@google-cloud/|express|node:(?!(crypto|zlib)$))',
    message:
      'Logic has no effects: put this behind a port of shared/ports.ts, with its adapter in shared/gcp or shared/embedded.',
  },
];

/** The folders of the logic that do not know each other. They share what is in shared/messages, and in the files of shared/. */
const independentFolders = ['validation', 'tracking', 'dead-letter', 'verification'];

function importsWithinLogic(folder) {
  const others = independentFolders.filter((other) => other !== folder);
  const independent = {
    regex: `^\\.\\./(${others.join('|')})/`,
    message: `${folder} does not know ${others.join(', ')}: take the value as an argument, or move what both need to shared/messages or to a file of shared/.`,
  };
  return {
    files: [`shared/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [...outsideOfLogic, independent] }],
    },
  };
}

const anotherFunction = {
  regex: `^\\.\\./(${Object.keys(topology.functions).join('|')})/`,
  message: 'A function never imports another: move what both need to shared/.',
};
const commandLine = {
  regex: '(^|/)(cli|bench)/',
  message: 'A function does not know the command line: move what both need to shared/.',
};

/** The second arrow: a function stands alone, and reaches the outside through the arguments of its handler. */
const outsideOfFunction = [
  {
    regex: '(gcp|embedded|systems)/',
    message: 'A handler receives its adapters from start.ts or from a runtime: take the port as a dependency.',
  },
  anotherFunction,
  commandLine,
];

const besidesStart = {
  regex: '^(?!(\\.\\./start|\\./handler|\\.\\./\\.\\./shared/gcp/openers)\\.ts$)',
  message:
    'An index.ts only starts its handler on services: put the instance together in handler.ts, and open a service in shared/gcp/openers.ts.',
};

const insideOfFunction = [
  {
    regex: 'functions/[a-z-]+/(?!handler\\.ts$)',
    message: 'The command line knows a function by its handler alone: move what both need to shared/.',
  },
  {
    regex: '(^|/)(test|bench)/',
    message: 'The command line is for users: what only tests need stays in test/.',
  },
];

const onlyConfigSeesTheEnvironment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only shared/config.ts and the entry points see the environment: add the setting there and pass it on.',
};

/** The stream of the probe is no attribute. */
const attributesHaveATable = {
  selector: 'Literal[value=/^eventmend-(?!probe$)/]',
  message:
    'Attributes are declared once: use encodeAttributes, readAttribute or attributeNames of shared/messages/attributes.ts.',
};

const timeIsAnArgument = [
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'Time is an argument: use the Clock port.',
  },
  {
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    message: 'Randomness is an argument: use the Random port.',
  },
];

export default tseslint.config(
  { ignores: ['dist', '.dist-*', 'coverage', 'node_modules'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60 }],
      // A comment begins with a verb in the third person or with a noun: not "What it shows", but "Shows …".
      'no-warning-comments': ['error', { terms: ['what'], location: 'start', decoration: ['*'] }],
    },
  },
  {
    files: ['shared/**/*.ts', 'functions/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', onlyConfigSeesTheEnvironment, attributesHaveATable, ...timeIsAnArgument],
    },
  },
  {
    files: ['cli/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', attributesHaveATable] },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: ['shared/gcp/**', 'shared/embedded/**', 'shared/systems/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: outsideOfLogic }] },
  },
  ...['messages', ...independentFolders].map(importsWithinLogic),
  {
    files: ['functions/*/**/*.ts'],
    ignores: ['functions/*/index.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [...outsideOfFunction, outsideOfLogic[1]] }],
    },
  },
  {
    // The entry points of what is deployed.
    files: ['functions/*/index.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [anotherFunction, besidesStart] }] },
  },
  {
    files: ['shared/config.ts', 'shared/embedded/clock.ts', 'shared/gcp/clock.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['shared/messages/attributes.ts'],
    rules: { 'no-restricted-syntax': ['error', onlyConfigSeesTheEnvironment, ...timeIsAnArgument] },
  },
  {
    // A command drives functions as the platform does: through their handlers.
    files: ['cli/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: insideOfFunction }] },
  },
  {
    files: ['examples/**/*.mjs'],
    languageOptions: { globals: { Buffer: 'readonly', URL: 'readonly', console: 'readonly', process: 'readonly' } },
  },
  {
    // The simulator and the soak are programs, not tests: their time and randomness are arguments too.
    files: ['test/simulation/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...timeIsAnArgument] },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/{simulation,soak}/**/!(*.test|plant*).ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
