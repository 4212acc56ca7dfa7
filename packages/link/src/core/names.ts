import { MAX_CHANNEL_NAME, MAX_HOST_NAME, MAX_LOG_NAME, MAX_PLUGIN_ID } from './limits.ts';

/** How the names look that cross a link. */
export const HOST_NAME = new RegExp(`^[a-z0-9][a-z0-9.-]{0,${MAX_HOST_NAME - 1}}$`);
export const PLUGIN_ID = new RegExp(`^[a-z0-9][a-z0-9-]{0,${MAX_PLUGIN_ID - 1}}$`);
export const CHANNEL_NAME = new RegExp(`^[a-z0-9.-]{1,${MAX_CHANNEL_NAME}}$`);
/** Printable, so that it can stand in a message. */
export const LOG_NAME = new RegExp(`^[\\x21-\\x7e]{1,${MAX_LOG_NAME}}$`);
export const INCARNATION = /^[0-9a-f]{32}$/;
export const ERROR_CODE = /^FT_[A-Z0-9_]{1,61}$/;
