import { describeError, type ErrorShape, isFtError, linkErrors } from '@ftctl/sdk';
import { clipError } from './core/control-frames.ts';
import { ERROR_CODE } from './core/names.ts';

/** What a peer is told of a failure here: a coded error as it is, any other as FT_LINK_PEER_FAILED. */
export function shapeFor(
  error: unknown,
  self: { readonly host: string; readonly plugin: string },
  channel: string,
): ErrorShape {
  if (isFtError(error) && ERROR_CODE.test(error.code)) return clipError(error.toJSON());
  const why = describeError(error);
  return clipError(
    linkErrors.PEER_FAILED({ host: self.host, plugin: self.plugin, channel, why }).toJSON(),
  );
}
