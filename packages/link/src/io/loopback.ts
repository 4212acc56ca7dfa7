import { isIPv4 } from 'node:net';
import { linkErrors } from '@ftctl/sdk';

/** @throws FtError FT_LINK_NOT_LOOPBACK unless only this machine can be meant */
export function requireLoopback(address: string): void {
  const is4 = isIPv4(address) && address.startsWith('127.');
  if (!is4 && address !== '::1' && address !== 'localhost') {
    throw linkErrors.NOT_LOOPBACK({ address });
  }
}
