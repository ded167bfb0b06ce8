import { letters, publisher } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeValidate } from './handler.ts';

start('validate', makeValidate, { publisher }, { letters });
