import { letters, publisher } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeValidate } from './handler.ts';

startFunction('validate', makeValidate, { publisher }, { letters });
