import { pluginInfo } from '@ftctl/host/install';
import type { Manifest } from '@ftctl/sdk';
import type { Call, Context } from '../context.ts';
import { permissionLines } from '../output/permissions.ts';

/** `ftctl plugin info ID`. */
export async function run({ out, paths }: Context, { args }: Call<unknown>): Promise<undefined> {
  const info = await pluginInfo(paths.home, args[0] ?? '');
  await out.result(info, () => {
    const lines = [
      `${out.paint('bold', info.id)}  ${info.package} ${info.version}`,
      `source     ${info.source}`,
      `folder     ${info.path}`,
      `integrity  ${info.integrity ?? 'none: it runs from a working folder'}`,
      `added      ${info.addedAt}`,
    ];
    if (info.problem !== undefined) return [...lines, `problem    ${info.problem}`].join('\n');
    if (info.manifest) lines.push(...manifestLines(info.manifest));
    return lines.join('\n');
  });
}

function manifestLines(manifest: Manifest): string[] {
  const capabilities = (list: Manifest['provides']) =>
    list?.map(({ capability }) => capability).join(', ') || 'nothing';
  const { namespace, list = [] } = manifest.commands ?? {};
  return [
    `contract   ${manifest.api}`,
    `provides   ${capabilities(manifest.provides)}`,
    `requires   ${capabilities(manifest.requires)}`,
    ...list.map(({ name, summary }) => `command    ftctl ${namespace} ${name}: ${summary}`),
    'permissions:',
    ...permissionLines(manifest.permissions ?? {}).map((line) => `  ${line}`),
  ];
}
